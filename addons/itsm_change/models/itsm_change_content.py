from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..tools import states
from .itsm_change_lifecycle import COORDINATOR

# What kind of change it is, and who asked: what was assessed stays that.
DRAFT_ONLY = frozenset({"company_id", "requester_id", "type"})
# What a change says. Once it begins, that stays as it was approved.
CONTENT = frozenset(
    {
        "category_id",
        "ci_link_ids",
        "description",
        "has_outage",
        "impact",
        "name",
        "origin",
        "origin_reference",
        "outage_end",
        "outage_start",
        "planned_end",
        "planned_start",
        "reason",
        "ticket_ids",
        "urgency",
    }
)
# Work may take longer than planned, or somebody else may have to go on with it.
WHILE_WORKING = frozenset({"implementer_id", "outage_end", "planned_end"})
PEOPLE = frozenset({"coordinator_id", "implementer_id", "team_id"})


class ItsmChange(models.Model):
    """What may be changed on a change, by whom, and until when.

    A draft belongs to those who make it. From the assessment on, a coordinator answers
    for what it says; from its beginning on, nobody changes that any more.
    """

    _inherit = "itsm.change"

    can_edit_content = fields.Boolean(compute="_compute_can_edit_content")

    @api.depends("state")
    @api.depends_context("uid")
    def _compute_can_edit_content(self):
        """Tell whether the current user may change what the change says now."""
        coordinates = self.env.su or self.env.user.has_group(COORDINATOR)
        for change in self:
            change.can_edit_content = change.state == states.DRAFT or (
                coordinates and change.state in states.PLANNED_STATES
            )

    @api.model
    def _content_fields(self):
        """Hook: return the fields that say what a change is; settled at its start."""
        return CONTENT

    def write(self, vals):
        if not self._is_system():
            self._refuse_settled(set(vals))
        result = super().write(vals)
        if "implementer_id" in vals:
            self._refuse_approver_at_work()
        return result

    def _refuse_settled(self, names):
        """Refuse to write fields that are settled, or not the user's business now."""
        for change in self:
            if names & DRAFT_ONLY and change.state != states.DRAFT:
                change._refuse_late(min(names & DRAFT_ONLY))
            said = names & (self._content_fields() | PEOPLE)
            if said:
                change._refuse_settled_content(said)
            if "active" in names and change.state not in states.ENDED_STATES:
                raise UserError(
                    self.env._(
                        "%(change)s has not ended. Close or cancel it before you "
                        "archive it.",
                        change=change.display_name,
                    )
                )

    def _refuse_settled_content(self, names):
        self.ensure_one()
        if self.state == states.DRAFT:
            return
        if self.state == states.IMPLEMENT:
            names = names - WHILE_WORKING
        elif self.state == states.REVIEW:
            names = names - (PEOPLE - {"implementer_id"})
        if names and self.state not in states.PLANNED_STATES:
            self._refuse_late(min(names))
        if not self.env.su and not self.env.user.has_group(COORDINATOR):
            raise AccessError(
                self.env._(
                    "%(change)s is not a draft any more, so only a change coordinator "
                    "can alter it. Ask for it to be sent back.",
                    change=self.display_name,
                )
            )

    def _refuse_late(self, name):
        self.ensure_one()
        labels = dict(self._fields["state"]._description_selection(self.env))
        raise UserError(
            self.env._(
                "%(change)s is “%(state)s”, so its “%(field)s” stays as it is.",
                change=self.display_name,
                state=labels[self.state],
                field=self._fields[name]._description_string(self.env),
            )
        )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        """Only drafts that nobody has seen are deleted; others are cancelled."""
        # sudo: whether it was ever handed on does not depend on who deletes it.
        used = self.sudo().filtered(
            lambda change: change.state != states.DRAFT or change.transition_ids
        )[:1]
        if used:
            raise UserError(
                self.env._(
                    "%(change)s was submitted once, so it is kept. Cancel it instead.",
                    change=used.display_name,
                )
            )
