from markupsafe import Markup

from odoo import SUPERUSER_ID, api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, email_normalize, formataddr

from .itsm_ticket import WORKERS

# Stands in the mail of a group of readers for the address that each has of their own.
_LINK_MARK = "https://itsm-notice-link.invalid/"
_TEMPLATE = "itsm_helpdesk.announcement_mail"


class ItsmAnnouncement(models.Model):
    """How an announcement reaches people: portal, mail, to-do, Discuss channel."""

    _inherit = "itsm.announcement"

    on_portal = fields.Boolean(
        "Portal", default=True, help="On top of the home page of those it is for."
    )
    on_mail = fields.Boolean("Mail")
    on_activity = fields.Boolean(
        "To-Do", help="For those who work in the back office, until they read it."
    )
    discuss_channel_id = fields.Many2one(
        "discuss.channel",
        index="btree_not_null",
        ondelete="set null",
        groups=WORKERS,
        domain=[("channel_type", "=", "channel")],
    )
    ask_confirmation = fields.Boolean(
        help="People are asked to say that they have read it."
    )
    receipt_ids = fields.One2many(
        "itsm.announcement.receipt",
        "announcement_id",
        "Receipts",
        readonly=True,
        groups=WORKERS,
    )
    update_ids = fields.One2many(
        "itsm.announcement.update",
        "announcement_id",
        "Told",
        readonly=True,
        groups=WORKERS,
    )

    def _keeps_receipts(self):
        """Tell whether it is noted for whom it is, one by one.

        What only stands on the home page of everybody needs no list of everybody.
        """
        return (
            self.audience != "all"
            or self.on_mail
            or self.on_activity
            or self.ask_confirmation
        )

    def _fill_receipts(self, partner_ids):
        """Note for whom it is; those who are noted stay as they are."""
        self.ensure_one()
        self.env.execute_query(
            SQL(
                """
                INSERT INTO itsm_announcement_receipt (
                    announcement_id, partner_id,
                    create_uid, write_uid, create_date, write_date
                )
                SELECT %(news)s, partner.id, %(uid)s, %(uid)s, %(now)s, %(now)s
                  FROM unnest(%(ids)s::int[]) AS partner (id)
                 ORDER BY partner.id
                ON CONFLICT DO NOTHING
             RETURNING id
                """,
                news=self.id,
                uid=self.env.uid,
                now=fields.Datetime.now(),
                ids=list(partner_ids),
            )
        )
        self.env["itsm.announcement.receipt"].invalidate_model()
        self.invalidate_recordset(["receipt_ids"])

    def _receipt_of(self, partner):
        """Return the receipt of a reader, made if need be."""
        self.ensure_one()
        # sudo: of a reader who was let in.
        Receipt = self.env["itsm.announcement.receipt"].sudo()
        domain = [("announcement_id", "=", self.id), ("partner_id", "=", partner.id)]
        receipt = Receipt.search(domain)
        if not receipt:
            self.sudo()._fill_receipts(partner.ids)
            receipt = Receipt.search(domain)
            receipt._write_system(
                {"channel": "portal", "sent_at": fields.Datetime.now()}
            )
        return receipt

    # ------------------------------------------------------------------
    # Who is told how
    # ------------------------------------------------------------------

    def _mailable(self, receipts):
        """Return the receipts of those who get mails."""
        if not self.on_mail:
            return receipts.browse()
        return receipts.filtered(lambda row: email_normalize(row.partner_id.email))

    def _note_told(self, receipts, mailed, active):
        """Note on which way people were reached; return how many were."""
        portal = receipts.browse()
        if self.on_portal:
            portal = receipts.filtered(lambda row: row.partner_id.user_ids)
        now, rest = fields.Datetime.now(), receipts
        for channel, rows in (
            ("mail", mailed),
            ("activity", active),
            ("portal", portal),
        ):
            chosen = rest & rows
            if chosen:
                chosen._write_system({"channel": channel, "sent_at": now})
            rest -= chosen
        if rest:
            rest._write_system({"channel": "none"})
        return len(receipts - rest)

    def _plan_to_dos(self, receipts):
        """Ask those who work in the back office to read it; return their receipts."""
        if not self.on_activity or self.state != "running":
            return receipts.browse()
        users = receipts.partner_id.user_ids.filtered(lambda user: not user.share)
        kind = self.env.ref("itsm_helpdesk.activity_type_announcement")
        self.env["mail.activity"].with_context(mail_activity_quick_update=True).create(
            [
                {
                    "res_model_id": self.env["ir.model"]._get_id(self._name),
                    "res_id": self.id,
                    "activity_type_id": kind.id,
                    "summary": self.with_context(lang=user.lang)._title(),
                    "user_id": user.id,
                }
                for user in users
            ]
        )
        return receipts.filtered(lambda row: row.partner_id in users.partner_id)

    # ------------------------------------------------------------------
    # Mails
    # ------------------------------------------------------------------

    def _queue_mails(self, update, receipts):
        """Queue the mails of an update, each in its reader's language and zone."""
        mails = []
        for (lang, zone), rows in receipts.grouped(self._language_and_zone).items():
            news = self.with_context(lang=lang, tz=zone)
            words = update.with_context(lang=lang, tz=zone)
            body = news._mail_body(words)
            common = {
                "mail_message_id": news._carrier(words, body).id,
                "is_notification": True,
                "auto_delete": True,
                "references": news._references(update),
                "headers": repr({"Auto-Submitted": "auto-generated"}),
            }
            mails += [
                {
                    **common,
                    "body_html": body.replace(_LINK_MARK, row._link()),
                    "recipient_ids": [fields.Command.set(row.partner_id.ids)],
                }
                for row in rows
            ]
        if mails:
            self.env["mail.mail"].create(mails)
            self.env.ref("mail.ir_cron_mail_scheduler_action")._trigger()

    def _language_and_zone(self, receipt):
        """Return in which language and zone a person reads."""
        person = receipt.partner_id
        zone = self.desk_ids[:1].resource_calendar_id.tz
        return (
            person.lang or self.env.company.partner_id.lang or "en_US",
            person.tz or zone or "UTC",
        )

    def _mail_subject(self, update):
        """Return the subject in the environment's language."""
        title = self._title()
        subjects = {
            "first": title,
            "update": self.env._("Update: %(title)s", title=title),
            "all_clear": self.env._("All clear: %(title)s", title=title),
            "reminder": self.env._("Please read: %(title)s", title=title),
        }
        return subjects[update.kind]

    def _mail_body(self, update):
        values = {
            "news": self,
            "update": update,
            "heading": self._mail_subject(update),
            "when": self._portal_span(),
            "text": self._text() if update.kind in ("first", "reminder") else "",
            "said": self._text(update.body) if update.body else "",
            "link": _LINK_MARK,
        }
        return self.env["ir.qweb"]._render(_TEMPLATE, values)

    def _carrier(self, update, body):
        """Return the message whose mails are sent in this language; made once."""
        Message = self.env["mail.message"]
        code = self.env.lang
        known = (update.carriers or {}).get(code)
        if known:
            return Message.browse(known)
        sender = self._sender()
        message = Message.create(
            {
                "model": self._name,
                "res_id": self.id,
                "record_name": self._title(),
                "subject": self._mail_subject(update),
                "body": Markup(body).replace(_LINK_MARK, self._page_url()),
                # Of no conversation: the chatter has the words already.
                "message_type": "user_notification",
                "subtype_id": self.env.ref("mail.mt_note").id,
                "is_internal": True,
                "email_from": sender,
                "author_id": update.user_id.partner_id.id,
                "reply_to": self._notify_get_reply_to(default=sender)[self.id],
            }
        )
        update._write_system(
            {"carriers": {**(update.carriers or {}), code: message.id}}
        )
        return message

    def _references(self, update):
        """Return the ids of the mails that a mail goes on with.

        Each reader's programs show them as one conversation.
        """
        before = self.update_ids.filtered(lambda row: row.id < update.id).sorted("id")
        ids = [
            (row.carriers or {}).get(self.env.lang)
            or next(iter((row.carriers or {}).values()), False)
            for row in before
        ]
        messages = self.env["mail.message"].browse(filter(None, ids))
        return " ".join(messages.mapped("message_id")) or False

    def _sender(self):
        """Return the address that mails come from: the desk's, else the company's."""
        desk = self.desk_ids[:1]
        company = desk.company_id or self.env.company
        address = desk.alias_email or company.email
        if address:
            return formataddr((desk.name or company.name, address))
        return self.env["res.users"].browse(SUPERUSER_ID).email_formatted

    # ------------------------------------------------------------------
    # Discuss
    # ------------------------------------------------------------------

    def _post_in_channel(self, update):
        """Write into the channel what is told, in the language of who tells it."""
        channel = self.discuss_channel_id
        if not channel or update.kind == "reminder":
            return
        user = update.user_id or self.env.user
        news = self.with_context(lang=user.lang, tz=user.tz or self.env.tz.zone)
        said = update.with_context(lang=user.lang).body
        text = news._text(said) if said else news._text()
        body = Markup('<p><strong>%s</strong></p>%s<p><a href="%s">%s</a></p>') % (
            news._mail_subject(update),
            text,
            self._page_url(),
            news.env._("See it on the portal"),
        )
        channel.message_post(
            body=body,
            author_id=user.partner_id.id,
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )

    def _page_url(self):
        return f"{self.get_base_url()}/my/notices/{self.id}"

    @api.model
    def _unanswered_domain(self):
        """Return the domain of the receipts of those who said nothing yet."""
        return Domain("confirmed_at", "=", False)
