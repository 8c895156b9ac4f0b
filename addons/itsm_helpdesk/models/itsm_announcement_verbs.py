from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import is_html_empty

from .itsm_announcement_update import UNDER_WAY
from .itsm_ticket import WORKERS

_CRON = "itsm_helpdesk.ir_cron_send_announcements"
# For so long it stands on the portal that it works again.
_CLEAR_HOURS = 4


class ItsmAnnouncement(models.Model):
    """Telling people: send, update, all-clear, remind; and the figures of it."""

    _inherit = "itsm.announcement"

    reached_count = fields.Integer(
        "Reached", compute="_compute_receipt_counts", groups=WORKERS
    )
    read_count = fields.Integer(
        "Read", compute="_compute_receipt_counts", groups=WORKERS
    )
    confirmed_count = fields.Integer(
        "Confirmed", compute="_compute_receipt_counts", groups=WORKERS
    )
    missing_count = fields.Integer(
        "Not Yet", compute="_compute_receipt_counts", groups=WORKERS
    )
    unreached_count = fields.Integer(
        "Not Reached", compute="_compute_receipt_counts", groups=WORKERS
    )
    is_sending = fields.Boolean(compute="_compute_is_sending")
    can_tell = fields.Boolean(compute="_compute_can_tell")

    @api.depends(
        "receipt_ids.channel", "receipt_ids.read_at", "receipt_ids.confirmed_at"
    )
    def _compute_receipt_counts(self):
        # sudo: how many they are is no secret to those who read of it.
        Receipt = self.env["itsm.announcement.receipt"].sudo()
        rows = Receipt._read_group(
            [("announcement_id", "in", self.ids)],
            ["announcement_id", "channel"],
            ["__count", "read_at:count", "confirmed_at:count"],
        )
        counts = {}
        for news, channel, count, read, confirmed in rows:
            mine = counts.setdefault(news.id, [0, 0, 0, 0])
            mine[0] += count if channel and channel != "none" else 0
            mine[1] += count if channel == "none" else 0
            mine[2] += read
            mine[3] += confirmed
        for news in self:
            reached, unreached, read, confirmed = counts.get(news.id, [0] * 4)
            done = confirmed if news.ask_confirmation else read
            news.reached_count = reached
            news.unreached_count = unreached
            news.read_count = read
            news.confirmed_count = confirmed
            news.missing_count = max(reached + unreached - done, 0)

    @api.depends("update_ids.state")
    def _compute_is_sending(self):
        for news in self:
            # sudo: see above.
            states = news.sudo().update_ids.mapped("state")
            news.is_sending = not set(UNDER_WAY).isdisjoint(states)

    @api.depends("ticket_id")
    @api.depends_context("uid")
    def _compute_can_tell(self):
        for news in self:
            news.can_tell = news._may_tell()

    def _may_tell(self):
        """Tell whether the user may say what becomes of it.

        Whoever may change it, and who works on the ticket that it is about.
        """
        self.ensure_one()
        if self.env.su or self.has_access("write"):
            return True
        works = self.env.user.has_group("itsm_helpdesk.group_itsm_agent")
        # sudo: which ticket; the user's rights on it are asked.
        ticket = self.sudo().ticket_id.sudo(False)
        return bool(works and ticket and ticket.has_access("write"))

    def _check_may_tell(self):
        for news in self:
            if not news._may_tell():
                raise AccessError(
                    self.env._(
                        "You cannot tell people anything about “%(announcement)s”.",
                        announcement=news.name,
                    )
                )

    # ------------------------------------------------------------------
    # Verbs
    # ------------------------------------------------------------------

    def publish(self):
        """Tell the announcements to whom they are for, now or when they are due."""
        self.check_access("write")
        for news in self:
            if not news.is_draft:
                raise UserError(
                    self.env._(
                        "“%(announcement)s” was sent already. Write an update instead.",
                        announcement=news.name,
                    )
                )
            news._check_ready()
            news._show()
            news._tell("first")
        return True

    def _check_ready(self):
        """Refuse to send what reaches nobody, or has gaps."""
        for news in self:
            news._check_audience()
            news._check_words()
            if not (
                news.on_portal
                or news.on_mail
                or news.on_activity
                or news.discuss_channel_id
            ):
                raise UserError(
                    self.env._(
                        "Choose a channel on which “%(announcement)s” reaches people.",
                        announcement=news.name,
                    )
                )

    def _show(self):
        """Show it from its moment on, without telling anybody."""
        self._write_system({"is_draft": False})

    def tell_update(self, body, others=None):
        """Tell those it is for how things stand.

        :param others: what readers of other languages read instead, by language
        """
        self._check_may_tell()
        self._check_running()
        self._check_said(body, *(others or {}).values())
        for news in self:
            news._tell("update", body, others)
        return True

    def all_clear(self, body=None, others=None):
        """Tell those it is for that it is over; it soon leaves the portal.

        :param others: what readers of other languages read instead, by language
        """
        self._check_may_tell()
        self._check_running()
        now = fields.Datetime.now()
        for news in self:
            ready = news._clear_body()
            news._tell("all_clear", body or ready, others, translate=not body)
            news._write_system(
                {"cleared_at": now, "date_to": now + timedelta(hours=_CLEAR_HOURS)}
            )
        return True

    def remind(self):
        """Ask those who have not confirmed it once more."""
        self._check_may_tell()
        self._check_running()
        for news in self:
            if not news.missing_count:
                raise UserError(self.env._("Everybody has read it already."))
            if not news.on_mail:
                raise UserError(
                    self.env._(
                        "People are reminded by mail: choose that channel first."
                    )
                )
            reminders = news.update_ids.filtered(lambda each: each.kind == "reminder")
            if any(each.state in UNDER_WAY for each in reminders):
                raise UserError(self.env._("A reminder is on its way already."))
            news._tell("reminder")
        return True

    def _check_running(self):
        for news in self:
            if news.state != "running" or news.cleared_at:
                raise UserError(
                    self.env._(
                        "“%(announcement)s” is not shown now, so there is nothing to "
                        "add to it.",
                        announcement=news.name,
                    )
                )

    def _check_said(self, *bodies):
        if any(is_html_empty(body) for body in bodies):
            raise UserError(self.env._("Write what people should know."))
        for news in self:
            news._check_words(*bodies)

    def _clear_body(self):
        """Return what the all-clear says if nobody writes another one."""
        self.ensure_one()
        # sudo: the words of the template are told to all.
        return self.sudo().template_id.clear_body or self.env._(
            "<p>It is over, everything works again. Thank you for your patience.</p>"
        )

    def _tell(self, kind, body=None, others=None, translate=False):
        """Let the job tell something; return the update.

        :param others: words for readers of other languages, by language
        :param translate: the words are ready ones: take their other languages too
        """
        self.ensure_one()
        news = self.sudo()  # sudo: updates come by these verbs, which have asked
        update = (
            self.env["itsm.announcement.update"]
            .sudo()
            ._as_system()
            .create(
                {
                    "announcement_id": news.id,
                    "kind": kind,
                    "body": body,
                    "user_id": self.env.uid,
                    "send_at": max(news.date_from, fields.Datetime.now()),
                }
            )
        )
        if translate:
            update._translate_clear()
        update._say(others or {})
        self._note(update)
        # sudo: waking the job is no right of people.
        self.env.ref(_CRON).sudo()._trigger(update.send_at)
        return update

    def _note(self, update):
        """Keep in the chatter what is told."""
        labels = dict(update._fields["kind"]._description_selection(self.env))
        body = self.env._("It is told to those it is for.")
        if update.body:
            body = self._text(update.body)
        self.sudo().message_post(
            subject=labels[update.kind],
            body=body,
            author_id=self.env.user.partner_id.id,
            subtype_xmlid="mail.mt_note",
        )

    # ------------------------------------------------------------------
    # Buttons
    # ------------------------------------------------------------------

    def _open_telling(self, kind, title):
        self.ensure_one()
        self._check_may_tell()
        wizard = self.env["itsm.announcement.send"].create(
            {
                "announcement_id": self.id,
                "kind": kind,
                "body": self._clear_body() if kind == "all_clear" else False,
            }
        )
        return {
            "type": "ir.actions.act_window",
            "name": title,
            "res_model": wizard._name,
            "res_id": wizard.id,
            "view_mode": "form",
            "views": [(False, "form")],
            "target": "new",
        }

    def action_send(self):
        """Show whom it reaches and what they read, then send."""
        self._check_ready()
        return self._open_telling("first", self.env._("Send Announcement"))

    def action_update(self):
        """Write how things stand."""
        return self._open_telling("update", self.env._("Send Update"))

    def action_all_clear(self):
        """Tell that it is over."""
        return self._open_telling("all_clear", self.env._("Send All-Clear"))

    def action_remind(self):
        """Ask those once more who have not read it."""
        return self._open_telling("reminder", self.env._("Send Reminder"))

    def action_view_receipts(self):
        """Open who read it, who did not."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "itsm_helpdesk.itsm_announcement_receipt_action"
        )
        return {**action, "domain": [("announcement_id", "in", self.ids)]}
