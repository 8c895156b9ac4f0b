from odoo import fields, models

from ..tools.suited import meets

_WORKERS = "itsm_helpdesk.group_itsm_agent,itsm_helpdesk.group_itsm_auditor"


class ItsmTeam(models.Model):
    """What the tickets of a team need, and who in the team can do it."""

    _inherit = "itsm.team"

    needed_skill_ids = fields.Many2many(
        "hr.skill", compute="_compute_skill_gaps", groups=_WORKERS
    )
    missing_skill_ids = fields.Many2many(
        "hr.skill",
        compute="_compute_skill_gaps",
        groups=_WORKERS,
        help="Needed, and nobody in the team has it at the level that is needed.",
    )
    single_skill_ids = fields.Many2many(
        "hr.skill",
        string="Only One Person Has",
        compute="_compute_skill_gaps",
        groups=_WORKERS,
    )

    def _compute_skill_gaps(self):
        # sudo: needs of all services of the team, also of those not published yet.
        teams = self.sudo()
        needs = teams._needs_by_team()
        people = {team: team._agents() for team in teams}
        levels = self.env["res.users"].union(*people.values())._itsm_skill_levels()
        for team in self:
            found = self._count_skilled(
                needs.get(team.id, ()), people[team.sudo()].ids, levels
            )
            team.needed_skill_ids = [(6, 0, list(found))]
            team.missing_skill_ids = [(6, 0, [s for s in found if not found[s]])]
            team.single_skill_ids = [(6, 0, [s for s in found if found[s] == 1])]

    def _count_skilled(self, needs, people, levels):
        """Return ``{skill id: how many people meet the highest need of it}``."""
        least = {}
        for skill_id, level in needs:
            least[skill_id] = max(level, least.get(skill_id, 0))
        return {
            skill_id: sum(
                meets(levels.get(person, {}), (skill_id, level)) for person in people
            )
            for skill_id, level in least.items()
        }

    def _needs_by_team(self):
        """Return ``{team id: needs}`` of the services and categories a team works on.

        What names no team is the work of the default team of its desks.
        """
        needs = {}
        for need in self.env["itsm.skill.need"].search([("skill_id", "!=", False)]):
            owner = need.service_id or need.category_id
            desks = need.service_id.desk_id | need.category_id.desk_ids
            for team in (owner.team_id or desks.default_team_id) & self:
                needs.setdefault(team.id, []).extend(need._as_pairs())
        return needs
