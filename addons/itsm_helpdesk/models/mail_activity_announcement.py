from odoo import models


class MailActivity(models.Model):
    """Who ticks off the to-do of an announcement has read it."""

    _inherit = "mail.activity"

    def _action_done(self, feedback=False, attachment_ids=None):
        kind = self.env.ref(
            "itsm_helpdesk.activity_type_announcement", raise_if_not_found=False
        )
        for activity in self:
            if activity.res_model == "itsm.announcement" and (
                activity.activity_type_id == kind
            ):
                news = self.env[activity.res_model].browse(activity.res_id)
                # sudo: the reader's own receipt; ticking it off is theirs.
                receipt = news.sudo()._receipt_of(activity.user_id.partner_id)
                receipt._note_confirmed()
        return super()._action_done(feedback=feedback, attachment_ids=attachment_ids)
