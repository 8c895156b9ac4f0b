from odoo import api, fields, models
from odoo.exceptions import AccessError

from odoo.addons.itsm_helpdesk.models.itsm_ticket import WORKERS


class ItsmTicket(models.Model):
    """Which change caused an incident, and which change a ticket follows from."""

    _inherit = "itsm.ticket"

    caused_by_change_id = fields.Many2one(
        "itsm.change",
        "Caused by Change",
        index="btree_not_null",
        ondelete="set null",
        copy=False,
        tracking=True,
        groups=WORKERS,
        help="The change after which, and because of which, it broke.",
    )
    follow_up_change_id = fields.Many2one(
        "itsm.change",
        "Follow-Up of Change",
        index="btree_not_null",
        ondelete="set null",
        copy=False,
        groups=WORKERS,
        help="The change whose review asked for it.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        tickets = super().create(vals_list)
        named = [
            name
            for name in ("caused_by_change_id", "follow_up_change_id")
            if any(vals.get(name) for vals in vals_list)
        ]
        if named:
            tickets._refuse_hidden_changes(named)
        return tickets

    def write(self, vals):
        result = super().write(vals)
        named = {"caused_by_change_id", "follow_up_change_id"}.intersection(vals)
        if named:
            self._refuse_hidden_changes(named)
        if "caused_by_change_id" in vals:
            self._tell_reviews()
        return result

    def _refuse_hidden_changes(self, names):
        """Refuse to name changes that the user may not see."""
        if self.env.su:
            return
        for name in names:
            changes = self[name]
            if changes - changes._filtered_access("read"):
                raise AccessError(self.env._("You name a change that you may not see."))

    def _mark_caused_by(self, change):
        """Note which change caused these incidents; none for an empty one."""
        self.write({"caused_by_change_id": change.id})

    def _tell_reviews(self):
        """What is said on the ticket is judged in the review too."""
        # sudo: the rows follow from what the agent wrote on the ticket.
        rows = self.env["itsm.change.incident"].sudo()
        rows = rows.search([("ticket_id", "in", self.ids)])
        for row in rows:
            if row.ticket_id.caused_by_change_id == row.change_id:
                state = "accepted"
            elif row.state == "accepted":
                state = "rejected"
            else:
                continue
            if row.state != state:
                row.write(
                    {
                        "state": state,
                        "judged_by_id": self.env.uid,
                        "judged_at": fields.Datetime.now(),
                    }
                )
