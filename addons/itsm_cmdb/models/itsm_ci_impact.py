from odoo import api, models
from odoo.tools import SQL

from ..tools import impact

# What acts on an item: from either end of a relation, by its type's impact. Both
# halves read nothing but a partial covering index of ``itsm.ci.relation``.
_HITS = """
    SELECT {columns_source} FROM itsm_ci_relation
     WHERE target_id = {provider}.ci AND active AND impact IN ('source', 'both') {only}
     UNION ALL
    SELECT {columns_target} FROM itsm_ci_relation
     WHERE source_id = {provider}.ci AND active AND impact IN ('target', 'both') {only}
"""
# What hands on a state as it is; a group may do so.
_WHOLE = "AND (strength = 'hard' OR group_id IS NOT NULL)"
# As ``tools.impact.packed`` has it; negative where a group stands for the relation.
_PACKED = """
    (({end}::bigint << 32) | (id::bigint << 1) | (strength = 'hard')::int)
    * (CASE WHEN group_id IS NULL THEN 1 ELSE -1 END)
"""


def _hit_by(provider, only=""):
    """Return the query of items that the row ``provider`` acts on."""
    return _HITS.format(
        columns_source="source_id AS ci",
        columns_target="target_id",
        provider=provider,
        only=only,
    )


def _packed_by(provider, only=""):
    """Return the query of what the row ``provider`` acts on, packed."""
    return _HITS.format(
        columns_source=_PACKED.format(end="source_id"),
        columns_target=_PACKED.format(end="target_id"),
        provider=provider,
        only=only,
    )


# First all that could come to be down, then all that could come to be degraded. So no
# item is looked at twice, and nothing that cannot be hit is fetched. One row an item:
# what it hits, and whether it is in the archive, where nothing passes.
_REACH = f"""
    WITH RECURSIVE down (ci) AS (
        SELECT unnest(%(down)s::int[])
         UNION
        SELECT hit.ci
          FROM down CROSS JOIN LATERAL ({_hit_by("down", _WHOLE)}) AS hit
    ),
    down_hits (ci, hits) AS MATERIALIZED (
        SELECT ci, ARRAY({_packed_by("down")}) FROM down
    ),
    degraded (ci) AS (
        (
            SELECT given.ci
              FROM (
                SELECT unnest(%(degraded)s::int[])
                 UNION
                SELECT (hit >> 32)::int
                  FROM down_hits CROSS JOIN LATERAL unnest(hits) AS hit
                 WHERE hit > 0 AND hit & 1 = 0
              ) AS given (ci)
             WHERE given.ci NOT IN (SELECT ci FROM down)
        )
         UNION
        SELECT hit.ci
          FROM degraded CROSS JOIN LATERAL ({_hit_by("degraded", _WHOLE)}) AS hit
         WHERE hit.ci NOT IN (SELECT ci FROM down)
    )
    SELECT * FROM down_hits
     UNION ALL
    SELECT ci, ARRAY({_packed_by("degraded", _WHOLE)}) FROM degraded
     UNION ALL
    SELECT id, NULL
      FROM itsm_ci
     WHERE NOT active
       AND id IN (SELECT ci FROM down UNION ALL SELECT ci FROM degraded)
"""
_GROUPS = """
    SELECT grp.id, grp.ci_id, grp.minimum, COALESCE(grp."full", 0),
           grp.unit = 'percent',
           array_agg(relation.id), array_agg(provider.id),
           array_agg(relation.weight), array_agg(provider.active)
      FROM itsm_ci_dependency_group AS grp
      JOIN itsm_ci_relation AS relation ON relation.group_id = grp.id
       AND relation.active
      JOIN itsm_ci AS provider
        ON provider.id = CASE WHEN relation.source_id = grp.ci_id
                              THEN relation.target_id ELSE relation.source_id END
     WHERE grp.ci_id = ANY(%(ids)s::int[]) AND grp.active
     GROUP BY grp.id
"""


def id_array(ids):
    """Return ids as the text of an array, which is read faster than a list of terms."""
    return f"{{{','.join(map(str, ids))}}}"


class Analysis:
    """An impact analysis: what was asked, what else fails, and what comes of it.

    :ivar asked: ``{id: state}`` of what is assumed to fail
    :ivar known: ``{id: (state, text)}`` of what else fails in the window
    :ivar outcome: what both do
    """

    def __init__(self, network, asked, known, immune):
        self.network, self.asked, self.known = network, asked, known
        others = {ci: state for ci, (state, _text) in known.items()}
        both = {ci: max(asked.get(ci, 0), others.get(ci, 0)) for ci in asked | others}
        self.outcome = network.spread(both, immune)
        self._alone = network.spread(asked, immune) if known else self.outcome
        self._without = network.spread(others, immune) if known else {}

    def is_marginal(self, ci_id):
        """Tell whether an item is worse off than by the known failures alone."""
        if not self.known:
            return True
        return self.outcome.state[ci_id] > self._without.state.get(ci_id, 0)

    def hit(self):
        """Return the ids of all that is asked for or hit by it, nearest first.

        What only the known failures hit is none of this analysis' business.
        """
        outcome = ids = self.outcome
        if self.known:
            ids = [
                ci_id
                for ci_id in outcome
                if ci_id in self._alone or self.is_marginal(ci_id)
            ]
        ranked = sorted(
            (outcome.distance(ci_id), -outcome.state[ci_id], ci_id) for ci_id in ids
        )
        return [ci_id for _distance, _state, ci_id in ranked]


class ItsmCi(models.Model):
    """What fails with an item: fetched by one query, decided by ``tools/impact.py``.

    The whole graph counts, whatever the user may see: two people get the same answer.
    What somebody may not see is masked where it is shown.
    """

    _inherit = "itsm.ci"

    _archived_idx = models.Index("(id) WHERE NOT active")

    @api.private
    def impact(self, window=None):
        """Return what fails when these items fail: ``{id: Reached}``.

        The items themselves are in it, at distance 0.

        :param window: ``(start, end)``: other failures known in it count too
        """
        self.check_access("read")
        return self._impact_analysis(window).outcome

    def _impact_analysis(self, window=None, states=None, immune=()):
        """Return the analysis of these items' failure.

        :param states: ``{id: state}`` where an item does not go down altogether
        :param immune: ids of items that are known to work
        """
        asked = {
            ci_id: (states or {}).get(ci_id, impact.DOWN)
            for ci_id in self.ids
            if ci_id not in immune
        }
        known = self._impact_known_failures(window) if window else {}
        sources = dict.fromkeys([*asked, *known], impact.DOWN)
        network, archived = self._impact_network(sources)
        return Analysis(network, asked, known, frozenset(immune) | archived)

    @api.model
    def _impact_network(self, sources):
        """Return the relations that failing ``sources`` may act over.

        :param dict sources: ``{id: state}``
        :return: a network, and the ids of items in the archive
        """
        self.env["itsm.ci.relation"].flush_model()
        self.env["itsm.ci.dependency.group"].flush_model()
        self.flush_model(["active"])
        rows = self._graph_rows(
            _REACH,
            down=[ci for ci, state in sources.items() if state == impact.DOWN],
            degraded=[ci for ci, state in sources.items() if state < impact.DOWN],
        )
        archived = set()
        while rows and rows[-1][1] is None:
            archived.add(rows.pop()[0])
        hits = dict(rows)
        grouped = {
            impact.unpacked(-hit)[0]
            for own in hits.values()
            if own and min(own) < 0
            for hit in own
            if hit < 0
        }
        return impact.Network.of_hits(hits, self._impact_groups(grouped)), archived

    @api.model
    def _graph_rows(self, query, **facts):
        """Return the rows of a query that walks along the relations.

        How far it will get, no statistics tell: after an item with thousands of
        relations the planner would read the whole table at each step. So it is told to
        keep to the indexes, and not to compile what a plan's fantastic cost suggests.
        """
        cr = self.env.cr
        cr.execute(
            "SET LOCAL enable_seqscan = off; SET LOCAL jit = off;"
            " SET LOCAL work_mem = '128MB'"
        )
        rows = self.env.execute_query(SQL(query, **facts))
        cr.execute(
            "SET LOCAL enable_seqscan TO DEFAULT; SET LOCAL jit TO DEFAULT;"
            " SET LOCAL work_mem TO DEFAULT"
        )
        return rows

    @api.model
    def _impact_groups(self, ids):
        """Return the groups of items, with all members: those not reached as well."""
        if not ids:
            return []
        rows = self.env.execute_query(SQL(_GROUPS, ids=id_array(ids)))
        return [
            impact.Group(
                *facts, members=map(impact.Member, relations, providers, weights, works)
            )
            for *facts, relations, providers, weights, works in rows
        ]
