import uuid

from odoo import models
from odoo.tools import html2plaintext

_MAX_SHOWN = 5
# Of a long description, the beginning says what it is about.
_MAX_DESCRIPTION = 300
_HELPERS = "itsm_helpdesk.group_itsm_agent,itsm_helpdesk.group_itsm_auditor"


class ItsmTicket(models.Model):
    """What is known already, for the agent who has a ticket before them."""

    _inherit = "itsm.ticket"

    def known_answers(self, words=""):
        """Return the articles that may answer the ticket, the best first.

        :param words: what the agent looks for instead; nothing: what the ticket says
        :return: dict of ``answers`` and ``key``, the mark of a search of the agent's
        """
        self.ensure_one()
        self.check_access("read")
        if not self.env.user.has_groups(_HELPERS):
            return {"answers": [], "key": ""}
        words = words.replace("\0", " ").strip() if isinstance(words, str) else ""
        found = self.env["itsm.article"]._find(
            words or self._known_words(), _MAX_SHOWN, service=self.service_id
        )
        key = ""
        if words:
            key = uuid.uuid4().hex
            self.env["itsm.article.search"]._note(
                words, "ticket", len(found), key, self.desk_id
            )
        used = {use.article_id.id: use.kind for use in self.sudo().article_use_ids}
        return {
            "answers": [
                {
                    **card,
                    "used": used.get(card["id"], ""),
                    "version_id": article.version_id.id,
                }
                for article, card in zip(found, found._portal_cards(), strict=True)
            ],
            "key": key,
        }

    def known_answer_opened(self, key):
        """Keep that an article was opened that a search had found."""
        self.check_access("read")
        if isinstance(key, str):
            self.env["itsm.article.search"]._note_opened(key, "ticket")

    def _known_words(self):
        """Return what a ticket is about: its subject, then how it begins."""
        self.ensure_one()
        description = html2plaintext(self.description or "", include_references=False)
        return f"{self.name} {description[:_MAX_DESCRIPTION]}"
