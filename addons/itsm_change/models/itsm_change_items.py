from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from odoo.addons.itsm_cmdb.models.itsm_ci_impact import id_array

from .itsm_change_ci import CHOSEN_ROLES

_SERVICES = """
    SELECT DISTINCT link.change_id, delivered.service_id
      FROM itsm_change_ci AS link
      JOIN itsm_service_ci_rel AS delivered ON delivered.ci_id = link.ci_id
     WHERE link.change_id = ANY(%(ids)s::int[]) AND NOT COALESCE(link.excluded, FALSE)
"""


class ItsmChange(models.Model):
    """The items that a change is made on, and what it touches."""

    _name = "itsm.change"
    _inherit = ["itsm.change", "itsm.ci.linked"]

    chosen_link_ids = fields.One2many(
        "itsm.change.ci",
        "change_id",
        "Affected Items",
        domain=[("role", "in", CHOSEN_ROLES)],
    )
    touched_link_ids = fields.One2many(
        "itsm.change.ci", "change_id", "Touched", domain=[("role", "=", "touched")]
    )
    ci_ids = fields.Many2many(help="What the change is made on.")
    touched_ci_ids = fields.Many2many(
        help="What it touches beyond, by analysis or by choice."
    )
    touched_service_ids = fields.Many2many(
        "itsm.service",
        string="Touched Services",
        compute="_compute_touched_service_ids",
        search="_search_touched_service_ids",
        help="Services of the catalogue that affected or touched items deliver.",
    )

    @api.model
    def _content_fields(self):
        lists = {"ci_ids", "chosen_link_ids", "touched_link_ids", "touched_ci_ids"}
        return super()._content_fields() | lists

    @api.model
    def _next_step_fields(self):
        return (*super()._next_step_fields(), "chosen_link_ids", "ci_ids")

    @api.depends("ci_link_ids.ci_id", "ci_link_ids.excluded")
    @api.depends_context("uid")
    def _compute_touched_service_ids(self):
        self.env["itsm.change.ci"].flush_model()
        self.env["itsm.service"].flush_model(["ci_ids"])
        rows = self.env.execute_query(SQL(_SERVICES, ids=id_array(self._origin.ids)))
        Service = self.env["itsm.service"]
        seen = Service.browse({row[1] for row in rows}).exists()
        seen = set(seen._filtered_access("read")._ids)
        of_change = {}
        for change_id, service_id in rows:
            if service_id in seen:
                of_change.setdefault(change_id, []).append(service_id)
        for change in self:
            services = of_change.get(change._origin.id, ())
            change.touched_service_ids = Service.browse(services)

    def _search_touched_service_ids(self, operator, value):
        if operator not in ("in", "any"):
            return NotImplemented
        if operator == "in" and False in value:
            return NotImplemented
        services = self.env["itsm.service"].search([("id", operator, value)])
        # sudo: what delivers a service that the user sees; not which items these are.
        return self._search_items(
            fields.Domain.TRUE, "in", services.sudo().ci_ids.ids or [0]
        )

    def _assumed_state(self, link):
        return link.state or ("down" if self.has_outage else "degraded")

    # ------------------------------------------------------------------
    # Impact
    # ------------------------------------------------------------------

    @api.private
    def find_impact(self, window=None):
        """Return what fails while the change is made: ``{id: Reached}``.

        :param window: ``(start, end)``: other failures known in it count too, such as
            outages of other changes
        """
        self.ensure_one()
        self.check_access("read")
        return self.sudo()._impact_of_items(window).outcome

    def _impact_of_items(self, window=None):
        """Return the analysis of what the change is made on."""
        failing, works = self._assumed_failures()
        Ci = self.env["itsm.ci"].with_context(itsm_impact_change=self.id)
        return Ci.browse(failing)._impact_analysis(window, failing, works)

    def action_analyse_impact(self):
        """Find what the changes touch, now."""
        self.check_access("read")
        for change in self:
            if not change.ci_ids:
                change._refuse_without_items()
        if self._tracked_items():
            # sudo: what is found does not depend on who looks, and nobody chooses it.
            self.sudo()._refresh_touched()
        return True

    def action_impact_graph(self):
        """Draw what the change touches at its time."""
        self.ensure_one()
        if not self.ci_ids:
            self._refuse_without_items()
        options = {"change_id": self.id}
        if self.planned_start and self.planned_end:
            options["window"] = [
                fields.Datetime.to_string(self.planned_start),
                fields.Datetime.to_string(self.planned_end),
            ]
        return self._impact_picture(self.env._("Impact of %s", self.number), **options)

    def action_view_touched(self):
        """Open the items that are affected or touched."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "itsm_cmdb.itsm_ci_action"
        )
        return action | {
            "name": self.env._("Items of %s", self.number),
            "domain": [("id", "in", (self.ci_ids | self.touched_ci_ids).ids)],
            "context": {"create": False},
        }

    def _refuse_without_items(self):
        raise UserError(
            self.env._(
                "Say first what %(change)s is made on: add an affected item.",
                change=self.display_name,
            )
        )

    # ------------------------------------------------------------------
    # Gate
    # ------------------------------------------------------------------

    def _gate_facts(self):
        return super()._gate_facts() | {
            "items": (
                self._names_items(),
                self.env._("Choose the items that are changed."),
            )
        }

    def _names_items(self):
        """Hook: tell whether the change says what it is made on."""
        self.ensure_one()
        # While it is being typed in, it is on the screen's list only.
        links = self.ci_link_ids if self.id else self.chosen_link_ids
        return any(link._is_chosen() for link in links)
