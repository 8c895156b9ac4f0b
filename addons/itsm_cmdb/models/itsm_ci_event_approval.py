from odoo import api, models
from odoo.exceptions import UserError


class ItsmCiEvent(models.Model):
    """What approvers decide on when things are disposed of, and what follows."""

    _inherit = "itsm.ci.event"

    _approval_subject_fields = frozenset(
        {"company_id", "disposal_method", "kind", "proceeds", "reason"}
    )
    _approval_people_fields = frozenset({"user_id"})

    # ------------------------------------------------------------------
    # What is decided on, and by whom
    # ------------------------------------------------------------------

    def _approval_subject(self):
        """Return the items with their values, the way, the proceeds and the reason."""
        event = self.sudo()  # sudo: approvers decide on all of it
        rows = super(ItsmCiEvent, event)._approval_subject()
        items = event.line_ids.ci_id.sorted("id")
        rows.append(
            {
                "key": "items",
                "label": self.env._("Items"),
                "value": items.ids,
                "text": "\n".join(
                    " ".join(filter(None, (item.code, item.name))) for item in items
                ),
            }
        )
        rows.append(
            {
                "key": "value",
                "label": self._fields["value"]._description_string(self.env),
                "value": round(event.value, 2),
                "text": event.currency_id.format(event.value)
                if event.currency_id
                else str(event.value),
            }
        )
        return rows

    def _approval_requesters(self):
        # sudo: who asked is compared, nothing is shown.
        event = self.sudo()
        return event.create_uid.partner_id | event.user_id.partner_id

    @api.model
    def _approval_roles(self):
        return [
            *super()._approval_roles(),
            ("department_manager", self.env._("Managers of the items' departments")),
            ("item_owner", self.env._("Owners of the items")),
        ]

    def _approval_people(self, role):
        items = self.sudo().line_ids.ci_id  # sudo: it does not depend on who asks
        people = {
            "department_manager": items.department_id.manager_id,
            "item_owner": items.owner_id,
        }
        if role in people:
            employees = people[role]
            contacts = employees.user_id.partner_id
            return (
                contacts | employees.filtered(lambda e: not e.user_id).work_contact_id
            )
        return super()._approval_people(role)

    # ------------------------------------------------------------------
    # Asking
    # ------------------------------------------------------------------

    def _ask_approval(self):
        """Ask, and wait; refuse where there is nobody to ask."""
        self._as_system().write({"state": "waiting"})
        self._approval_request()
        for event in self:
            if event.approval_state not in ("waiting", "granted"):
                raise UserError(
                    self.env._(
                        "No approval policy says who decides on %(event)s. A disposal "
                        "needs one: ask an approval manager to make it.",
                        event=event.display_name,
                    )
                )

    def _check_approved(self):
        """Refuse disposals that nobody approved as they stand now."""
        for event in self.filtered(lambda event: event.kind == "disposal"):
            event._approval_recheck()
            if event.approval_state != "granted":
                raise UserError(
                    self.env._(
                        "%(event)s needs approval before anything is disposed of. Ask "
                        "for it, and wait for the decision.",
                        event=event.display_name,
                    )
                )

    def _approval_recheck(self):
        """What has ended, or was never asked, is not asked again."""
        waiting = self.filtered(lambda event: event.state == "waiting")
        return super(ItsmCiEvent, waiting)._approval_recheck()

    # ------------------------------------------------------------------
    # What follows
    # ------------------------------------------------------------------

    def _approval_refused(self, reason):
        res = super()._approval_refused(reason)
        self._back_to_draft()
        return res

    def _approval_withdrawn(self, reason):
        res = super()._approval_withdrawn(reason)
        self._back_to_draft()
        return res

    def _back_to_draft(self):
        waiting = self.filtered(lambda event: event.state == "waiting")
        waiting._as_system().write({"state": "draft"})
