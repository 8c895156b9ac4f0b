from odoo import models
from odoo.exceptions import UserError
from odoo.tools import format_list
from odoo.tools.misc import formatLang

from odoo.addons.itsm_cmdb.models.itsm_ci_impact import Analysis
from odoo.addons.itsm_cmdb.tools import impact

_NAMED = 3


class ItsmChange(models.Model):
    """What a change does to others: from the impact analysis, and from its time.

    Each method returns ``{change id: (value, source in words)}``.
    """

    _inherit = "itsm.change"

    def _risk_analyses(self):
        """Return ``{change id: analysis}`` of what the changes do to items.

        A change that is made on no item has none.
        """
        assumed = {change: change._assumed_failures() for change in self}
        sources = {}
        for failing, _works in assumed.values():
            for ci_id, state in failing.items():
                sources[ci_id] = max(state, sources.get(ci_id, impact.UP))
        if not sources:
            return {}
        network, archived = self.env["itsm.ci"]._impact_network(sources)
        return {
            change.id: Analysis(network, failing, {}, works | archived)
            for change, (failing, works) in assumed.items()
            if failing
        }

    def _risk_impact(self):
        """Return ``{factor: {change id: (value, source)}}`` of the impact analysis."""
        analyses = self._risk_analyses()
        found = {"criticality": {}, "people": {}, "redundancy": {}}
        nothing = None, self.env._("No items are chosen.")
        for change in self:
            analysis = analyses.get(change.id)
            if analysis is None:
                for facts in found.values():
                    facts[change.id] = nothing
                continue
            hit = analysis.hit()
            found["criticality"][change.id] = change._risk_of_hit(analysis, hit)
            found["people"][change.id] = change._risk_of_people(hit)
            found["redundancy"][change.id] = change._risk_of_redundancy(analysis)
        return found

    def _risk_of_hit(self, analysis, hit):
        """Return how much the worst hit item matters: 4 for a critical one down."""
        items = self.env["itsm.ci"].browse(hit)

        def weight(item):
            down = analysis.outcome.state[item.id] == impact.DOWN
            return (5 - int(item.criticality)) * (1.0 if down else 0.5)

        weights = {item: weight(item) for item in items}
        worst = max(weights.values(), default=0.0)
        if not worst:
            return 0.0, self.env._("Nothing is hit.")
        named = items.filtered(lambda item: weights[item] == worst)[:_NAMED]
        labels = dict(items._fields["criticality"]._description_selection(self.env))
        kinds = dict(items._impact_state_names())
        state = impact.STATES[analysis.outcome.state[named[0].id]]
        return worst, self.env._(
            "The worst of %(count)s items that it hits: %(items)s (%(criticality)s, "
            "%(state)s).",
            count=len(items),
            items=self._risk_names(named),
            criticality=labels[named[0].criticality],
            state=kinds[state],
        )

    def _risk_of_people(self, hit):
        departments, people = self.env["itsm.ci"]._impact_departments(hit)
        if not people:
            return 0, self.env._("Nobody works with what it hits, as far as is known.")
        return people, self.env._(
            "%(people)s people work with what it hits: %(departments)s.",
            people=people,
            departments=format_list(
                self.env, (department["name"] for department in departments[:_NAMED])
            )
            or self.env._("those who have the items"),
        )

    def _risk_of_redundancy(self, analysis):
        Item = self.env["itsm.ci"]
        at_risk = Item._impact_at_risk(analysis)
        if not at_risk:
            return 0, self.env._("Nothing loses its redundancy.")
        return len(at_risk), self.env._(
            "%(count)s items go on with less redundancy: %(items)s.",
            count=len(at_risk),
            items=self._risk_names(Item.browse(list(at_risk)[:_NAMED])),
        )

    def _risk_names(self, items):
        """Return names of items as all who may read the change may know them."""
        Item = items.with_context(itsm_impact_readers=self.company_id.id)
        return format_list(self.env, dict.fromkeys(Item._impact_names(Item).values()))

    # ------------------------------------------------------------------
    # Time
    # ------------------------------------------------------------------

    def _risk_working_time(self):
        found = {}
        for change in self:
            start, end = change._risk_window()
            if not (start and end):
                found[change.id] = None, self.env._("No date is chosen.")
                continue
            calendar = change.company_id.resource_calendar_id
            if not calendar:
                found[change.id] = 100.0, self.env._("The company works at all hours.")
                continue
            try:
                timeline = calendar._itsm_timeline(change.company_id)
            except UserError as error:
                # Flexible hours: nobody knows when people work.
                found[change.id] = None, str(error)
                continue
            share = 100.0 * timeline.between(start, end) / (end - start).total_seconds()
            what = self.env._("the outage") if change.has_outage else self.env._("it")
            found[change.id] = (
                round(share, 1),
                self.env._(
                    "%(share)s %% of %(what)s is within the working hours “%(hours)s”.",
                    share=formatLang(self.env, share, digits=0),
                    what=what,
                    hours=calendar.name,
                ),
            )
        return found

    def _risk_window(self):
        """Return when it disturbs: the outage, otherwise the whole time."""
        if self.has_outage:
            return (
                self.outage_start or self.planned_start,
                self.outage_end or self.planned_end,
            )
        return self.planned_start, self.planned_end

    def _risk_freeze(self):
        freezes = self._freezes_of()
        found = {}
        for change in self:
            if not (change.planned_start and change.planned_end):
                found[change.id] = None, self.env._("No date is chosen.")
                continue
            mine = freezes.get(change.id)
            found[change.id] = (
                (len(mine), format_list(self.env, mine.mapped("name")))
                if mine
                else (0, self.env._("It is not in a freeze."))
            )
        return found
