from psycopg2.errors import CheckViolation

from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form
from odoo.tools import mute_logger

from .sla_common import SlaCase, moment


class TestSlaVersions(SlaCase):
    """Terms are agreed once: who edits a policy changes what begins later."""

    @classmethod
    def _make_policies(cls):
        cls.sla = cls._policy(("resolution", 8))

    def _numbers(self):
        return self.sla.version_ids.sorted("number").mapped("number")

    def test_unused_terms_are_corrected_in_place(self):
        self.sla.target_ids.hours = 6
        self.sla.pauses = False
        self.assertEqual(self._numbers(), [1])
        self._shows(self._clocks(self._register()), "running", deadline="Mon 17")

    def test_used_terms_make_a_version(self):
        """Running clocks keep theirs, new ones start under the new ones."""
        old = self._register()
        self._at("Mon 11")
        self.sla.target_ids.hours = 4
        self.assertEqual(self._numbers(), [1, 2])
        new = self._register()
        first, second = self.sla.version_ids.sorted("number")
        self._shows(
            self._clocks(old), "running", deadline="Tue 10", policy_version_id=first
        )
        self._shows(
            self._clocks(new), "running", deadline="Mon 16", policy_version_id=second
        )
        self._at("Mon 14")
        old.with_user(self.agent).set_pending("requester")
        self._at("Mon 15")
        old.with_user(self.agent).resume()
        self._shows(self._clocks(old), "running", deadline="Tue 11")

    def test_terms_used_since_they_were_last_looked_at(self):
        """A version is used from its first clock on, whatever was read before."""
        self.sla.target_ids.hours = 6  # looks at who uses version 1: nobody yet
        old = self._register()
        self.sla.target_ids.hours = 4
        self.assertEqual(self._numbers(), [1, 2])
        self._shows(self._clocks(old), "running", deadline="Mon 17")

    def test_one_version_for_one_edit(self):
        """What is saved together is one agreement."""
        self._register()
        with Form(self.sla) as form:
            form.pauses = False
            form.on_reopen = "restart"
            with form.target_ids.edit(0) as target:
                target.hours = 5
            with form.target_ids.new() as target:
                target.metric = "response"
                target.hours = 1
        self.assertEqual(self._numbers(), [1, 2])

    def test_conditions_are_no_terms(self):
        self._register()
        self.sla.write({"name": "Other", "sequence": 3, "desk_ids": self.desk.ids})
        self._rule(self.sla, "percent", 75, notify_manager=True)
        self.assertEqual(self._numbers(), [1])

    def test_back_to_the_old_terms(self):
        """A new version that nobody used yet is corrected, not followed."""
        self._register()
        self.sla.target_ids.hours = 4
        self.sla.target_ids.hours = 8
        self.assertEqual(self._numbers(), [1, 2])
        self.assertEqual(*self.sla.version_ids.mapped("terms"))

    def _migrate(self, reason="New contract"):
        wizard = (
            self.env["itsm.sla.migration"]
            .with_user(self.sla_manager)
            .with_context(active_model=self.sla._name, active_id=self.sla.id)
            .create({"reason": reason})
        )
        wizard.action_migrate()

    def test_migration(self):
        """On purpose only, of running clocks only, with a note on each record."""
        done, old = self._register(), self._register()
        done.with_user(self.agent).resolve("solved", "Done.")
        self._at("Mon 11")
        self.sla.target_ids.hours = 4
        self.assertEqual(self.sla.outdated_clock_count, 1)
        before = len(old.message_ids)
        self._migrate()
        self._shows(self._clocks(old), "running", deadline="Mon 15")
        self.assertEqual(len(old.message_ids), before + 1)
        self.assertIn("New contract", old.message_ids[0].body)
        self.assertEqual(old.message_ids[0].author_id, self.sla_manager.partner_id)
        self.assertEqual(self._clocks(done).policy_version_id.number, 1)
        self.assertEqual(old.sla_deadline, moment("Mon 15"))
        self.sla.invalidate_recordset(["outdated_clock_count"])
        self.assertEqual(self.sla.outdated_clock_count, 0)

    def test_migration_needs_a_reason(self):
        self._register()
        self.sla.target_ids.hours = 4
        with self.assertRaises(UserError):
            self._migrate(" ")

    def _reopened(self):
        ticket = self._register()
        self._at("Mon 11")
        ticket.with_user(self.agent).resolve("solved", "Done.")
        return ticket

    def test_agreed_to_restart(self):
        """A ticket is reopened as its clock was agreed, whatever came since."""
        self.sla.on_reopen = "restart"
        ticket = self._reopened()
        self.sla.on_reopen = "continue"
        self._at("Mon 14")
        ticket.with_user(self.agent).reopen("Not done.")
        first, second = self._clocks(ticket)
        self._shows(first, "met", stopped_at="Mon 11")
        self._shows(second, "running", started_at="Mon 14")
        self._sweep("Tue 14")
        self._shows(second, "breached", deadline="Tue 14")

    def test_agreed_to_go_on(self):
        """The same the other way round."""
        ticket = self._reopened()
        self.sla.on_reopen = "restart"
        self._at("Mon 14")
        ticket.with_user(self.agent).reopen("Not done.")
        self._shows(self._clocks(ticket), "running", deadline="Tue 12", elapsed=1)

    def test_migration_to_terms_that_go_on(self):
        """The clocks of one life become one; the other counts for nobody."""
        self.sla.on_reopen = "restart"
        ticket = self._reopened()
        self._at("Mon 14")
        ticket.with_user(self.agent).reopen("Not done.")
        self.sla.on_reopen = "continue"
        self._migrate()
        first, second = self._clocks(ticket)
        self._shows(first, "running", deadline="Tue 12", elapsed=1)
        self._shows(second, "cancelled", is_unfinished=False)
        self.assertEqual(second.explain()["state"], "cancelled")

    def test_migration_to_terms_that_restart(self):
        """The clock stops where the ticket was solved first; a new one runs since."""
        ticket = self._reopened()
        self._at("Mon 14")
        ticket.with_user(self.agent).reopen("Not done.")
        self.sla.on_reopen = "restart"
        self._migrate()
        first, second = self._clocks(ticket)
        self._shows(first, "met", stopped_at="Mon 11", elapsed=1)
        self._shows(second, "running", started_at="Mon 14", deadline="Tue 14")

    def test_promise_taken_out_of_the_policy(self):
        """Running clocks keep a promise that new terms no longer make."""
        self.sla.target_ids = [Command.create({"metric": "response", "hours": 2})]
        ticket = self._register()
        self._at("Mon 11")
        self.sla.target_ids.filtered(lambda t: t.metric == "resolution").unlink()
        ticket.with_user(self.agent).type = "request"
        ticket.with_user(self.agent).escalate(reason="Hard.")
        self._shows(self._clocks(ticket), "running", deadline="Tue 10")
        self.assertFalse(self._clocks(self._register()))

    def test_promise_added_to_the_policy(self):
        """Tickets from before get no clock for what was not promised to them."""
        ticket = self._register()
        self._at("Mon 11")
        self.sla.target_ids = [Command.create({"metric": "response", "hours": 2})]
        ticket.with_user(self.agent).type = "request"
        self.assertFalse(self._clocks(ticket, "response"))
        self._shows(self._clocks(ticket), "running", deadline="Tue 10")
        self._shows(self._clocks(self._register(), "response"), "running")

    def test_measured_anew_by_terms_that_restart(self):
        """The same where clocks are measured anew: one of them goes on."""
        ticket = self._reopened()
        self._at("Mon 14")
        ticket.with_user(self.agent).reopen("Not done.")
        self.sla.on_reopen = "restart"
        self.env["itsm.sla.remeasure"].with_user(self.sla_manager).create(
            {
                "clock_ids": self._clocks(ticket).ids,
                "use_terms": True,
                "reason": "Mistyped",
            }
        ).action_remeasure()
        first, second = self._clocks(ticket)
        self._shows(first, "met", stopped_at="Mon 11", elapsed=1)
        self._shows(second, "running", started_at="Mon 14", deadline="Tue 14")

    # ------------------------------------------------------------------
    # What used policies refuse
    # ------------------------------------------------------------------

    def test_used_policies_stay(self):
        """Clocks use it: no deleting, no other kind."""
        self._register()
        with self.assertRaises(UserError):
            self.sla.unlink()
        with self.assertRaises(UserError):
            self.sla.kind = "ola"
        self.assertEqual(self.sla.with_user(self.sla_manager).kind, "sla")

    def test_unused_policies_go(self):
        self.sla.kind = "ola"
        self.sla.unlink()
        self.assertFalse(self.sla.exists())

    def test_suppliers_have_no_response_time(self):
        """Neither as a new target nor by making the policy one for suppliers."""
        with self.assertRaises(ValidationError):
            self._policy(("response", 1), kind="uc")
        policy = self._policy(("response", 1), ("resolution", 2))
        with self.assertRaises(ValidationError):
            policy.kind = "uc"

    def test_targets_within_reason(self):
        for hours in (0, -1):
            with self.subTest(hours=hours), self.assertRaises(ValidationError):
                self.sla.target_ids.hours = hours
        for name in ("hours", "days"):
            with (
                self.subTest(name=name),
                mute_logger("odoo.sql_db"),
                self.assertRaises(CheckViolation),
            ):
                self.sla.target_ids.write({name: 10**6})
                self.env.flush_all()

    # ------------------------------------------------------------------
    # For tickets that are open already
    # ------------------------------------------------------------------

    def test_apply_to_open(self):
        """Open tickets get clocks that count from their opening, pauses too."""
        self.sla.active = False
        ticket, done = self._register(), self._register()
        done.with_user(self.agent).resolve("solved", "Done.")
        self._at("Mon 11")
        ticket.with_user(self.agent).set_pending("requester")
        self._at("Mon 14")
        ticket.with_user(self.agent).resume()
        self._at("Mon 15")
        self.sla.active = True
        self.assertFalse(self._clocks(ticket))
        self.sla.with_user(self.sla_manager).action_apply_to_open()
        self._shows(
            self._clocks(ticket), "running", started_at="Mon 10", deadline="Tue 12"
        )
        self.assertFalse(self._clocks(done))
        self.assertEqual(ticket.sla_deadline, moment("Tue 12"))

    def test_apply_to_tickets_without_events(self):
        """Tickets from before the engine: their dates tell what is known."""
        ticket, waiting = self._register(), self._register()
        self._at("Mon 11")
        waiting.with_user(self.agent).set_pending("requester")
        self._say(ticket, self.agent)
        self.env["itsm.sla.event"]._as_engine().search([]).unlink()
        self.Clock._as_engine().search([]).unlink()
        self.sla.target_ids = [Command.create({"metric": "response", "hours": 2})]
        self._at("Mon 16")
        self.sla.action_apply_to_open()
        self._shows(self._clocks(ticket), "running", deadline="Tue 10")
        self._shows(self._clocks(ticket, "response"), "met", stopped_at="Mon 11")
        self._shows(self._clocks(waiting), "paused", elapsed=1)
        before = self._events(ticket)
        self.sla.action_apply_to_open()
        self.assertEqual(self._events(ticket), before)
