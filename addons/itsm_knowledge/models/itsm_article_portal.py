from collections import Counter

from markupsafe import Markup

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import format_date, html2plaintext

_KIND_ICONS = {
    "howto": "fa-list-ol",
    "known_fault": "fa-bug",
    "policy": "fa-gavel",
    "question": "fa-question-circle-o",
}
_FOLDER_ICON = "fa-folder-open-o"
_MAX_RELATED = 5
_MAX_ANSWER = 1500
_MAX_SUGGESTED = 4
_BY_USE = "use_count desc, published_at desc, id desc"


class ItsmArticle(models.Model):
    """Articles as staff read them on the portal: plain values of published versions.

    Whoever works at a desk sees here what any reader of their rights would see.
    """

    _inherit = "itsm.article"

    @api.model
    def _portal_find(self, article_id):
        """Return the article of a page, or none: alike when hidden and unknown."""
        return self._search_for_reader([("id", "=", article_id)])

    @api.model
    def _portal_listed(self, category_id=None, limit=None, offset=0):
        """Return the articles of a page of the list, and how many there are."""
        domain = self._reader_domain()
        if category_id:
            domain &= Domain("category_id", "child_of", category_id)
        articles = self.sudo()  # sudo: what the reader is shown is the domain
        return (
            articles.search(domain, order=_BY_USE, limit=limit, offset=offset),
            articles.search_count(domain),
        )

    @api.model
    def _portal_of_service(self, service, limit=_MAX_SUGGESTED):
        """Return the articles about a service, the most used first."""
        domain = [("service_ids", "in", service.ids)]
        return self._search_for_reader(domain, limit=limit, order=_BY_USE)

    # ------------------------------------------------------------------
    # Categories
    # ------------------------------------------------------------------

    @api.model
    def _portal_article_categories(self, current_id=None):
        """Return the tree of categories that hold something for the reader.

        :return: as ``itsm.service._portal_categories`` returns it
        """
        groups = self.sudo()._read_group(
            self._reader_domain(), ["category_id"], ["__count"]
        )
        totals = Counter()
        for category, count in groups:
            path = (category.parent_path or "").split("/")
            totals.update(dict.fromkeys([int(id_) for id_ in path if id_], count))
        # sudo: folders that hold something for the reader; their names only.
        categories = self.env["itsm.article.category"].sudo().browse(totals).exists()
        current = categories.filtered(lambda category: category.id == current_id)
        above = {int(id_) for id_ in (current.parent_path or "").split("/") if id_}
        nodes = []

        def unfold(parent, depth):
            children = categories.filtered(lambda c: c.parent_id == parent)
            for category in children.sorted(lambda c: (c.sequence, c.name or "")):
                nodes.append(
                    {
                        "id": category.id,
                        "name": category.name,
                        "icon": category.icon or _FOLDER_ICON,
                        "text": category.description or "",
                        "count": totals[category.id],
                        "depth": depth,
                        "parent_id": category.parent_id.id,
                        "url": f"/my/knowledge?category={category.id}",
                        "current": category == current,
                        "open": category.id in above,
                    }
                )
                unfold(category, depth + 1)

        unfold(categories.browse(), 0)
        return nodes

    # ------------------------------------------------------------------
    # What the pages show
    # ------------------------------------------------------------------

    def _portal_cards(self, query=""):
        """Return what a list shows of each article, in order.

        :param query: put behind the address, for what the page has to know
        """
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        cards = []
        for article in self.sudo():  # sudo: the caller found them for the reader
            version = article.version_id
            text = version._text(self.env.lang)
            cards.append(
                {
                    "id": article.id,
                    "url": f"/my/knowledge/{article.id}{query}",
                    "number": article.number,
                    "name": text["name"],
                    "text": text["summary"] or text["symptom"],
                    "kind": kinds[version.kind],
                    "icon": _KIND_ICONS[version.kind],
                }
            )
        return cards

    def _portal_page(self):
        """Return what the page of one article shows."""
        self.ensure_one()
        article = self.sudo()  # sudo: the caller found it for the reader
        version = article.version_id
        text = version._text(self.env.lang)
        lang = version._language(self.env.lang)
        installed = dict(self.env["res.lang"].get_installed())
        return {
            **self._portal_cards()[0],
            **{name: text[name] for name in ("symptom", "cause", "workaround")},
            # The text was cleaned when it was written.
            "body": Markup(version._served_body(self._portal_file_url, self.env.lang)),
            "published": format_date(self.env, version.published_at),
            "other_language": ""
            if lang.partition("_")[0] == (self.env.lang or "en_US").partition("_")[0]
            else installed.get(lang, lang),
            "files": version._reader_files(),
            "services": self._portal_services(),
            "related": self._portal_related()._portal_cards(),
            "feedback": self._portal_own_feedback(),
        }

    def _known_text(self):
        """Return what an article answers, as plain text: what to do, not why."""
        self.ensure_one()
        text = self.sudo().version_id._text(self.env.lang)
        body = html2plaintext(text["body"], include_references=False).strip()
        return "\n".join(filter(None, [text["workaround"], body]))[:_MAX_ANSWER]

    def _portal_file_url(self, file_id):
        self.ensure_one()
        return f"/my/knowledge/{self.id}/file/{file_id}"

    def _portal_file(self, file_id):
        """Return a picture or file of the published version, or none."""
        self.ensure_one()
        version = self.sudo().version_id  # sudo: the reader may read the article
        return (version.attachment_ids | version.picture_ids).filtered(
            lambda file: file.id == file_id
        )

    def _portal_services(self):
        """Return the cards of the services that the reader can order from here."""
        Service = self.env["itsm.service"]
        domain = Domain("id", "in", self.sudo().service_ids.ids)
        offered = Service.search(Service._portal_domain() & domain)
        return offered._portal_cards(favourites=Service)

    def _portal_related(self):
        """Return other articles about the same services, else of the same folder."""
        article = self.sudo()  # sudo: the caller found it for the reader
        about = Domain("service_ids", "in", article.service_ids.ids)
        if not article.service_ids:
            about = Domain("category_id", "=", article.category_id.id or 0)
        return self._search_for_reader(
            about & Domain("id", "!=", self.id), limit=_MAX_RELATED, order=_BY_USE
        )

    def _portal_own_feedback(self):
        """Return what the reader said about this version, if anything."""
        # sudo: readers have no rights on feedback; this is their own.
        own = (
            self.env["itsm.article.feedback"]
            .sudo()
            .search(
                [
                    ("version_id", "=", self.sudo().version_id.id),
                    ("user_id", "=", self.env.uid),
                ],
                limit=1,
            )
        )
        if not own:
            return None
        return {"helpful": own.helpful, "comment": own.comment or ""}


class ItsmArticleUse(models.Model):
    """Tickets that were not opened, each counted once for a form."""

    _inherit = "itsm.article.use"

    form_key = fields.Char(
        readonly=True,
        groups="base.group_system",
        help="Mark of the form beside which the article was read. Should the form be"
        " sent all the same, the ticket was not saved. Forgotten after a day.",
    )

    _form_key_unique = models.UniqueIndex("(form_key) WHERE form_key IS NOT NULL")

    @api.model
    def _note_deflected(self, article, key):
        """Count that somebody needs no ticket any more; once for each form."""
        # sudo: readers have no rights on uses.
        if not self.sudo().search_count([("form_key", "=", key)], limit=1):
            article.with_context(default_form_key=key)._record_use("deflected")

    @api.model
    def _withdraw_deflected(self, key):
        """Take back that no ticket was opened: the form was sent after all."""
        if not key or not isinstance(key, str):
            return
        # sudo: see _note_deflected.
        uses = self.sudo().search([("form_key", "=", key)])
        for article in uses.article_id:
            self.env.cr.execute(
                "UPDATE itsm_article SET use_count = GREATEST(use_count - 1, 0)"
                " WHERE id = %s",
                [article.id],
            )
        uses.article_id.invalidate_recordset(["use_count"])
        uses.unlink()

    @api.autovacuum
    def _gc_form_keys(self):
        """Forget what would lead from a reader to their form."""
        self.env.cr.execute(
            "UPDATE itsm_article_use SET form_key = NULL WHERE form_key IS NOT NULL"
            " AND used_at < now() AT TIME ZONE 'UTC' - interval '1 day'"
        )
        self.invalidate_model(["form_key"])
