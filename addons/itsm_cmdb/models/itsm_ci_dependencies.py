from typing import NamedTuple

from odoo import api, models

from ..tools import impact
from .itsm_ci_impact_report import STATIONS

# For so many providers it is worked out what their failure would do, nearest first.
# Those from which hard relations alone lead to the items take no working out.
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

    ``state`` is None where it was not worked out; ``path`` are ids, provider first, of
    a long way (``is_cut``) its two ends.
    """

    state: str | None
    distance: int
    path: tuple
    is_cut: bool = False

    @classmethod
    def beyond(cls, ci_id, state, distance, step):
        """Return a provider that is one step beyond another, or beyond an item."""
        path, half = (ci_id, *step.path), STATIONS // 2
        if len(path) <= STATIONS:
            return cls(state, distance, path, step.is_cut)
        return cls(state, distance, path[:half] + path[-half:], True)


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
        steps = self._dependency_steps(network.providers_of, archived)
        chains = self._dependency_steps(network.stands_on, archived)
        down = impact.STATES[impact.DOWN]
        bound = max(1, min(PROVIDER_LIMIT, _MOST_WORK // (network.size + 1)))
        # The nearest first: each is a step beyond one that is known already.
        sure = {ci_id: Dependency(down, 0, (ci_id,)) for ci_id in self.ids}
        for ci_id, (_distance, step) in chains.items():
            if step:
                distance = steps[ci_id][0]
                sure[ci_id] = Dependency.beyond(ci_id, down, distance, sure[step])
        found = {ci_id: Dependency(None, 0, (ci_id,)) for ci_id in self.ids}
        for ci_id, (distance, step) in steps.items():
            if not step:
                continue
            if ci_id in sure:
                found[ci_id] = sure[ci_id]
                continue
            found[ci_id] = Dependency.beyond(ci_id, None, distance, found[step])
            if bound:
                bound -= 1
                found[ci_id] = self._dependency_alone(
                    network.spread({ci_id: impact.DOWN}, archived), found[ci_id]
                )
        return network, {ci_id: each for ci_id, each in found.items() if each.distance}

    def _dependency_alone(self, outcome, dependency):
        """Return a dependency with what its failure alone does, and how."""
        worst = max(self.ids, key=lambda each: outcome.state.get(each, impact.UP))
        state = impact.STATES[outcome.state.get(worst, impact.UP)]
        if worst not in outcome:
            return dependency._replace(state=state)
        path, is_cut = outcome.ends(worst, STATIONS)
        return dependency._replace(state=state, path=tuple(path), is_cut=is_cut)

    def _dependency_network(self):
        """Return the relations above these items, and the ids of archived items."""
        self.env["itsm.ci.relation"].flush_model()
        self.env["itsm.ci.dependency.group"].flush_model()
        self.flush_model(["active"])
        rows = self._graph_rows(_UPSTREAM, ids=self.ids)
        archived = set()
        while rows and rows[-1][1] is None:
            archived.add(rows.pop()[0])
        grouped = {row[1] for row in rows if row[4]}
        return impact.Network(rows, self._impact_groups(grouped)), frozenset(archived)

    def _dependency_steps(self, providers_of, archived):
        """Return ``{id: (distance, next towards the items)}``, nearest first."""
        steps = dict.fromkeys(sorted(self.ids), (0, None))
        level = [ci_id for ci_id in steps if ci_id not in archived]
        distance = 0
        while level:
            distance += 1
            coming = {}
            for dependant in level:
                for provider in providers_of(dependant):
                    if provider not in steps and provider not in archived:
                        coming.setdefault(provider, (distance, dependant))
            level = sorted(coming)
            steps |= {provider: coming[provider] for provider in level}
        return steps
