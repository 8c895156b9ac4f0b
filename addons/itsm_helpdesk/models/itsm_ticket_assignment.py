from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..tools import assignment, lifecycle
from .itsm_ticket import WORKERS
from .row_lock import wait_for_rows


class ItsmTicket(models.Model):
    """Who works on a ticket: team, assignee, lines of support."""

    _inherit = "itsm.ticket"

    team_id = fields.Many2one(
        "itsm.team",
        index="btree_not_null",
        tracking=True,
        ondelete="restrict",
        domain="[('desk_id', '=', desk_id)]",
        copy=False,
    )
    line = fields.Selection(related="team_id.line", store=True)
    user_id = fields.Many2one(
        "res.users",
        string="Assignee",
        index="btree_not_null",
        tracking=True,
        copy=False,
        domain="[('itsm_desk_ids', 'in', desk_id)]",
    )
    escalated_from_id = fields.Many2one(
        "itsm.team",
        readonly=True,
        copy=False,
        help="The team that a return sends the ticket back to.",
        groups=WORKERS,
    )

    # ------------------------------------------------------------------
    # Verbs
    # ------------------------------------------------------------------

    def action_take(self):
        """Take the tickets for oneself.

        When two agents take the same ticket at the same moment, the database lets
        one of them through; the other's transaction is repeated, finds the
        assignee here and is told.
        """
        self.check_access("write")
        wait_for_rows(self)
        taken = self.filtered(
            lambda ticket: ticket.user_id and ticket.user_id != self.env.user
        )
        if taken:
            raise UserError(
                self.env._(
                    "%(ticket)s has just been taken by %(agent)s.",
                    ticket=taken[0].display_name,
                    agent=taken[0].user_id.name,
                )
            )
        self._refuse_ended()
        self.write({"user_id": self.env.uid})
        return True

    def assign(self, user, team=None):
        """Give the tickets to an agent.

        :param user: agent, as a record, id or login
        :param team: team, as a record, id or name; default: the ticket's
        """
        self.check_access("write")
        self._refuse_ended()
        vals = {"user_id": self._agent_argument(user).id}
        if team:
            vals["team_id"] = self._team_argument(team).id
        self.write(vals)
        return True

    def escalate(self, team=None, reason=None):
        """Hand the tickets to the next line, or to another team.

        :param team: team, as a record, id or name; default: the next line of each team
        :param reason: why; kept as an internal note
        """
        self.check_access("write")
        self._refuse_ended()
        if not (reason or "").strip():
            raise UserError(self.env._("Say why the ticket is escalated."))
        chosen = self._team_argument(team) if team else self.env["itsm.team"]
        for source, tickets in self.grouped("team_id").items():
            target = chosen or source.escalation_team_id.filtered("active")
            tickets._refuse_same_team(source, target)
            tickets._hand_over(target, reason, escalated_from=source)
        return True

    def return_to_previous(self, reason=None):
        """Send escalated tickets back to the team they came from.

        :param reason: why; kept as an internal note
        """
        self.check_access("write")
        self._refuse_ended()
        if not (reason or "").strip():
            raise UserError(self.env._("Say why the ticket is sent back."))
        for source, tickets in self.grouped("escalated_from_id").items():
            if not source:
                raise UserError(
                    self.env._(
                        "%(ticket)s was not escalated, so there is no team to send it "
                        "back to.",
                        ticket=tickets[0].display_name,
                    )
                )
            tickets._hand_over(source, reason)
        return True

    def action_assign_automatically(self):
        """Let the team's method choose assignees for the tickets without one."""
        self.check_access("write")
        waiting = self.filtered(lambda ticket: not ticket.user_id)
        waiting._assign_automatically(asked_for=True)
        left = waiting.filtered(lambda ticket: not ticket.user_id)
        if left:
            raise UserError(
                self.env._(
                    "Nobody could be found for %(ticket)s: it has no team, or none of "
                    "the team's members is at work now.",
                    ticket=left[0].display_name,
                )
            )
        return True

    # ------------------------------------------------------------------
    # Guards and arguments
    # ------------------------------------------------------------------

    def _refuse_ended(self):
        ended = self.filtered(lambda ticket: ticket.state in lifecycle.DONE_STATES)
        if ended:
            raise UserError(
                self.env._(
                    "%(ticket)s is done. Reopen it before you give it to somebody.",
                    ticket=ended[0].display_name,
                )
            )

    def _refuse_same_team(self, source, target):
        if not target:
            raise UserError(
                self.env._(
                    "Team “%(team)s” has no next line. Choose a team.",
                    team=source.name or self.env._("(none)"),
                )
            )
        if target == source:
            raise UserError(
                self.env._(
                    "%(ticket)s is with “%(team)s” already.",
                    ticket=self[0].display_name,
                    team=target.name,
                )
            )

    @api.model
    def _agent_argument(self, user):
        """Return the user that a caller means by a record, an id or a login."""
        if isinstance(user, models.BaseModel):
            return user
        field = "id" if isinstance(user, int) else "login"
        found = self.env["res.users"].search([(field, "=", user)], limit=1)
        if not found:
            raise UserError(self.env._("There is no user “%(user)s”.", user=user))
        return found

    def _team_argument(self, team):
        """Return the team that a caller means by a record, an id or a name.

        Of several teams with one name, that of the tickets' desk is meant.
        """
        if isinstance(team, models.BaseModel):
            return team
        field = "id" if isinstance(team, int) else "name"
        found = self.env["itsm.team"].search([(field, "=", team)])
        if not found:
            raise UserError(self.env._("There is no team “%(team)s”.", team=team))
        found = found.filtered(lambda team: team.desk_id in self.desk_id) or found
        if len(found) > 1:
            raise UserError(
                self.env._(
                    "There are several teams “%(team)s”. Name the team by its id.",
                    team=team,
                )
            )
        return found

    @api.constrains("user_id", "desk_id")
    def _check_assignee(self):
        """Refuse an assignee who does not work for the ticket's desk."""
        if self._is_system():
            return  # a past ticket may name somebody who has left
        for ticket in self.sudo():
            if ticket.user_id and ticket.user_id not in ticket.desk_id.agent_ids:
                raise ValidationError(
                    self.env._(
                        "%(user)s is not an agent of desk “%(desk)s”. Add them to one "
                        "of its teams first.",
                        user=ticket.user_id.name,
                        desk=ticket.desk_id.name,
                    )
                )

    # ------------------------------------------------------------------
    # What follows from a change of desk, team or assignee
    # ------------------------------------------------------------------

    def _follow_assignment(self, vals):
        """Return what follows for which tickets, as a list of ``(tickets, vals)``.

        Another desk means its default team; another team means that an assignee
        who is not in it lets go. Tickets that are there already stay as they are.
        """
        if not self or not {"desk_id", "team_id"}.intersection(vals):
            return [(self, vals)]
        # Not to a desk of a company that the user has nothing to do with.
        self.env["itsm.desk"].browse(vals.get("desk_id") or ()).check_access("read")
        # sudo: the agent may send a ticket to a desk that is not theirs.
        desk = self.env["itsm.desk"].sudo().browse(vals.get("desk_id") or ())
        groups = {}
        for ticket in self:
            follows = {}
            if desk and "team_id" not in vals and ticket.desk_id.id != desk.id:
                nothing = self.env["itsm.category"]
                follows["team_id"] = self._default_team(desk, nothing).id
            target = {**vals, **follows}
            if "team_id" in target and "user_id" not in target:
                # sudo: as above.
                team = self.env["itsm.team"].sudo().browse(target["team_id"] or ())
                if ticket.sudo().user_id - team._agents():
                    follows["user_id"] = False
            groups.setdefault(tuple(follows.items()), []).append(ticket.id)
        return [
            (self.browse(ids), {**vals, **dict(follows)})
            for follows, ids in groups.items()
        ]

    def _count_reassignments(self, vals):
        """Count a change of team or assignee where there was one before."""
        if not {"team_id", "user_id"}.intersection(vals):
            return
        self.filtered(
            lambda ticket: any(
                name in vals and ticket[name] and ticket[name].id != vals[name]
                for name in ("team_id", "user_id")
            )
        )._count("reassignment_count")

    def _after_assignment(self, vals):
        """Start what was new, find an assignee for the rest."""
        if vals.get("user_id"):
            # Somebody has it now, which is what “in progress” means.
            # sudo: the ticket may have left the agent's desks with this very write.
            new = self.sudo().filtered(lambda ticket: ticket.state == "new")
            new._move("start", {})
        elif vals.get("team_id"):
            self.filtered(lambda ticket: not ticket.user_id)._assign_automatically()

    def _hand_over(self, team, reason, escalated_from=None):
        """Give the tickets to another team, with a note why.

        :param escalated_from: the team that a return sends them back to
        """
        if not team.active:
            raise UserError(
                self.env._(
                    "Team “%(team)s” is archived. Choose another team.", team=team.name
                )
            )
        self.write({"team_id": team.id, "desk_id": team.sudo().desk_id.id})
        # sudo: the agent who hands a ticket to another desk no longer sees it.
        tickets = self.sudo()
        tickets._write_system(
            {"escalated_from_id": escalated_from and escalated_from.id}
        )
        tickets._message_log_batch(
            bodies={
                ticket.id: self.env._(
                    "Handed to %(team)s: %(reason)s",
                    team=team.display_name,
                    reason=reason,
                )
                for ticket in self
            },
            author_id=self.env.user.partner_id.id,
        )

    # ------------------------------------------------------------------
    # Automatic assignment
    # ------------------------------------------------------------------

    def _assign_automatically(self, *, asked_for=False):
        """Give unassigned tickets to members who are at work, by the team's method.

        The rows of the teams are locked, so that two requests at the same moment
        do not both pick the same agent as the next one.

        :param asked_for: somebody pressed the button, so teams that assign manually
            get the least loaded member too
        """
        # sudo: whoever registers a ticket may not read teams, load and calendars.
        tickets = self.sudo().filtered(
            lambda ticket: (
                ticket.state in lifecycle.OPEN_STATES
                and ticket.team_id
                and (asked_for or ticket.team_id.assignment_method != "manual")
            )
        )
        if not tickets:
            return
        teams = tickets.team_id
        wait_for_rows(teams)
        at_work = teams._at_work_by_team()
        loads = self._open_loads(teams)
        for (team, kept_away, demand), queue in (
            tickets.sorted("id")
            .grouped(
                lambda ticket: (
                    ticket.team_id,
                    ticket._kept_away(),
                    ticket._assignment_demand(),
                )
            )
            .items()
        ):
            agents = self._best_suited(at_work[team] - kept_away, demand)
            chosen = assignment.distribute(
                team.assignment_method,
                len(queue),
                agents.ids,
                team.last_assigned_id.id or None,
                loads,
            )
            if chosen:
                team.last_assigned_id = chosen[-1]
            queue._give_to(chosen)
            for user_id in chosen:
                loads[user_id] = loads.get(user_id, 0) + 1

    def _assignment_demand(self):
        """Return what the ticket asks of its assignee, as a hashable value.

        Tickets that ask the same are shared out together. Addons that know of skills
        say here which.
        """
        return ()

    @api.model
    def _best_suited(self, agents, demand):
        """Return those of the agents who are to be preferred for a demand."""
        return agents

    @api.model
    def _open_loads(self, teams):
        """Return ``{user id: open tickets}`` for the agents of the teams."""
        agents = self.env["res.users"].union(*(team._agents() for team in teams))
        return {
            user.id: count
            for user, count in self.sudo()._read_group(
                [("user_id", "in", agents.ids), ("state", "in", self._open_states())],
                ["user_id"],
                ["__count"],
            )
        }

    def _give_to(self, user_ids):
        """Give the n-th ticket to the n-th user, in one write for each user."""
        shares = {}
        for ticket, user_id in zip(self, user_ids, strict=False):
            shares.setdefault(user_id, []).append(ticket.id)
        for user_id, ids in shares.items():
            self.browse(ids).write({"user_id": user_id})
