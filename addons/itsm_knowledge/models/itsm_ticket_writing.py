from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.orm.models import NO_ACCESS
from odoo.tools import SQL, html2plaintext

from ..tools.anonymous import strip_people

_KIND_BY_TYPE = {
    "incident": "known_fault",
    "request": "howto",
    "inquiry": "question",
}


class ItsmArticle(models.Model):
    _inherit = "itsm.article"

    # Its subject may name persons, and the reader of an article need not be of the desk
    # of the ticket: so only the verb below looks at it.
    source_ticket_id = fields.Many2one(
        "itsm.ticket",
        "Written From",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        groups=NO_ACCESS,
    )
    has_source_ticket = fields.Boolean(
        compute="_compute_has_source_ticket", compute_sudo=True
    )

    @api.model
    def _system_fields(self):
        return super()._system_fields() | {"source_ticket_id"}

    @api.depends("source_ticket_id")
    def _compute_has_source_ticket(self):
        for article in self:
            article.has_source_ticket = bool(article.source_ticket_id)

    def action_view_source_ticket(self):
        """Open the ticket from which the article was written."""
        self.ensure_one()
        self.check_access("read")
        # sudo: which ticket it is; whether the user may see it is asked next.
        ticket = self.sudo().source_ticket_id.sudo(False)
        ticket.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "res_model": "itsm.ticket",
            "res_id": ticket.id,
            "views": [(False, "form")],
        }


class ItsmTicket(models.Model):
    """Writing an article from what solved a ticket."""

    _inherit = "itsm.ticket"

    def action_write_article(self):
        """Begin an article with the problem and the solution of a solved ticket.

        What others should not read is left out: internal notes, and the persons. A
        second click opens the article that the first one began.
        """
        self.ensure_one()
        self.check_access("write")
        if self.state not in ("resolved", "closed") or not self.resolution:
            raise UserError(
                self.env._(
                    "Solve %(ticket)s first, and write down what solved it.",
                    ticket=self.display_name,
                )
            )
        if self.type == "complaint":
            raise UserError(
                self.env._("Complaints stay between those whom they concern.")
            )
        Article = self.env["itsm.article"]
        # sudo: to find the link; the article itself is looked for with the user's own
        # rights.
        begun = Article.sudo().search([("source_ticket_id", "=", self.id)])
        article = begun.sudo(False)._filtered_access("read")[:1]
        if not article:
            article = Article.create(self._article_values())
            article._write_system({"source_ticket_id": self.id})
            self._message_log(
                body=self.env._(
                    "The article %(article)s was begun from this ticket.",
                    article=article.number,
                )
            )
        return {
            "type": "ir.actions.act_window",
            "res_model": "itsm.article",
            "res_id": article.id,
            "views": [(False, "form")],
        }

    def _article_values(self):
        """Return the first draft of an article about the ticket."""
        problem, solution, subject = self._texts_without_people()
        kind = _KIND_BY_TYPE.get(self.type, "question")
        values = {
            "name": subject or self.env._("Answer"),
            "kind": kind,
            "desk_id": self.desk_id.id,
            "service_ids": self.service_id.ids,
            "source_lang": self.env["itsm.article"]._current_language(),
        }
        if kind == "known_fault":
            return {**values, "symptom": problem, "workaround": solution}
        body = Markup().join(
            Markup("<p>%s</p>") % line for line in solution.splitlines() if line.strip()
        )
        return {**values, "summary": problem[:500], "body": body}

    def _texts_without_people(self):
        """Return problem, solution and subject without names of persons."""
        texts = (
            html2plaintext(self.description or "", include_references=False),
            self.resolution or "",
            self.name or "",
        )
        named = self._names_in("\n".join(texts))
        own = self._names_of_people()
        return [strip_people(text, named, own) for text in texts]

    def _names_of_people(self):
        """Return the names of those who asked, wrote or worked."""
        # sudo: names only, which are taken out of the text.
        ticket = self.sudo()
        partners = (
            ticket.partner_id
            | ticket.requested_for_id
            | ticket.user_id.partner_id
            | ticket.create_uid.partner_id
            | ticket.message_ids.author_id
            | ticket.message_partner_ids
        ).filtered(lambda partner: not partner.is_company)
        return [name for name in partners.mapped("name") if name]

    def _names_in(self, text):
        """Return the names of staff and of contacts that occur in a text."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT name FROM res_partner
                 WHERE NOT is_company AND length(name) > 1
                   AND strpos(lower(%(text)s), lower(name)) > 0
                 UNION
                SELECT name FROM hr_employee
                 WHERE length(name) > 1
                   AND strpos(lower(%(text)s), lower(name)) > 0
                """,
                text=text,
            )
        )
        return [name for (name,) in rows]
