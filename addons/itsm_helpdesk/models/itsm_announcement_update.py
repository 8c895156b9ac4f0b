from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from .whole_html import WholeHtml

UPDATE_KINDS = [
    ("first", "Announcement"),
    ("update", "Update"),
    ("all_clear", "All-clear"),
    ("reminder", "Reminder"),
]
UPDATE_STATES = [
    ("waiting", "To be sent"),
    ("sending", "Being sent"),
    ("sent", "Sent"),
    ("failed", "Not sent"),
]
UNDER_WAY = ("waiting", "sending")
# People told in one transaction.
BATCH = 200


class ItsmAnnouncementUpdate(models.Model):
    """Something that is told once to those an announcement is for.

    The announcement itself, what became of it, the all-clear, a reminder. The job goes
    through the receipts in their order and notes how far it came in the transaction
    that makes the mails: whatever breaks off, nobody is told twice and nobody is left
    out.
    """

    _name = "itsm.announcement.update"
    _description = "Update of an Announcement"
    _inherit = ["itsm.guarded.mixin"]
    _order = "id desc"
    _rec_name = "kind"

    announcement_id = fields.Many2one(
        "itsm.announcement", required=True, index=True, ondelete="cascade"
    )
    kind = fields.Selection(UPDATE_KINDS, required=True)
    body = WholeHtml()
    user_id = fields.Many2one("res.users", "Told By", ondelete="set null")
    send_at = fields.Datetime(required=True)
    sent_at = fields.Datetime("Sent")
    state = fields.Selection(UPDATE_STATES, required=True, default="waiting")
    last_receipt = fields.Integer(help="How far the job came.")
    told_count = fields.Integer("People Told")
    # By language: the message whose mails these are. Answers find it by its id.
    carriers = fields.Json()

    _to_be_sent = models.Index("(send_at) WHERE state IN ('waiting', 'sending')")
    _first_once = models.UniqueIndex(
        "(announcement_id) WHERE kind = 'first'", "It was sent already."
    )
    _reminder_once = models.UniqueIndex(
        "(announcement_id) WHERE kind = 'reminder' AND state IN ('waiting', 'sending')",
        "A reminder is on its way already.",
    )

    @api.model
    def _system_fields(self):
        return super()._system_fields() | {
            "announcement_id",
            "body",
            "carriers",
            "kind",
            "last_receipt",
            "send_at",
            "sent_at",
            "state",
            "told_count",
            "user_id",
        }

    # ------------------------------------------------------------------
    # The job
    # ------------------------------------------------------------------

    @api.model
    def _cron_send(self):
        """Tell what is due, batch by batch; several workers may run this."""
        due = self.search(self._due_domain(), order="send_at, id")
        Cron = self.env["ir.cron"]
        Cron._commit_progress(remaining=len(due))
        for update in due:
            while update._send_some():
                if not Cron._commit_progress():
                    return
            if not Cron._commit_progress(1):
                return

    @api.model
    def _due_domain(self):
        return (
            Domain("state", "in", UNDER_WAY)
            & Domain("send_at", "<=", fields.Datetime.now())
            & Domain("announcement_id.active", "=", True)
        )

    def _send_some(self, limit=BATCH):
        """Tell the next people; return whether there may be more.

        Of two workers one holds the row; the other leaves it alone.
        """
        self.ensure_one()
        update = self.try_lock_for_update()
        if not update or update.state not in UNDER_WAY:
            return False
        try:
            with self.env.cr.savepoint():
                return update._send_batch(limit)
        except UserError as error:
            # It stands in nobody's way, and whoever sent it hears of it.
            update._write_system({"state": "failed"})
            update._tell_sender(str(error))
            return False

    def _send_batch(self, limit):
        if self.state == "waiting":
            self._begin()
        receipts = self._next_receipts(limit)
        told = self._deliver(receipts)
        done = len(receipts) < limit
        self._write_system(
            {
                "last_receipt": receipts[-1:].id or self.last_receipt,
                "told_count": self.told_count + told,
                "state": "sent" if done else "sending",
                "sent_at": fields.Datetime.now() if done else False,
            }
        )
        return not done

    def _tell_sender(self, reason):
        """Tell who sent it why nobody got it."""
        self.announcement_id.activity_schedule(
            "mail.mail_activity_data_todo",
            user_id=(self.user_id or self.env.user).id,
            summary=self.env._("The announcement was not sent"),
            note=reason,
        )

    def _begin(self):
        """Do what is done once: note who is meant, write into the channel."""
        news = self.announcement_id
        if self.kind == "first" and news._keeps_receipts():
            news._fill_receipts(news._audience_ids())
        news._post_in_channel(self)

    def _next_receipts(self, limit):
        """Return the next people, in the order of their receipts."""
        domain = Domain("announcement_id", "=", self.announcement_id.id) & Domain(
            "id", ">", self.last_receipt
        )
        if self.kind == "reminder":
            domain &= self.announcement_id._unanswered_domain()
        return self.env["itsm.announcement.receipt"].search(
            domain, order="id", limit=limit
        )

    def _deliver(self, receipts):
        """Tell people on their ways; return how many were reached."""
        news = self.announcement_id
        mailed = news._mailable(receipts)
        news._queue_mails(self, mailed)
        active = news._plan_to_dos(receipts) if self.kind == "first" else receipts[:0]
        if self.kind == "first":
            return news._note_told(receipts, mailed, active)
        if self.kind == "reminder":
            mailed._write_system({"reminded_at": fields.Datetime.now()})
        return len(mailed)

    def _translate_clear(self):
        """Say the ready words of the all-clear in all languages."""
        for update in self:
            news = update.announcement_id
            for code, _name in self.env["res.lang"].get_installed():
                words = news.with_context(lang=code)._clear_body()
                update.with_context(lang=code)._write_system({"body": words})

    def _say(self, words):
        """Say it in other languages in words of their own.

        :param words: ``{language: HTML}``
        """
        for lang, body in words.items():
            self.with_context(lang=lang)._write_system({"body": body})
