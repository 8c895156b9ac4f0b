from odoo import api, fields, models

KINDS = [("cab", "Advisory Board"), ("ecab", "Emergency Board")]
# How long an emergency board has where none is set up.
_LATE_HOURS = 24.0


class ItsmCab(models.Model):
    """A board that advises on changes: its members, each for some areas.

    Approval policies ask it by the roles “cab” and “ecab”: of the boards of a change's
    company those members who are there for the change's category, and the chairs.
    """

    _name = "itsm.cab"
    _description = "Change Advisory Board"
    _inherit = ["mail.thread"]
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True, tracking=True)
    kind = fields.Selection(KINDS, required=True, default="cab", tracking=True)
    active = fields.Boolean(default=True, tracking=True)
    sequence = fields.Integer(default=10)
    company_id = fields.Many2one(
        "res.company", index="btree_not_null", help="Empty: for all companies."
    )
    chair_id = fields.Many2one(
        "res.users",
        index="btree_not_null",
        tracking=True,
        domain="[('share', '=', False)]",
        help="Leads the meetings, and votes in all areas.",
    )
    member_ids = fields.One2many("itsm.cab.member", "cab_id", "Members")
    meeting_ids = fields.One2many("itsm.cab.meeting", "cab_id", "Meetings")
    meeting_count = fields.Integer(compute="_compute_meeting_count")
    location = fields.Char("Place", help="Where it usually meets.")
    duration = fields.Float(
        "Hours", default=1.0, help="How long a meeting usually takes."
    )
    interval_days = fields.Integer(
        "Meets Every",
        default=7,
        help="Days to the next meeting, to which what was not treated moves.",
    )
    late_hours = fields.Float(
        "Decides Afterwards within",
        default=_LATE_HOURS,
        help="Hours in which it decides on an emergency that began before.",
    )
    note = fields.Text(help="What it decides on, and how it works.")

    _duration_positive = models.Constraint(
        "CHECK (duration > 0)", "A meeting takes some time."
    )
    _interval_positive = models.Constraint(
        "CHECK (interval_days >= 1)", "There is at least a day between meetings."
    )
    _late_positive = models.Constraint(
        "CHECK (late_hours > 0)", "A board needs some time to decide."
    )

    @api.depends("meeting_ids")
    def _compute_meeting_count(self):
        counts = dict(
            self.env["itsm.cab.meeting"]._read_group(
                [("cab_id", "in", self.ids)], ["cab_id"], ["__count"]
            )
        )
        for cab in self:
            cab.meeting_count = counts.get(cab, 0)

    # ------------------------------------------------------------------
    # Who decides
    # ------------------------------------------------------------------

    @api.model
    def _boards(self, company, kind):
        """Return the boards of a kind that are there for a company."""
        # sudo: who is asked does not depend on who asks.
        return self.sudo().search(
            [("kind", "=", kind), ("company_id", "in", [company.id, False])]
        )

    @api.model
    def _people_for(self, change, kind):
        """Return the contacts of those who decide on a change for boards of a kind."""
        boards = self._boards(change.company_id, kind)
        members = boards.member_ids.filtered(
            lambda member: member._is_for(change.category_id)
        )
        return (boards.chair_id | members.user_id).filtered("active").partner_id

    def _all_people(self):
        """Return the contacts of the chair and all members."""
        users = self.chair_id | self.member_ids.user_id
        return users.filtered("active").partner_id

    @api.model
    def _late_hours(self, changes):
        """Return ``{change id: hours in which it is decided on afterwards}``.

        Of several emergency boards the strictest counts.
        """
        found = {}
        for company, mine in changes.grouped("company_id").items():
            hours = self._boards(company, "ecab").mapped("late_hours")
            found.update(dict.fromkeys(mine.ids, min(hours, default=_LATE_HOURS)))
        return found

    def action_open_meetings(self):
        """Open the meetings of the board."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "itsm_change.itsm_cab_meeting_action"
        )
        return action | {
            "domain": [("cab_id", "=", self.id)],
            "context": {"default_cab_id": self.id},
        }


class ItsmCabMember(models.Model):
    """Somebody on a board, for some areas or for all."""

    _name = "itsm.cab.member"
    _description = "Member of a Change Advisory Board"
    _order = "cab_id, sequence, id"
    _rec_name = "user_id"

    cab_id = fields.Many2one(
        "itsm.cab", "Board", required=True, ondelete="cascade", index=True
    )
    sequence = fields.Integer(default=10)
    user_id = fields.Many2one(
        "res.users",
        "Member",
        required=True,
        index=True,
        ondelete="cascade",
        help="Also somebody who uses the portal only.",
    )
    category_ids = fields.Many2many(
        "itsm.change.category",
        "itsm_cab_member_category_rel",
        "member_id",
        "category_id",
        "Areas",
        help="Categories of changes that the member decides on. Empty: all.",
    )
    function = fields.Char(help="What the member stands for, such as the wards.")

    _once = models.UniqueIndex(
        "(cab_id, user_id)", "This person is on the board already."
    )

    def _is_for(self, category):
        """Tell whether the member decides on changes of a category."""
        self.ensure_one()
        return not self.category_ids or category in self.category_ids
