import hashlib
import re
import secrets
from datetime import timedelta

from odoo import api, fields, models

from .itsm_ticket_portal_rating import CHANGE_DAYS

RECEIPT = "receipt"
WAYS = [
    ("mail", "Mail"),
    ("portal", "Portal"),
    ("qr_desk", "Code on a sticker"),
    ("qr_badge", "Code on a badge"),
    ("work_sheet", "Code on a work sheet"),
    (RECEIPT, "Mail that confirmed a rating"),
]
# Ways that count as asking somebody; the others are people who come by themselves.
ASKING = "mail"
_TOKEN = re.compile(r"[A-Za-z0-9_-]{32}")
_TOKENS = "itsm_rating_tokens"


class ItsmRatingInvitation(models.Model):
    """A key with which one person may rate one ticket once, without a login.

    Only the hash of the key is kept: who reads the database cannot rate. Opening the
    page behind it changes nothing; sending its form ends all keys that the person has
    for the ticket.
    """

    _name = "itsm.rating.invitation"
    _description = "Invitation to Rate"
    _inherit = ["itsm.guarded.mixin"]
    _order = "sent_at desc, id desc"
    _rec_name = "ticket_id"

    ticket_id = fields.Many2one(
        "itsm.ticket", required=True, index=True, ondelete="cascade"
    )
    desk_id = fields.Many2one(
        "itsm.desk", related="ticket_id.desk_id", store=True, index=True
    )
    company_id = fields.Many2one(
        "res.company", related="ticket_id.company_id", store=True
    )
    partner_id = fields.Many2one(
        "res.partner", "Person", required=True, index=True, ondelete="cascade"
    )
    user_id = fields.Many2one(
        "res.users", "Engineer", help="Whose badge it was.", ondelete="set null"
    )
    way = fields.Selection(WAYS, required=True)
    reminder = fields.Integer(help="0 is the first request, 1 the first reminder …")
    token_hash = fields.Char(
        groups="base.group_system", export_string_translation=False
    )
    shows_facts = fields.Boolean(
        default=True,
        help="The page names the ticket. Who only knew its number and the end of a "
        "telephone number is not told more.",
    )
    sent_at = fields.Datetime("Asked On", default=fields.Datetime.now, required=True)
    expires_at = fields.Datetime(required=True)
    used_at = fields.Datetime()
    rating_id = fields.Many2one("rating.rating", ondelete="set null")
    state = fields.Selection(
        [("waiting", "No answer yet"), ("used", "Rated"), ("expired", "Not answered")],
        compute="_compute_state",
    )

    _token_hash_unique = models.UniqueIndex("(token_hash)")
    _asked_idx = models.Index("(partner_id, sent_at) WHERE way = 'mail'")
    _waiting_idx = models.Index("(sent_at) WHERE way = 'mail' AND used_at IS NULL")

    @api.depends("used_at", "expires_at")
    def _compute_state(self):
        now = fields.Datetime.now()
        for invitation in self:
            late = invitation.expires_at and invitation.expires_at <= now
            open_state = "expired" if late else "waiting"
            invitation.state = "used" if invitation.used_at else open_state

    @api.model
    def _system_fields(self):
        return frozenset(self._fields) - set(models.MAGIC_COLUMNS)

    # ------------------------------------------------------------------
    # Keys
    # ------------------------------------------------------------------

    @api.model
    def _issue(self, vals_list):
        """Make invitations; return ``(invitations, {id: key})``.

        The keys are nowhere else: who does not send or print them now never can.
        """
        tokens = [secrets.token_urlsafe(24) for _vals in vals_list]
        # sudo: people have no right to make keys; callers checked for whom.
        invitations = self.sudo()
        made = invitations._as_system().create(
            [
                {**vals, "token_hash": self._hash(token)}
                for vals, token in zip(vals_list, tokens, strict=True)
            ]
        )
        return invitations.browse(made.ids), dict(zip(made.ids, tokens, strict=True))

    @api.model
    def _hash(self, token):
        # Keys are random and long, so a plain hash of one cannot be turned round.
        return hashlib.sha256(token.encode()).hexdigest()

    @api.model
    def _by_token(self, token):
        """Return the invitation of a key, with the rights of the system, or none."""
        invitations = self.sudo()  # sudo: the key is the right
        if not isinstance(token, str) or not _TOKEN.fullmatch(token):
            return invitations.browse()
        return invitations.search([("token_hash", "=", self._hash(token))], limit=1)

    def _url(self, token):
        return f"{self.get_base_url()}/itsm/rate/{token}"

    def _mailed_url(self, grade=None):
        """Return the address that the mail being written leads to.

        :param grade: stars that are marked there already
        """
        self.ensure_one()
        token = self.env.context.get(_TOKENS, {}).get(self.id, "")
        return self._url(token) + (f"?grade={grade}" if grade else "")

    def _mail(self, tokens, template="itsm_helpdesk.mail_template_rating_request"):
        """Send each of these to its person, when the transaction is committed."""
        if not self:
            return
        template = self.env.ref(template).sudo()
        template.with_context(**{_TOKENS: tokens}).send_mail_batch(
            self.ids, email_layout_xmlid="itsm_helpdesk.mail_layout"
        )

    # ------------------------------------------------------------------
    # Use
    # ------------------------------------------------------------------

    def _problem(self):
        """Return why nothing can be rated with this key, or None."""
        if not self:
            return "invalid"
        self.ensure_one()
        if self.used_at:
            return "used"
        if self.expires_at <= fields.Datetime.now():
            return "expired"
        if not self.ticket_id._may_be_rated(self.partner_id, self.way):
            open_again = self.ticket_id.state in self.ticket_id._open_states()
            return "open" if open_again else "over"
        return None

    def _may_mute(self):
        """Tell whether this key may stop the requests: it came by mail."""
        return bool(self) and self.way == ASKING and self.state != "expired"

    def _end(self, rating):
        """End these keys with the rating that was given."""
        self._write_system({"used_at": fields.Datetime.now(), "rating_id": rating.id})

    @api.autovacuum
    def _gc_unused(self):
        """Forget printed and sticker keys that nobody used; requests by mail stay.

        Those say how many of the people who were asked have answered.
        """
        limit = fields.Datetime.now() - timedelta(days=CHANGE_DAYS)
        self.sudo().search(
            [
                ("way", "!=", ASKING),
                ("used_at", "=", False),
                ("expires_at", "<", limit),
            ],
            limit=10000,
        ).unlink()
