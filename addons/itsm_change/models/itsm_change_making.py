from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from ..tools import states
from .itsm_ci import READERS


class ItsmChange(models.Model):
    """Changes that are made from what asks for them: tickets, items, findings."""

    _inherit = "itsm.change"

    finding_ids = fields.Many2many(
        "itsm.ci.finding",
        "itsm_change_finding_rel",
        "change_id",
        "finding_id",
        "Audit Findings",
        help="What the change puts right.",
        copy=False,
        groups=READERS,
    )

    @api.model
    def _content_fields(self):
        return super()._content_fields() | {"finding_ids"}

    @api.model
    def _new_action(self, vals, items):
        """Return the action of a new change, filled in as far as it is known."""
        self.check_access("create")
        companies = items.company_id
        if len(companies) > 1:
            raise UserError(
                self.env._(
                    "These items belong to several companies. Make a change for each."
                )
            )
        items = items.filtered("active")
        defaults = {
            "company_id": (companies or self.env.company).id,
            "chosen_link_ids": [Command.create({"ci_id": item.id}) for item in items],
            **vals,
        }
        if len(items) == 1:
            defaults.setdefault(
                "name", self.env._("Change of %(item)s", item=items.name)
            )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("New Change"),
            "res_model": self._name,
            "views": [(False, "form")],
            "context": {f"default_{key}": value for key, value in defaults.items()},
        }

    @api.model
    def _list_action(self, domain):
        """Return the action of some changes: those ahead first."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "itsm_change.itsm_change_action"
        )
        return action | {
            "domain": domain,
            "context": {"search_default_open": 1, "create": False},
        }

    # ------------------------------------------------------------------
    # Tickets that wait for a change
    # ------------------------------------------------------------------

    def _after_transition(self, verb):
        result = super()._after_transition(verb)
        if verb in ("close", "cancel"):
            self._resume_tickets()
        return result

    def _resume_tickets(self):
        """Let the tickets go on that waited for these, and for no other change."""
        # sudo: a ticket that waits for a change goes on, whoever ended the change.
        waiting = self.sudo().ticket_ids.filtered(
            lambda ticket: (
                ticket.state == "pending"
                and ticket.pending_reason_id.waits_for == "change"
            )
        )
        ready = waiting.filtered(
            lambda ticket: all(
                change.state in states.ENDED_STATES for change in ticket.change_ids
            )
        )
        if not ready:
            return
        results = {change: change._result_text() for change in self.sudo()}
        ready._message_log_batch(
            bodies={
                ticket.id: "\n".join(
                    results[change] for change in ticket.change_ids & self.sudo()
                )
                for ticket in ready
            }
        )
        ready.resume()

    def _result_text(self):
        """Return how the change ended, as a sentence for its tickets."""
        self.ensure_one()
        if self.state == states.CANCELLED:
            return self.env._(
                "Change %(number)s was given up.", number=self.display_name
            )
        codes = dict(self._fields["close_code"]._description_selection(self.env))
        return self.env._(
            "Change %(number)s is closed: %(result)s.",
            number=self.display_name,
            result=codes.get(self.close_code, ""),
        )
