from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from .itsm_ticket import WORKERS


class ItsmTicket(models.Model):
    """A request that came to the wrong desk, and how it gets to the right one.

    Staff need not know who delivers what. What came to the wrong desk is moved with
    its number, its conversation and its clocks; only the desk that works on it is
    another. How often that happens is on record.
    """

    _inherit = "itsm.ticket"

    wrong_desk_id = fields.Many2one(
        "itsm.desk",
        "First Sent To",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        groups=WORKERS,
        help="The desk that got it first, and was the wrong one.",
    )
    wrong_service_id = fields.Many2one(
        "itsm.service",
        "First Asked As",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        groups=WORKERS,
        help="The service that was asked for at the wrong desk.",
    )
    wrong_desk_count = fields.Integer(
        "Wrong Desks", readonly=True, copy=False, groups=WORKERS
    )
    wrong_desk_at = fields.Datetime(
        "Desk Corrected On", readonly=True, copy=False, groups=WORKERS
    )

    # ------------------------------------------------------------------
    # The verb
    # ------------------------------------------------------------------

    def correct_desk(self, service=None, team=None, reason=None):
        """Move tickets that came to the wrong desk to the right one.

        Number, conversation, opening and what was measured so far stay; policies are
        chosen anew and count from the opening. Work that the wrong service had
        planned and nobody has done falls away.

        :param service: what it really is, as a record, id or code
        :param team: who really does it, as a record, id or name; where it is no
            service, or for another team than the service's
        :param reason: kept as an internal note, if there is something to say
        """
        self.check_access("write")
        self._refuse_ended()
        service = self._right_service(service)
        team = self._right_team(service, team)
        desk = service.desk_id or team.desk_id
        self._refuse_right_desk(desk)
        # What the agent may not see any more is theirs to move all the same.
        # sudo: who may write on the tickets was asked above.
        tickets = self.sudo()
        before = {ticket: (ticket.desk_id, ticket.service_id) for ticket in tickets}
        tickets._drop_wrong_work()
        for values, group in tickets.grouped(
            lambda ticket: tuple(ticket._right_values(service, team, desk).items())
        ).items():
            group.write(dict(values))
        tickets._begin_right_work()
        tickets._note_wrong_desk(before)
        tickets._unsubscribe_wrong_desk(before)
        tickets._tell_right_desk(before, reason)
        return True

    def _right_service(self, service):
        """Return the service that a caller means, with the rights of the system.

        It must be one that the agent is offered or may change.
        """
        Service = self.env["itsm.service"]
        if not service:
            return Service.sudo()
        if not isinstance(service, models.BaseModel):
            is_id = isinstance(service, int) and not isinstance(service, bool)
            field = "id" if is_id else "code"
            service = Service.search([(field, "=", service)], limit=1)
        found = service.exists()
        if not found or not found.has_access("read") or found.state != "published":
            raise UserError(
                self.env._("There is no such service. Choose one of the catalogue.")
            )
        # sudo: team and category of another desk's service.
        return found.sudo()

    def _right_team(self, service, team):
        """Return the team that gets the tickets, with the rights of the system."""
        desk = service.desk_id
        found = self._team_argument(team) if team else service.team_id
        if not found and desk:
            found = self._default_team(desk, service.ticket_category_id)
        elif not found:
            raise UserError(
                self.env._("Choose the service or the team that is the right one.")
            )
        if found:
            found.sudo(False).check_access("read")
        # sudo: as for the service.
        found = found.sudo()
        if desk and found and found.desk_id != desk:
            raise UserError(
                self.env._(
                    "Team “%(team)s” does not belong to desk “%(desk)s”. Choose a "
                    "team of that desk.",
                    team=found.name,
                    desk=desk.name,
                )
            )
        return found.filtered("active")

    def _refuse_right_desk(self, desk):
        """Refuse to move tickets to where they are, or to where nobody may."""
        desk.sudo(False).check_access("read")
        there = self.filtered(lambda ticket: ticket.desk_id.id == desk.id)[:1]
        if there:
            raise UserError(
                self.env._(
                    "%(ticket)s is at “%(desk)s” already. For another team of that "
                    "desk use Escalate; another service can be chosen on the ticket.",
                    ticket=there.display_name,
                    desk=desk.name,
                )
            )
        if not desk.active:
            raise UserError(
                self.env._(
                    "The desk “%(desk)s” is archived. Choose another desk.",
                    desk=desk.name,
                )
            )

    def _right_values(self, service, team, desk):
        """Return what is written on a ticket that goes to the right desk."""
        category = service.ticket_category_id
        own = self.category_id
        if not category and (not own.desk_ids or desk in own.desk_ids):
            category = own
        values = {
            "desk_id": desk.id,
            "team_id": team.id,
            "service_id": service.id,
            "category_id": category.id,
        }
        if service:
            # The number stays, whatever type it was given for.
            values["type"] = service.ticket_type
        return values

    # ------------------------------------------------------------------
    # What was planned for the wrong service
    # ------------------------------------------------------------------

    def _drop_wrong_work(self):
        """Give up what the wrong service had planned; what was done stays on record."""
        planned = self.task_ids.filtered("plan_task_id")
        undone = planned.filtered(lambda task: task._is_open())
        if undone:
            undone._give_up()
        if planned:
            planned._write_system({"plan_task_id": False})
        self._write_system({"plan_version_id": False})
        parts = self._open_children().filtered(
            lambda part: part.is_part and part.state in ("new", "approval")
        )
        if parts:
            # The request goes on, so it is not done when they are over.
            parts.with_context(itsm_given_up_ids=self.ids).cancel(
                self.env._("It had come to the wrong desk.")
            )

    def _begin_right_work(self):
        """Where approval was asked before, it is asked for the right service.

        What follows approval is planned with it. Without, the right desk looks at
        the request first and starts the work.
        """
        renewed = self.filtered(
            lambda ticket: (
                ticket.approval_id
                and ticket._is_request()
                and ticket._work_version()._plans_work()
            )
        )
        for version, tickets in renewed.grouped(lambda t: t._work_version()).items():
            tickets._write_system({"plan_version_id": version.id})
        renewed._plan_create()
        renewed._plan_advance()

    # ------------------------------------------------------------------
    # What is kept and told
    # ------------------------------------------------------------------

    def _note_wrong_desk(self, before):
        now = fields.Datetime.now()
        for ticket in self:
            desk, service = before[ticket]
            ticket._write_system(
                {
                    "wrong_desk_id": ticket.wrong_desk_id.id or desk.id,
                    "wrong_service_id": (
                        ticket.wrong_service_id.id
                        if ticket.wrong_desk_id
                        else service.id
                    ),
                    "wrong_desk_count": ticket.wrong_desk_count + 1,
                    "wrong_desk_at": now,
                }
            )

    def _unsubscribe_wrong_desk(self, before):
        """Who only worked for the wrong desk hears no more of it."""
        for (desk, right), tickets in self.grouped(
            lambda ticket: (before[ticket][0], ticket.desk_id)
        ).items():
            gone = (desk.agent_ids - right.agent_ids).partner_id
            for ticket in tickets:
                mine = gone - ticket.partner_id - ticket.requested_for_id
                ticket.message_unsubscribe(mine.ids)

    def _tell_right_desk(self, before, reason):
        """Tell requesters where their request is now, and the desk why.

        That it was passed on is no answer to what they asked: no clock of the first
        response stops.
        """
        author = self.env.user.partner_id
        for ticket in self:
            requester = ticket.partner_id or ticket.requested_for_id
            env = ticket.with_context(lang=requester.lang or self.env.lang).env
            desk = ticket.with_env(env).desk_id.name
            ticket.message_post(
                body=env._(
                    "Your request was passed on to %(desk)s, who will take care of "
                    "it. You need not do anything: the number stays %(number)s.",
                    desk=desk,
                    number=ticket.number,
                ),
                author_id=author.id,
                message_type="auto_comment",
                subtype_xmlid="mail.mt_comment",
            )
        self._message_log_batch(
            bodies={
                ticket.id: self._wrong_desk_text(ticket, *before[ticket], reason)
                for ticket in self
            },
            author_id=author.id,
        )

    @api.model
    def _wrong_desk_text(self, ticket, desk, service, reason):
        """Return the note on a ticket that came to the wrong desk."""
        text = self.env._(
            "It had come to the wrong desk: %(wrong)s → %(right)s.",
            wrong=" / ".join(filter(None, (desk.name, service.name))),
            right=" / ".join(
                filter(
                    None,
                    (
                        ticket.desk_id.name,
                        ticket.service_id.name or ticket.team_id.name,
                    ),
                )
            ),
        )
        reason = (reason or "").strip()
        return f"{text} {reason}" if reason else text

    # ------------------------------------------------------------------
    # On the screen
    # ------------------------------------------------------------------

    def action_wrong_desk(self):
        """Open the proposals where the tickets may belong."""
        self.check_access("write")
        self._refuse_ended()
        correction = self.env["itsm.desk.correction"]._for_tickets(self)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Where does it belong?"),
            "res_model": correction._name,
            "res_id": correction.id,
            "views": [(False, "form")],
            "target": "new",
        }

    def action_correct_desk(self, service=None, team=None, reason=None):
        """Move the tickets from a screen, and say where they went.

        Whoever does not work for the right desk is led back to their own tickets.
        """
        self.correct_desk(service, team, reason)
        tickets = self.sudo()  # sudo: they may have left the agent's desks
        desk = tickets.desk_id[:1].name
        readable = Domain("id", "in", self.ids)
        stays = self.search_count(readable) == len(self)
        following = {"type": "ir.actions.act_window_close"}
        if not stays and len(self) == 1:
            following = self.env["ir.actions.act_window"]._for_xml_id(
                "itsm_helpdesk.itsm_ticket_action"
            )
            # The client takes the help of a loaded action as text.
            following.update(target="main", help=False)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._(
                    "%(tickets)s: now at %(desk)s. The requester was told.",
                    tickets=", ".join(tickets.mapped("number")),
                    desk=desk,
                ),
                "next": following,
            },
        }
