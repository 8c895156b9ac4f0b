import secrets

import pytz
from dateutil.relativedelta import relativedelta

from odoo import fields, models
from odoo.exceptions import UserError

from ..tools import draw
from .row_lock import wait_for_rows


class ItsmPrizeDraw(models.Model):
    """What is done with a draw: announce, draw, tell the winners."""

    _inherit = "itsm.prize.draw"

    def _begin(self, state, sentence):
        """Check rights and state; of two at once the second is asked again."""
        self.check_access("write")
        wait_for_rows(self)
        self.invalidate_recordset(["state"])
        if any(record.state != state for record in self):
            raise UserError(sentence)

    def announce(self):
        """Fix the terms, and publish what commits to the seed."""
        self._begin("draft", self.env._("This draw has been announced already."))
        for record in self:
            record._check_announcement()
            secret = secrets.token_hex(32)
            record._write_system(
                {
                    "state": "announced",
                    "announced_at": fields.Datetime.now(),
                    "secret": secret,
                    "seed_hash": draw.commitment(secret),
                    "algorithm": draw.ALGORITHM,
                }
            )
        return True

    def _check_announcement(self):
        self.ensure_one()
        if not self.prize_count:
            raise UserError(self.env._("Say first what can be won."))
        if self.use_public_value and not (self.public_source or "").strip():
            raise UserError(self.env._("Say first where the public number comes from."))
        if self.public_value:
            raise UserError(
                self.env._("The public number must not be known yet: empty it.")
            )
        if not self.use_public_value and self._is_over():
            raise UserError(
                self.env._(
                    "The period is over, so who announces the draw now could choose "
                    "what suits. Use a public number, or a later period."
                )
            )

    def _is_over(self):
        """Tell whether the period has ended."""
        return fields.Datetime.now() >= self._moments()[1]

    def _moments(self):
        """Return when the period begins and ends, in UTC."""
        zone = pytz.timezone(self.tz)

        def utc(day):
            midnight = fields.Datetime.to_datetime(day)
            return zone.localize(midnight).astimezone(pytz.utc).replace(tzinfo=None)

        return utc(self.date_from), utc(self.date_to + relativedelta(days=1))

    def action_draw(self):
        """Draw the winners; whoever does it, the outcome is the same."""
        self._begin("announced", self.env._("Only an announced draw can be drawn."))
        for record in self:
            if not record._is_over():
                raise UserError(
                    self.env._("The period of %(draw)s is not over.", draw=record.name)
                )
            number = " ".join((record.public_value or "").split())
            if record.use_public_value and not number:
                raise UserError(
                    self.env._(
                        "Enter the public number first: %(origin)s.",
                        origin=record.public_source,
                    )
                )
            record._draw(number if record.use_public_value else None)
        return True

    def _draw(self, number):
        """Keep the list, the lots and the winners."""
        secret = self.sudo().secret  # sudo: nobody reads it before this moment
        seed = draw.full_seed(secret, number)
        counts = self._count_entries()
        if not counts:
            raise UserError(
                self.env._("Nobody takes part in %(draw)s.", draw=self.display_name)
            )
        entries = draw.entry_keys(self.number, counts)
        ordered = draw.lots(seed, entries)
        self._write_system(
            {
                "state": "drawn",
                "drawn_at": fields.Datetime.now(),
                "drawn_by_id": self.env.uid,
                "seed_secret": secret,
                "seed": seed,
                "entry_count": len(entries),
                "person_count": len(counts),
                "list_digest": draw.digest_of_list(entries),
            }
        )
        self.env["itsm.prize.entry"]._keep(self, ordered)

    def tell(self):
        """Send the winners a mail, in the language of each; once for each."""
        self._begin("drawn", self.env._("Draw first, and tell the winners once."))
        self.entry_ids.filtered("prize_id")._send_good_news()
        self._write_system({"state": "told", "told_at": fields.Datetime.now()})
        return True

    def cancel(self, reason=None):
        """Call an announced draw off; the reason is kept and shown."""
        self._begin(
            "announced", self.env._("Only an announced draw can be called off.")
        )
        if not (reason or "").strip():
            raise UserError(self.env._("Say why the draw is called off."))
        self._write_system({"state": "cancelled"})
        for record in self:
            record.message_post(
                body=self.env._("Called off: %(reason)s", reason=reason),
                subtype_xmlid="mail.mt_note",
            )
        return True

    def action_next(self):
        """Prepare the draw of the period after this one, with the same terms."""
        self.ensure_one()
        start = self.date_to + relativedelta(days=1)
        months = (
            (start.year - self.date_from.year) * 12 + start.month - self.date_from.month
        )
        whole = months > 0 and self.date_from + relativedelta(months=months) == start
        length = (
            relativedelta(months=months) if whole else self.date_to - self.date_from
        )
        end = start + length - relativedelta(days=1) if whole else start + length
        return self.copy({"date_from": start, "date_to": end})._get_records_action()
