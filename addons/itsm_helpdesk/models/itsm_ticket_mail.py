from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.itsm_sla.tools import life

from ..tools import mail_guard
from .itsm_ticket import WORKERS

# What people write, unlike what the system logs.
CONVERSATION = ("comment", "email", "email_outgoing")


class ItsmTicket(models.Model):
    """The conversation of a ticket: mail in, answers out, and what they move."""

    _inherit = "itsm.ticket"

    # Odoo searches in all messages of a record; then a requester could find out by
    # trying what stands in the notes of their ticket.
    message_ids = fields.One2many(bypass_search_access=False)
    # The same for what agents plan.
    activity_ids = fields.One2many(bypass_search_access=False)
    activity_summary = fields.Char(groups=WORKERS)

    # ------------------------------------------------------------------
    # Incoming
    # ------------------------------------------------------------------

    @api.model
    def message_new(self, msg_dict, custom_values=None):
        """Make a ticket of a mail."""
        values = dict(custom_values or {})
        follow_up_of = self.browse(values.pop("itsm_follow_up_of", ()))
        values.update(follow_up_of._complaint_values())
        requester = self._requester_of_mail(msg_dict)
        values.setdefault("name", msg_dict.get("subject") or self.env._("(no subject)"))
        values.setdefault("description", msg_dict.get("body"))
        values.setdefault("partner_id", requester.id)
        values.setdefault(
            "channel_id", self.env.ref("itsm_helpdesk.channel_mail").sudo().id
        )
        # The sender is the author of the first message, even if they were unknown.
        msg_dict["author_id"] = msg_dict.get("author_id") or requester.id
        ticket = super().message_new(msg_dict, values)
        if follow_up_of:
            ticket._link_related(follow_up_of)
        return ticket

    @api.model
    def _requester_of_mail(self, msg_dict):
        """Return the contact who wrote the mail; one is made for a new sender."""
        if msg_dict.get("author_id"):
            return self.env["res.partner"].browse(msg_dict["author_id"])
        return self._partner_find_from_emails_single(
            [msg_dict.get("email_from") or ""], no_create=False
        )

    # ------------------------------------------------------------------
    # What a message moves
    # ------------------------------------------------------------------

    def _message_post_after_hook(self, message, msg_values):
        automatic = self.env.context.get("itsm_automatic_mail")
        if not automatic and self._is_public_word(message):
            if self._is_requester(message.author_id):
                self._follow_requesters_word()
            elif self._is_agents_word(message):
                self._note_first_response(message)
        return super()._message_post_after_hook(message, msg_values)

    def _is_public_word(self, message):
        """Tell whether a person said something that the requester can read."""
        return (
            message.message_type in CONVERSATION
            and not message.is_internal
            and bool(message.subtype_id)
            and not message.subtype_id.internal
        )

    def _is_agents_word(self, message):
        """Tell whether an agent of the desk wrote the message."""
        # sudo: who posts may not read users and desks.
        return bool(message.sudo().author_id.user_ids & self.sudo().desk_id.agent_ids)

    def _note_first_response(self, message):
        """The first public word of an agent is the answer the requester waited for."""
        # sudo: a follower who may post may not write.
        waiting = self.sudo().filtered(lambda ticket: not ticket.first_response_at)
        waiting._write_system({"first_response_at": message.date})
        waiting._sla_log([(id_, life.RESPONDED, {}) for id_ in waiting.ids])

    def _follow_requesters_word(self):
        """Resume what waits for the requester's answer; reopen what did not hold."""
        # sudo: the requester may not write; the reasons and the desk decide.
        ticket = self.sudo()
        if ticket.state == "pending" and ticket.pending_reason_id.resumes_on_reply:
            ticket.resume()
        elif (
            ticket.state in ("resolved", "closed")
            and ticket.desk_id.reopen_on_reply
            and ticket._may_still_reopen()
        ):
            ticket._move("reopen", {"closure_code_id": False})

    # ------------------------------------------------------------------
    # Followers and outgoing mail
    # ------------------------------------------------------------------

    def _message_auto_subscribe_followers(self, updated_values, default_subtype_ids):
        """The requester and the person it is for follow the conversation."""
        followers = super()._message_auto_subscribe_followers(
            updated_values, default_subtype_ids
        )
        comment = self.env["ir.model.data"]._xmlid_to_res_id("mail.mt_comment")
        partner_ids = {
            updated_values.get("partner_id"),
            updated_values.get("requested_for_id"),
        }
        return followers + [
            (partner_id, [comment], False) for partner_id in partner_ids if partner_id
        ]

    def _message_track(self, fields_iter, initial_values_dict):
        """Notify of stages only where somebody subscribed to them.

        Elsewhere the change is logged, which shows the same and costs half.
        """
        self.env["mail.followers"].flush_model(["subtype_ids"])
        followed = self.env.execute_query(
            SQL(
                """
                SELECT follower.res_id
                  FROM mail_followers follower
                  JOIN mail_followers_mail_message_subtype_rel subscribed
                    ON subscribed.mail_followers_id = follower.id
                 WHERE follower.res_model = %s
                   AND follower.res_id IN %s
                   AND subscribed.mail_message_subtype_id = %s
                """,
                self._name,
                tuple(self.ids) or (0,),
                self._stage_subtype().id,
            )
        )
        tickets = self.with_context(itsm_stage_followed={id_ for (id_,) in followed})
        return super(ItsmTicket, tickets)._message_track(
            fields_iter, initial_values_dict
        )

    @api.model
    def _stage_subtype(self):
        """Return the subtype of stage changes."""
        # From the cache; ``env.ref`` would ask the database for each ticket.
        xmlid = "itsm_helpdesk.mt_ticket_stage"
        return self.env["mail.message.subtype"].browse(
            self.env["ir.model.data"]._xmlid_to_res_id(xmlid)
        )

    def _track_subtype(self, init_values):
        self.ensure_one()
        if "stage_id" in init_values:
            followed = self.env.context.get("itsm_stage_followed")
            if followed is None or self.id in followed:
                return self._stage_subtype()
            return self.env["mail.message.subtype"]
        return super()._track_subtype(init_values)

    def _message_compute_subject(self):
        self.ensure_one()
        return f"[{self.number}] {self.name}"

    def _notify_get_recipients_groups(self, message, model_description, msg_vals=False):
        """Mails to requesters open the ticket on the portal."""
        groups = super()._notify_get_recipients_groups(
            message, model_description, msg_vals=msg_vals
        )
        if self:
            for name, _filter, options in groups:
                if name in ("portal_customer", "portal", "follower", "customer"):
                    options["has_button_access"] = name in ("portal_customer", "portal")
                    options["active"] = True
        return groups

    def _notify_by_email_get_headers(self, headers=None):
        """Mark own mails, so that one that comes back makes no ticket."""
        headers = super()._notify_by_email_get_headers(headers=headers)
        if self:
            headers[mail_guard.OWN_TICKET_HEADER] = (
                f"{self[0].number}; {self._database_mark()}"
            )
        if self.env.context.get("itsm_stage_mail"):
            headers["Auto-Submitted"] = "auto-generated"
        return headers

    def _notify_by_email_get_base_mail_values(
        self, message, recipients_data, additional_values=None
    ):
        """Say in mails that nobody wrote by hand that a machine did (RFC 3834, 5)."""
        if message.message_type in ("auto_comment", "notification"):
            additional_values = dict(additional_values or {})
            additional_values["headers"] = {
                **(additional_values.get("headers") or {}),
                "Auto-Submitted": "auto-generated",
            }
        return super()._notify_by_email_get_base_mail_values(
            message, recipients_data, additional_values=additional_values
        )
