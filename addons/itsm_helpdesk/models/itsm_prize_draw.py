import pytz

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import NO_ACCESS, Domain
from odoo.tools import date_utils

# What is as it was announced.
_TERMS = frozenset(
    {
        "allow_desk_team",
        "company_id",
        "date_from",
        "date_to",
        "department_ids",
        "desk_ids",
        "entry_mode",
        "excluded_ids",
        "max_entries",
        "prize_ids",
        "public_source",
        "rules",
        "tz",
        "use_public_value",
    }
)


class ItsmPrizeDraw(models.Model):
    """A prize draw among those who rated: what it promises, and that it was kept.

    Its terms are fixed when it is announced, and with them a secret of which only
    the SHA-256 is shown. The draw itself is ``tools/draw.py``; who takes part stands
    in ``itsm_prize_entry``.
    """

    _name = "itsm.prize.draw"
    _description = "Prize Draw"
    _inherit = ["itsm.guarded.mixin", "mail.thread"]
    _order = "date_to desc, id desc"
    _rec_names_search = ["number", "name"]
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    number = fields.Char(readonly=True, copy=False, default="/")
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    desk_ids = fields.Many2many(
        "itsm.desk",
        "itsm_prize_draw_desk_rel",
        "draw_id",
        "desk_id",
        string="Desks",
        check_company=True,
        default=lambda self: self._default_desks(),
        help="Who rated tickets of these desks takes part. Empty: of all desks.",
    )
    date_from = fields.Date(
        "From", required=True, default=lambda self: self._default_period()[0]
    )
    date_to = fields.Date(
        "To", required=True, default=lambda self: self._default_period()[1]
    )
    tz = fields.Selection(
        lambda self: [(zone, zone) for zone in pytz.common_timezones],
        "Time Zone",
        required=True,
        default=lambda self: self.env.user.tz or "UTC",
        help="In which the days of the period begin and end.",
    )
    rules = fields.Text(
        translate=True,
        help="In your own words; people read them on the portal, after what follows "
        "from the settings.",
    )
    entry_mode = fields.Selection(
        [("person", "One for each person"), ("rating", "One for each rating")],
        "Entries Counted",
        required=True,
        default="person",
    )
    max_entries = fields.Integer(
        "At Most", default=5, help="Entries of one person, however often they rated."
    )
    allow_desk_team = fields.Boolean(
        "The Desk's Own People Too",
        help="Otherwise those who work for the desks do not take part.",
    )
    department_ids = fields.Many2many(
        "hr.department",
        "itsm_prize_draw_department_rel",
        "draw_id",
        "department_id",
        string="Departments",
        help="Only people of these departments, and of those below. Empty: all.",
    )
    excluded_ids = fields.Many2many(
        "res.partner",
        "itsm_prize_draw_excluded_rel",
        "draw_id",
        "partner_id",
        string="Not These People",
    )
    prize_ids = fields.One2many("itsm.prize", "draw_id", string="Prizes", copy=True)
    prize_count = fields.Integer("Prizes to Win", compute="_compute_prize_count")

    use_public_value = fields.Boolean(
        "Public Number Too",
        help="The seed also gets a number that nobody can know before, such as the "
        "numbers of a lottery. Name its source before.",
    )
    public_source = fields.Char(
        help="Where the number comes from, and of which day; for example: winning "
        "numbers of the state lottery of 3 October."
    )
    public_value = fields.Char(
        "Public Number", copy=False, help="As it was published at that source."
    )
    secret = fields.Char(copy=False, readonly=True, groups=NO_ACCESS)
    seed_hash = fields.Char(
        "Commitment",
        copy=False,
        readonly=True,
        help="SHA-256 of the secret part of the seed; shown before the draw.",
    )
    seed_secret = fields.Char(
        "Revealed Secret", copy=False, readonly=True, help="Shown after the draw."
    )
    seed = fields.Char(copy=False, readonly=True)
    algorithm = fields.Char(copy=False, readonly=True)

    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("announced", "Announced"),
            ("drawn", "Drawn"),
            ("told", "Winners Told"),
            ("cancelled", "Cancelled"),
        ],
        required=True,
        default="draft",
        readonly=True,
        copy=False,
        tracking=True,
    )
    announced_at = fields.Datetime("Announced On", copy=False, readonly=True)
    drawn_at = fields.Datetime("Drawn On", copy=False, readonly=True)
    drawn_by_id = fields.Many2one("res.users", copy=False, readonly=True)
    told_at = fields.Datetime("Winners Told On", copy=False, readonly=True)
    entry_ids = fields.One2many(
        "itsm.prize.entry", "draw_id", string="Entries", readonly=True, copy=False
    )
    winner_ids = fields.One2many(
        "itsm.prize.entry",
        "draw_id",
        string="Winners",
        domain=[("prize_id", "!=", False)],
        readonly=True,
    )
    entry_count = fields.Integer("Number of Entries", copy=False, readonly=True)
    person_count = fields.Integer("Number of People", copy=False, readonly=True)
    list_digest = fields.Char(
        "Fingerprint of the List",
        copy=False,
        readonly=True,
        help="SHA-256 of the sorted keys of all entries, each on a line.",
    )

    _period = models.Constraint(
        "CHECK (date_from <= date_to)", "The period ends before it begins."
    )
    _max_entries_positive = models.Constraint(
        "CHECK (max_entries > 0)", "One person has at least one entry."
    )

    @api.model
    def _default_period(self):
        """Return the first and the last day of this quarter."""
        return date_utils.get_quarter(fields.Date.context_today(self))

    @api.model
    def _default_desks(self):
        """Return the desks for which a manager draws; administrators may for all."""
        if self._draws_for_all():
            return self.env["itsm.desk"]
        return self.env["itsm.desk"].search(
            Domain("manager_ids", "in", self.env.uid)
            & Domain("company_id", "in", [self.env.company.id, False])
        )

    @api.model
    def _draws_for_all(self):
        """Tell whether the user may draw for all desks, and for those of others."""
        return self.env.su or self.env.user.has_group("itsm_helpdesk.group_itsm_admin")

    @api.depends("prize_ids.quantity")
    def _compute_prize_count(self):
        for record in self:
            record.prize_count = sum(record.prize_ids.mapped("quantity"))

    @api.depends("number", "name")
    def _compute_display_name(self):
        for record in self:
            numbered = record.number and record.number != "/"
            record.display_name = (
                f"{record.number} {record.name or ''}" if numbered else record.name
            )

    # ------------------------------------------------------------------
    # What is fixed, and when
    # ------------------------------------------------------------------

    @api.model
    def _system_fields(self):
        return super()._system_fields() | {
            "algorithm",
            "announced_at",
            "drawn_at",
            "drawn_by_id",
            "entry_count",
            "entry_ids",
            "list_digest",
            "number",
            "person_count",
            "secret",
            "seed",
            "seed_hash",
            "seed_secret",
            "state",
            "told_at",
        }

    @api.model
    def _complete_new(self, vals_list):
        for vals in vals_list:
            if "desk_ids" in vals:
                known = {key: vals[key] for key in ("name", "desk_ids") if key in vals}
                self.new(known)._refuse_other_desks()
        numbers = self.env["ir.sequence"]._itsm_next_numbers(
            "itsm.prize.draw", len(vals_list)
        )
        return [
            {**vals, "number": number}
            for vals, number in zip(
                super()._complete_new(vals_list), numbers, strict=True
            )
        ]

    def write(self, vals):
        if not self._is_system() and not _TERMS.isdisjoint(vals):
            self._refuse_new_terms()
        if not self._is_system() and "public_value" in vals:
            self._refuse_late_number()
        result = super().write(vals)
        if "desk_ids" in vals:
            # Rules look at it before only: nobody moves a draw to desks of others.
            self._refuse_other_desks()
        return result

    def _refuse_other_desks(self):
        """Say what a manager has to choose; the rule of records says less."""
        if self._draws_for_all():
            return
        # sudo: who manages a desk, also one that the user does not see.
        for record in self.sudo():
            managers = [desk.manager_ids for desk in record.desk_ids._origin]
            if not managers or any(self.env.user not in each for each in managers):
                raise AccessError(
                    self.env._(
                        "Choose desks that you manage for “%(draw)s”: only "
                        "administrators draw for all desks or for those of others.",
                        draw=record.name or "",
                    )
                )

    def _refuse_new_terms(self):
        announced = self.filtered(lambda record: record.state != "draft")
        if announced:
            raise UserError(
                self.env._(
                    "%(draw)s has been announced, so its terms stay as they are.",
                    draw=announced[0].display_name,
                )
            )

    def _refuse_late_number(self):
        if any(record.state not in ("draft", "announced") for record in self):
            raise UserError(self.env._("The draw is over; its seed is known."))

    @api.ondelete(at_uninstall=False)
    def _unlink_except_announced(self):
        if any(record.state != "draft" for record in self):
            raise UserError(
                self.env._("An announced draw is kept. Cancel it, with a reason.")
            )

    @api.constrains("date_from", "date_to", "desk_ids", "company_id", "state")
    def _check_overlap(self):
        """Who could draw twice for the same ratings would draw until it suits."""
        for record in self.filtered(lambda r: r.state not in ("draft", "cancelled")):
            others = self.sudo().search(
                Domain("id", "!=", record.id)
                & Domain("company_id", "=", record.company_id.id)
                & Domain("state", "not in", ("draft", "cancelled"))
                & Domain("date_from", "<=", record.date_to)
                & Domain("date_to", ">=", record.date_from)
            )
            same = others.filtered(
                lambda other, own=record.desk_ids: (
                    not other.desk_ids or not own or other.desk_ids & own
                )
            )
            if same:
                raise ValidationError(
                    self.env._(
                        "%(draw)s is for the same desk and time. One rating takes part "
                        "in one draw.",
                        draw=same[0].display_name,
                    )
                )
