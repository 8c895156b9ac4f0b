from markupsafe import Markup

from odoo import fields, models
from odoo.exceptions import UserError

from ..tools import lifecycle
from .itsm_ticket import WORKERS
from .itsm_ticket_mail import CONVERSATION
from .row_lock import wait_for_rows


class ItsmTicket(models.Model):
    """Duplicates become one ticket; one ticket with two matters becomes two."""

    _inherit = "itsm.ticket"

    merged_into_id = fields.Many2one(
        "itsm.ticket",
        readonly=True,
        copy=False,
        index="btree_not_null",
        groups=WORKERS,
    )
    merged_ids = fields.One2many(
        "itsm.ticket", "merged_into_id", "Merged Tickets", groups=WORKERS
    )

    def merge_into(self, target):
        """Make these tickets duplicates of ``target``.

        Messages, attachments, followers, children, tasks and relations move to the
        target; the duplicates are cancelled and point to it. Answers to mails of
        the duplicates reach the target.

        :param target: ticket, as a record or id
        """
        if not isinstance(target, models.BaseModel):
            target = self.browse(target).exists()
        (self | target).check_access("write")
        # Two people who merge two tickets into each other would make a circle.
        wait_for_rows(self | target)
        self._check_mergeable(target)
        for duplicate in self:
            duplicate._move_content_to(target)
        code = self._coded("itsm.closure.code", "duplicate")
        ended = self.filtered(lambda t: t.state in lifecycle.DONE_STATES)
        (self - ended)._move("cancel", {"closure_code_id": code.id})
        self._write_system({"merged_into_id": target.id, "parent_id": False})
        self._announce_merge(target)
        return True

    def _check_mergeable(self, target):
        if not target:
            raise UserError(self.env._("The ticket to merge into does not exist."))
        if target in self:
            raise UserError(self.env._("A ticket cannot be merged into itself."))
        if target.merged_into_id:
            raise UserError(
                self.env._(
                    "%(target)s was merged into %(other)s itself. Merge into that one.",
                    target=target.display_name,
                    # sudo: the number only; it may be another desk's ticket.
                    other=target.sudo().merged_into_id.number,
                )
            )
        if target.state in lifecycle.ENDED_STATES:
            raise UserError(
                self.env._(
                    "%(target)s is closed. Reopen it before you merge another into it.",
                    target=target.display_name,
                )
            )
        if len(self.company_id | target.company_id) > 1:
            raise UserError(
                self.env._("Tickets of different companies cannot be merged.")
            )
        merged = self.filtered("merged_into_id")
        if merged:
            raise UserError(
                self.env._(
                    "%(ticket)s was merged already.", ticket=merged[0].display_name
                )
            )

    def _move_content_to(self, target):
        """Move all that people put into this ticket to ``target``."""
        self.ensure_one()
        # sudo: messages and attachments of others move too; the right to write on
        # both tickets was checked.
        this, that = self.sudo(), target.sudo()
        messages = (
            self.env["mail.message"]
            .sudo()
            .search(
                [
                    ("model", "=", self._name),
                    ("res_id", "=", self.id),
                    # What the system logged stays with its ticket.
                    ("message_type", "in", CONVERSATION),
                ]
            )
        )
        messages.write({"res_id": target.id, "record_name": target.display_name})
        self.env["ir.attachment"].sudo().search(
            [
                ("res_model", "=", self._name),
                ("res_id", "=", self.id),
                ("res_field", "=", False),
            ]
        ).write({"res_id": target.id})
        this.activity_ids.write({"res_id": target.id})
        that.message_subscribe(partner_ids=this.message_partner_ids.ids)
        below = [("id", "=", that.id), ("id", "child_of", this.id)]
        if this.search_count(below, limit=1):
            that._write_system({"parent_id": this.parent_id.id})
        this.child_ids._write_system({"parent_id": target.id})
        this._tasks_to_move().write({"ticket_id": target.id})
        that.related_ids |= this.related_ids - that
        # Lists by an integer id do not follow what was written above.
        (this | that).invalidate_recordset(["activity_ids", "message_ids"])

    def _tasks_to_move(self):
        """Return the tasks that go along: not those of a plan that nobody approved."""
        self.ensure_one()
        if self.approval_state in (False, "granted"):
            return self.task_ids
        planned = self.task_ids.filtered("plan_task_id")
        planned.filtered(lambda task: task._is_open())._give_up()
        return self.task_ids - planned

    def _announce_merge(self, target):
        """Say on both sides what became of the duplicates; tell their requesters."""
        for duplicate in self:
            body = self.env._(
                "%(ticket)s was merged into %(target)s. All that was written and "
                "attached is there, and answers reach it.",
                ticket=duplicate.display_name,
                target=target.display_name,
            )
            duplicate._tell(body)
            target._message_log(
                body=Markup("<p>%s</p>%s")
                % (
                    self.env._(
                        "%(ticket)s was merged into this ticket.",
                        ticket=duplicate.display_name,
                    ),
                    duplicate.description or "",
                )
            )

    def split(self, name, message_ids=(), attachment_ids=()):
        """Open a second ticket for another matter in this one.

        The chosen messages and attachments are copied, so that this ticket keeps
        its full history; both tickets are related.

        :param name: subject of the new ticket
        :param message_ids: ids of messages of this ticket
        :param attachment_ids: ids of attachments of this ticket
        :return: the new ticket
        """
        self.ensure_one()
        self.check_access("write")
        if not (name or "").strip():
            raise UserError(self.env._("Give the new ticket a subject."))
        messages = self.message_ids.filtered(lambda m: m.id in message_ids)
        # The requester reads the description, so notes have no place in it.
        public = messages.filtered(self._is_public_word)
        description = Markup("<hr/>").join(public.sorted("id").mapped("body"))
        ticket = self.create(
            {
                "name": name,
                "description": description or self.description,
                "type": self.type,
                "desk_id": self.desk_id.id,
                "category_id": self.category_id.id,
                "impact": self.impact,
                "urgency": self.urgency,
                "channel_id": self.channel_id.id,
                "partner_id": self.partner_id.id,
                "requested_for_id": self.requested_for_id.id,
                **self._complaint_values(),
            }
        )
        ticket._copy_content_from(self, messages, attachment_ids)
        ticket._link_related(self)
        self._message_log(
            body=self.env._("Split off: %(ticket)s", ticket=ticket.display_name)
        )
        return ticket

    def _copy_content_from(self, source, messages, attachment_ids):
        """Copy messages and attachments of ``source`` to this new ticket."""
        own = self.env["ir.attachment"].search(
            [
                ("id", "in", list(attachment_ids)),
                ("res_model", "=", self._name),
                ("res_id", "=", source.id),
            ]
        )
        copies = {
            attachment.id: attachment.copy({"res_id": self.id})
            for attachment in own | messages.attachment_ids
        }
        # sudo: copying keeps the authors, which posting as oneself cannot.
        for message in messages.sudo().sorted("id"):
            files = message.attachment_ids.ids
            message.copy(
                {
                    "res_id": self.id,
                    "parent_id": False,
                    "message_id": False,
                    "notification_ids": False,
                    "attachment_ids": [copies[id_].id for id_ in files],
                    "tracking_value_ids": False,
                }
            )
