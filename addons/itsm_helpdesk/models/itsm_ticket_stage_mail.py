from odoo import api, models
from odoo.tools.misc import clean_context

_QUEUE = "itsm_helpdesk.stage_mails"
_LAYOUT = "mail.mail_notification_light"


class ItsmTicket(models.Model):
    """The mails of stages: a requester hears that a ticket arrived, or was solved.

    They are gathered during the transaction and written in one go for each template,
    which renders five hundred receipts as fast as Odoo would post a few. They go out
    when the transaction is committed.
    """

    _inherit = "itsm.ticket"

    def _after_register(self):
        """Note the receipt before anybody takes the ticket or is asked to approve it.

        Odoo looks at the stage when the transaction ends; a ticket may be far by then.
        """
        if not self.env.context.get("tracking_disable"):
            self._gather_stage_mails()
        return super()._after_register()

    def _message_track_post_template(self, changes):
        if changes and "stage_id" in changes:
            self._gather_stage_mails()
        return super()._message_track_post_template(changes)

    def _gather_stage_mails(self):
        """Note which tickets get the mail of the stage they entered.

        Of parts of a request the requester hears nothing: the request tells of them.
        """
        queue = self.env.cr.precommit.data.setdefault(_QUEUE, {})
        for ticket in self.filtered(lambda ticket: not ticket.is_part):
            # sudo: whoever moves a ticket may not read mail templates.
            template = ticket.stage_id.sudo().mail_template_id
            if not template:
                continue
            if not queue:
                self.env.cr.precommit.add(self.browse()._send_stage_mails)
            queue[ticket.id] = template.id

    @api.model
    def _send_stage_mails(self):
        """Write the gathered mails, batch by batch."""
        queue = self.env.cr.precommit.data.pop(_QUEUE, {})
        # sudo: who registers a ticket for another desk, or hands it there, may not
        # write on it; the requester gets the mail of the stage all the same.
        # Without the residual ``default_*`` keys, which merging would keep.
        context = clean_context(self.env.context)
        tickets = self.sudo().with_context(context)  # pylint: disable=context-overridden
        tickets = tickets._fallback_lang().browse(queue).exists()
        for template_id, group in tickets.grouped(lambda t: queue[t.id]).items():
            template = self.env["mail.template"].sudo().browse(template_id)
            in_odoo = group._read_in_odoo()
            in_odoo._post_stage_mail(template)
            (group - in_odoo)._mail_stage_mail(template)

    def _read_in_odoo(self):
        """Return the tickets whose requesters read messages in Odoo, not by mail."""
        people = self.partner_id | self.requested_for_id
        users = self.env["res.users"].search(
            [("partner_id", "in", people.ids), ("notification_type", "=", "inbox")]
        )
        readers = users.partner_id
        return self.filtered(
            lambda ticket: readers & (ticket.partner_id | ticket.requested_for_id)
        )

    def _post_stage_mail(self, template):
        """Post the mail of a stage, so that it reaches people's inbox in Odoo."""
        if self:
            self.message_post_with_source(
                template,
                message_type="auto_comment",
                subtype_xmlid="mail.mt_note",
                notify_author_mention=True,
                email_layout_xmlid=_LAYOUT,
            )

    def _mail_stage_mail(self, template):
        """Mail the requesters in one go; a note of it stays with each ticket."""
        if not self:
            return
        force = self.env.context.get("mail_notify_force_send", True)
        mails = self.with_context(itsm_stage_mail=True).message_mail_with_source(
            template, force_send=False, email_layout_xmlid=_LAYOUT
        )
        mails.mail_message_id.write(
            {
                "message_type": "auto_comment",
                "subtype_id": self.env["ir.model.data"]._xmlid_to_res_id(
                    "mail.mt_note"
                ),
            }
        )
        if force:
            mails.send_after_commit()
