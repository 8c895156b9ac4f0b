from contextlib import contextmanager
from datetime import datetime, timedelta

from lxml import etree
from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import ChangeCase
from .conflict_common import ConflictCase


@tagged("post_install", "-at_install")
class TestHostileVerbs(ChangeCase):
    """Ways around the verbs of a change that somebody may try through RPC."""

    def _refused(self, action, kind=UserError):
        with self.assertRaises(kind), self.env.cr.savepoint():
            action()
            self.env.flush_all()

    def test_no_change_is_made_in_a_late_state(self):
        Change = self.env["itsm.change"].with_user(self.change_manager)
        for vals in (
            {"state": "scheduled"},
            {"approval_state": "granted"},
            {"approval_not_needed": True},
            {"risk": "low"},
            {"transition_ids": [Command.create({"verb": "accept"})]},
            {"conflict_state": "none", "conflict_count": 0},
            {"plan_turn": 7},
        ):
            with self.subTest(vals=vals):
                self._refused(
                    lambda vals=vals: Change.create({"name": "Sly", **vals}),
                    AccessError,
                )
        sent = {
            "default_state": "scheduled",
            "default_risk": "low",
            "default_approval_not_needed": True,
            "default_conflict_state": "none",
        }
        change = Change.with_context(**sent).create({"name": "Sly"})
        self.assertEqual(change.state, "draft")
        self.assertFalse(change.risk)
        self.assertFalse(change.approval_not_needed)

    def test_facts_are_not_written(self):
        change = self._change().with_user(self.change_manager)
        for vals in (
            {"state": "implement"},
            {"conflict_state": "none"},
            {"conflict_count": 0},
            {"risk_gap": "as_predicted"},
            {"late_approval_state": "granted"},
            {"approval_state": "granted"},
        ):
            with self.subTest(vals=vals):
                self._refused(lambda vals=vals: change.write(vals), AccessError)

    def test_a_copy_is_a_draft_without_a_past(self):
        change = self._bring_to(self._make_ready(self._change()), "review")
        copy = change.with_user(self.change_manager).copy()
        self.assertEqual(copy.state, "draft")
        for name in (
            "accepted_by_id",
            "actual_risk",
            "approval_id",
            "approval_not_needed",
            "assessment_ids",
            "evidence_ids",
            "planned_start",
            "review_outcome",
            "risk",
            "started_by_id",
            "transition_ids",
        ):
            self.assertFalse(copy[name], name)

    def test_wizards_check_as_the_verbs(self):
        change = self._bring_to(self._make_ready(self._change()), "assess")
        for user in (self.implementer2, self.agent, self.change_other):
            Wizard = self.env["itsm.change.action"].with_user(user)
            sent = {"active_model": "itsm.change", "active_ids": change.ids}
            self._refused(
                lambda Wizard=Wizard, sent=sent: (
                    Wizard.with_context(**sent)
                    .create({"verb": "cancel", "reason": "Why not"})
                    .action_apply()
                ),
                AccessError,
            )
        self.assertEqual(change.state, "assess")

    def test_tickets_that_are_not_seen_are_not_linked(self):
        ticket = self._create_ticket(name="Broken")
        change = self._change()
        self._refused(
            lambda: change.with_user(self.implementer).write(
                {"ticket_ids": [Command.link(ticket.id)]}
            ),
            AccessError,
        )
        self._refused(
            lambda: self.Change.with_user(self.implementer).create(
                {"name": "Sly", "ticket_ids": [Command.set(ticket.ids)]}
            ),
            AccessError,
        )

    def test_tickets_of_another_company_are_not_linked(self):
        self.implementer.group_ids |= self.env.ref("itsm_helpdesk.group_itsm_agent")
        ticket = self._create_ticket(name="Broken", desk_id=self.desk_branch.id)
        change = self._change()
        self._refused(
            lambda: change.with_user(self.implementer).write(
                {"ticket_ids": [Command.link(ticket.id)]}
            )
        )

    def test_wizards_tell_nothing_of_another_company(self):
        change = self._bring_to(self._make_ready(self._change()), "assess")
        for name, vals in (
            ("itsm.change.rollback", {"reason": "So"}),
            ("itsm.change.risk.override", {"risk": "low", "reason": "So"}),
            ("itsm.change.tell", {}),
            ("itsm.change.slot.wizard", {"duration": 1}),
            ("itsm.change.item.choice", {"ci_id": change.ci_ids.id}),
            ("itsm.change.proposal", {"name": "S", "class_id": self.class_server.id}),
        ):
            Wizard = self.env[name].with_user(self.change_other)
            self.env.flush_all()
            self.env.invalidate_all()
            with self.subTest(name=name):
                self._refused(
                    lambda Wizard=Wizard, vals=vals: Wizard.create(
                        {"change_id": change.id, **vals}
                    ).read(),
                    AccessError,
                )

    def test_the_team_is_of_the_company(self):
        change = self._change()
        self._refused(
            lambda: change.with_user(self.implementer).write(
                {"team_id": self.team_branch.id}
            )
        )

    def test_whoever_did_a_step_does_not_review(self):
        self._only_gates("duties_review")
        change = self._change()
        step = self.env["itsm.task"].create(
            {"name": "Pull it", "change_id": change.id, "user_id": self.implementer.id}
        )
        self._bring_to(change, "implement")
        step.with_user(self.coordinator).action_start()
        step.with_user(self.coordinator).action_done()
        change.with_user(self.implementer).finish()
        self._write_review(change.with_user(self.coordinator2))
        self._refused(lambda: change.with_user(self.coordinator).close("successful"))


@tagged("post_install", "-at_install")
class TestHostileWindows(ConflictCase):
    """Freezes that somebody wants to get around, or to break."""

    def _frozen(self):
        freeze = self._window(0, 8)
        return freeze, self._planned(2, 4, self.a1, implementer_id=self.implementer.id)

    def test_nobody_writes_that_an_exception_is_approved(self):
        freeze, change = self._frozen()
        Exception_ = self.env["itsm.change.exception"].with_user(self.implementer)
        vals = {"change_id": change.id, "window_id": freeze.id, "reason": "Now!"}
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            Exception_.create({**vals, "state": "granted"})
        sent = {"default_state": "granted"}
        exception = Exception_.with_context(**sent).create(vals)
        self.assertEqual(exception.state, "draft")
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            exception.write({"state": "granted"})
        change._refresh_conflicts()
        self.assertIn(("freeze", "block"), self._kinds(change))

    def test_strangers_ask_for_no_exception(self):
        freeze, change = self._frozen()
        vals = {"change_id": change.id, "window_id": freeze.id, "reason": "Now!"}
        mine = self.env["itsm.change.exception"].create(vals)
        stranger = mine.with_user(self.implementer2)
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            stranger.write({"reason": "Never mind."})
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            stranger.ask()
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            stranger.unlink()
        mine.unlink()
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            stranger.browse().create(vals)

    def test_a_change_of_another_company_is_not_named(self):
        shared = self._ci("Core switch", company_id=False)
        secret = self._planned(
            2, 4, shared, company_id=self.branch.id, team_id=False, name="Secret deal"
        )
        change = self._planned(3, 5, shared)
        change._refresh_conflicts()
        rows = change.with_user(self.coordinator).conflict_ids
        self.assertTrue(rows)
        told = str(rows.read()) + str(
            rows.web_read({"other_id": {"fields": {"display_name": {}}}})
            if "other_id" in rows.fields_get()
            else ""
        )
        self.assertNotIn(secret.name, told)
        self.assertNotIn(secret.number, told)

    def test_windows_at_the_ends_of_time_are_refused(self):
        for start in (datetime(1, 1, 1), datetime(9999, 12, 31, 22)):
            for recurrence in ("once", "weekly"):
                with (
                    self.subTest(start=start, recurrence=recurrence),
                    self._refused_by_the_database(),
                ):
                    self.Window.create(
                        {
                            "name": "Always",
                            "start": start,
                            "end": start + timedelta(hours=1),
                            "tz": "Asia/Shanghai",
                            "recurrence": recurrence,
                        }
                    )

    def test_changes_at_the_ends_of_time_are_refused(self):
        for start in (datetime(1, 1, 1), datetime(9999, 12, 31, 22)):
            with self.subTest(start=start), self._refused_by_the_database():
                end = start + timedelta(hours=1)
                self._change(planned_start=start, planned_end=end)

    @contextmanager
    def _refused_by_the_database(self):
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(IntegrityError),
            self.env.cr.savepoint(),
        ):
            yield
            self.env.flush_all()


@tagged("post_install", "-at_install")
class TestHostileSecrets(ChangeCase):
    """Names of what somebody may not see."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.hidden_class = cls._class(
            "hidden", group_ids=[Command.set(cls.env.ref("base.group_system").ids)]
        )
        cls.hidden = cls._ci("Vault 7", cls.hidden_class)

    def test_accepted_drift_is_told_to_those_who_see_the_item(self):
        change = self._change(ci_ids=self.hidden.ids)
        self.env["itsm.change.delta"].create(
            {
                "change_id": change.id,
                "ci_id": self.hidden.id,
                "key": "host_name",
                "new": "after",
            }
        )
        self.hidden.host_name = "meanwhile"
        change.delta_ids.accept_drift()
        bodies = str(change.message_ids.mapped("body"))
        self.assertNotIn("Vault 7", bodies)
        self.assertNotIn("meanwhile", bodies)

    def test_evidence_does_not_name_hidden_items(self):
        change = self._change()
        row = self._evidence(change, "backup", ci_id=self.hidden.id)
        self.env.flush_all()
        self.env.invalidate_all()
        told = change.with_user(self.agent).evidence_ids.read(["ci_id"])
        self.assertNotIn("Vault 7", str(told))
        self.assertTrue(row.exists())

    def test_a_planned_item_keeps_a_name(self):
        change = self._change()
        delta = self.env["itsm.change.delta"].create(
            {
                "change_id": change.id,
                "kind": "new_item",
                "class_id": self.class_server.id,
                "item_name": "srv_01",
            }
        )
        for name in (False, " "):
            with self.assertRaises(UserError), self.env.cr.savepoint():
                delta.item_name = name
        self._ci("srvX01")
        self.assertFalse(delta.problem)


@tagged("post_install", "-at_install")
class TestHostileLoad(ChangeCase):
    """Lists of many changes take few queries."""

    def _queries(self, changes):
        self.env.invalidate_all()
        user = changes.with_user(self.coordinator)
        view = user.get_views([(False, "list")])["views"]["list"]
        names = {
            node.get("name") for node in etree.fromstring(view["arch"]).iter("field")
        }
        spec = {
            name: {"fields": {"display_name": {}}}
            if changes._fields[name].relational
            else {}
            for name in names
        }
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        user.web_search_read([("id", "in", changes.ids)], spec)
        return self.env.cr.sql_log_count - before

    def _refreshing(self, changes):
        changes._refresh_touched()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        changes._refresh_touched()
        return self.env.cr.sql_log_count - before

    def test_looking_again_at_what_many_touch(self):
        server = self._ci("Server of all")
        self._relate(self._ci("Application"), "depends_on", server)
        many = self.Change.browse(
            [self._change(ci_ids=server.ids).id for _n in range(24)]
        )
        few = self._refreshing(many[:4])
        # Whom it hits, and which services, is asked for each.
        self.assertLessEqual(self._refreshing(many), few + 3 * 20)

    def test_a_list_of_many(self):
        few = self.Change.browse([self._change().id for _n in range(4)])
        many = few | self.Change.browse([self._change().id for _n in range(76)])
        self._queries(few)
        self.assertLessEqual(self._queries(many), self._queries(few) + 4)
