from odoo import api, fields, models
from odoo.fields import Domain

from ..tools import states

READERS = (
    "itsm_helpdesk.group_itsm_agent,itsm_helpdesk.group_itsm_auditor,"
    "itsm_cmdb.group_cmdb_engineer,itsm_change.group_change_user"
)
# What becomes of an item by these decides how many people a change touches.
_COUNTED = frozenset({"class_id", "custodian_id", "department_id"})


class ItsmCi(models.Model):
    """The changes of an item: planned ones, and those that were made."""

    _inherit = "itsm.ci"

    change_link_ids = fields.One2many(
        "itsm.change.ci", "ci_id", "Change Links", groups=READERS
    )
    change_count = fields.Integer(
        "Number of Changes", compute="_compute_change_count", groups=READERS
    )
    open_change_count = fields.Integer(
        "Open Changes", compute="_compute_change_count", groups=READERS
    )

    @api.depends("change_link_ids.role", "change_link_ids.change_id.state")
    @api.depends_context("uid")
    def _compute_change_count(self):
        every = self._change_counts(Domain.TRUE)
        still_open = self._change_counts(
            Domain("change_id.state", "in", states.OPEN_STATES)
        )
        for item in self:
            item.change_count = every.get(item._origin.id, 0)
            item.open_change_count = still_open.get(item._origin.id, 0)

    def _change_counts(self, domain):
        """Return ``{item id: number of changes that are made on it}``."""
        Link = self.env["itsm.change.ci"]
        domain &= Domain("role", "in", Link._chosen_roles)
        domain &= Domain("excluded", "=", False) & Domain("ci_id", "in", self.ids)
        groups = Link._read_group(domain, ["ci_id"], ["__count"])
        return {item.id: count for item, count in groups}

    def action_view_changes(self):
        """Open the changes that are made on these items, the planned ones first."""
        return self.env["itsm.change"]._list_action([("ci_ids", "in", self.ids)])

    def action_make_change(self):
        """Open a new change that is made on these items."""
        return self.env["itsm.change"]._new_action({}, self)

    def action_change_under(self):
        """Open the form that plans how the item will be after a change."""
        self.ensure_one()
        return self.env["itsm.change.proposal"]._open({}, self)

    # ------------------------------------------------------------------
    # What changes touch depends on items
    # ------------------------------------------------------------------

    def _log_changes(self, changes, origin=None):
        """What becomes of items decides what is touched, and whom it hits."""
        result = super()._log_changes(changes, origin)
        # sudo: changes that the user may not see touch items too.
        Change = self.env["itsm.change"].sudo()
        Change._mark_conflicts_of_items(
            [id_ for id_, pairs in changes.items() if "active" in pairs]
        )
        Change._mark_touched_of_items(
            [id_ for id_, pairs in changes.items() if not _COUNTED.isdisjoint(pairs)]
        )
        return result

    def _merge_into(self, survivor):
        """One thing keeps the changes that were written down for its records."""
        result = super()._merge_into(survivor)
        # sudo: what happened to a thing belongs to it, whoever may see it.
        links = self.env["itsm.change.ci"].sudo()
        changes = links.search([("ci_id", "in", self.ids)]).change_id
        self._merge_rows("itsm_change_ci", "ci_id", survivor, ("change_id",))
        self._merge_rows(
            "itsm_change_delta", "ci_id", survivor, ("change_id", "kind", "key")
        )
        self.env.invalidate_all()
        changes._mark_touched()
        changes._mark_conflicts()
        return result

    # ------------------------------------------------------------------
    # Planned outages
    # ------------------------------------------------------------------

    @api.model
    def _impact_known_failures(self, window):
        """What planned outages take away in a window fails too.

        With ``itsm_impact_change`` in the context, the id of a change, that one is
        asked about and does not count as known.
        """
        known = super()._impact_known_failures(window)
        window = [fields.Datetime.to_datetime(each) for each in window]
        mine = self.env.context.get("itsm_impact_change")
        outages = self.env["itsm.change"]._outages_in(window, mine)
        changes = self.env["itsm.change"].browse({each[0] for each in outages})
        visible = changes._filtered_access("read")
        # sudo: of changes that the user may not see, no number is told.
        numbers = {change.id: change.number for change in visible.sudo()}
        for change_id, ci_id, state in outages:
            text = self.env._("Planned outage.")
            if change_id in numbers:
                text = self.env._(
                    "Planned outage of change %(number)s.", number=numbers[change_id]
                )
            if known.get(ci_id, (0,))[0] < state:
                known[ci_id] = state, text
        return known

    @api.model
    def _graph_options(self, options):
        options = super()._graph_options(options)
        change_id = options.pop("change_id", None)
        if isinstance(change_id, int):
            options["change_id"] = change_id
        return options

    def _graph_of_impact(self, options):
        """A change is not known beside what is asked about it."""
        asked = self.with_context(itsm_impact_change=options.get("change_id"))
        return super(ItsmCi, asked)._graph_of_impact(options)
