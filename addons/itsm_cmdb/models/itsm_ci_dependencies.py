from typing import NamedTuple

from odoo import api, models

from ..tools import impact

# For so many of the nearest providers it is worked out what their failure would do.
PROVIDER_LIMIT = 500
# So many edges are looked at for it at most: a few seconds.
_MOST_WORK = 10_000_000
# What an item needs (%s), from either end of a relation.
_NEEDS = """
    SELECT target_id AS ci, id, strength = 'hard' AS hard, group_id
      FROM itsm_ci_relation
     WHERE source_id = {dependant}.ci AND active AND impact IN ('source', 'both') {only}
     UNION ALL
    SELECT source_id, id, strength = 'hard', group_id
      FROM itsm_ci_relation
     WHERE target_id = {dependant}.ci AND active AND impact IN ('target', 'both') {only}
"""
_WHOLE = "AND (strength = 'hard' OR group_id IS NOT NULL)"
# Two soft relations in a row hand on nothing: "half" are those behind one.
_UPSTREAM = f"""
    WITH RECURSIVE whole (ci) AS (
        SELECT unnest(%(ids)s::int[])
         UNION
        SELECT need.ci
          FROM whole
         CROSS JOIN LATERAL ({_NEEDS.format(dependant="whole", only=_WHOLE)}) AS need
    ),
    whole_edge AS MATERIALIZED (
        SELECT need.ci, whole.ci AS dependant, need.id, need.hard, need.group_id
          FROM whole
         CROSS JOIN LATERAL ({_NEEDS.format(dependant="whole", only="")}) AS need
    ),
    half (ci) AS (
        SELECT ci FROM whole_edge
         WHERE NOT hard AND group_id IS NULL AND ci NOT IN (SELECT ci FROM whole)
         UNION
        SELECT need.ci
          FROM half
         CROSS JOIN LATERAL ({_NEEDS.format(dependant="half", only=_WHOLE)}) AS need
         WHERE need.ci NOT IN (SELECT ci FROM whole)
    )
    SELECT * FROM whole_edge
     UNION ALL
    SELECT need.ci, half.ci, need.id, need.hard, need.group_id
      FROM half
     CROSS JOIN LATERAL ({_NEEDS.format(dependant="half", only=_WHOLE)}) AS need
     UNION ALL
    SELECT id, NULL, NULL, NULL, NULL
      FROM itsm_ci
     WHERE NOT active
       AND id IN (SELECT ci FROM whole UNION ALL SELECT ci FROM half)
"""


class Dependency(NamedTuple):
    """A provider: what its failure alone would do, how far it is, and by which way.

    ``state`` is None where it was not worked out; ``path`` are ids, provider first.
    """

    state: str | None
    distance: int
    path: tuple


class ItsmCi(models.Model):
    """What an item stands on: all that could make it fail."""

    _inherit = "itsm.ci"

    @api.private
    def dependencies(self):
        """Return what these items depend on: ``{id: Dependency}``."""
        self.check_access("read")
        return self._dependencies()[1]

    def _dependencies(self):
        """Return the network above these items, and ``{id: Dependency}``."""
        network, archived = self._dependency_network()
        own = set(self.ids)
        nearer = self._dependency_steps(network, own, archived)
        providers = [ci_id for ci_id in nearer if ci_id not in own]
        bound = min(PROVIDER_LIMIT, _MOST_WORK // (network.size + 1))
        found = {}
        for place, ci_id in enumerate(providers):
            path = [ci_id]
            while path[-1] not in own:
                path.append(nearer[path[-1]][1])
            distance, state = nearer[ci_id][0], None
            if place < max(bound, 1):
                outcome = network.spread({ci_id: impact.DOWN}, archived)
                worst = max(own, key=lambda each: outcome.state.get(each, 0))
                state = impact.STATES[outcome.state.get(worst, 0)]
                if worst in outcome:
                    path = [step.node for step in outcome.path(worst)]
            found[ci_id] = Dependency(state, distance, tuple(path))
        return network, found

    def _dependency_network(self):
        """Return the relations above these items, and the ids of archived items."""
        self.env["itsm.ci.relation"].flush_model()
        self.env["itsm.ci.dependency.group"].flush_model()
        self.flush_model(["active"])
        rows = self._graph_rows(_UPSTREAM, ids=self.ids)
        archived = set()
        while rows and rows[-1][1] is None:
            archived.add(rows.pop()[0])
        groups = {row[4] for row in rows} - {None}
        return impact.Network(rows, self._impact_groups(groups)), frozenset(archived)

    @api.model
    def _dependency_steps(self, network, own, archived):
        """Return ``{id: (distance, next towards the items)}``, nearest first."""
        nearer = dict.fromkeys(sorted(own), (0, None))
        level = sorted(own)
        while level:
            coming = {}
            for dependant in level:
                for provider in network.providers_of(dependant):
                    if provider not in nearer and provider not in archived:
                        coming.setdefault(
                            provider, (nearer[dependant][0] + 1, dependant)
                        )
            level = sorted(coming)
            nearer |= {provider: coming[provider] for provider in level}
        return nearer
