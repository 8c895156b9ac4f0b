from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import hash_sign, verify_hash_signed

RECEIPT_CHANNELS = [
    ("mail", "Mail"),
    ("activity", "To-Do"),
    ("portal", "Portal"),
    ("none", "Not reached"),
]
_SCOPE = "itsm_helpdesk.notice"
_LINK_DAYS = 90
# Longer than any of ours; what is longer is not looked at.
_LONGEST = 1000


class ItsmAnnouncementReceipt(models.Model):
    """Somebody whom an announcement is for: reached how, read and confirmed when."""

    _name = "itsm.announcement.receipt"
    _description = "Receipt of an Announcement"
    _inherit = ["itsm.guarded.mixin"]
    _order = "id"
    _rec_name = "partner_id"

    announcement_id = fields.Many2one(
        "itsm.announcement", required=True, index=True, ondelete="cascade"
    )
    partner_id = fields.Many2one(
        "res.partner", "Person", required=True, index=True, ondelete="cascade"
    )
    channel = fields.Selection(RECEIPT_CHANNELS, "Reached By")
    sent_at = fields.Datetime("Told")
    read_at = fields.Datetime("Read")
    confirmed_at = fields.Datetime("Confirmed")
    reminded_at = fields.Datetime("Reminded")

    _once = models.UniqueIndex(
        "(announcement_id, partner_id)", "This person has a receipt already."
    )

    @api.model
    def _system_fields(self):
        return super()._system_fields() | {
            "announcement_id",
            "channel",
            "confirmed_at",
            "partner_id",
            "read_at",
            "reminded_at",
            "sent_at",
        }

    def _note_read(self, confirmed=False):
        """Note that the people read it; the first time counts.

        :param confirmed: whether they said so
        """
        unread = self.filtered(lambda receipt: not receipt.read_at)
        if unread:
            unread._write_system({"read_at": fields.Datetime.now()})
        if confirmed:
            self._note_confirmed()
            self._end_to_dos()
        return True

    def _note_confirmed(self):
        now = fields.Datetime.now()
        for receipt in self.filtered(lambda receipt: not receipt.confirmed_at):
            receipt._write_system(
                {"confirmed_at": now, "read_at": receipt.read_at or now}
            )

    def _end_to_dos(self):
        """What people were asked to read is read."""
        # sudo: to-dos of others, whose announcement this is about.
        activities = self.env["mail.activity"].sudo()
        type_id = self.env.ref("itsm_helpdesk.activity_type_announcement").id
        activities.search(
            [
                ("res_model", "=", "itsm.announcement"),
                ("res_id", "in", self.announcement_id.ids),
                ("activity_type_id", "=", type_id),
                ("user_id.partner_id", "in", self.partner_id.ids),
            ]
        ).unlink()

    # ------------------------------------------------------------------
    # Links of mails
    # ------------------------------------------------------------------

    def _link(self):
        """Return the address at which a person reads and confirms without a login."""
        self.ensure_one()
        token = hash_sign(
            self.sudo().env,
            _SCOPE,
            [self.id, self.partner_id.id],
            expiration=timedelta(days=_LINK_DAYS),
        )
        return f"{self.announcement_id.get_base_url()}/itsm/notice/{token}"

    @api.model
    def _from_link(self, token):
        """Return the receipt of a link that is good, with all rights, or none.

        The link is the right. Tokens come from outside: any text.
        """
        if not isinstance(token, str) or len(token) > _LONGEST:
            return self.sudo().browse()
        try:
            # sudo: the key of the database.
            values = verify_hash_signed(self.sudo().env, _SCOPE, token)
        except ValueError:  # not base64, not UTF-8, not ours
            values = None
        if not values:
            return self.sudo().browse()
        receipt_id, partner_id = values
        receipt = self.sudo().browse(receipt_id).exists()
        return receipt.filtered(
            lambda row: row.partner_id.id == partner_id and row.announcement_id.active
        )
