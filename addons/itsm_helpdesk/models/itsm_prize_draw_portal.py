from odoo import models


class ItsmPrizeDraw(models.Model):
    """What staff read of a draw on the portal."""

    _inherit = "itsm.prize.draw"

    def _portal_row(self):
        """Return plain values for the list of draws."""
        self.ensure_one()
        return {
            "url": f"/my/prizes/{self.id}",
            "number": self.number,
            "name": self.name,
            "date_from": self.date_from,
            "date_to": self.date_to,
            "state": self.state,
            "prizes": [
                {"name": prize.name, "quantity": prize.quantity}
                for prize in self.prize_ids
            ],
        }

    def _portal_page(self, partner):
        """Return plain values for a draw's page, as one person may see them."""
        drawn = self.state in ("drawn", "told")
        mine = self.entry_ids.filtered(lambda entry: entry.partner_id == partner)
        return {
            **self._portal_row(),
            "sentences": self._rule_sentences(),
            "rules": self.rules,
            "is_drawn": drawn,
            "commitment": self.seed_hash,
            "public_source": self.use_public_value and self.public_source,
            "public_value": drawn and self.public_value,
            "secret": drawn and self.seed_secret,
            "seed": drawn and self.seed,
            "people": self.person_count,
            "entries": self.entry_count,
            "list_digest": self.list_digest,
            # Without the system's key nobody else's name follows from an entry.
            "winners": [
                {
                    "prize": entry.prize_id.name,
                    "key": entry.key,
                    "lot": entry.digest,
                    "is_mine": entry in mine,
                }
                for entry in self.entry_ids.filtered("prize_id")
            ],
            "mine": [
                {"key": entry.key, "lot": entry.digest, "place": entry.place}
                for entry in mine
            ],
        }
