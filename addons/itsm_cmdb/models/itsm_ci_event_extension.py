from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date


class ItsmCiEvent(models.Model):
    """A loan that lasts longer: what was agreed and signed stays beside it."""

    _inherit = "itsm.ci.event"

    extended_until = fields.Date(
        readonly=True,
        copy=False,
        help="The loan was extended; the day that was agreed first stays as it is.",
    )
    expected_back = fields.Date(
        compute="_compute_expected_back",
        store=True,
        help="The day that counts: of the loan or repair, or of its extension.",
    )

    @api.depends("due_date", "extended_until")
    def _compute_expected_back(self):
        for event in self:
            dates = filter(None, (event.due_date, event.extended_until))
            event.expected_back = max(dates, default=False)

    def _extend(self, until, reason):
        """Let loans that are out last longer.

        :param until: date after the one on which they should be back by now
        :param reason: why; it is kept in the chatter
        :raise UserError: for what is no loan, is not out, or would end earlier
        """
        self._begin({"underway"})
        reason = (reason or "").strip()
        if not reason:
            raise UserError(self.env._("Say why the loan is extended."))
        for event in self:
            event._check_extension(until)
            before = event.expected_back
            event._as_system().write({"extended_until": until})
            event._message_log(
                body=self.env._(
                    "Extended until %(new)s, instead of %(old)s: %(reason)s",
                    new=format_date(self.env, until),
                    old=format_date(self.env, before),
                    reason=reason,
                ),
                author_id=self.env.user.partner_id.id,
            )

    def _check_extension(self, until):
        self.ensure_one()
        if self.kind != "loan":
            raise UserError(
                self.env._(
                    "%(event)s is no loan, so it cannot be extended.",
                    event=self.display_name,
                )
            )
        if not until or (self.expected_back and until <= self.expected_back):
            raise UserError(
                self.env._(
                    "%(event)s should be back on %(date)s. Choose a later day to "
                    "extend it.",
                    event=self.display_name,
                    date=format_date(self.env, self.expected_back),
                )
            )
