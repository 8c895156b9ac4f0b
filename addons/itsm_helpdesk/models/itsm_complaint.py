from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command, Domain

from ..tools import assignment, lifecycle
from .itsm_ticket import WORKERS

# Values after which it may be somebody else who handles a complaint.
_ROUTED_BY = frozenset({"desk_id", "type"})
_ABOUT = frozenset({"complaint_about_team_id", "complaint_about_user_id"})


class ItsmTicket(models.Model):
    """Complaints: whom they are about, and who handles them.

    They go to those who handle complaints at the desk, never to the person or the
    team complained about. What those do not see stands in ``itsm_complaint_privacy``.
    """

    _inherit = "itsm.ticket"

    complaint_ticket_id = fields.Many2one(
        "itsm.ticket",
        string="Complaint About Ticket",
        index="btree_not_null",
        ondelete="restrict",
        copy=False,
        domain="[('id', '!=', id), ('type', '!=', 'complaint')]",
        help="The ticket that somebody is not content with.",
        groups=WORKERS,
    )
    complaint_count = fields.Integer(compute="_compute_complaint_count", groups=WORKERS)
    complaint_about_user_id = fields.Many2one(
        "res.users",
        string="Complaint About Person",
        index="btree_not_null",
        ondelete="restrict",
        tracking=True,
        domain="[('share', '=', False)]",
        help="They see nothing of the complaint, and it is never given to them.",
        groups=WORKERS,
    )
    complaint_about_team_id = fields.Many2one(
        "itsm.team",
        index="btree_not_null",
        ondelete="restrict",
        tracking=True,
        help="Its members and its leader see nothing of the complaint.",
        groups=WORKERS,
    )
    complaint_shared = fields.Boolean(
        "Agents May Read It",
        tracking=True,
        copy=False,
        help="Otherwise only those who handle complaints at the desk, and the "
        "assignee, read it. Those complained about never do.",
        groups=WORKERS,
    )
    # Who was in the team when the complaint came stays out when they leave it.
    complaint_barred_ids = fields.Many2many(
        "res.users",
        "itsm_ticket_barred_rel",
        "ticket_id",
        "user_id",
        string="Hidden From",
        readonly=True,
        copy=False,
        groups=WORKERS,
    )

    _complaint_idx = models.Index("(id) WHERE type = 'complaint'")

    @api.depends_context("uid")
    def _compute_complaint_count(self):
        # As the user: those complained about find none.
        counts = dict(
            self.env["itsm.ticket"]
            .sudo(False)
            ._read_group(
                [("complaint_ticket_id", "in", self.ids)],
                ["complaint_ticket_id"],
                ["__count"],
            )
        )
        counts = {ticket.id: count for ticket, count in counts.items()}
        for ticket in self:
            ticket.complaint_count = counts.get(ticket._origin.id, 0)

    @api.model
    def _system_fields(self):
        return super()._system_fields() | {"complaint_barred_ids"}

    # ------------------------------------------------------------------
    # What cannot be
    # ------------------------------------------------------------------

    @api.constrains("complaint_about_user_id", "partner_id")
    def _check_complaint_person(self):
        for ticket in self.sudo():
            about = ticket.complaint_about_user_id
            if about and about.partner_id == ticket.partner_id:
                raise ValidationError(
                    self.env._("Nobody complains about themselves: change the person.")
                )

    @api.constrains("user_id", "team_id")
    def _check_complaint_assignee(self):
        for ticket in self.sudo():
            barred = ticket._complained_about()
            about_team = ticket.complaint_about_team_id
            if (ticket.user_id and ticket.user_id in barred) or (
                about_team and ticket.team_id == about_team
            ):
                raise ValidationError(
                    self.env._(
                        "%(ticket)s cannot be given to whom it is about. Choose "
                        "somebody else.",
                        ticket=ticket.display_name,
                    )
                )

    @api.constrains("complaint_ticket_id")
    def _check_complaint_ticket(self):
        for ticket in self.sudo():
            other = ticket.complaint_ticket_id
            if other and (other == ticket or other.type == "complaint"):
                raise ValidationError(
                    self.env._("A complaint is about a ticket that is not one itself.")
                )

    @api.constrains("type", "parent_id", "related_to_ids")
    def _check_complaint_links(self):
        """A link would tell whom a complaint is about that there is something."""
        for ticket in self.sudo():
            linked = (
                ticket.parent_id
                | ticket.child_ids
                | ticket.related_to_ids
                | ticket.related_from_ids
            )
            kinds = {other.type == "complaint" for other in ticket | linked}
            if len(kinds) > 1:
                raise ValidationError(
                    self.env._(
                        "A complaint is not linked to other tickets: whom it is about "
                        "would see that. Use “Complaint About Ticket”."
                    )
                )

    def _complained_about(self):
        """Return the users from whom the ticket is hidden."""
        # sudo: who asks may not read teams, nor whom complaints are about.
        tickets = self.sudo().filtered(
            lambda ticket: (
                ticket.complaint_about_user_id or ticket.complaint_about_team_id
            )
        )
        team = tickets.complaint_about_team_id
        return (
            tickets.complaint_barred_ids
            | tickets.complaint_about_user_id
            | team.member_ids
            | team.leader_id
        )

    def _approval_implementers(self):
        """Nobody decides on what is about them."""
        return super()._approval_implementers() | self._complained_about().partner_id

    def _kept_away(self):
        return super()._kept_away() | self._complained_about().sudo(False)

    @api.model
    def _refuse_hidden_parents(self, vals_list):
        name = "complaint_ticket_id"
        tickets = {vals[name] for vals in vals_list if vals.get(name)}
        self.browse(tickets).check_access("read")
        return super()._refuse_hidden_parents(vals_list)

    # ------------------------------------------------------------------
    # Create and write
    # ------------------------------------------------------------------

    @api.model
    def _complete_new(self, vals_list):
        """The desk's first team does not get what is about itself."""
        prepared = super()._complete_new(vals_list)
        for vals in prepared:
            if vals.get("team_id") and (
                vals["team_id"] == vals.get("complaint_about_team_id")
            ):
                vals["team_id"] = False
        return prepared

    @api.model_create_multi
    def create(self, vals_list):
        tickets = super().create(vals_list)
        # sudo: whoever registers a complaint need not handle it.
        tickets.sudo()._follow_complaints(_ROUTED_BY | _ABOUT)
        return tickets

    def write(self, vals):
        result = super().write(vals)
        if not (_ROUTED_BY | _ABOUT).isdisjoint(vals):
            # sudo: an agent who says that it is a complaint no longer sees it.
            self.sudo()._follow_complaints(vals)
        return result

    def _follow_complaints(self, changed):
        """Keep those complained about away, and find who handles the complaint."""
        about = self.filtered(
            lambda ticket: (
                ticket.complaint_about_user_id
                or ticket.complaint_about_team_id
                or ticket.complaint_barred_ids
            )
        )
        if not _ABOUT.isdisjoint(changed):
            about._bar()
        if not self._is_system():
            complaints = self.filtered(lambda ticket: ticket.type == "complaint")
            moved = not _ROUTED_BY.isdisjoint(changed)
            complaints._route_complaints(moved=moved)

    def _bar(self):
        """Hide tickets from those complained about; take away what they had."""
        for ticket in self:
            team = ticket.complaint_about_team_id
            barred = ticket.complaint_about_user_id | team.member_ids | team.leader_id
            ticket._bar_users(barred)

    def _bar_users(self, users):
        self.ensure_one()
        self._write_system({"complaint_barred_ids": [Command.set(users.ids)]})
        if self.user_id in users:
            self._write_system({"user_id": False})
        if (
            self.complaint_about_team_id
            and self.team_id == self.complaint_about_team_id
        ):
            self._write_system({"team_id": False})
        self._expel(users)

    def _expel(self, users):
        """Take followers, notifications and activities from users."""
        partners = users.partner_id
        self.message_unsubscribe(partners.ids)
        messages = self.env["mail.message"]._search(
            [("model", "=", self._name), ("res_id", "in", self.ids)]
        )
        self.env["mail.notification"].search(
            Domain("mail_message_id", "in", messages)
            & Domain("res_partner_id", "in", partners.ids)
        ).unlink()
        self.activity_ids.filtered(lambda activity: activity.user_id in users).unlink()

    # ------------------------------------------------------------------
    # Who handles it
    # ------------------------------------------------------------------

    def _complaint_handlers(self):
        """Return the agents who may handle the complaint at its desk."""
        self.ensure_one()
        desk = self.desk_id
        handlers = desk.complaint_user_ids or desk.manager_ids
        return (handlers.filtered("active") & desk.agent_ids) - self._complained_about()

    def _route_complaints(self, *, moved=False):
        """Give complaints to who handles them at their desk, the least busy one.

        :param moved: they are new there; an assignee who does not handle complaints
            lets go. Later those who handle one may give it to an agent.
        """
        waiting = self.filtered(
            lambda ticket: (
                ticket.state in lifecycle.OPEN_STATES
                and (
                    not ticket.user_id
                    or moved
                    and ticket.user_id not in ticket._complaint_handlers()
                )
            )
        )
        by_handlers = waiting.grouped(lambda ticket: ticket._complaint_handlers())
        loads = self._loads_of(self.env["res.users"].union(*by_handlers))
        for handlers, tickets in by_handlers.items():
            if not handlers:
                tickets._call_for_handler()
                continue
            chosen = assignment.distribute(
                assignment.LEAST_LOADED, len(tickets), handlers.ids, None, loads
            )
            tickets._give_to(chosen)
            for user_id in chosen:
                loads[user_id] = loads.get(user_id, 0) + 1

    @api.model
    def _loads_of(self, users):
        return {
            user.id: count
            for user, count in self.env["itsm.ticket"]._read_group(
                Domain("user_id", "in", users.ids)
                & Domain("state", "in", self._open_states()),
                ["user_id"],
                ["__count"],
            )
        }

    def _call_for_handler(self):
        """Ask an administrator to find somebody, where the desk has nobody."""
        self.filtered("user_id").write({"user_id": False})
        admins = self.env.ref("itsm_helpdesk.group_itsm_admin").all_user_ids
        admins = admins.filtered("active") - self.env.ref("base.user_root")
        for ticket in self:
            for admin in (admins - ticket._complained_about())[:1]:
                ticket.activity_schedule(
                    "mail.mail_activity_data_todo",
                    user_id=admin.id,
                    summary=self.env._("Nobody at the desk may handle this complaint"),
                )

    def _assign_automatically(self, *, asked_for=False):
        """Complaints go to those who handle them, not round the team."""
        complaints = self.sudo().filtered(lambda ticket: ticket.type == "complaint")
        complaints._route_complaints()
        return super(
            ItsmTicket, self - complaints.with_env(self.env)
        )._assign_automatically(asked_for=asked_for)

    # ------------------------------------------------------------------
    # Ways by which its words would reach others
    # ------------------------------------------------------------------

    def _check_mergeable(self, target):
        """Complaints are merged with complaints about the same people only."""
        result = super()._check_mergeable(target)
        facts = {
            (ticket.type == "complaint", ticket._complained_about())
            for ticket in self.sudo() | target.sudo()
        }
        if len(facts) > 1:
            raise UserError(
                self.env._(
                    "A complaint is merged only with another one that is about the "
                    "same people, because others must not read it."
                )
            )
        return result

    def _complaint_values(self):
        """Return what a ticket that takes over words of this one takes with them."""
        if not self:
            return {}
        self.ensure_one()
        ticket = self.sudo()  # sudo: whoever answers by mail must not read it
        values = {
            "complaint_about_user_id": ticket.complaint_about_user_id.id,
            "complaint_about_team_id": ticket.complaint_about_team_id.id,
        }
        values = {name: value for name, value in values.items() if value}
        if ticket.type == "complaint":
            values["type"] = "complaint"
        return values

    def action_view_complaints(self):
        """Open the complaints about the ticket."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "itsm_helpdesk.itsm_complaint_action"
        )
        action.update(
            domain=[("complaint_ticket_id", "=", self.id)],
            context={
                "default_type": "complaint",
                "default_complaint_ticket_id": self.id,
                "default_desk_id": self.desk_id.id,
                "default_partner_id": self.partner_id.id,
            },
        )
        return action
