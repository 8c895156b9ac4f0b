from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import format_list

# What people may write on a line: notes while counting, decisions in the review.
NOTES = frozenset({"note", "image"})
DECISIONS = frozenset(
    {"decision", "decision_reason", "new_name", "new_class_id", "new_code_kind"}
)


class ItsmCiStocktakeLine(models.Model):
    """An item that is expected, or that was found, in a stock-take."""

    _name = "itsm.ci.stocktake.line"
    _description = "Stock-Take Line"
    _order = "stocktake_id, expected_location_id, item_name, id"
    _rec_name = "item_name"

    stocktake_id = fields.Many2one(
        "itsm.ci.stocktake",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,
    )
    company_id = fields.Many2one(related="stocktake_id.company_id")
    stocktake_state = fields.Selection(related="stocktake_id.state")
    ci_id = fields.Many2one(
        "itsm.ci", "Item", readonly=True, ondelete="set null", index="btree_not_null"
    )
    class_id = fields.Many2one("itsm.ci.class", readonly=True, ondelete="set null")
    item_name = fields.Char("Name", readonly=True)
    item_code = fields.Char("Code", readonly=True)
    expected = fields.Boolean(readonly=True)
    expected_location_id = fields.Many2one(
        "itsm.location", "Expected Place", readonly=True, ondelete="restrict"
    )
    expected_custodian_id = fields.Many2one(
        "hr.employee", readonly=True, ondelete="set null"
    )
    expected_status = fields.Char(readonly=True)
    result = fields.Selection(
        [
            ("pending", "Not Seen Yet"),
            ("seen", "Seen"),
            ("moved", "Moved"),
            ("missing", "Not Found"),
            ("unknown", "Unknown"),
        ],
        required=True,
        default="pending",
        readonly=True,
        index=True,
    )
    code_read = fields.Char("Read", readonly=True)
    seen_at = fields.Datetime(readonly=True)
    seen_by_id = fields.Many2one("res.users", readonly=True)
    seen_location_id = fields.Many2one(
        "itsm.location", "Seen In", readonly=True, ondelete="restrict"
    )
    note = fields.Char()
    image = fields.Image("Photo", max_width=1920, max_height=1920)
    decision = fields.Selection(
        [
            ("place", "Set the place where it was seen"),
            ("missing", "Set the item missing"),
            ("create", "Create an item"),
            ("ignore", "Leave as is"),
        ],
    )
    decision_reason = fields.Char("Reason")
    new_name = fields.Char("Name of New Item")
    new_class_id = fields.Many2one(
        "itsm.ci.class", "Class of New Item", domain="[('is_abstract', '=', False)]"
    )
    new_code_kind = fields.Selection(
        [("asset_code", "Asset Code"), ("serial_number", "Serial Number")],
        "What Was Read Is",
        default="asset_code",
    )
    created_ci_id = fields.Many2one(
        "itsm.ci", "Created Item", readonly=True, ondelete="set null"
    )
    is_changed_since = fields.Boolean(
        "Changed Since",
        compute="_compute_is_changed_since",
        compute_sudo=True,
        help="Somebody changed its place or status on file since the count began.",
    )

    _item_once = models.UniqueIndex(
        "(stocktake_id, ci_id) WHERE ci_id IS NOT NULL",
        "This item is in the stock-take already.",
    )
    _unknown_once = models.UniqueIndex(
        "(stocktake_id, code_read) WHERE ci_id IS NULL AND result = 'unknown'",
        "This code is in the stock-take already.",
    )
    _of_place = models.Index("(stocktake_id, expected_location_id, result)")

    @api.model
    def _undecided_domain(self):
        """Return the domain of the lines on which somebody still has to decide."""
        differs = Domain("result", "in", ("moved", "missing", "unknown"))
        unexplained = Domain("decision", "=", "ignore") & Domain(
            "decision_reason", "in", (False, "")
        )
        unnamed = Domain("decision", "=", "create") & (
            Domain("new_name", "in", (False, "")) | Domain("new_class_id", "=", False)
        )
        return differs & (Domain("decision", "=", False) | unexplained | unnamed)

    @api.depends("ci_id.location_id", "ci_id.status", "result")
    def _compute_is_changed_since(self):
        for line in self:
            item = line.ci_id
            line.is_changed_since = bool(
                item
                and line.stocktake_state in ("counting", "review")
                and (
                    item.location_id != line.expected_location_id
                    or (item.status or "") != (line.expected_status or "")
                )
            )

    def write(self, vals):
        """Let people note and decide only, each at its time.

        :raise AccessError, UserError: for anything else
        """
        if not self.env.su:
            self._check_people_may(vals)
        return super().write(vals)

    def _check_people_may(self, vals):
        if vals.keys() - NOTES - DECISIONS:
            raise AccessError(
                self.env._("What was counted cannot be altered by hand. Scan it again.")
            )
        states = set(self.stocktake_id.mapped("state"))
        if states - {"counting", "review"}:
            raise UserError(
                self.env._("This stock-take is over: its lines cannot be altered.")
            )
        if DECISIONS & vals.keys():
            if states != {"review"}:
                raise UserError(
                    self.env._("Decisions are taken in the review, after the count.")
                )
            self.stocktake_id._check_lead("review")
            self._check_decision(vals.get("decision"))

    def _check_decision(self, decision):
        """Check that a decision fits what was found.

        :raise UserError: where it does not
        """
        fitting = {
            "place": {"seen", "moved"},
            "missing": {"missing"},
            "create": {"unknown"},
        }
        if decision in fitting:
            wrong = self.filtered(lambda line: line.result not in fitting[decision])
            if wrong:
                raise UserError(
                    self.env._(
                        "This decision does not fit what was found: %(lines)s",
                        lines=format_list(self.env, wrong[:5].mapped("item_name")),
                    )
                )

    def action_open_item(self):
        """Open the item of the line, or the one that was created."""
        self.ensure_one()
        item = self.ci_id or self.created_ci_id
        if not item:
            raise UserError(self.env._("No item is known for “%s”.", self.code_read))
        return item.get_formview_action()
