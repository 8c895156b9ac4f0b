import io
import random
import re
import time
from datetime import timedelta

from openpyxl import load_workbook

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from ..tools import impact
from .common import CmdbCase


class ImpactCase(CmdbCase):
    """Items by name, with relations of three types made for the tests."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        kinds = cls.env["itsm.ci.relation.type"]
        cls.types = {
            code: kinds.create(
                {
                    "name": code,
                    "inverse_name": f"inverse of {code}",
                    "code": f"test_{code}",
                    "impact": effect,
                    "strength": strength,
                }
            )
            for code, effect, strength in (
                ("needs", "source", "hard"),
                ("likes", "source", "soft"),
                ("feeds", "target", "hard"),
                ("ring", "both", "hard"),
                ("near", "none", "hard"),
            )
        }

    @classmethod
    def _items(cls, names, **vals):
        return [cls._ci(name, **vals) for name in names.split()]

    @classmethod
    def _link(cls, source, code, target, **vals):
        return cls.env["itsm.ci.relation"].create(
            {
                "source_id": source.id,
                "type_id": cls.types[code].id,
                "target_id": target.id,
                **vals,
            }
        )

    @classmethod
    def _group(cls, item, providers, minimum=1, **vals):
        group = cls.env["itsm.ci.dependency.group"].create(
            {"ci_id": item.id, "name": "Group", "minimum": minimum, **vals}
        )
        for provider in providers:
            cls._link(item, "needs", provider, group_id=group.id)
        return group

    def _states(self, items, **options):
        analysis = items._impact_analysis(**options)
        return {
            self.env["itsm.ci"].browse(ci_id).name: (hit.state, hit.distance)
            for ci_id, hit in analysis.outcome.items()
        }

    def _bulk_items(self, count, prefix):
        """Return the ids of many items, made without the ORM."""
        self.env.flush_all()
        self.env.cr.execute(
            """
            INSERT INTO itsm_ci (name, code, class_id, company_id, active, criticality)
            SELECT %(prefix)s || n, %(prefix)s || n, %(item_class)s, %(company)s, TRUE,
                   '3'
              FROM generate_series(1, %(count)s) AS n
            RETURNING id
            """,
            {
                "prefix": prefix,
                "item_class": self.class_server.id,
                "company": self.company.id,
                "count": count,
            },
        )
        return sorted(row[0] for row in self.env.cr.fetchall())

    def _bulk_relations(self, pairs):
        """Make hard relations between pairs of ids, without the ORM."""
        self.env.cr.execute(
            """
            INSERT INTO itsm_ci_relation (source_id, target_id, type_id, strength,
                                          impact, weight, active, started_at)
            SELECT *, %s, 'hard', 'source', 1, TRUE, now()
              FROM unnest(%s::int[], %s::int[])
            """,
            [self.types["needs"].id, *map(list, zip(*pairs, strict=True))],
        )
        # As the database does by itself a minute later.
        self.env.cr.execute("ANALYZE itsm_ci_relation")


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
        whole = impact.Network(edges, self.Ci._impact_groups({g.id for g in groups}))
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


@tagged("post_install", "-at_install")
class TestImpactHostile(ImpactCase):
    """Graphs that somebody made to break it."""

    def _timed(self, function):
        start = time.perf_counter()
        result = function()
        self.assertLess(time.perf_counter() - start, 20, "it must not explode")
        return result

    def test_ten_thousand_relations_on_one_item(self):
        hub, *ids = self._bulk_items(10_001, "bomb")
        self._bulk_relations([(ci_id, hub) for ci_id in ids])
        report = self._timed(self.Ci.browse(hub).impact_report)
        self.assertEqual((report["count"], len(report["nodes"])), (10_001, 500))
        self.assertTrue(report["truncated"])
        facts = self._timed(
            lambda: self.Ci.browse(hub).impact_graph({"direction": "neighbours"})
        )
        self.assertTrue(facts["truncated"])

    def test_an_item_that_stands_on_ten_thousand(self):
        hub, *ids = self._bulk_items(10_001, "bomb")
        self._bulk_relations([(hub, ci_id) for ci_id in ids])
        found = self._timed(self.Ci.browse(hub).dependencies)
        self.assertEqual(len(found), 10_000)
        self.assertEqual(sum(each.state == "down" for each in found.values()), 500)

    def test_a_chain_of_five_thousand_that_ends_in_itself(self):
        ids = self._bulk_items(5_000, "chain")
        self._bulk_relations(list(zip(ids[1:] + ids[:1], ids, strict=True)))
        outcome = self._timed(self.Ci.browse(ids[0]).impact)
        self.assertEqual(len(outcome), 5_000)
        self.assertEqual(outcome[ids[-1]].distance, 4_999)
        report = self._timed(lambda: self.Ci.browse(ids[0]).impact_report(limit=5_000))
        self.assertEqual(len(report["nodes"]), 5_000)
        found = self._timed(self.Ci.browse(ids[0]).dependencies)
        self.assertEqual(len(found), 4_999)

    def test_everything_related_to_everything(self):
        ids = self._bulk_items(120, "mesh")
        self._bulk_relations([(a, b) for a in ids for b in ids if a != b])
        report = self._timed(self.Ci.browse(ids[0]).impact_report)
        self.assertEqual(report["count"], 120)
        self.assertEqual(len(report["edges"]), 5_000)


@tagged("post_install", "-at_install")
class TestImpactScreen(ImpactCase):
    """The screen that asks and answers."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        Location = cls.env["itsm.location"]
        cls.site = Location.create({"name": "Site", "kind": "site"})
        cls.rack = Location.create(
            {"name": "Rack 1", "kind": "rack", "parent_id": cls.site.id}
        )
        cls.server, cls.app = cls._items("server app")
        cls.server.location_id = cls.rack
        cls._link(cls.app, "needs", cls.server)

    def _analysis(self, **vals):
        return self.env["itsm.ci.impact.analysis"].with_user(self.agent).create(vals)

    def test_each_scope(self):
        space = self.env["itsm.ip.network"].create(
            {"name": "Test net", "cidr": "10.77.0.0/16"}
        )
        self.server.ip_addresses = "10.77.1.1"
        for vals in (
            {"scope": "items", "ci_ids": self.server.ids},
            {"scope": "location", "location_id": self.site.id},
            {"scope": "rack", "rack_id": self.rack.id},
            {"scope": "network", "network_id": space.id},
        ):
            with self.subTest(vals=vals):
                analysis = self._analysis(**vals)
                analysis.action_analyse()
                self.assertEqual(
                    [(line.name, line.state) for line in analysis.item_line_ids],
                    [("server", "down"), ("app", "down")],
                )
        whole = self._analysis(scope="class", class_id=self.class_device.id)
        whole.action_analyse()
        self.assertIn("app", whole.item_line_ids.mapped("name"))

    def test_nothing_to_analyse_is_said(self):
        empty = self.env["itsm.location"].create({"name": "Empty"})
        for vals in ({"scope": "items"}, {"scope": "rack", "rack_id": empty.id}):
            with self.subTest(vals=vals), self.assertRaises(UserError):
                self._analysis(**vals).action_analyse()

    def test_buttons(self):
        action = self.server.with_user(self.agent).action_analyse_impact()
        analysis = self.env["itsm.ci.impact.analysis"].browse(action["res_id"])
        self.assertEqual(analysis.item_count, 2)
        picture = analysis.with_user(self.agent).action_graph()
        self.assertEqual(picture["tag"], "itsm_impact_graph")
        self.assertEqual(picture["params"]["ci_ids"], self.server.ids)

    def test_export(self):
        self.server.name = "=1+1"
        analysis = self._analysis(scope="items", ci_ids=self.server.ids)
        analysis.action_analyse()
        url = analysis.action_export()["url"]
        attachment_id = int(re.search(r"/(\d+)\?", url)[1])
        content = self.env["ir.attachment"].browse(attachment_id).raw
        book = load_workbook(io.BytesIO(content))
        rows = list(book.worksheets[0].values)
        self.assertEqual(rows[1][3], "=1+1")
        self.assertEqual(book.worksheets[0]["D2"].data_type, "s")
        self.assertEqual([row[3] for row in rows[1:]], ["=1+1", "app"])
