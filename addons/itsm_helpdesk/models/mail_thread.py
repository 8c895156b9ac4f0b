from odoo import api, models


class MailThread(models.AbstractModel):
    _inherit = "mail.thread"

    @api.model
    def message_route(
        self, message, message_dict, model=None, thread_id=None, custom_values=None
    ):
        """Let announcements and tickets say where a mail goes, and which go nowhere."""
        routes = super().message_route(
            message, message_dict, model, thread_id, custom_values
        )
        routes = self.env["itsm.announcement"]._reroute_replies(
            message, message_dict, routes
        )
        if any(route[0] == "itsm.ticket" for route in routes):
            return self.env["itsm.ticket"]._reroute_mail(message, message_dict, routes)
        return routes

    @api.model
    def _message_route_process(self, message, message_dict, routes):
        """Mark what a machine wrote, so that it moves no ticket."""
        if any(route[0] == "itsm.ticket" for route in routes or ()):
            automatic = self.env["itsm.ticket"]._is_automatic_mail(
                message, message_dict
            )
            self = self.with_context(itsm_automatic_mail=automatic)
        return super()._message_route_process(message, message_dict, routes)
