from odoo import api, models
from odoo.exceptions import UserError

from ..tools import impact
from .itsm_ci_impact_report import LIMIT, MOST
from .itsm_ci_stage import NOT_WORKING

DEPTH = 1
_NEIGHBOURS = """
    WITH RECURSIVE near (ci, depth) AS (
        SELECT unnest(%(ids)s::int[]), 0
         UNION
        SELECT next.ci, near.depth + 1
          FROM near
         CROSS JOIN LATERAL (
            SELECT target_id AS ci FROM itsm_ci_relation
             WHERE source_id = near.ci AND active
             UNION ALL
            SELECT source_id FROM itsm_ci_relation
             WHERE target_id = near.ci AND active
         ) AS next
         WHERE near.depth < %(depth)s
    )
    SELECT near.ci, min(near.depth)
      FROM near JOIN itsm_ci AS item ON item.id = near.ci
     WHERE item.active OR near.depth = 0
     GROUP BY near.ci
     ORDER BY 2, 1
     LIMIT %(limit)s
"""


class ItsmCi(models.Model):
    """The facts that the picture of the graph is drawn from."""

    _inherit = "itsm.ci"

    @api.readonly
    def impact_graph(self, options=None):
        """Return items and relations around these items, as ``impact_report`` does.

        :param options: ``direction`` (impact, dependencies, neighbours), ``depth``,
            ``window`` (``[start, end]``), ``class_ids``, ``limit``; for impact also
            ``degraded_ids`` of these items that do not fail altogether, and
            ``working_ids`` of items that are known to work
        """
        self.check_access("read")
        options = self._graph_options(options)
        direction = options.get("direction") or "impact"
        if direction == "impact":
            return self._graph_of_impact(options)
        if direction == "dependencies":
            return self._graph_of_dependencies(options)
        if direction == "neighbours":
            return self._graph_of_neighbours(options)
        raise UserError(
            self.env._("The picture shows impact, dependencies or neighbours.")
        )

    @api.model
    def _graph_options(self, options):
        """Return the options with whole numbers, or a sentence on what is none."""
        try:
            options = dict(options or {})
            for name in ("depth", "limit"):
                options[name] = int(options.get(name) or 0) or None
            for name in ("class_ids", "degraded_ids", "working_ids"):
                options[name] = [int(each) for each in options.get(name) or ()]
        except (TypeError, ValueError, OverflowError) as error:
            raise UserError(
                self.env._("Depth, limit and classes are given as whole numbers.")
            ) from error
        return options

    def _graph_of_impact(self, options):
        """Return what fails with these items, as far as it is asked for."""
        # Whoever may not read an item cannot find it by saying that it works.
        working = self.browse(options["working_ids"]).exists()
        analysis = self._impact_analysis(
            self._impact_window(options.get("window")),
            dict.fromkeys(options["degraded_ids"], impact.DEGRADED),
            frozenset(working._filtered_access("read").ids),
        )
        report = self._impact_facts(
            analysis, options.get("limit") or LIMIT, options["class_ids"]
        )
        return self._graph_to_depth(report, options.get("depth"))

    @api.model
    def _graph_to_depth(self, report, depth):
        """Leave out what is further away than ``depth``; it is counted all the same."""
        if not depth:
            return report
        nodes = [node for node in report["nodes"] if node["distance"] <= depth]
        return report | self._graph_of_nodes(report, nodes)

    @api.model
    def _graph_of_nodes(self, report, nodes):
        """Return the nodes, and the edges and groups between them."""
        known = {node["id"] for node in nodes}
        return {
            "nodes": nodes,
            "edges": [
                edge
                for edge in report["edges"]
                if edge["from"] in known and edge["to"] in known
            ],
            "groups": [group for group in report["groups"] if group["ci"] in known],
        }

    # ------------------------------------------------------------------
    # Dependencies
    # ------------------------------------------------------------------

    def _graph_of_dependencies(self, options):
        """Return what these items stand on; a state is what its failure would do."""
        network, found = self._dependencies()
        depth = options.get("depth")
        ids = [
            *self.ids,
            *(ci for ci, each in found.items() if not depth or each.distance <= depth),
        ]
        chosen = self._impact_of_classes(ids, options.get("class_ids"))
        shown = chosen[: self._graph_limit(options)]
        named = {*shown, *(ci for each in found.values() for ci in each.path)}
        names = self._impact_names(self.browse(sorted(named)))
        states = dict(self._impact_state_names())
        nodes = self._impact_node_facts(shown, names)
        for node in nodes:
            each = found.get(node["id"])
            state = each.state or "unknown" if each else "up"
            node |= {
                "state": state,
                "distance": each.distance if each else 0,
                "is_source": not each,
                "is_marginal": True,
                "why": self._dependency_sentence(each, states),
                "path": self._impact_path(list(each.path), each.is_cut, names)
                if each
                else "",
            }
        return {
            **self._graph_frame(options, chosen, shown),
            "nodes": nodes,
            "edges": self._impact_edges(network, shown),
            "groups": self._impact_group_facts(network.spread({}), shown),
            "count": len(found) + len(self),
        }

    def _dependency_sentence(self, dependency, states):
        if not dependency:
            return self.env._("What is asked about.")
        if dependency.state is None:
            return self.env._("What its failure would do was not worked out.")
        return self.env._(
            "If it alone failed: %(state)s.", state=states[dependency.state]
        )

    # ------------------------------------------------------------------
    # Neighbours
    # ------------------------------------------------------------------

    def _graph_of_neighbours(self, options):
        """Return what is related to these items, whether or not a failure passes."""
        limit = self._graph_limit(options)
        self.env["itsm.ci.relation"].flush_model()
        self.flush_model(["active"])
        depth = max(1, min(int(options.get("depth") or DEPTH), 5))
        rows = self._graph_rows(_NEIGHBOURS, ids=self.ids, depth=depth, limit=limit + 1)
        distances = dict(rows)
        chosen = self._impact_of_classes(list(distances), options.get("class_ids"))
        shown = chosen[:limit]
        nodes = self._impact_node_facts(shown, self._impact_names(self.browse(shown)))
        # sudo: only whether it works is told.
        broken = {
            item.id for item in self.sudo().browse(shown) if item.status in NOT_WORKING
        }
        for node in nodes:
            node |= {
                "state": "down" if node["id"] in broken else "up",
                "distance": distances[node["id"]],
                "is_source": node["id"] in self.ids,
                "is_marginal": True,
                "why": "",
                "path": "",
            }
        return {
            **self._graph_frame(options, chosen, shown),
            "nodes": nodes,
            "edges": self._neighbour_edges(shown),
            "groups": [],
            "count": len(chosen),
        }

    @api.model
    def _neighbour_edges(self, shown):
        # sudo: both ends are shown, masked where they must be.
        relations = (
            self.env["itsm.ci.relation"]
            .sudo()
            .search(
                [("source_id", "in", shown), ("target_id", "in", shown)], limit=MOST
            )
        )
        edges = []
        for relation in relations:
            # An arrow goes from what is needed to what needs it.
            ends = relation.target_id.id, relation.source_id.id
            if relation.impact == "target":
                ends = ends[::-1]
            edges.append(
                {
                    "id": relation.id,
                    "from": ends[0],
                    "to": ends[1],
                    "group": relation.group_id.id or None,
                    "strength": relation.strength,
                    "type_name": relation.type_id.name,
                }
            )
        return edges

    # ------------------------------------------------------------------

    @api.model
    def _graph_limit(self, options):
        return max(1, min(int(options.get("limit") or LIMIT), MOST))

    @api.model
    def _graph_frame(self, options, chosen, shown):
        """Return the parts that only an analysis of impact fills."""
        return {
            "services": [],
            "departments": [],
            "people": 0,
            "tickets": [],
            "ticket_count": 0,
            "truncated": len(chosen) > len(shown),
            "limit": self._graph_limit(options),
        }
