from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools import impact

# What a picture can show; a table shows more.
LIMIT, MOST = 500, 10_000
EDGE_LIMIT = 5_000
# So many reasons and stations a sentence names.
REASONS, STATIONS = 3, 8


class ItsmCi(models.Model):
    """An impact analysis as facts for screens, with sentences for people."""

    _inherit = "itsm.ci"

    @api.readonly
    def impact_report(self, window=None, limit=LIMIT, class_ids=None):
        """Return what fails with these items, as facts for a screen.

        :param window: ``[start, end]``: other failures known in it count too
        :param limit: how many items are told; all are counted
        :param class_ids: only items of these classes are told, and those below them
        """
        self.check_access("read")
        analysis = self._impact_analysis(self._impact_window(window))
        return self._impact_facts(analysis, limit, class_ids)

    @api.model
    def _impact_window(self, window):
        """Return a window as two moments; None stays None."""
        if not window:
            return None
        try:
            start, end = (fields.Datetime.to_datetime(moment) for moment in window)
        except (TypeError, ValueError):
            start = end = None
        if not start or not end or end < start:
            raise UserError(
                self.env._("Give the window two moments, the later one second.")
            )
        return start, end

    def _impact_facts(self, analysis, limit=LIMIT, class_ids=None):
        """Return an analysis as facts: items, relations, groups, and whom it hits."""
        outcome, hit = analysis.outcome, analysis.hit()
        at_risk = self._impact_at_risk(analysis)
        chosen = self._impact_of_classes([*hit, *at_risk], class_ids)
        shown = chosen[: max(1, min(int(limit or LIMIT), MOST))]
        departments, people = self._impact_departments(hit)
        tickets, ticket_count = self._impact_tickets(hit)
        return {
            "nodes": self._impact_nodes(analysis, shown, at_risk),
            "edges": self._impact_edges(analysis.network, shown),
            "groups": self._impact_group_facts(outcome, shown),
            "services": self._impact_services(outcome, hit),
            "departments": departments,
            "people": people,
            "tickets": tickets,
            "ticket_count": ticket_count,
            "truncated": len(chosen) > len(shown),
            "limit": limit,
            "count": len(hit),
        }

    @api.model
    def _impact_at_risk(self, analysis):
        """Return ``{id: distance}`` of items that lose redundancy and still work."""
        outcome, at_risk = analysis.outcome, {}
        for key, lost in outcome.lost.items():
            group = analysis.network.groups[key]
            if lost > group.lost and group.dependant not in outcome:
                at_risk[group.dependant] = 1 + min(
                    outcome.distance(member.provider)
                    for member in group.members
                    if member.provider in outcome
                )
        return dict(sorted(at_risk.items(), key=lambda pair: (pair[1], pair[0])))

    @api.model
    def _impact_of_classes(self, ids, class_ids):
        """Return those ids whose items are of some classes; the asked ones stay."""
        if not class_ids:
            return ids
        # sudo: items of other classes are left out, not those one may not see.
        kept = (
            self.sudo()
            .with_context(active_test=False)
            .search([("id", "in", ids), ("class_id", "child_of", class_ids)])
        )
        kept = set(kept.ids) | set(self.ids)
        return [ci_id for ci_id in ids if ci_id in kept]

    # ------------------------------------------------------------------
    # Items
    # ------------------------------------------------------------------

    @api.model
    def _impact_nodes(self, analysis, shown, at_risk):
        """Return facts of items that are hit, or lose their redundancy."""
        outcome = analysis.outcome
        whys = {ci_id: outcome.why(ci_id) for ci_id in shown if ci_id in outcome}
        paths = {ci_id: outcome.ends(ci_id, STATIONS) for ci_id in whys}
        named = {
            *shown,
            *(cause.provider for why in whys.values() for cause in why[:REASONS]),
            *(station for stations, _cut in paths.values() for station in stations),
        } - {None}
        names = self._impact_names(self.browse(sorted(named)))
        group_names = self._impact_group_names(whys)
        nodes = []
        for node in self._impact_node_facts(shown, names):
            ci_id = node["id"]
            if ci_id in whys:
                node |= {
                    "state": impact.STATES[outcome.state[ci_id]],
                    "distance": outcome.distance(ci_id),
                    "is_source": ci_id in analysis.asked,
                    "is_marginal": analysis.is_marginal(ci_id),
                    "why": self._impact_sentence(
                        analysis, ci_id, whys[ci_id], names, group_names
                    ),
                    "path": self._impact_path(*paths[ci_id], names),
                }
            else:
                node |= {
                    "state": "up",
                    "distance": at_risk[ci_id],
                    "is_source": False,
                    "is_marginal": True,
                    "why": self.env._("It still works, but loses redundancy."),
                    "path": "",
                }
            nodes.append(node)
        return nodes

    @api.model
    def _impact_node_facts(self, ids, names):
        """Return what is told of items whatever becomes of them, in their order."""
        items = self.browse(ids)
        visible = set(items._filtered_access("read")._ids)
        # sudo: of what the user may not read nothing but its place is told.
        return [
            {
                "id": item.id,
                "name": names[item.id],
                "code": item.code or "" if item.id in visible else "",
                "class_id": item.class_id.id if item.id in visible else False,
                "class_name": item.class_id.name if item.id in visible else "",
                "icon": item.class_id.icon if item.id in visible else "fa-lock",
                "criticality": item.criticality if item.id in visible else False,
                "masked": item.id not in visible,
            }
            for item in items.sudo()
        ]

    @api.model
    def _impact_group_names(self, whys):
        groups = {cause.group for why in whys.values() for cause in why} - {None}
        found = self.env["itsm.ci.dependency.group"].browse(groups)
        return self._impact_names_of_groups(found)

    @api.model
    def _impact_names_of_groups(self, groups):
        """Return ``{id: name}``; a group is named to those who may see its item."""
        # sudo: which item a group belongs to; it is looked at with the own rights.
        items = groups.sudo().ci_id.with_env(self.env)
        visible = self._impact_visible(items)
        return {
            group.id: group.name if group.ci_id.id in visible else "…"
            for group in groups.sudo()
        }

    def _impact_sentence(self, analysis, ci_id, why, names, group_names):
        """Return why an item has its state, in a sentence for people."""
        cause = why[0]
        if cause.rule == impact.SOURCE:
            if ci_id in analysis.asked:
                return self.env._("It is assumed to fail.")
            return analysis.known[ci_id][1]
        states = dict(self._impact_state_names())
        providers = self.env._(", ").join(
            self.env._(
                "“%(name)s” (%(state)s)",
                name=names[each.provider],
                state=states[analysis.outcome[each.provider].state],
            )
            for each in why[:REASONS]
        )
        if len(why) > REASONS:
            providers = self.env._(
                "%(names)s and %(number)s more",
                names=providers,
                number=len(why) - REASONS,
            )
        if cause.rule == impact.HARD:
            return self.env._(
                "It cannot work without %(providers)s.", providers=providers
            )
        if cause.rule == impact.SOFT:
            return self.env._(
                "It works worse without %(providers)s.", providers=providers
            )
        return self.env._(
            "Redundancy group “%(group)s” has too little left without %(providers)s.",
            group=group_names.get(cause.group, ""),
            providers=providers,
        )

    @api.model
    def _impact_state_names(self):
        """Return the states with the words for them."""
        return [
            ("up", self.env._("Works")),
            ("degraded", self.env._("Degraded")),
            ("down", self.env._("Down")),
        ]

    @api.model
    def _impact_path(self, stations, is_cut, names):
        """Return the way from a source to an item, long ones without their middle."""
        words = [names[station] for station in stations]
        if is_cut:
            words.insert(STATIONS // 2, "…")
        return " → ".join(words)

    # ------------------------------------------------------------------
    # Relations and groups
    # ------------------------------------------------------------------

    @api.model
    def _impact_edges(self, network, shown):
        """Return the relations between items that are shown."""
        known, edges = set(shown), []
        for ci_id in shown:
            edges += [
                (relation, provider, ci_id, None, hard)
                for provider, relation, hard in network.into(ci_id)
                if provider in known
            ]
            for group in network.groups_of(ci_id):
                edges += [
                    (member.relation, member.provider, ci_id, group.id, True)
                    for member in group.members
                    if member.provider in known
                ]
            if len(edges) > EDGE_LIMIT:
                break
        # sudo: types are no secret; the items of a relation are masked themselves.
        relations = self.env["itsm.ci.relation"].sudo().browse({e[0] for e in edges})
        type_of = {relation.id: relation.type_id.name for relation in relations}
        return [
            {
                "id": relation,
                "from": provider,
                "to": dependant,
                "group": group,
                "strength": "hard" if hard else "soft",
                "type_name": type_of[relation],
            }
            for relation, provider, dependant, group, hard in edges[:EDGE_LIMIT]
        ]

    @api.model
    def _impact_group_facts(self, outcome, shown):
        """Return what is left of the groups of the items that are shown."""
        groups = [
            group
            for ci_id in shown
            for group in outcome.network.groups_of(ci_id)
            if outcome.lost.get(group.id, group.lost) or outcome.dim.get(group.id)
        ]
        names = self._impact_names_of_groups(
            self.env["itsm.ci.dependency.group"].browse(g.id for g in groups)
        )
        return [
            {
                "id": group.id,
                "ci": group.dependant,
                "name": names[group.id],
                "needed": group.needed,
                "working": outcome.working(group),
                "total": group.weight,
                "lost_redundancy": outcome.working(group) < group.weight,
            }
            for group in groups
        ]
