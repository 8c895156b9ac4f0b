from odoo import fields, models
from odoo.exceptions import AccessError, UserError

from ..tools import lifecycle


class ItsmTicket(models.Model):
    """A form that goes back to its requester with a remark, to be corrected."""

    _inherit = "itsm.ticket"

    form_reopened_at = fields.Datetime(readonly=True, copy=False)
    form_remark = fields.Text("Remark on the Form", readonly=True, copy=False)

    def reopen_form(self, remark=None):
        """Give the form back to the requester, who corrects the answers.

        :param remark: what is missing or wrong; the requester reads it
        """
        self.check_access("write")
        remark = (remark or "").strip()
        if not remark:
            raise UserError(self.env._("Say what the requester should correct."))
        for ticket in self:
            ticket._check_may_reopen_form()
        self._write_system(
            {"form_reopened_at": fields.Datetime.now(), "form_remark": remark}
        )
        at_work = self.filtered(lambda ticket: ticket.state in ("new", "in_progress"))
        if at_work:
            at_work.set_pending("requester")
        self._tell(
            self.env._(
                "Please look at your answers again and correct them: %(remark)s",
                remark=remark,
            )
        )
        return True

    def _check_may_reopen_form(self):
        if not self.service_version_id:
            raise UserError(
                self.env._(
                    "%(ticket)s was not asked for with a form.",
                    ticket=self.display_name,
                )
            )
        if self.state not in lifecycle.OPEN_STATES:
            raise UserError(
                self.env._(
                    "%(ticket)s is done; its form stays as it was.",
                    ticket=self.display_name,
                )
            )

    def _check_may_update_form(self):
        """Refuse new answers from who is not the requester, or was not asked."""
        self.ensure_one()
        if not (self.env.su or self._is_requester(self.env.user.partner_id)):
            raise AccessError(
                self.env._("Only the person who asked may correct the form.")
            )
        if not self.form_reopened_at or self.state not in lifecycle.OPEN_STATES:
            raise UserError(
                self.env._(
                    "The form of %(ticket)s is not open for corrections. Write a "
                    "message instead.",
                    ticket=self.display_name,
                )
            )

    def _request_update(self, raw, files=None):
        """Take the corrected answers of a form that was given back.

        What was approved before is approved anew where it differs; work goes on.

        :param raw: answers as they were sent
        :param files: ``{path: [(name, binary stream)]}``
        :raise PortalFormError: with a sentence for each answer that is wrong
        """
        self._check_may_update_form()
        # sudo: requesters may not write on tickets; who asks was checked above.
        ticket = self.sudo()
        version = ticket.service_version_id
        before = {row["key"]: row for row in ticket._answers_shown()}
        asked = (ticket.service_id, version)
        subject = ticket._request_subject(*asked, ticket._answers_raw())
        place = ticket._answered_place(*asked, ticket._answers_raw())
        answers, uploads = self._request_read(
            version, raw, files or {}, ticket._answer_files()
        )
        attachments = self._keep_uploads(answers, uploads)
        attachments.write({"res_id": ticket.id})
        ticket.answer_row_ids.unlink()
        ticket._write_system(
            {
                **ticket._answer_values(version, answers),
                "form_reopened_at": False,
                "form_remark": False,
            }
        )
        if ticket.name == subject:
            # Nobody gave it another one meanwhile.
            ticket.name = ticket._request_subject(*asked, answers)
        if ticket.location_id == place:
            ticket.location_id = ticket._answered_place(*asked, answers)
        ticket._plan_refresh()
        ticket._tell_corrections(before)
        if ticket.pending_reason_id.waits_for == "requester":
            ticket._by_itself().resume()
        return True

    def _tell_corrections(self, before):
        """Log which answers changed, from what to what."""
        after = {row["key"]: row for row in self._answers_shown()}
        changes = [
            self.env._(
                "%(label)s: %(before)s → %(after)s",
                label=(after.get(key) or before[key])["label"],
                before=before.get(key, {}).get("text") or self.env._("(no answer)"),
                after=after.get(key, {}).get("text") or self.env._("(no answer)"),
            )
            for key in {**before, **after}
            if before.get(key, {}).get("text") != after.get(key, {}).get("text")
        ]
        self.message_post(
            body=self.env._(
                "The form was corrected. %(changes)s", changes="; ".join(changes)
            ),
            author_id=self.env.user.partner_id.id,
            subtype_xmlid="mail.mt_comment",
        )
