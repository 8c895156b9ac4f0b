from odoo import fields, models

from ..tools import lifecycle

# Larger than any id of a user, so that a seat has a stable id.
_FACTOR = 10_000_000


class ItsmTeamSeat(models.Model):
    """A person in a team, with what they have to do; read only."""

    _name = "itsm.team.seat"
    _description = "Person in a Team"
    _auto = False
    _order = "team_id, is_leader desc, user_id"
    _rec_name = "user_id"
    _depends = {
        "itsm.team": ["member_ids", "leader_id", "desk_id", "company_id"],
        "res.users": ["active"],
    }

    team_id = fields.Many2one("itsm.team", readonly=True)
    desk_id = fields.Many2one("itsm.desk", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    user_id = fields.Many2one("res.users", string="Person", readonly=True)
    is_leader = fields.Boolean("Leader", readonly=True)
    at_work = fields.Boolean("At Work Now", compute="_compute_at_work")
    open_count = fields.Integer("Open Tickets", compute="_compute_counts")
    overdue_count = fields.Integer("Overdue", compute="_compute_counts")
    pending_count = fields.Integer("Waiting", compute="_compute_counts")
    task_count = fields.Integer("Open Tasks", compute="_compute_counts")
    role_ids = fields.Many2many(
        "itsm.role", string="Roles", compute="_compute_role_ids"
    )

    @property
    def _table_query(self):
        return f"""
            SELECT team.id::bigint * {_FACTOR} + person.user_id AS id,
                   team.id AS team_id,
                   team.desk_id,
                   team.company_id,
                   person.user_id,
                   person.user_id = COALESCE(team.leader_id, 0) AS is_leader
              FROM itsm_team AS team
              JOIN (
                    SELECT team_id, user_id FROM itsm_team_member_rel
                     UNION
                    SELECT id, leader_id FROM itsm_team WHERE leader_id IS NOT NULL
                   ) AS person ON person.team_id = team.id
              JOIN res_users ON res_users.id = person.user_id AND res_users.active
        """

    def _compute_at_work(self):
        at_work = self.team_id._at_work_by_team()
        for seat in self:
            seat.at_work = seat.user_id in at_work[seat.team_id]

    def _compute_counts(self):
        # With the rights of the reader: whom they may not see counts for nothing.
        tickets = self._count_by_user(
            "itsm.ticket", [("state", "in", lifecycle.OPEN_STATES)]
        )
        overdue = self._count_by_user("itsm.ticket", [("is_overdue", "=", True)])
        pending = self._count_by_user("itsm.ticket", [("state", "=", "pending")])
        tasks = self._count_by_user("itsm.task", [("state", "in", ("todo", "doing"))])
        for seat in self:
            seat.open_count = tickets.get(seat.user_id, 0)
            seat.overdue_count = overdue.get(seat.user_id, 0)
            seat.pending_count = pending.get(seat.user_id, 0)
            seat.task_count = tasks.get(seat.user_id, 0)

    def _count_by_user(self, model, domain):
        groups = self.env[model]._read_group(
            [("user_id", "in", self.user_id.ids), *domain], ["user_id"], ["__count"]
        )
        return dict(groups)

    def _compute_role_ids(self):
        roles = self.env["itsm.role.assignment"]._roles_by_user(self.user_id)
        for seat in self:
            seat.role_ids = roles.get(seat.user_id.id)

    def action_view_work(self):
        """Open the person's open tickets."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "itsm_helpdesk.itsm_ticket_action"
        )
        action["domain"] = [("user_id", "=", self.user_id.id)]
        action["context"] = {"search_default_open": 1}
        return action
