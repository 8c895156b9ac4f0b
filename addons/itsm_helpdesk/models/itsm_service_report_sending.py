from odoo import models
from odoo.exceptions import UserError


class ItsmServiceReport(models.Model):
    """Sends service reports: to each reader in their language, as a file."""

    _inherit = "itsm.service.report"

    def action_send(self):
        """Open the composer with the report attached."""
        self.ensure_one()
        self.check_access("read")
        template = self.env.ref("itsm_helpdesk.mail_template_service_report")
        attachment = self._file(self.env.lang)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Send the Report"),
            "res_model": "mail.compose.message",
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_model": self._name,
                "default_res_ids": self.ids,
                "default_template_id": template.id,
                "default_attachment_ids": [(6, 0, attachment.ids)],
                "default_composition_mode": "comment",
            },
        }

    def _send(self, users):
        """Send issued reports to people, one mail for each language."""
        template = self.env.ref("itsm_helpdesk.mail_template_service_report")
        for report in self:
            if report.state != "issued":
                raise UserError(
                    self.env._(
                        "“%(name)s” is a draft. Issue it before you send it.",
                        name=report.name,
                    )
                )
            for language, readers in users.grouped("lang").items():
                report._send_in(language or "en_US", readers, template)

    def _send_in(self, language, readers, template):
        # sudo: the template is the product's; the report was read by its sender.
        words = template.sudo().with_context(lang=language)
        self.with_context(lang=language).message_post(
            partner_ids=readers.partner_id.ids,
            subject=words._render_field("subject", self.ids)[self.id],
            body=words._render_field("body_html", self.ids)[self.id],
            attachment_ids=self._file(language).ids,
            subtype_xmlid="mail.mt_note",
            email_layout_xmlid="itsm_helpdesk.mail_layout",
        )

    def _file(self, language):
        """Return the report as a file in a language: PDF, or a page where none is made.

        Without wkhtmltopdf the page is as complete, and is printed by any browser.
        """
        self.ensure_one()
        Report = self.env["ir.actions.report"].with_context(lang=language)
        name = "itsm_helpdesk.action_report_itsm_service_report"
        if Report.get_wkhtmltopdf_state() == "install":
            content, kind = Report._render_qweb_html(name, self.ids)
        else:
            content, kind = Report._render_qweb_pdf(name, self.ids)
        title = self.with_context(lang=language)._title().replace("/", "-")
        return self.env["ir.attachment"].create(
            {
                "name": f"{title}.{kind}",
                "raw": content,
                "res_model": self._name,
                "res_id": self.id,
            }
        )
