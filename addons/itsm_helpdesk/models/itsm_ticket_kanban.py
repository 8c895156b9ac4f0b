from odoo import models

from ..tools import lifecycle

# Verbs that need words, and the form that asks for them.
_FORMS = {
    "set_pending": "itsm_helpdesk.action_ticket_set_pending",
    "resolve": "itsm_helpdesk.action_ticket_resolve",
    "reopen": "itsm_helpdesk.action_ticket_reopen",
    "cancel": "itsm_helpdesk.action_ticket_cancel",
}


class ItsmTicket(models.Model):
    """What a card that is dropped on another column needs first."""

    _inherit = "itsm.ticket"

    def action_before_stage(self, stage_id):
        """Return the form to fill in before the ticket enters a stage.

        :param stage_id: id of the stage
        :return: an action, or False where the move needs no words
        """
        self.ensure_one()
        self.check_access("write")
        stage = self.env["itsm.stage"].browse(stage_id).exists()
        verb = lifecycle.verb_between(self.state, stage.state)
        has_solution = self.resolution_code_id and (self.resolution or "").strip()
        if verb not in _FORMS or (verb == "resolve" and has_solution):
            return False
        action = self.env["ir.actions.act_window"]._for_xml_id(_FORMS[verb])
        action["context"] = {
            "default_verb": verb,
            "active_model": self._name,
            "active_id": self.id,
            "active_ids": self.ids,
            # The verb leads to the stage that was meant, not to the first of its state.
            "itsm_stage_id": stage.id,
        }
        return action
