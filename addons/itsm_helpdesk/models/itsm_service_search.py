from odoo import api, models, tools
from odoo.fields import Domain

from ..tools import catalogue_search
from ..tools.catalogue_search import Text

# What a match is worth, by where it is.
_WEIGHTS = {"name": 10.0, "keywords": 8.0, "category": 4.0, "description": 2.0}
# Whatever somebody reads, they may search in English: names of products are.
_SOURCE_LANGUAGE = "en_US"


class ItsmService(models.Model):
    """Finding a service by the words that people use.

    The words of all services are kept in the registry's cache, worked up for ranking;
    what the user may see is asked of the database each time.
    """

    _inherit = "itsm.service"

    @api.model
    def _search_catalogue(self, term, limit=None):
        """Return the offered services that fit what somebody typed, the best first.

        :param term: words in the reader's language or in English
        """
        offered = self._search(
            Domain("state", "=", "published") & Domain("available_to_me", "=", True)
        )
        index = self._catalogue_index(self.env.lang or _SOURCE_LANGUAGE)
        ids = catalogue_search.search(
            index, term or "", frozenset(offered.get_result_ids())
        )
        return self.browse(ids[:limit])

    def _known_answers(self, words, limit=5):
        """Hook: return what is known to help, for who answers at the telephone.

        :param words: what the caller says; the service may be known, or none
        :return: list of ``{"id", "number", "name", "text", "url"}``, the best first
        """
        return []

    @api.model
    @tools.ormcache("lang")
    def _catalogue_index(self, lang):
        """Return the words of all published services in a language and in English."""
        # sudo: one index for all; who searches is shown what they may see.
        services = self.sudo().search([("state", "=", "published")])
        texts = {service.id: [] for service in services}
        for code in dict.fromkeys((lang, _SOURCE_LANGUAGE)):
            for service in services.with_context(lang=code):
                texts[service.id] += service._catalogue_texts()
        return catalogue_search.build(texts.items())

    def _catalogue_texts(self):
        """Return what a service is found by, in the language of the environment."""
        found = {
            "name": self.name,
            "keywords": self.keywords,
            "category": self.category_id.complete_name,
            "description": self.description,
        }
        return [
            Text(text, _WEIGHTS[name], is_name=name == "name")
            for name, text in found.items()
            if text
        ]


class ItsmServiceCategory(models.Model):
    """Categories are among the words that services are found by."""

    _inherit = ["itsm.service.category", "itsm.cache.source"]
    _name = "itsm.service.category"
    _cached_fields = frozenset({"active", "name", "parent_id"})
