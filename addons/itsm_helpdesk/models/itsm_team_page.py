from odoo import fields, models

from ..tools import lifecycle
from .itsm_ticket import WORKERS


class ItsmTeam(models.Model):
    """The page of a team: who is in it, who is at work now, what each has to do."""

    _inherit = "itsm.team"

    seat_ids = fields.One2many(
        "itsm.team.seat", "team_id", string="People", readonly=True, groups=WORKERS
    )
    at_work_ids = fields.Many2many(
        "res.users",
        string="At Work Now",
        compute="_compute_at_work_ids",
        groups=WORKERS,
    )
    at_work_count = fields.Integer(compute="_compute_at_work_ids", groups=WORKERS)
    agent_count = fields.Integer(
        "People in the Team", compute="_compute_at_work_ids", groups=WORKERS
    )
    unassigned_count = fields.Integer(
        "Unassigned", compute="_compute_page_counts", groups=WORKERS
    )
    overdue_count = fields.Integer(
        "Overdue", compute="_compute_page_counts", groups=WORKERS
    )
    stray_count = fields.Integer(
        "With People Outside",
        compute="_compute_page_counts",
        groups=WORKERS,
        help="Open tickets of the team whose assignee is not in it any more.",
    )

    def _compute_at_work_ids(self):
        at_work = self._at_work_by_team()
        for team in self:
            team.at_work_ids = at_work[team]
            team.at_work_count = len(at_work[team])
            team.agent_count = len(team._agents())

    def _compute_page_counts(self):
        unassigned = self._count_tickets([("user_id", "=", False)])
        overdue = self._count_tickets([("is_overdue", "=", True)])
        strays = self._count_strays()
        for team in self:
            team.unassigned_count = unassigned.get(team, 0)
            team.overdue_count = overdue.get(team, 0)
            team.stray_count = strays.get(team, 0)

    def _open_domain(self):
        return [
            ("team_id", "in", self.ids),
            ("state", "in", lifecycle.OPEN_STATES),
        ]

    def _count_tickets(self, domain):
        return dict(
            self.env["itsm.ticket"]._read_group(
                self._open_domain() + domain, ["team_id"], ["__count"]
            )
        )

    def _count_strays(self):
        counts = {}
        rows = self.env["itsm.ticket"]._read_group(
            [*self._open_domain(), ("user_id", "!=", False)],
            ["team_id", "user_id"],
            ["__count"],
        )
        for team, user, count in rows:
            if user not in team._agents():
                counts[team] = counts.get(team, 0) + count
        return counts

    # ------------------------------------------------------------------
    # Buttons
    # ------------------------------------------------------------------

    def action_view_unassigned(self):
        """Open the tickets that wait for an assignee."""
        return self._view_open([("user_id", "=", False)])

    def action_view_overdue(self):
        """Open what is late."""
        return self._view_open([("is_overdue", "=", True)])

    def action_view_strays(self):
        """Open the tickets of people who have left the team."""
        return self._view_open(
            [("user_id", "!=", False), ("user_id", "not in", self._agents().ids)]
        )

    def _view_open(self, domain):
        self.ensure_one()
        return self.action_view_tickets() | {"domain": self._open_domain() + domain}
