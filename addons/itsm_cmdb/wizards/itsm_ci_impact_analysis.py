# pylint: disable=prefer-env-translation
from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..models.itsm_ci_impact_report import MOST
from ..tools import ledger

# So many items are listed on the screen; the file has more, the sums have all.
LISTED = 500
# A failing set is what people name, not the whole database.
MOST_SOURCES = 5_000


class ItsmCiImpactAnalysis(models.TransientModel):
    """A question – what if this fails? – and the answer, on one screen."""

    _name = "itsm.ci.impact.analysis"
    _description = "Impact Analysis"

    scope = fields.Selection(
        [
            ("items", "Items"),
            ("location", "Location"),
            ("rack", "Rack"),
            ("class", "Class"),
            ("network", "Network"),
        ],
        "What Fails",
        required=True,
        default="items",
    )
    ci_ids = fields.Many2many(
        "itsm.ci", "itsm_ci_impact_analysis_ci_rel", "analysis_id", "ci_id", "Items"
    )
    location_id = fields.Many2one(
        "itsm.location", help="With all that is inside of it."
    )
    rack_id = fields.Many2one(
        "itsm.location", domain="[('kind', '=', 'rack')]", help="With all it holds."
    )
    class_id = fields.Many2one("itsm.ci.class", help="With the classes below it.")
    network_id = fields.Many2one(
        "itsm.ip.network", help="Items with an address in it, or in one inside it."
    )
    window_start = fields.Datetime(
        "From", help="With a window, other failures known in it count too."
    )
    window_end = fields.Datetime("To")
    is_done = fields.Boolean()
    line_ids = fields.One2many("itsm.ci.impact.line", "analysis_id", "Result")
    item_line_ids = fields.One2many(
        "itsm.ci.impact.line", "analysis_id", domain=[("kind", "=", "item")]
    )
    service_line_ids = fields.One2many(
        "itsm.ci.impact.line", "analysis_id", domain=[("kind", "=", "service")]
    )
    department_line_ids = fields.One2many(
        "itsm.ci.impact.line", "analysis_id", domain=[("kind", "=", "department")]
    )
    ticket_line_ids = fields.One2many(
        "itsm.ci.impact.line", "analysis_id", domain=[("kind", "=", "ticket")]
    )
    item_count = fields.Integer("Items Hit")
    service_count = fields.Integer("Services Hit")
    people = fields.Integer("People Hit")
    ticket_count = fields.Integer("Open Tickets")
    is_truncated = fields.Boolean()

    @api.model
    def _open(self, vals, items=None):
        """Return the action of a new analysis, answered already if items are given."""
        analysis = self.create({**vals, "ci_ids": items.ids if items else []})
        if items:
            analysis.action_analyse()
        return analysis._show()

    def _show(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Impact Analysis"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
        }

    @api.depends("scope")
    def _compute_display_name(self):
        for analysis in self:
            analysis.display_name = self.env._("Impact Analysis")

    # ------------------------------------------------------------------
    # The question
    # ------------------------------------------------------------------

    def _failing(self):
        """Return the items that are assumed to fail."""
        self.ensure_one()
        if self.scope == "items":
            items = self.ci_ids
        else:
            items = self.env["itsm.ci"].search(
                self._scope_domain(), limit=MOST_SOURCES + 1
            )
        if not items:
            raise UserError(
                self.env._("Nothing would fail: choose what the analysis is about.")
            )
        if len(items) > MOST_SOURCES:
            raise UserError(
                self.env._(
                    "These are more than %(number)s items. Choose a smaller place, "
                    "class or network.",
                    number=MOST_SOURCES,
                )
            )
        return items

    def _scope_domain(self):
        """Return the domain of the items of a place, class or network."""
        place = self.rack_id if self.scope == "rack" else self.location_id
        if self.scope in ("location", "rack") and place:
            return Domain("location_id", "child_of", place.id)
        if self.scope == "class" and self.class_id:
            return Domain("class_id", "child_of", self.class_id.id)
        if self.scope == "network" and self.network_id:
            return Domain(
                "ip_address_ids",
                "any",
                Domain("network_id", "child_of", self.network_id.id),
            )
        return Domain.FALSE

    def _window(self):
        if not self.window_start and not self.window_end:
            return None
        return [self.window_start, self.window_end]

    # ------------------------------------------------------------------
    # The answer
    # ------------------------------------------------------------------

    def action_analyse(self):
        """Find what fails, and list it."""
        self.ensure_one()
        report = self._failing().impact_report(self._window(), LISTED)
        self.line_ids.unlink()
        self.env["itsm.ci.impact.line"].create(
            [{"analysis_id": self.id, **vals} for vals in self._lines_of(report)]
        )
        self.write(
            {
                "is_done": True,
                "item_count": report["count"],
                "service_count": len(report["services"]),
                "people": report["people"],
                "ticket_count": report["ticket_count"],
                "is_truncated": report["truncated"],
            }
        )
        return True

    @api.model
    def _lines_of(self, report):
        """Return values of the lines of a report, in its order."""
        lines = [
            {
                "kind": "item",
                "name": node["name"],
                "code": node["code"],
                "note": node["class_name"],
                "state": node["state"],
                "distance": node["distance"],
                "why": node["why"],
                "path": node["path"],
                "is_marginal": node["is_marginal"],
                "res_model": not node["masked"] and "itsm.ci",
                "res_id": not node["masked"] and node["id"],
            }
            for node in report["nodes"]
        ]
        lines += [
            {
                "kind": "service",
                "name": service["name"],
                "state": service["state"],
                "res_model": service["model"],
                "res_id": service["id"],
            }
            for service in report["services"]
        ]
        lines += [
            {"kind": "department", "name": one["name"], "people": one["people"]}
            for one in report["departments"]
        ]
        lines += [
            {
                "kind": "ticket",
                "name": ticket["name"],
                "code": ticket["number"],
                "note": ticket["state"],
                "res_model": ticket["id"] and "itsm.ticket",
                "res_id": ticket["id"],
            }
            for ticket in report["tickets"]
        ]
        return [{"sequence": place, **vals} for place, vals in enumerate(lines)]

    def action_graph(self):
        """Draw the answer."""
        window = self._window()
        options = {}
        if window:
            options["window"] = [fields.Datetime.to_string(each) for each in window]
        return self._failing()._graph_action(self.env._("Impact"), **options)

    # ------------------------------------------------------------------
    # Lists behind the figures
    # ------------------------------------------------------------------

    def _hit(self):
        """Return the ids of the items that are hit now, nearest first."""
        items = self._failing()
        return items._impact_analysis(items._impact_window(self._window())).hit()

    def action_view_items(self):
        """List the items that are hit, as far as the user may see them."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "itsm_cmdb.itsm_ci_action"
        )
        return action | {
            "name": self.env._("Items Hit"),
            "domain": [("id", "in", self._hit()[:MOST])],
            "context": {"create": False},
        }

    def action_view_tickets(self):
        """List the open tickets about items that are hit."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "itsm_helpdesk.itsm_ticket_action"
        )
        found = self.env["itsm.ci"]._impact_ticket_ids(self._hit())
        return action | {
            "name": self.env._("Open Tickets"),
            "domain": [("id", "in", found)],
            "context": {"create": False},
        }

    def action_view_services(self):
        """List the services that are hit, catalogue services and items alike."""
        return self._list_lines("service", self.env._("Services Hit"))

    def action_view_departments(self):
        """List the departments whose people are hit."""
        return self._list_lines("department", self.env._("People Hit"))

    def _list_lines(self, kind, name):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": "itsm.ci.impact.line",
            "view_mode": "list",
            "domain": [("analysis_id", "=", self.id), ("kind", "=", kind)],
            "context": {"show_people": kind == "department"},
        }

    # ------------------------------------------------------------------
    # Export
    # ------------------------------------------------------------------

    def action_export(self):
        """Hand out the answer as a workbook."""
        self.ensure_one()
        report = self._failing().impact_report(self._window(), MOST)
        attachment = self.env["ir.attachment"].create(
            {
                "name": self.env._("Impact Analysis") + ".xlsx",
                "raw": self._workbook(report),
                "res_model": self._name,
                "res_id": self.id,
            }
        )
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{attachment.id}?download=true",
            "target": "download",
        }

    def _workbook(self, report):
        """Return a workbook with a sheet for each part of a report."""
        parts = self._sheets(report)
        names = ledger.sheet_names(name for name, _headers, _rows in parts)
        return ledger.write_workbook(
            ledger.OutSheet(name, [ledger.OutColumn(each) for each in headers], rows)
            for name, (_name, headers, rows) in zip(names, parts, strict=True)
        )

    def _sheets(self, report):
        """Return ``(name, headers, rows)`` of the sheets of a report."""
        _ = self.env._
        states = dict(self.env["itsm.ci"]._impact_state_names())
        ticket_states = dict(
            self.env["itsm.ticket"]._fields["state"]._description_selection(self.env)
        )
        return [
            (
                _("Items"),
                [
                    _("Distance"),
                    _("State"),
                    _("Code"),
                    _("Item"),
                    _("Class"),
                    _("Why"),
                    _("Path"),
                ],
                [
                    [
                        node["distance"],
                        states[node["state"]],
                        node["code"],
                        node["name"],
                        node["class_name"],
                        node["why"],
                        node["path"],
                    ]
                    for node in report["nodes"]
                ],
            ),
            (
                _("Services"),
                [_("Service"), _("State")],
                [[one["name"], states[one["state"]]] for one in report["services"]],
            ),
            (
                _("Departments"),
                [_("Department"), _("People")],
                [[one["name"], one["people"]] for one in report["departments"]],
            ),
            (
                _("Open Tickets"),
                [_("Number"), _("Subject"), _("State")],
                [
                    [one["number"], one["name"], ticket_states[one["state"]]]
                    for one in report["tickets"]
                ],
            ),
        ]


class ItsmCiImpactLine(models.TransientModel):
    """One row of the answer of an impact analysis."""

    _name = "itsm.ci.impact.line"
    _description = "Impact Analysis Line"
    _order = "sequence, id"

    analysis_id = fields.Many2one(
        "itsm.ci.impact.analysis", required=True, ondelete="cascade", index=True
    )
    sequence = fields.Integer()
    kind = fields.Selection(
        [
            ("item", "Item"),
            ("service", "Service"),
            ("department", "Department"),
            ("ticket", "Ticket"),
        ],
        required=True,
    )
    name = fields.Char()
    code = fields.Char()
    note = fields.Char()
    state = fields.Selection(
        [("up", "Works"), ("degraded", "Degraded"), ("down", "Down")]
    )
    distance = fields.Integer()
    why = fields.Char()
    path = fields.Char()
    people = fields.Integer()
    is_marginal = fields.Boolean(
        "By This", help="It would be better off if only this did not fail."
    )
    res_model = fields.Char()
    res_id = fields.Integer()

    def action_open_record(self):
        """Open what the line is about."""
        self.ensure_one()
        if not self.res_id:
            raise UserError(self.env._("You may not see this record."))
        return self.env[self.res_model].browse(self.res_id).get_formview_action()
