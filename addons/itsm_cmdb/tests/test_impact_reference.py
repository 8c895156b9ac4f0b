import random
from datetime import timedelta

from odoo import fields
from odoo.fields import Command
from odoo.tests import tagged

from .impact_common import ImpactCase

ROUNDS = 6
NAMES = [f"n{number}" for number in range(14)]


@tagged("post_install", "-at_install")
class TestImpactReference(ImpactCase):
    """Windows, excluded items and masks, against a plain reading of the rules."""

    def _random_graph(self, chance):
        """Return items and ``[(provider, dependant, hard)]``, recorded as relations."""
        items, edges = self._items(" ".join(NAMES)), []
        for dependant, provider in self._pairs(chance, items):
            hard = chance.random() < 0.7
            self._link(dependant, "needs" if hard else "likes", provider)
            edges.append((provider.id, dependant.id, hard))
        return items, edges

    def _pairs(self, chance, items):
        pairs = [(one, other) for one in items for other in items if one != other]
        return chance.sample(pairs, 24)

    def _plain(self, edges, sources, immune):
        """Return ``{id: state}``: pass states on until nothing changes."""
        order = ["up", "degraded", "down"]
        state = {ci: worse for ci, worse in sources.items() if ci not in immune}
        changed = True
        while changed:
            changed = False
            for provider, dependant, hard in edges:
                given = state.get(provider, "up")
                if not hard:
                    given = "degraded" if given == "down" else "up"
                known = state.get(dependant, "up")
                if dependant not in immune and order.index(given) > order.index(known):
                    state[dependant], changed = given, True
        return state

    def test_windows_and_immune_items(self):
        now = fields.Datetime.now()
        window = now, now + timedelta(hours=1)
        for seed in range(ROUNDS):
            chance = random.Random(seed)
            with self.subTest(seed=seed):
                items, edges = self._random_graph(chance)
                asked, broken, spared, cause = chance.sample(items, 4)
                broken.stage_id = self.stages["in_repair"]
                self._create_ticket(
                    ci_link_ids=[
                        Command.create(
                            {"ci_id": cause.id, "role": "cause", "state": "degraded"}
                        )
                    ]
                )
                immune = set(spared.ids)
                known = {broken.id: "down", cause.id: "degraded"}
                analysis = asked._impact_analysis(window, immune=immune)
                own = {item.id for item in items}
                found = {
                    ci: analysis.outcome[ci].state
                    for ci in analysis.outcome
                    if ci in own
                }
                both = self._plain(edges, known | {asked.id: "down"}, immune)
                self.assertEqual(found, both)
                alone = self._plain(edges, {asked.id: "down"}, immune)
                without = self._plain(edges, known, immune)
                worse = {ci for ci in both if both[ci] != without.get(ci)}
                self.assertEqual(set(analysis.hit()) & own, set(alone) | worse)
                self.assertEqual({ci for ci in both if analysis.is_marginal(ci)}, worse)
                broken.stage_id = self.stages["in_use"]
                for item in items:
                    item.active = False

    def test_excluded_on_a_ticket_and_hidden_items(self):
        secret = self._class(
            "test_secret", group_ids=self.env.ref("itsm_cmdb.group_cmdb_manager").ids
        )
        for seed in range(ROUNDS):
            chance = random.Random(100 + seed)
            with self.subTest(seed=seed):
                items, edges = self._random_graph(chance)
                affected, slow, spared, hidden = chance.sample(items, 4)
                hidden.class_id = secret
                ticket = self._create_ticket(
                    ci_link_ids=[
                        Command.create({"ci_id": affected.id, "role": "affected"}),
                        Command.create(
                            {"ci_id": slow.id, "role": "cause", "state": "degraded"}
                        ),
                        Command.create(
                            {"ci_id": spared.id, "role": "impacted", "excluded": True}
                        ),
                    ]
                )
                ticket.with_user(self.agent).action_analyse_impact()
                expected = self._plain(
                    edges, {affected.id: "down", slow.id: "degraded"}, set(spared.ids)
                )
                self.assertEqual(ticket.impact_item_count, len(expected))
                touched = ticket.touched_link_ids.filtered(
                    lambda link: not link.excluded
                )
                self.assertEqual(
                    {link.ci_id.id: link.state for link in touched},
                    {
                        ci: state
                        for ci, state in expected.items()
                        if ci not in (affected | slow).ids
                    },
                )
