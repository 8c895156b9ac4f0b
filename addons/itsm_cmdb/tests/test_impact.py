import random
from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from ..tools import impact
from .impact_common import ImpactCase


@tagged("post_install", "-at_install")
class TestImpact(ImpactCase):
    """What fails with what, from the database to the report."""

    def test_directions_and_strengths(self):
        a, b, c, d, e, f = self._items("a b c d e f")
        self._link(b, "needs", a)
        self._link(c, "likes", b)
        self._link(d, "likes", c)
        self._link(a, "feeds", e)
        self._link(f, "near", a)
        self.assertEqual(
            self._states(a),
            {
                "a": ("down", 0),
                "b": ("down", 1),
                "c": ("degraded", 2),
                "e": ("down", 1),
            },
        )

    def test_a_ring_is_harmless(self):
        ring = self._items("a b c d")
        for one, other in zip(ring, [*ring[1:], ring[0]], strict=True):
            self._link(one, "ring", other)
        states = self._states(ring[0])
        self.assertEqual([states[name][1] for name in "abcd"], [0, 1, 2, 1])

    def test_groups(self):
        item, *feeds = self._items("item a b c")
        group = self._group(item, map(self.Ci.browse, [f.id for f in feeds]), 2)
        self.assertNotIn("item", self._states(feeds[0]))
        both = self.Ci.concat(*feeds[:2])
        self.assertEqual(self._states(both)["item"], ("down", 1))
        group.full = 3
        self.assertEqual(self._states(feeds[0])["item"], ("degraded", 1))
        group.write({"unit": "percent", "minimum": 70, "full": 0})
        self.assertEqual(self._states(feeds[0])["item"], ("down", 1))

    def test_a_ring_in_a_group_one_way_acts_plainly_the_other(self):
        item, a, b = self._items("item a b")
        group = self.env["itsm.ci.dependency.group"].create(
            {"ci_id": item.id, "name": "Group", "minimum": 1}
        )
        self._link(item, "ring", a, group_id=group.id)
        self._link(b, "ring", item, group_id=group.id)
        self.assertNotIn("item", self._states(a))
        self.assertEqual(self._states(item)["a"], ("down", 1))

    def test_archived_items_pass_nothing_and_count_as_lost(self):
        a, b, c = self._items("a b c")
        self._link(b, "needs", a)
        self._link(c, "needs", b)
        item, one, two = self._items("item one two")
        self._group(item, one | two)
        (b | one).active = False
        self.assertEqual(set(self._states(a)), {"a"})
        self.assertEqual(self._states(two)["item"], ("down", 1))

    def test_ended_relations_do_nothing(self):
        a, b = self._items("a b")
        self._link(b, "needs", a).end()
        self.assertEqual(set(self._states(a)), {"a"})

    def test_it_equals_the_pure_fixpoint_over_everything(self):
        """The query fetches all that matters, whatever the graph."""
        chance = random.Random(7)
        items = self._items(" ".join(f"n{n}" for n in range(25)))
        groups = [self._group(item, [], chance.choice([1, 2])) for item in items[:6]]
        for number in range(70):
            source, target = chance.sample(items, 2)
            code = chance.choice(["needs", "likes", "feeds", "ring", "near"])
            group = next((g for g in groups if g.ci_id in (source, target)), None)
            fits = group and (
                code == "ring"
                or (code in ("needs", "likes") and group.ci_id == source)
                or (code == "feeds" and group.ci_id == target)
            )
            vals = {"group_id": group.id} if fits and number % 2 else {}
            taken = self.env["itsm.ci.relation"].search_count(
                [
                    ("type_id", "=", self.types[code].id),
                    ("source_id", "in", [source.id, target.id]),
                    ("target_id", "in", [source.id, target.id]),
                ]
            )
            if not taken:
                self._link(source, code, target, **vals)
        relations = self.env["itsm.ci.relation"].search(
            [("source_id", "in", [item.id for item in items])]
        )
        edges = []
        for relation in relations:
            ends = relation.source_id.id, relation.target_id.id
            rest = (
                relation.id,
                relation.strength == "hard",
                relation.group_id.id or None,
            )
            if relation.impact in ("source", "both"):
                edges.append((ends[1], ends[0], *rest))
            if relation.impact in ("target", "both"):
                edges.append((*ends, *rest))
        whole = impact.Network(
            edges, self.Ci._impact_groups({g.ci_id.id for g in groups})
        )
        for item in items:
            for state in (impact.DOWN, impact.DEGRADED):
                expected = whole.spread({item.id: state})
                found = item._impact_analysis(states={item.id: state}).outcome
                self.assertEqual(dict(found), dict(expected))

    def test_why(self):
        a, b, c = self._items("a b c")
        relation = self._link(b, "needs", a)
        self._link(c, "likes", b)
        outcome = a.impact()
        self.assertEqual(outcome[b.id].why, (impact.Cause(a.id, relation.id, "hard"),))
        report = a.impact_report()
        nodes = {node["id"]: node for node in report["nodes"]}
        self.assertIn("“b”", nodes[c.id]["why"])
        self.assertEqual(nodes[c.id]["path"], "a → b → c")
        self.assertEqual(
            [(edge["from"], edge["to"]) for edge in report["edges"]],
            [(a.id, b.id), (b.id, c.id)],
        )

    def test_lost_redundancy_is_told(self):
        item, one, two = self._items("item one two")
        group = self._group(item, one | two)
        report = one.impact_report()
        node = next(node for node in report["nodes"] if node["id"] == item.id)
        self.assertEqual((node["state"], report["count"]), ("up", 1))
        facts = report["groups"][0]
        self.assertEqual(
            (facts["id"], facts["needed"], facts["working"], facts["total"]),
            (group.id, 1, 1, 2),
        )
        self.assertTrue(facts["lost_redundancy"])

    def test_two_people_get_the_same_sums(self):
        """What somebody may not see is masked, never dropped."""
        secret_class = self._class(
            "test_secret", group_ids=self.env.ref("itsm_cmdb.group_cmdb_manager").ids
        )
        a, c = self._items("a c")
        hidden = self._ci("Reactor", secret_class, custodian_id=self.employee_head.id)
        self._link(hidden, "needs", a)
        self._link(c, "needs", hidden)
        reports = [
            a.with_user(user).impact_report()
            for user in (self.agent, self.cmdb_manager, self.auditor)
        ]
        for key in ("count", "people", "services", "departments"):
            self.assertEqual(len({str(report[key]) for report in reports}), 1, key)
        self.assertEqual(reports[0]["count"], 3)
        self.assertNotIn("Reactor", str(reports[0]))
        self.assertIn("Reactor", str(reports[1]))
        masked = [node for node in reports[0]["nodes"] if node["masked"]]
        self.assertEqual([node["id"] for node in masked], [hidden.id])
        self.assertFalse(masked[0]["class_id"])
        with self.assertRaises(AccessError):
            hidden.with_user(self.agent).impact_graph({})

    def test_services_departments_people_and_tickets(self):
        radiology = self.department
        below = self.env["hr.department"].create(
            {"name": "Night shift", "parent_id": radiology.id}
        )
        self._make_employee(self.stranger, below)
        a, b = self._items("a b")
        self._link(b, "needs", a)
        b.write(
            {
                "user_department_ids": radiology.ids,
                "custodian_id": self.employee_head.id,
            }
        )
        service = self.env["itsm.service"].create(
            {"name": "Pictures", "desk_id": self.desk.id, "ci_ids": b.ids}
        )
        ticket = self._create_ticket(ci_ids=b.ids)
        self._create_ticket(ci_ids=b.ids).cancel("No")
        report = a.with_user(self.agent).impact_report()
        self.assertEqual(report["people"], 5, "the four of Radiology and one below")
        self.assertEqual(
            [(one["id"], one["people"]) for one in report["departments"]],
            [(radiology.id, 5)],
        )
        self.assertEqual(
            [(one["id"], one["model"], one["state"]) for one in report["services"]],
            [(service.id, "itsm.service", "down")],
        )
        self.assertEqual([one["id"] for one in report["tickets"]], ticket.ids)
        other = a.with_user(self.stranger).impact_report()
        self.assertEqual(other["ticket_count"], 1)
        self.assertNotIn(ticket.number, str(other["tickets"]))

    def test_a_service_item_is_a_service(self):
        service_class = self._class("test_service", is_service=True)
        a, service = self._ci("a"), self._ci("Mail", service_class)
        self._link(service, "needs", a)
        self.assertEqual(
            [(one["name"], one["state"]) for one in a.impact_report()["services"]],
            [("Mail", "down")],
        )

    def test_a_window_counts_what_else_fails(self):
        item, one, two, after = self._items("item one two after")
        self._group(item, one | two)
        self._link(after, "needs", two)
        now = fields.Datetime.now()
        window = [str(now), str(now + timedelta(hours=2))]
        two.stage_id = self.stages["in_repair"]
        self.assertEqual(one.impact_report()["count"], 1)
        nodes = {node["id"]: node for node in one.impact_report(window)["nodes"]}
        self.assertEqual(nodes[item.id]["state"], "down")
        self.assertTrue(nodes[item.id]["is_marginal"])
        self.assertNotIn(after.id, nodes, "it fails without what is asked about")
        two.stage_id = self.stages["in_use"]
        self.assertEqual(one.impact_report(window)["count"], 1)
        self._create_ticket(
            ci_link_ids=[Command.create({"ci_id": two.id, "role": "cause"})]
        )
        self.assertEqual(one.impact_report(window)["count"], 2)

    def test_a_window_needs_two_moments(self):
        item = self._ci("a")
        for window in (["2026-01-02", "2026-01-01"], ["x", "y"], [1], [None, None]):
            with self.subTest(window=window), self.assertRaises(UserError):
                item.impact_report(window)

    def test_dependencies(self):
        item, app, server, one, two, net = self._items("item app server one two net")
        self._link(item, "needs", app)
        self._link(app, "needs", server)
        self._link(app, "likes", net)
        self._group(server, one | two)
        found = {
            self.Ci.browse(ci_id).name: (each.state, each.distance)
            for ci_id, each in item.dependencies().items()
        }
        self.assertEqual(
            found,
            {
                "app": ("down", 1),
                "server": ("down", 2),
                "net": ("degraded", 2),
                "one": ("up", 3),
                "two": ("up", 3),
            },
        )
        path = item.dependencies()[server.id].path
        self.assertEqual(path, (server.id, app.id, item.id))

    def test_the_picture(self):
        item, app, server = self._items("item app server")
        self._link(item, "needs", app)
        self._link(app, "needs", server)
        self._link(server, "near", item)
        for direction, start, count in (
            ("impact", server, 3),
            ("dependencies", item, 3),
            ("neighbours", server, 3),
        ):
            with self.subTest(direction=direction):
                facts = start.with_user(self.agent).impact_graph(
                    {"direction": direction}
                )
                self.assertEqual(facts["count"], count)
                self.assertEqual(len(facts["nodes"]), count)
                self.assertEqual(facts["nodes"][0]["id"], start.id)
                self.assertTrue(facts["nodes"][0]["is_source"])
        near = server.impact_graph({"direction": "impact", "depth": 1})
        self.assertEqual([node["id"] for node in near["nodes"]], [server.id, app.id])
        self.assertEqual(near["count"], 3)
        with self.assertRaises(UserError):
            server.impact_graph({"direction": "sideways"})

    def test_classes_can_be_chosen(self):
        other = self._class("test_other")
        a, b = self._items("a b")
        c = self._ci("c", other)
        self._link(b, "needs", a)
        self._link(c, "needs", b)
        report = a.impact_report(class_ids=other.ids)
        self.assertEqual([node["id"] for node in report["nodes"]], [a.id, c.id])
        self.assertEqual(report["count"], 3)
