from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import Form, tagged

from .common import ChangeCase


@tagged("post_install", "-at_install")
class TestChangeOrigin(ChangeCase):
    """Changes that are made from tickets, items and findings, and seen there."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.server = cls._ci("srv", host_name="alpha")
        cls.implementer.group_ids |= cls.env.ref("itsm_helpdesk.group_itsm_agent")
        cls.ticket = cls._create_ticket(ci_ids=cls.server.ids, name="It is slow")

    def _from(self, action):
        """Return the change that comes of a form opened by an action."""
        form = Form(
            self.env["itsm.change"]
            .with_user(self.implementer)
            .with_context(**action["context"])
        )
        return form.save()

    def test_from_a_ticket(self):
        ticket = self.ticket.with_user(self.implementer)
        change = self._from(ticket.action_make_change())
        self.assertEqual(change.name, "It is slow")
        self.assertEqual(change.origin, "ticket")
        self.assertEqual(change.ticket_ids, self.ticket)
        self.assertEqual(change.requester_id, self.ticket.partner_id)
        self.assertEqual(change.ci_ids, self.server)
        self.assertEqual(change.chosen_link_ids.origin, "manual")
        self.assertEqual(ticket.change_ids, change)
        self.assertEqual((ticket.change_count, ticket.open_change_count), (1, 1))
        action = ticket.action_view_changes()
        found = self.env["itsm.change"].search(action["domain"])
        self.assertEqual(found, change)
        with self.assertRaises(AccessError):
            self.ticket.with_user(self.auditor).action_make_change()

    def test_agents_ask_for_changes(self):
        """Whoever works on tickets or items may ask for a change, and hand it on."""
        self._only_gates()
        for user in (self.agent, self.keeper):
            with self.subTest(user=user.name):
                action = self.server.with_user(user).action_make_change()
                Change = self.env["itsm.change"].with_user(user)
                form = Form(Change.with_context(**action["context"]))
                form.implementer_id = user
                change = form.save()
                self.assertEqual(change.requester_id, user.partner_id)
                self.assertEqual(change.ci_ids, self.server)
                self.assertTrue(change.can_go_on)
                self.assertFalse(change.can_start_now)
                change.reason = "It is too slow"
                change.submit()
                self.assertEqual(change.state, "assess")
                self.assertFalse(change.can_cancel)
                with self.assertRaises(AccessError):
                    change.reason = "Never mind"
                with self.assertRaises(AccessError):
                    change.accept()
                with self.assertRaises(AccessError):
                    change.chosen_link_ids.unlink()

    def test_agents_start_nothing(self):
        """Who asks for an emergency change does not begin it, nor plan a standard."""
        for kind, verb in (("emergency", "start_now"), ("standard", "schedule")):
            with self.subTest(type=kind):
                change = (
                    self.env["itsm.change"]
                    .with_user(self.agent)
                    .create(
                        {
                            "name": "Now",
                            "type": kind,
                            "implementer_id": self.agent.id,
                        }
                    )
                )
                with self.assertRaises(AccessError):
                    getattr(change, verb)(*(["Fire"] if verb == "start_now" else []))

    def test_agents_write_their_own_drafts_only(self):
        change = self._change(ci_ids=self.server.ids)
        for record in (change, change.chosen_link_ids):
            for operation in ("write", "unlink"):
                with self.subTest(model=record._name, operation=operation):
                    mine = record.with_user(self.agent)
                    with self.assertRaises(AccessError):
                        if operation == "unlink":
                            mine.unlink()
                        elif record == change:
                            mine.write({"name": "Mine"})
                        else:
                            mine.write({"excluded": True})

    def test_from_items(self):
        other = self._ci("other")
        items = (self.server | other).with_user(self.implementer)
        form = Form(
            self.env["itsm.change"]
            .with_user(self.implementer)
            .with_context(**items.action_make_change()["context"])
        )
        form.name = "Both"
        change = form.save()
        self.assertEqual(change.ci_ids, items)
        foreign = self._ci("foreign", company_id=self.branch.id)
        with self.assertRaises(UserError):
            (self.server | foreign).action_make_change()

    def test_on_the_item(self):
        change = self._change(ci_ids=self.server.ids)
        done = self._change(ci_ids=self.server.ids)
        done._write_system({"state": "closed"})
        touched = self._ci("touched")
        self._relate(touched, "depends_on", self.server)
        item = self.server.with_user(self.agent)
        self.assertEqual((item.change_count, item.open_change_count), (2, 1))
        self.assertFalse(touched.change_count)
        action = item.action_view_changes()
        self.assertEqual(
            self.env["itsm.change"].search(action["domain"]), change | done
        )
        self.assertTrue(action["context"]["search_default_open"])

    def test_from_a_finding(self):
        rule = self.env["itsm.ci.audit.rule"].create(
            {"name": "Uncovered", "kind": "changes", "why": "It was not planned."}
        )
        finding = self.env["itsm.ci.finding"].create(
            {
                "rule_id": rule.id,
                "ci_id": self.server.id,
                "details": {"host_name": ["alpha", "beta"]},
            }
        )
        self.implementer.group_ids |= self.env.ref("itsm_cmdb.group_cmdb_engineer")
        mine = finding.with_user(self.implementer)
        change = self._from(mine.action_make_change())
        self.assertEqual((change.origin, change.ci_ids), ("audit", self.server))
        self.assertIn("It was not planned.", change.reason)
        self.assertIn("alpha → beta", change.reason)
        mine.invalidate_recordset()
        self.assertEqual((mine.change_ids, mine.change_count), (change, 1))

    # ------------------------------------------------------------------
    # Waiting
    # ------------------------------------------------------------------

    def _waiting(self, *changes):
        ticket = self._create_ticket()
        ticket.with_user(self.agent).action_take()
        ticket.set_pending(self.env.ref("itsm_helpdesk.pending_reason_change"))
        for change in changes:
            change.ticket_ids = [Command.link(ticket.id)]
        return ticket

    def _end(self, change, code="successful"):
        self._only_gates()
        change._write_system({"state": "review"})
        change.with_user(self.coordinator).close(code, "As it went.")

    def test_resumes_when_the_change_is_closed(self):
        change = self._change()
        ticket = self._waiting(change)
        other = self._waiting()
        self._end(change, "failed")
        self.assertEqual((ticket.state, other.state), ("in_progress", "pending"))
        ticket.invalidate_recordset()
        self.assertIn(change.number, "".join(ticket.message_ids.mapped("body")))

    def test_waits_for_all_of_its_changes(self):
        one, two = self._change("One"), self._change("Two")
        ticket = self._waiting(one, two)
        self._end(one)
        self.assertEqual(ticket.state, "pending")
        two.with_user(self.coordinator).cancel("Not needed.")
        self.assertEqual(ticket.state, "in_progress")

    def test_waits_for_something_else(self):
        change = self._change()
        ticket = self._create_ticket()
        ticket.with_user(self.agent).action_take()
        ticket.set_pending(self.env.ref("itsm_helpdesk.pending_reason_requester"))
        change.ticket_ids = [Command.link(ticket.id)]
        self._end(change)
        self.assertEqual(ticket.state, "pending")


@tagged("post_install", "-at_install")
class TestCoveringChanges(ChangeCase):
    """The audit knows what changes cover, and finds the rest."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.server = cls._ci("srv", host_name="alpha")
        cls.rule = cls.env["itsm.ci.audit.rule"].create(
            {
                "name": "Uncovered",
                "kind": "changes",
                "class_ids": [Command.set(cls.class_server.ids)],
                "field_ids": [Command.create({"name": "host_name"})],
                "watched_from": fields.Datetime.now() - timedelta(days=1),
            }
        )
        cls.change = cls._change(ci_ids=cls.server.ids)

    def _found(self):
        self.env.flush_all()
        self.rule._run()
        self.env.invalidate_all()
        return self.rule.finding_ids

    def test_outside_of_changes(self):
        self.assertIn("itsm.change", self.rule._covering_models())
        self.server.host_name = "beta"
        self.assertEqual(len(self._found()), 1)

    def test_applied_by_a_change(self):
        self.env["itsm.change.delta"].create(
            {
                "change_id": self.change.id,
                "ci_id": self.server.id,
                "key": "host_name",
                "new": "beta",
            }
        )
        self.change._write_system({"state": "review"})
        self._only_gates()
        self.change.close("successful")
        self.assertEqual(self.server.host_name, "beta")
        self.assertFalse(self._found())

    def test_covers_its_own_items_once_begun(self):
        under = self.server._under(origin=self.change)
        under.host_name = "beta"
        self.assertEqual(len(self._found()), 1, "it has not begun")
        for number, state in enumerate(("implement", "review", "closed")):
            self.change._write_system({"state": state})
            under.host_name = f"beta {number}"
            self.assertFalse(
                self._found().filtered(lambda each: each.state == "open"), state
            )
        other = self._ci("other", host_name="x")
        other._under(origin=self.change).host_name = "y"
        found = self._found().filtered(lambda each: each.state == "open")
        self.assertEqual(found.ci_id, other)
        self.change._write_system({"state": "cancelled"})
        under.host_name = "gamma"
        found = self._found().filtered(lambda each: each.state == "open")
        self.assertIn(self.server, found.ci_id)
