from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL

# What can be found on the shelves and desks when one goes and looks.
COUNTED = ("in_stock", "in_use", "in_repair")
# Only verbs write these.
SYSTEM_FIELDS = frozenset(
    {"state", "started_at", "reviewed_at", "signed_at", "signed_by_id", "line_ids"}
)
FROZEN_FIELDS = frozenset({"location_ids", "class_ids", "department_ids", "company_id"})


class ItsmCiStocktake(models.Model):
    """Somebody goes and looks whether what is on file is there.

    What is expected is frozen at the start. Counters scan labels room by room; what
    comes of it is reviewed, and signed off by a manager who did not count. Only then
    are items corrected, all of them or none.
    """

    _name = "itsm.ci.stocktake"
    _description = "Stock-Take"
    _inherit = ["itsm.guarded.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "id desc"

    name = fields.Char(required=True, tracking=True)
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company, index=True
    )
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("counting", "Counting"),
            ("review", "Review"),
            ("signed", "Signed Off"),
            ("cancelled", "Cancelled"),
        ],
        required=True,
        default="draft",
        readonly=True,
        copy=False,
        tracking=True,
        index=True,
    )
    location_ids = fields.Many2many(
        "itsm.location",
        "itsm_ci_stocktake_location_rel",
        "stocktake_id",
        "location_id",
        "Places",
        help="With those inside. Empty: all.",
    )
    class_ids = fields.Many2many(
        "itsm.ci.class",
        "itsm_ci_stocktake_class_rel",
        "stocktake_id",
        "class_id",
        "Classes",
        default=lambda self: self._default_class_ids(),
        help="With their subclasses. Empty: all but services.",
    )
    department_ids = fields.Many2many(
        "hr.department",
        "itsm_ci_stocktake_department_rel",
        "stocktake_id",
        "department_id",
        "Departments",
        help="With those below. Empty: all.",
    )
    leader_ids = fields.Many2many(
        "res.users",
        "itsm_ci_stocktake_leader_rel",
        "stocktake_id",
        "user_id",
        "Leaders",
        default=lambda self: self.env.user,
        domain="[('share', '=', False)]",
        help="Start the count and review it.",
    )
    counter_ids = fields.Many2many(
        "res.users",
        "itsm_ci_stocktake_counter_rel",
        "stocktake_id",
        "user_id",
        "Counters",
        domain="[('share', '=', False)]",
        help="Scan. Who counts cannot sign off.",
    )
    date_planned = fields.Date("Planned For")
    started_at = fields.Datetime(readonly=True, copy=False)
    reviewed_at = fields.Datetime("Counted Until", readonly=True, copy=False)
    signed_at = fields.Datetime(readonly=True, copy=False)
    signed_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    note = fields.Text()
    line_ids = fields.One2many(
        "itsm.ci.stocktake.line", "stocktake_id", "Lines", readonly=True
    )
    expected_count = fields.Integer(
        "Expected",
        compute="_compute_counts",
        compute_sudo=True,
        help="All are counted, also what not everybody may see.",
    )
    seen_count = fields.Integer("Seen", compute="_compute_counts", compute_sudo=True)
    moved_count = fields.Integer("Moved", compute="_compute_counts", compute_sudo=True)
    pending_count = fields.Integer(
        "Not Seen Yet", compute="_compute_counts", compute_sudo=True
    )
    missing_count = fields.Integer(
        "Not Found", compute="_compute_counts", compute_sudo=True
    )
    unknown_count = fields.Integer(
        "Unknown", compute="_compute_counts", compute_sudo=True
    )
    undecided_count = fields.Integer(
        "To Decide", compute="_compute_counts", compute_sudo=True
    )
    progress = fields.Float(
        "Progress (%)", compute="_compute_counts", compute_sudo=True
    )
    may_count = fields.Boolean(compute="_compute_may")
    may_lead = fields.Boolean(compute="_compute_may")
    may_sign = fields.Boolean(compute="_compute_may")

    @api.model
    def _default_class_ids(self):
        """Return the class of things one can touch, where it is there."""
        return self.env["itsm.ci.class"].search([("code", "=", "hardware")])

    @api.depends("line_ids.result", "line_ids.decision", "line_ids.expected")
    def _compute_counts(self):
        Line = self.env["itsm.ci.stocktake.line"]
        here = Domain("stocktake_id", "in", self.ids)
        results = {
            (stocktake, result): count
            for stocktake, result, count in Line._read_group(
                here, ["stocktake_id", "result"], ["__count"]
            )
        }
        expected = {
            (stocktake, result): count
            for stocktake, result, count in Line._read_group(
                here & Domain("expected", "=", True),
                ["stocktake_id", "result"],
                ["__count"],
            )
        }
        undecided = dict(
            Line._read_group(
                here & Line._undecided_domain(), ["stocktake_id"], ["__count"]
            )
        )
        for stocktake in self:
            for result in ("seen", "moved", "pending", "missing", "unknown"):
                stocktake[f"{result}_count"] = results.get((stocktake, result), 0)
            total = sum(
                count for (of, _result), count in expected.items() if of == stocktake
            )
            open_ = expected.get((stocktake, "pending"), 0)
            stocktake.expected_count = total
            stocktake.progress = (total - open_) * 100.0 / total if total else 0.0
            stocktake.undecided_count = undecided.get(stocktake, 0)

    @api.depends_context("uid")
    @api.depends("leader_ids", "counter_ids", "state")
    def _compute_may(self):
        user = self.env.user
        is_manager = user.has_group("itsm_cmdb.group_cmdb_manager")
        for stocktake in self:
            leads = is_manager or user in stocktake.leader_ids
            stocktake.may_lead = leads
            stocktake.may_count = stocktake.state == "counting" and (
                user in stocktake.counter_ids | stocktake.leader_ids
            )
            stocktake.may_sign = stocktake.state == "review" and is_manager

    @api.constrains("counter_ids", "leader_ids")
    def _check_counters(self):
        for stocktake in self:
            people = stocktake.counter_ids | stocktake.leader_ids
            if not all(
                person.has_group("itsm_cmdb.group_cmdb_engineer") for person in people
            ):
                raise ValidationError(
                    self.env._(
                        "Whoever leads or counts “%(stocktake)s” must be a"
                        " configuration engineer.",
                        stocktake=stocktake.name,
                    )
                )

    def write(self, vals):
        """Keep what is frozen from being written by hand.

        Who leads and who counts is said by those who lead.
        """
        if not self.env.su:
            if FROZEN_FIELDS & vals.keys() and any(
                stocktake.state != "draft" for stocktake in self
            ):
                raise UserError(
                    self.env._("What is counted is fixed once the count has begun.")
                )
            if {"leader_ids", "counter_ids"} & vals.keys():
                self._refuse_unless_lead()
            if any(stocktake.state == "signed" for stocktake in self):
                raise UserError(
                    self.env._("What was signed off cannot be altered any more.")
                )
        return super().write(vals)

    @api.model
    def _system_fields(self):
        return super()._system_fields() | SYSTEM_FIELDS

    @api.ondelete(at_uninstall=False)
    def _unlink_only_drafts(self):
        if any(stocktake.state not in ("draft", "cancelled") for stocktake in self):
            raise UserError(
                self.env._("A stock-take that has begun is kept. Cancel it instead.")
            )

    # ------------------------------------------------------------------
    # Verbs
    # ------------------------------------------------------------------

    def _check_lead(self, *states):
        """Check that the user leads these, and that they are in one of the states.

        :raise AccessError, UserError: where not
        """
        self.check_access("write")
        self._refuse_unless_lead()
        for stocktake in self:
            if stocktake.state not in states:
                raise UserError(
                    self.env._(
                        "“%(stocktake)s” is not in a state in which this can be done."
                        " Somebody was perhaps quicker: reload the page.",
                        stocktake=stocktake.name,
                    )
                )

    def _refuse_unless_lead(self):
        for stocktake in self:
            if not (self.env.su or stocktake.may_lead):
                raise AccessError(
                    self.env._(
                        "Only its leaders and configuration managers may do this with"
                        " “%(stocktake)s”.",
                        stocktake=stocktake.name,
                    )
                )

    def action_start(self):
        """Freeze what is expected; from now on it is counted.

        :raise UserError: where nothing is expected, or nobody counts
        """
        self._check_lead("draft")
        for stocktake in self:
            if not stocktake.counter_ids | stocktake.leader_ids:
                raise UserError(self.env._("Name at least one person who counts."))
            if not stocktake._freeze():
                raise UserError(
                    self.env._(
                        "Nothing is expected in “%(stocktake)s”: no item in stock, in"
                        " use or in repair is in its places, classes and departments.",
                        stocktake=stocktake.name,
                    )
                )
        self._write_system({"state": "counting", "started_at": fields.Datetime.now()})
        return True

    def _expected_domain(self):
        """Return the domain of the items that should be found."""
        self.ensure_one()
        domain = Domain("company_id", "=", self.company_id.id) & Domain(
            "status", "in", COUNTED
        )
        if self.location_ids:
            domain &= Domain("location_id", "child_of", self.location_ids.ids)
        if self.department_ids:
            domain &= Domain("department_id", "child_of", self.department_ids.ids)
        if self.class_ids:
            return domain & Domain("class_id", "child_of", self.class_ids.ids)
        return domain & Domain("class_id.is_service", "=", False)

    def _freeze(self):
        """Write the expected items down, in one statement; return their number.

        These are the items that whoever starts the count may see.
        """
        expected = self.env["itsm.ci"]._search(self._expected_domain())
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO itsm_ci_stocktake_line
                       (stocktake_id, ci_id, class_id, item_name, item_code, expected,
                        result, expected_location_id, expected_custodian_id,
                        expected_status, create_uid, create_date, write_uid,
                        write_date)
                SELECT %(stocktake)s, ci.id, ci.class_id, ci.name, ci.code, TRUE,
                       'pending', ci.location_id, ci.custodian_id, ci.status,
                       %(uid)s, %(now)s, %(uid)s, %(now)s
                  FROM itsm_ci ci
                 WHERE ci.id IN %(expected)s
                """,
                stocktake=self.id,
                uid=self.env.uid,
                now=fields.Datetime.now(),
                expected=expected.subselect(),
            )
        )
        count = self.env.cr.rowcount
        self.env["itsm.ci.stocktake.line"].invalidate_model()
        self.invalidate_recordset()
        return count

    def action_cancel(self):
        """Give the count up; nothing of it was written to items."""
        self._check_lead("draft", "counting", "review")
        self._write_system({"state": "cancelled"})
        return True

    def action_count(self):
        """Open the screen for counting."""
        self.ensure_one()
        return {
            **self.env["ir.actions.client"]._for_xml_id(
                "itsm_cmdb.itsm_ci_stocktake_scan_action"
            ),
            "name": self.name,
            "context": {"active_id": self.id, "active_model": self._name},
        }

    def action_view_lines(self):
        """Open the lines of the result that the context names."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "itsm_cmdb.itsm_ci_stocktake_line_action"
        )
        action["domain"] = [("stocktake_id", "=", self.id)]
        result = self.env.context.get("itsm_result")
        action["context"] = {f"search_default_{result}": 1} if result else {}
        return action
