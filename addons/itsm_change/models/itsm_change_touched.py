from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.itsm_cmdb.models.itsm_ci_impact import Analysis, id_array
from odoo.addons.itsm_cmdb.tools import impact

from ..tools import states

# As long as a change may still do harm, what it touches is kept up to date; then it
# stays as it was.
TRACKED_STATES = (*states.PLANNED_STATES, states.IMPLEMENT)
_TOUCHED = """
    SELECT link.change_id, link.ci_id,
           COALESCE(link.state, CASE WHEN change.has_outage
                                     THEN 'down' ELSE 'degraded' END)
      FROM itsm_change_ci AS link
      JOIN itsm_change AS change ON change.id = link.change_id
     WHERE link.change_id = ANY(%(ids)s::int[]) AND NOT COALESCE(link.excluded, FALSE)
"""
_NOTE = """
    UPDATE itsm_change AS change
       SET touched_at = now() AT TIME ZONE 'UTC', is_touched_stale = FALSE,
           impact_item_count = found.items,
           impact_service_count = found.services,
           impact_people_count = found.people
      FROM unnest(%(ids)s::int[], %(items)s::int[], %(services)s::int[],
                  %(people)s::int[]) AS found (id, items, services, people)
     WHERE change.id = found.id
"""
_FIGURES = (
    "touched_at",
    "is_touched_stale",
    "impact_item_count",
    "impact_service_count",
    "impact_people_count",
)


class ItsmChange(models.Model):
    """What changes touch: found by the impact analysis, kept as links."""

    _inherit = "itsm.change"

    touched_at = fields.Datetime("Impact Analysed On", readonly=True, copy=False)
    # Set by one statement for many; verbs look again before they trust the links.
    is_touched_stale = fields.Boolean(
        "Is Being Analysed Anew", readonly=True, copy=False
    )

    _touched_stale_idx = models.Index("(id) WHERE is_touched_stale")

    @api.model
    def _system_fields(self):
        return super()._system_fields() | set(_FIGURES)

    def _touched(self):
        """Return ``{change id: {item id: state}}``, what they are made on too."""
        self.env["itsm.change.ci"].flush_model()
        self.flush_model(["has_outage"])
        touched = {change_id: {} for change_id in self.ids}
        rows = self.env.execute_query(SQL(_TOUCHED, ids=id_array(self.ids)))
        for change_id, ci_id, state in rows:
            touched[change_id][ci_id] = impact.STATES.index(state)
        return touched

    def _tracked_items(self):
        """Return the changes whose touched items are kept up to date."""
        return self.filtered(lambda change: change.state in TRACKED_STATES)

    def _refresh_touched(self):
        """Find what these changes touch, and note it; one look at the relations."""
        changes = self.sudo().exists()._tracked_items()
        if not changes:
            return
        assumed = {change: change._assumed_failures() for change in changes}
        sources = {}
        for failing, _works in assumed.values():
            for ci_id, state in failing.items():
                sources[ci_id] = max(state, sources.get(ci_id, 0))
        network, archived = self.env["itsm.ci"].sudo()._impact_network(sources)
        figures, moved = [], self.browse()
        for change, (failing, works) in assumed.items():
            analysis = Analysis(network, failing, {}, works | archived)
            found, is_other = change._keep_analysis(analysis)
            figures.append(found)
            moved |= change if is_other else self.browse()
        changes._note_touched(figures)
        if moved:
            moved._mark_conflicts()

    def _note_touched(self, figures):
        """Write the figures at once; nobody need hear of each."""
        columns = {
            short: [each[f"impact_{name}_count"] for each in figures]
            for short, name in (
                ("items", "item"),
                ("services", "service"),
                ("people", "people"),
            )
        }
        self.flush_recordset()
        self.env.cr.execute(SQL(_NOTE, ids=self.ids, **columns))
        self.invalidate_recordset(_FIGURES, flush=False)
