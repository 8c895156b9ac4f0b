from odoo import http
from odoo.fields import Domain
from odoo.http import request

from odoo.addons.mail.controllers.attachment import AttachmentController
from odoo.addons.portal.controllers.portal_thread import PortalChatter

from ..tools import upload


class ItsmPortalChatter(PortalChatter):
    def _setup_portal_message_fetch_extra_domain(self, data):
        """Show on the portal only what the requester may read, whoever looks.

        With a ticket's link Odoo reads the messages with the rights of the system,
        and hides internal ones from outsiders only.
        """
        public = request.env["mail.message"]._get_search_domain_share()
        return super()._setup_portal_message_fetch_extra_domain(data) & (
            Domain("model", "!=", "itsm.ticket") | Domain(public)
        )


class ItsmAttachment(AttachmentController):
    @http.route()
    def mail_attachment_upload(
        self, ufile, thread_id, thread_model, is_pending=False, **kwargs
    ):
        """Judge the files of requesters' answers like those of the form."""
        Ticket = request.env["itsm.ticket"]
        if thread_model == Ticket._name and not request.env.user.has_group(
            "itsm_helpdesk.group_itsm_agent"
        ):
            ufile.filename = upload.clean_name(ufile.filename)
            refusal = Ticket._portal_file_refusal(ufile.filename, ufile.stream)
            if refusal:
                return request.make_json_response({"error": refusal})
        return super().mail_attachment_upload(
            ufile, thread_id, thread_model, is_pending, **kwargs
        )
