from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.itsm_cmdb.tests.impact_common import ImpactCase
from odoo.addons.itsm_cmdb.tools import impact

from .common import ChangeCase


class ItemCase(ChangeCase, ImpactCase):
    """A change on a server that an application and the mail need."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.server, cls.app, cls.mail, cls.spare = cls._items("server app mail spare")
        cls._link(cls.app, "needs", cls.server)
        cls._link(cls.mail, "needs", cls.app)
        cls.change = cls._change(has_outage=True, ci_ids=cls.server.ids)
        cls.mine = cls.change.with_user(cls.implementer)

    def _touched(self, change=None):
        change = change or self.change
        change.invalidate_recordset()
        links = change.touched_link_ids.filtered(lambda link: not link.excluded)
        return {link.ci_id.name: link.state for link in links}

    def _run_job(self):
        self.env["itsm.change"].search(
            [("is_touched_stale", "=", True)]
        )._refresh_touched()


@tagged("post_install", "-at_install")
class TestChangeItems(ItemCase):
    """What changes are made on, and what they touch, kept up to date."""

    def test_found_when_saved(self):
        self.assertEqual(self._touched(), {"app": "down", "mail": "down"})
        self.assertEqual(self.change.impact_item_count, 3)
        self.assertTrue(self.change.touched_at)
        self.assertFalse(self.change.is_touched_stale)
        touched = self.change._touched()[self.change.id]
        self.assertEqual(
            touched, dict.fromkeys((self.server | self.app | self.mail).ids, 2)
        )
        link = self.change.touched_link_ids.filtered(lambda l: l.ci_id == self.mail)
        self.assertEqual((link.distance, link.origin), (2, "computed"))
        self.assertTrue(link.why)

    def test_items_are_links(self):
        self.mine.ci_ids |= self.spare
        self.assertEqual(self.change.ci_ids, self.server | self.spare)
        self.mine.ci_ids = self.spare
        self.assertEqual(self._touched(), {})
        Change = self.env["itsm.change"]
        self.assertIn(self.change, Change.search([("ci_ids", "in", self.spare.ids)]))
        self.assertNotIn(
            self.change, Change.search([("ci_ids", "in", self.server.ids)])
        )
        self.mine.ci_ids = self.server
        domain = [("touched_ci_ids", "in", self.mail.ids)]
        self.assertIn(self.change, Change.search(domain))

    def test_degraded_without_an_outage(self):
        self.mine.has_outage = False
        self.assertEqual(self._touched(), {"app": "degraded", "mail": "degraded"})
        self.mine.chosen_link_ids.state = "down"
        self._run_job()
        self.assertEqual(self._touched(), {"app": "down", "mail": "down"})

    def test_what_people_say_holds(self):
        self.mine.touched_link_ids = [
            Command.create({"ci_id": self.spare.id, "role": "touched"})
        ]
        app = self.mine.touched_link_ids.filtered(lambda l: l.ci_id == self.app)
        self.mine.touched_link_ids = [Command.update(app.id, {"excluded": True})]
        self.assertEqual(set(self._touched()), {"spare"})
        self.assertNotIn(self.app.id, self.change._touched()[self.change.id])

    def test_relations_mark_in_bulk(self):
        other = self._change("Other", has_outage=True, ci_ids=self.app.ids)
        alone = self._change("Alone", ci_ids=self._ci("alone").ids)
        done = self._change("Done", ci_ids=self.server.ids)
        done._write_system({"state": "closed"})
        jobs = self.env["ir.cron.trigger"].search_count([])
        relation = self._link(self.spare, "needs", self.mail)
        for change, is_stale in (
            (self.change, True),
            (other, True),
            (alone, False),
            (done, False),
        ):
            self.assertEqual(change.is_touched_stale, is_stale, change.name)
        self.assertGreater(self.env["ir.cron.trigger"].search_count([]), jobs)
        self._run_job()
        self.assertIn("spare", self._touched())
        self.assertIn("spare", self._touched(other))
        relation.unlink()
        self.assertTrue(self.change.is_touched_stale)
        self._run_job()
        self.assertNotIn("spare", self._touched())

    def test_groups_and_items_mark_too(self):
        cluster, second = self._items("cluster second")
        group = self._group(cluster, [self.server, second], minimum=1)
        self._run_job()
        self.assertNotIn("cluster", self._touched())
        group.minimum = 2
        self.assertTrue(self.change.is_touched_stale)
        self._run_job()
        self.assertIn("cluster", self._touched())
        self.app.active = False
        self.assertTrue(self.change.is_touched_stale)
        self._run_job()
        self.assertNotIn("mail", self._touched(), "nothing passes through the archive")

    def test_many_are_refreshed_by_few_queries(self):
        changes = self.change.union(
            *(
                self._change(f"C{n}", has_outage=True, ci_ids=self.server.ids)
                for n in range(8)
            )
        )
        changes._mark_touched()
        changes.invalidate_recordset()
        counts = []
        for some in (changes[:2], changes[2:]):
            self.env.flush_all()
            before = self.cr.sql_log_count
            some._refresh_touched()
            counts.append(self.cr.sql_log_count - before)
        self.assertLess(counts[1] - counts[0], 5 * 14, counts)
        self.assertFalse(any(changes.mapped("is_touched_stale")))

    def test_verbs_look_first(self):
        self._make_ready(self.change)
        self._link(self.spare, "needs", self.server)
        self.assertTrue(self.change.is_touched_stale)
        self.mine.submit()
        self.assertIn("spare", self._touched())
        self.assertFalse(self.change.is_touched_stale)

    def test_cron(self):
        self._link(self.spare, "needs", self.server)
        with patch.object(type(self.env["ir.cron"]), "_commit_progress"):
            self.env["itsm.change"]._cron_touched()
        self.assertIn("spare", self._touched())

    def test_services(self):
        service = self.env["itsm.service"].create(
            {
                "name": "Mailboxes",
                "desk_id": self.desk.id,
                "ci_ids": [Command.set(self.mail.ids)],
            }
        )
        self.change.invalidate_recordset()
        self.assertEqual(self.change.touched_service_ids, service)
        found = self.env["itsm.change"].search(
            [("touched_service_ids", "in", service.ids)]
        )
        self.assertEqual(found, self.change)
        self.mine.action_analyse_impact()
        self.assertEqual(self.change.impact_service_count, 1)

    def test_picture_leaves_the_change_itself_out(self):
        self.change._write_system({"state": "scheduled"})
        params = self.mine.action_impact_graph()["params"]
        items = self.env["itsm.ci"].with_user(self.implementer).browse(params["ci_ids"])
        report = items.impact_graph(params["options"])
        nodes = {node["name"]: node for node in report["nodes"]}
        self.assertEqual(set(nodes), {"server", "app", "mail"})
        self.assertTrue(all(node["is_marginal"] for node in nodes.values()))
        outcome = self.mine.find_impact()
        self.assertEqual(outcome[self.mail.id].state, "down")

    def test_gate(self):
        change = self._change("Without items")
        self.assertFalse(change._gate_facts()["items"][0])
        with self.assertRaises(UserError):
            change.with_user(self.implementer).submit()
        change.ci_ids = self.server
        self.assertTrue(change._gate_facts()["items"][0])
        change.chosen_link_ids.excluded = True
        self.assertFalse(change._gate_facts()["items"][0])


@tagged("post_install", "-at_install")
class TestChangeItemRights(ItemCase):
    """Who may say what a change is made on, and until when."""

    def test_nobody_passes_off_a_choice_as_found(self):
        link = (
            self.env["itsm.change.ci"]
            .with_user(self.implementer)
            .create(
                {
                    "change_id": self.change.id,
                    "ci_id": self.spare.id,
                    "role": "touched",
                    "origin": "computed",
                    "why": "Because",
                    "distance": 7,
                }
            )
        )
        self.assertEqual((link.origin, link.why), ("manual", False))
        with self.assertRaises(AccessError):
            self.mine.touched_at = fields.Datetime.now()

    def test_settled_at_the_start(self):
        self.change._write_system({"state": "implement"})
        link = self.change.chosen_link_ids
        for refused in (
            lambda: link.with_user(self.coordinator).write({"state": "degraded"}),
            lambda: link.with_user(self.coordinator).unlink(),
            lambda: self.change.with_user(self.coordinator).write(
                {"ci_ids": [Command.link(self.spare.id)]}
            ),
        ):
            with self.assertRaises(UserError):
                refused()
        # The analysis goes on, as long as the work can do harm.
        self._link(self.spare, "needs", self.server)
        self._run_job()
        self.assertIn("spare", self._touched())

    def test_strangers(self):
        Link = self.env["itsm.change.ci"]
        vals = {"change_id": self.change.id, "ci_id": self.spare.id}
        for user in (self.agent, self.keeper, self.implementer2):
            with self.subTest(user=user.name), self.assertRaises(AccessError):
                Link.with_user(user).create(vals)
        self.assertFalse(
            self.change.ci_link_ids.with_user(self.change_other)._filtered_access(
                "read"
            )
        )

    def test_items_of_other_companies(self):
        foreign = self._ci("foreign", company_id=self.branch.id)
        with self.assertRaises(ValidationError):
            self.change.ci_ids |= foreign

    def test_hidden_items_are_counted(self):
        hidden = self._class(
            "hidden", group_ids=[Command.set(self.env.ref("base.group_system").ids)]
        )
        secret = self._ci("secret", hidden)
        self._link(secret, "needs", self.server)
        self._run_job()
        self.mine.invalidate_recordset()
        self.assertEqual(self.change.impact_item_count, 4)
        self.assertEqual(self.mine.hidden_item_count, 1)
        self.assertNotIn(secret, self.mine.touched_ci_ids.sudo())


@tagged("post_install", "-at_install")
class TestPlannedOutages(ItemCase):
    """An analysis of a window knows the outages that are planned in it."""

    def setUp(self):
        super().setUp()
        self.change._write_system({"state": "scheduled"})
        start = self.change.planned_start
        self.hour = timedelta(hours=1)
        self.window = start, start + self.hour

    def _known(self, window=None, user=None):
        Ci = self.env["itsm.ci"].with_user(user or self.implementer)
        return Ci._impact_known_failures(window or self.window)

    def test_in_the_window(self):
        state, text = self._known()[self.server.id]
        self.assertEqual(state, impact.DOWN)
        self.assertIn(self.change.number, text)
        later = self.change.planned_end, self.change.planned_end + self.hour
        self.assertNotIn(self.server.id, self._known(later))

    def test_only_what_is_planned(self):
        for vals in (
            {"state": "draft"},
            {"state": "closed"},
            {"has_outage": False},
        ):
            with self.subTest(vals=vals):
                self.change._write_system({"state": "scheduled", "has_outage": True})
                self.change._write_system(vals)
                self.assertNotIn(self.server.id, self._known())

    def test_outage_shorter_than_the_work(self):
        start = self.change.planned_start
        self.change._write_system(
            {"outage_start": start + self.hour, "outage_end": start + 2 * self.hour}
        )
        self.assertNotIn(self.server.id, self._known())
        self.assertIn(self.server.id, self._known((start, start + 2 * self.hour)))

    def test_degraded_only(self):
        self.change.chosen_link_ids.sudo().state = "degraded"
        self.assertEqual(self._known()[self.server.id][0], impact.DEGRADED)
        analysis = self.spare._impact_analysis(self.window)
        self.assertEqual(analysis.outcome.state[self.mail.id], impact.DEGRADED)

    def test_work_that_takes_longer(self):
        long_ago = fields.Datetime.now() - timedelta(days=2)
        self.change._write_system(
            {
                "planned_start": long_ago,
                "planned_end": long_ago + self.hour,
                "actual_start": long_ago,
                "state": "implement",
            }
        )
        now = fields.Datetime.now()
        self.assertIn(self.server.id, self._known((now - self.hour, now + self.hour)))

    def test_numbers_of_other_companies_are_not_told(self):
        _state, text = self._known(user=self.change_other)[self.server.id]
        self.assertNotIn(self.change.number, text)
