from odoo import api, models

from odoo.addons.itsm_helpdesk.models.itsm_service_exchange_texts import (
    create_values,
    write_texts,
)

_TEXTS = ("name", "description")
_FACTS = (
    "buffer_after",
    "buffer_before",
    "capacity",
    "code",
    "has_meter",
    "kind",
    "lead_minutes",
    "longest_minutes",
    "needs_handover",
    "quantity",
    "remind_minutes",
)


class ItsmBookable(models.Model):
    """Examples of things to book that come with a ready desk."""

    _inherit = "itsm.bookable"

    @api.model
    def _pack_create(self, desk, entries):
        """Return new things of a desk, with their texts in all languages.

        :param entries: list of dicts as pack files have them
        """
        made = self.browse()
        for number, entry in enumerate(entries, 1):
            texts = {name: entry[name] for name in _TEXTS if entry.get(name)}
            thing = self.create(
                {
                    **{name: entry[name] for name in _FACTS if name in entry},
                    **create_values(self, texts),
                    "desk_id": desk.id,
                    "sequence": 10 * number,
                }
            )
            write_texts(thing, texts)
            made |= thing
        return made
