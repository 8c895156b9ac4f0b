from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command

from ..tools import lifecycle
from .itsm_ticket import WORKERS


class ItsmTicket(models.Model):
    """Tickets that belong together: parent and children, related, major incident."""

    _inherit = "itsm.ticket"

    parent_id = fields.Many2one(
        "itsm.ticket",
        index="btree_not_null",
        tracking=True,
        copy=False,
        check_company=True,
        domain="[('id', '!=', id), ('merged_into_id', '=', False)]",
        groups=WORKERS,
    )
    child_ids = fields.One2many(
        "itsm.ticket", "parent_id", string="Children", groups=WORKERS
    )
    child_count = fields.Integer(compute="_compute_child_count", groups=WORKERS)
    open_child_count = fields.Integer(compute="_compute_child_count", groups=WORKERS)
    related_to_ids = fields.Many2many(
        "itsm.ticket",
        "itsm_ticket_related_rel",
        "ticket_id",
        "related_id",
        copy=False,
        export_string_translation=False,
        groups=WORKERS,
    )
    related_from_ids = fields.Many2many(
        "itsm.ticket",
        "itsm_ticket_related_rel",
        "related_id",
        "ticket_id",
        copy=False,
        export_string_translation=False,
        groups=WORKERS,
    )
    related_ids = fields.Many2many(
        "itsm.ticket",
        string="Related Tickets",
        compute="_compute_related_ids",
        inverse="_inverse_related_ids",
        search="_search_related_ids",
        domain="[('id', '!=', id)]",
        help="Tickets with something in common; each shows the other.",
        groups=WORKERS,
    )
    task_ids = fields.One2many("itsm.task", "ticket_id", string="Tasks")
    task_count = fields.Integer(compute="_compute_task_count")
    open_task_count = fields.Integer(compute="_compute_task_count")

    @api.depends("child_ids.state")
    def _compute_child_count(self):
        counts = {}
        for parent, state, count in self._read_group(
            [("parent_id", "in", self.ids)], ["parent_id", "state"], ["__count"]
        ):
            total, still_open = counts.get(parent.id, (0, 0))
            is_open = state in lifecycle.OPEN_STATES
            counts[parent.id] = (total + count, still_open + count * is_open)
        for ticket in self:
            ticket.child_count, ticket.open_child_count = counts.get(
                ticket._origin.id, (0, 0)
            )

    @api.depends("task_ids.state")
    def _compute_task_count(self):
        for ticket in self:
            ticket.task_count = len(ticket.task_ids)
            ticket.open_task_count = len(
                ticket.task_ids.filtered(lambda task: task._is_open())
            )

    @api.depends("related_to_ids", "related_from_ids")
    def _compute_related_ids(self):
        for ticket in self:
            ticket.related_ids = ticket.related_to_ids | ticket.related_from_ids

    def _inverse_related_ids(self):
        for ticket in self:
            wanted = ticket.related_ids - ticket
            known = ticket.related_to_ids | ticket.related_from_ids
            gone, new = known - wanted, wanted - known
            # Unchanged links are not written: who registers a ticket for another
            # desk sends an empty list, and may not write on the ticket.
            if gone or new:
                ticket.related_to_ids = [
                    *(Command.unlink(other.id) for other in gone),
                    *(Command.link(other.id) for other in new),
                ]
            if gone:
                ticket.related_from_ids = [Command.unlink(other.id) for other in gone]

    def _search_related_ids(self, operator, value):
        if operator not in ("in", "any"):
            return NotImplemented
        return [
            "|",
            ("related_to_ids", operator, value),
            ("related_from_ids", operator, value),
        ]

    @api.constrains("parent_id")
    def _check_parent(self):
        if self._has_cycle():
            raise ValidationError(
                self.env._("A ticket cannot be its own parent, directly or around.")
            )
        for ticket in self:
            parent = ticket.parent_id
            if parent and parent.state in lifecycle.DONE_STATES:
                is_open = ticket.state in lifecycle.OPEN_STATES
                if is_open and not self._is_system():
                    raise ValidationError(
                        self.env._(
                            "%(parent)s is done, so %(ticket)s cannot be placed below "
                            "it. Reopen the parent first.",
                            parent=parent.display_name,
                            ticket=ticket.display_name,
                        )
                    )

    @api.model
    def _refuse_hidden_parents(self, vals_list):
        """Refuse parents that the user may not read.

        Placing something below a ticket tells its subject, and holds it open.
        """
        parents = {vals["parent_id"] for vals in vals_list if vals.get("parent_id")}
        self.browse(parents).check_access("read")

    def _open_children(self):
        """Return the children that are still to be worked on."""
        return self.sudo().child_ids.filtered(
            lambda child: child.state in lifecycle.OPEN_STATES
        )

    def action_declare_major(self, reason=None):
        """Make the tickets major incidents: their children end with them.

        :param reason: why; kept as an internal note
        """
        self._check_may_lead()
        self._refuse_ended()
        if not (reason or "").strip():
            raise UserError(
                self.env._("Say why this is a major incident: what is hit, and whom.")
            )
        self._write_system({"is_major": True})
        self._message_log_batch(
            bodies={
                ticket.id: self.env._("Major incident: %(reason)s", reason=reason)
                for ticket in self
            }
        )
        return True

    def action_revoke_major(self):
        """Make the tickets ordinary ones again."""
        self._check_may_lead()
        self._write_system({"is_major": False})
        return True

    def _check_may_lead(self):
        """Refuse what only team leaders and desk managers may do."""
        self.check_access("write")
        if not self.env.user.has_group("itsm_helpdesk.group_itsm_leader"):
            raise UserError(
                self.env._("Only a team leader or a desk manager can do this.")
            )

    def _link_related(self, other):
        """Relate these tickets to ``other``, both ways."""
        for ticket in self:
            ticket.related_ids |= other

    def action_view_children(self):
        """Open the children."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "itsm_helpdesk.itsm_ticket_action"
        )
        action["domain"] = [("parent_id", "=", self.id)]
        action["context"] = {
            "default_parent_id": self.id,
            "default_desk_id": self.desk_id.id,
        }
        return action

    def action_view_tasks(self):
        """Open the tasks."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "itsm_helpdesk.itsm_task_action"
        )
        action["domain"] = [("ticket_id", "=", self.id)]
        action["context"] = {"default_ticket_id": self.id}
        return action
