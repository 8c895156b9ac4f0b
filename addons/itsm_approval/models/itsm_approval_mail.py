from odoo import SUPERUSER_ID, api, models
from odoo.tools import format_list

from ..tools import delegation

_QUEUE = "itsm_approval.mails"
_LAYOUT = "mail.mail_notification_light"
_CONTEXT = ("lang", "tz", "mail_notify_force_send")
_TEMPLATES = {
    "asked": "itsm_approval.mail_template_asked",
    "reminder": "itsm_approval.mail_template_reminder",
    "question": "itsm_approval.mail_template_question",
    "answered": "itsm_approval.mail_template_answered",
    "decided": "itsm_approval.mail_template_decided",
}


class ItsmApproval(models.Model):
    """Mails: gathered during the transaction, written in one go for each template.

    They carry the secret with which one may decide, so they hang on no record and
    the system is their author: only who gets one can read it.
    """

    _inherit = "itsm.approval"

    @api.model
    def _queue_mail(self, kind, records):
        """Note that a mail about these records is wanted.

        :param records: votes, questions or approvals, as the template's model is
        """
        if not records:
            return
        queue = self.env.cr.precommit.data.setdefault(_QUEUE, {})
        if not queue:
            self.env.cr.precommit.add(self.browse()._send_mails)
        queue.setdefault(kind, []).extend(records.ids)

    @api.model
    def _send_mails(self):
        """Write the gathered mails; they go out after the commit."""
        queue = self.env.cr.precommit.data.pop(_QUEUE, {})
        # The superuser, not sudo: who creates a message may read it. And a context of
        # its own: that of the request comes from outside.
        context = {
            name: self.env.context[name]
            for name in _CONTEXT
            if name in self.env.context
        }
        system = self.env(user=SUPERUSER_ID, context=context)["itsm.approval"]
        for kind, ids in queue.items():
            template = system.env.ref(_TEMPLATES[kind], raise_if_not_found=False)
            if not template:
                continue  # an administrator wants no such mails
            records = system.env[template.model].browse(dict.fromkeys(ids)).exists()
            system._send_kind(kind, template, records)

    @api.model
    def _send_kind(self, kind, template, records):
        if kind in ("asked", "reminder"):
            records = records.filtered(lambda vote: vote.state == "waiting")
            readers = self._vote_readers(records)
        else:
            readers = {False: records}
        for reader, mine in readers.items():
            self._send_template(template, mine, reader)

    @api.model
    def _vote_readers(self, votes):
        """Return ``{delegate or False for the approver: votes}``."""
        readers = {False: votes} if votes else {}
        Delegation = self.env["itsm.approval.delegation"]
        mandates = Delegation._mandates(votes.partner_id.ids, upwards=False)
        barred = votes.approval_id._barred()
        for vote in votes:
            usable = delegation.without(mandates, barred[vote.approval_id.id])
            for id_, scope in delegation.delegates(vote.partner_id.id, usable).items():
                if delegation.covers(scope, vote.approval_id.policy_id.id):
                    readers.setdefault(id_, votes.browse())
                    readers[id_] |= vote
        gone = self._gone(self.env["res.partner"].browse(id_ for id_ in readers if id_))
        return {id_: mine for id_, mine in readers.items() if id_ not in gone}

    @api.model
    def _send_template(self, template, records, reader):
        """Write a template's mails about records to their people, or to a delegate."""
        delegate = self.env["res.partner"].browse(reader or ())
        if delegate:
            if not delegate.email:
                return
            template = template.with_context(itsm_approval_reader=delegate.id)
        else:
            mute = records.filtered(lambda record: not record._mail_people().email)
            self._note_mute(mute)
            records -= mute
        if not records:
            return
        values = {
            "author_id": self.env.ref("base.partner_root").id,
            "model": False,
            "res_id": False,
            "auto_delete": True,
        }
        if delegate:
            values["recipient_ids"] = [(6, 0, delegate.ids)]
        mails = template.send_mail_batch(
            records.ids, email_values=values, email_layout_xmlid=_LAYOUT
        )
        if self.env.context.get("mail_notify_force_send", True):
            mails.send_after_commit()

    @api.model
    def _note_mute(self, records):
        """Note on the approved records who has no address."""
        for approval, mine in records.grouped(lambda one: one._approval()).items():
            people = self.env["res.partner"].union(*(r._mail_people() for r in mine))
            if people:
                approval._note_unreachable(format_list(self.env, people.mapped("name")))

    def _approval(self):
        return self

    def _mail_people(self):
        """Return whom a mail about the decision is for."""
        self.ensure_one()
        return self.partner_id

    def _reader_url(self):
        """Return the address at which the requester reads about it."""
        self.ensure_one()
        path = f"/my/approvals/{self.id}"
        if self.res_model in self.env:
            record = self.env[self.res_model].browse(self.res_id)
            if "access_url" in record._fields and record.access_url not in (False, "#"):
                path = record.access_url
        return f"{self.get_base_url()}{path}"


class ItsmApprovalVote(models.Model):
    """Whom a mail about a voice is for."""

    _inherit = "itsm.approval.vote"

    def _approval(self):
        return self.approval_id

    def _mail_people(self):
        self.ensure_one()
        return self.partner_id

    def _reader(self):
        """Return whom the mail that is being written is for."""
        self.ensure_one()
        reader = self.env.context.get("itsm_approval_reader")
        return self.env["res.partner"].browse(reader or ()) or self.partner_id


class ItsmApprovalQuestion(models.Model):
    """Whom a mail about a question is for."""

    _inherit = "itsm.approval.question"

    def _approval(self):
        return self.approval_id

    def _mail_people(self):
        """Return the requester, and once it is answered the one who asked."""
        self.ensure_one()
        return self.asked_by_id if self.answered_at else self.approval_id.partner_id
