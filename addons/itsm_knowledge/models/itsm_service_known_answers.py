import uuid
from urllib.parse import urlencode

from odoo import api, models

_MAX_SUGGESTED = 4


class ItsmService(models.Model):
    """Articles beside services, wherever somebody looks for help."""

    _inherit = "itsm.service"

    @api.model
    def _portal_suggestions(self, term):
        """Add the articles that fit to what a search box suggests."""
        groups = super()._portal_suggestions(term)
        found = self.env["itsm.article"]._find(term, _MAX_SUGGESTED, typing=True)
        if not found:
            return groups
        # Where the search is on record already, the address says which it was.
        key = self.env.context.get("itsm_search_key")
        asked = {"place": "home", "key": key or uuid.uuid4().hex}
        if not key:
            asked["words"] = term
        articles = {
            "key": "knowledge",
            "title": self.env._("Answers"),
            "items": [
                {
                    "label": card["name"],
                    "detail": card["kind"],
                    "icon": card["icon"],
                    "url": card["url"],
                }
                for card in found._portal_cards(f"?{urlencode(asked)}")
            ],
        }
        # Services first: the box is theirs; then answers, then own tickets.
        return [*groups[:1], articles, *groups[1:]] if groups else [articles]

    def _known_answers(self, words, limit=5):
        """Return the articles that may answer what somebody says about the service."""
        answers = super()._known_answers(words, limit)
        Article = self.env["itsm.article"]
        service = self[:1]
        found = Article._find(words, limit, service=service)
        if service:
            found |= Article._portal_of_service(service, limit)
        found = found[:limit]
        return answers + [
            {
                "id": card["id"],
                "number": card["number"],
                "name": card["name"],
                "text": article._known_text(),
                "url": card["url"],
            }
            for article, card in zip(found, found._portal_cards(), strict=True)
        ]
