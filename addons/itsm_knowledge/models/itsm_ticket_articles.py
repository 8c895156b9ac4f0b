from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import html2plaintext

from odoo.addons.itsm_helpdesk.models.itsm_ticket import WORKERS

# In the context of the mail composer: the article whose text it begins with.
_ANSWERING = "itsm_answering_article_id"


class ItsmTicket(models.Model):
    """Articles used for a ticket: linked to it, or put into its answer."""

    _inherit = "itsm.ticket"

    article_use_ids = fields.One2many(
        "itsm.article.use", "ticket_id", "Articles", readonly=True, groups=WORKERS
    )

    def link_article(self, article):
        """Keep on record that an article belongs to these tickets.

        :param article: as a record or id
        """
        self.check_access("write")
        article = self._article_argument(article)
        for ticket in self:
            article._record_use("linked", ticket)
        return True

    def insert_article(self, article, where="resolution"):
        """Put the text of an article into the answer to the requester.

        :param article: as a record or id
        :param where: ``resolution``, or ``reply`` for a message that can still be
            changed before it is sent
        :return: True, or the action that opens the message
        """
        self.ensure_one()
        self.check_access("write")
        article = self._article_argument(article)
        article._refuse_telling(self)
        if where == "reply":
            return self._compose_article(article)
        text = article._answer_text(self._reader_language())
        self.resolution = "\n\n".join(filter(None, [self.resolution, text]))
        article._record_use("inserted", self)
        return True

    @api.model
    def _article_argument(self, article):
        """Return the published article that a caller means by a record or an id.

        With the rights of the system: who is shown the published version need not
        read the working copy.
        """
        if not isinstance(article, models.BaseModel):
            is_id = isinstance(article, int) and not isinstance(article, bool)
            article = self.env["itsm.article"].browse(article if is_id else ()).exists()
        if not article:
            raise UserError(self.env._("There is no such article any more."))
        article = article.sudo()  # sudo: the next lines say who may use it
        if not article.filtered_domain(article._readable_domain()):
            article.sudo(False).check_access("read")
        if not article.filtered_domain(article._live_domain()):
            raise UserError(
                self.env._(
                    "“%(article)s” is not published.", article=article.display_name
                )
            )
        return article

    def _reader_language(self):
        """Return the language in which the requester reads the answer."""
        # sudo: of the requester's contact, only the language.
        partner = self.sudo().requested_for_id or self.sudo().partner_id
        return partner.lang or self.env.lang or "en_US"

    def _compose_article(self, article):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Answer"),
            "res_model": "mail.compose.message",
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_model": self._name,
                "default_res_ids": self.ids,
                "default_composition_mode": "comment",
                "default_partner_ids": (self.requested_for_id | self.partner_id).ids,
                "default_body": article._answer_body(self._reader_language()),
                _ANSWERING: article.id,
            },
        }

    def _message_post_after_hook(self, message, msg_vals):
        """Count the article when the answer that begins with it is really sent."""
        result = super()._message_post_after_hook(message, msg_vals)
        answering = self.env.context.get(_ANSWERING)
        if isinstance(answering, int) and self._is_answer(message):
            # The composer was open for a while: what is gone meanwhile is not counted.
            article = self.env["itsm.article"].browse(answering).exists()
            article.filtered("is_readable")._record_use("inserted", self)
        return result

    @api.model
    def _is_answer(self, message):
        return message.message_type == "comment" and not message.is_internal


class ItsmArticle(models.Model):
    """An article as an answer."""

    _inherit = "itsm.article"

    def _refuse_telling(self, ticket):
        """Refuse to tell the requester of a ticket what is not for them."""
        self.ensure_one()
        version = self.version_id
        if version.audience == "everyone":
            return
        if version.audience == "departments":
            # sudo: where the requester works, and what is above it.
            department = ticket.sudo().department_id
            above = [
                int(part) for part in (department.parent_path or "").split("/")[:-1]
            ]
            if set(above) & set(version.department_ids.ids):
                return
        raise UserError(
            self.env._(
                "“%(article)s” is not for the requester of %(ticket)s. Link it, and"
                " answer in your own words.",
                article=self.display_name,
                ticket=ticket.number,
            )
        )

    def _answer_text(self, lang):
        """Return what is told of the article as plain text."""
        text = self.version_id._text(lang)
        body = html2plaintext(Markup(text["body"]), include_references=False)
        answer = (text["workaround"] or body).strip() or text["summary"]
        return f"{answer}\n\n{self._more(lang)}"

    def _answer_body(self, lang):
        """Return what is told of the article as HTML, without its pictures.

        They are shown to readers who are logged in, so not in a mail.
        """
        version = self.version_id
        text = version._text(lang)
        parts = [
            Markup("<p>%s</p>") % line
            for line in text["workaround"].splitlines()
            if line.strip()
        ]
        parts.append(Markup(version._served_body(lambda _picture: None, lang)))
        url = self._reader_url()
        parts.append(
            Markup('<p><a href="%s">%s %s</a></p>') % (url, self.number, text["name"])
        )
        return Markup().join(parts)

    def _more(self, lang):
        return self.with_context(lang=lang).env._(
            "More about this: %(url)s", url=self._reader_url()
        )

    def _reader_url(self):
        """Return the address at which readers find the article."""
        self.ensure_one()
        return f"{self.get_base_url()}/my/knowledge/{self.id}"
