from odoo import api, models
from odoo.exceptions import UserError, ValidationError


class ItsmTicket(models.Model):
    """Separation of duties, the other way round: who approved it gets no work of it.

    Before the decision the approval engine sees to it that nobody decides who works on
    the ticket; see ``_approval_implementers``.
    """

    _inherit = "itsm.ticket"

    def _approved_by(self):
        """Return the users who approved the ticket and must not carry it out."""
        self.ensure_one()
        approval = self.sudo().approval_id  # sudo: whoever assigns need not see it
        people = self.env["res.partner"].sudo()
        if approval and not approval.allow_implementer:
            votes = approval.vote_ids.filtered(
                lambda vote: vote.decision == "approve" and vote.way != "timeout"
            )
            people |= votes.partner_id | votes.decided_by_id
        if approval.state in ("refused", "void", "withdrawn") or not people:
            return self.env["res.users"]
        return (people.user_ids | people.employee_ids.user_id).sudo(False)

    def _kept_away(self):
        """Return the users whom the ticket must not be given to by itself."""
        return self._approved_by()

    @api.constrains("user_id")
    def _check_duties(self):
        if self._is_system():
            return  # a past ticket is as it was
        for ticket in self.filtered(lambda ticket: ticket.user_id):
            ticket._refuse_approver(ticket.user_id)

    def _refuse_approver(self, user):
        """Refuse to give work to who approved it."""
        self.ensure_one()
        if user in self._approved_by():
            raise ValidationError(
                self.env._(
                    "%(user)s approved %(ticket)s, so somebody else has to carry it "
                    "out. Choose another assignee.",
                    user=user.name,
                    ticket=self.display_name,
                )
            )


class ItsmTask(models.Model):
    """Nor does who approved a request do a task of it; and its plan stays its plan."""

    _inherit = "itsm.task"

    def write(self, vals):
        if "ticket_id" in vals and not self.env.su:
            self._refuse_another_ticket(vals["ticket_id"])
        return super().write(vals)

    def _refuse_another_ticket(self, ticket_id):
        """Refuse to move tasks of a plan: its ticket may wait for approval."""
        moved = self.filtered(
            lambda task: task.plan_task_id and task.ticket_id.id != ticket_id
        )
        if moved:
            raise UserError(
                self.env._(
                    "“%(task)s” is part of the plan of %(ticket)s and stays there.",
                    task=moved[0].display_name,
                    ticket=moved[0].sudo().ticket_id.display_name,  # sudo: its name
                )
            )

    @api.constrains("user_id")
    def _check_duties(self):
        for task in self.filtered(lambda task: task.user_id and task._is_open()):
            task._owner()._refuse_approver(task.user_id)
