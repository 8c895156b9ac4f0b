import contextlib
from datetime import timedelta

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import freeze_time
from odoo.tools import SQL

from ..tools import lifecycle
from .common import QUIET, WORKDAY, ItsmCase

AGENTS = ("agent", "leader", "manager", "admin")
REQUESTERS = ("requester", "portal")
OTHERS = ("colleague", "auditor", "stranger")
CALLS = {
    "start": lambda ticket: ticket.start(),
    "set_pending": lambda ticket: ticket.set_pending("supplier"),
    "resume": lambda ticket: ticket.resume(),
    "ask_approval": lambda ticket: ticket.ask_approval(
        ticket.env.ref("itsm_helpdesk.test_policy").id
    ),
    "resolve": lambda ticket: ticket.resolve("solved", "Toner replaced."),
    "close": lambda ticket: ticket.close(),
    "reopen": lambda ticket: ticket.reopen("It is broken again."),
    "cancel": lambda ticket: ticket.cancel("Not needed."),
}


class TestLifecycleTable(ItsmCase):
    """Every verb × every state × each role, from the table of transitions."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context=dict(cls.env.context, **QUIET))
        cls.env["ir.model.data"]._update_xmlids(
            [
                {
                    "xml_id": "itsm_helpdesk.test_policy",
                    "record": cls._approval_policy(cls.stranger),
                }
            ]
        )
        cls.by_state = {
            state: cls._in_state(
                state,
                partner_id=cls.portal.partner_id.id,
                requested_for_id=cls.requester.partner_id.id,
            )
            for state in lifecycle.STATES
        }

    def _try(self, user, verb, state):
        """Return what became of the ticket, None where the verb was refused."""
        result = None
        savepoint = self.cr.savepoint()
        with contextlib.suppress(UserError):
            ticket = self.by_state[state].with_user(user)
            CALLS[verb](ticket)
            self.env.flush_all()
            result = ticket.sudo().state
        savepoint.rollback()
        savepoint.close(rollback=False)
        self.env.invalidate_all()
        return result

    def _expected(self, role, verb, state):
        transition = lifecycle.TRANSITIONS[verb]
        actor = lifecycle.AGENT if role in AGENTS else lifecycle.REQUESTER
        if role in OTHERS or not lifecycle.is_allowed(verb, state):
            return None
        if actor not in transition.actors:
            return None
        # A ticket that was given up is not taken up again by the requester.
        if (role, verb, state) in {(r, "reopen", "cancelled") for r in REQUESTERS}:
            return None
        return transition.target

    def _check_role(self, role):
        for verb in CALLS:
            for state in lifecycle.STATES:
                with self.subTest(role=role, verb=verb, state=state):
                    self.assertEqual(
                        self._try(self[role], verb, state),
                        self._expected(role, verb, state),
                    )

    def __getitem__(self, role):
        return getattr(self, role)

    def test_every_verb_is_tried(self):
        """What is not tried follows from a decision, and nobody may call it."""
        untried = set(lifecycle.TRANSITIONS) - set(CALLS)
        self.assertEqual(untried, {"approve", "refuse"})
        for verb in untried:
            self.assertEqual(
                lifecycle.TRANSITIONS[verb].actors, {lifecycle.SYSTEM}, verb
            )
            self.assertFalse(hasattr(self.env["itsm.ticket"], verb), verb)

    def test_agents(self):
        for role in AGENTS:
            self._check_role(role)

    def test_requesters(self):
        for role in REQUESTERS:
            self._check_role(role)

    def test_everybody_else(self):
        for role in OTHERS:
            self._check_role(role)

    def test_stage_drag(self):
        """A drag does what the verb would do, or refuses."""
        stages = {
            state: self.env["itsm.stage"]._for_state(self.desk, state)
            for state in lifecycle.STATES
        }
        # A drag cannot say why, nor with which code and words.
        wordless = {"start": "in_progress", "resume": "in_progress", "close": "closed"}
        for source, ticket in self.by_state.items():
            for target, stage in stages.items():
                verb = lifecycle.verb_between(source, target)
                expected = source if source == target else wordless.get(verb)
                with self.subTest(source=source, target=target):
                    result = None
                    savepoint = self.cr.savepoint()
                    with contextlib.suppress(UserError):
                        ticket.with_user(self.agent).write({"stage_id": stage.id})
                        result = ticket.state
                    savepoint.rollback()
                    savepoint.close(rollback=False)
                    self.env.invalidate_all()
                    self.assertEqual(result, expected)


class TestTransitions(ItsmCase):
    """What each verb sets, asks for and refuses."""

    def test_in_batch(self):
        tickets = self._create_ticket() | self._create_ticket(desk_id=self.desk.id)
        tickets.with_user(self.agent).resolve("solved", "Toner replaced.")
        self.assertEqual(tickets.mapped("state"), ["resolved", "resolved"])
        tickets[0].close()
        with self.assertRaises(UserError):
            tickets.with_user(self.agent).close()
        self.assertEqual(tickets[1].state, "resolved", "all or nothing")

    @freeze_time(WORKDAY)
    def test_pending(self):
        ticket = self._create_ticket().with_user(self.agent)
        for reason in (None, "", 0, "no_such_code", 999999999):
            with self.subTest(reason=reason), self.assertRaises(UserError):
                ticket.set_pending(reason)
        with self.assertRaises(UserError):
            ticket.set_pending("date")  # needs a date
        with self.assertRaises(UserError):
            ticket.set_pending("supplier", "2026-03-01 10:00:00")  # has passed
        for until in ("tomorrow", "2026-99-99 00:00:00", 12, ["2026-04-01"]):
            with self.subTest(until=until), self.assertRaises(UserError):
                ticket.set_pending("supplier", until)
        reason = self.env.ref("itsm_helpdesk.pending_reason_date")
        until = fields.Datetime.to_datetime("2026-04-01 08:00:00")
        for value in (reason, reason.id, "date"):
            ticket.set_pending(value, "2026-04-01T08:00:00")
            self.assertEqual(ticket.pending_reason_id, reason)
            self.assertEqual(ticket.pending_until, until)
            self.assertEqual(ticket.pending_since, fields.Datetime.now())
            ticket.resume()
            self.assertFalse(ticket.pending_reason_id)
            self.assertFalse(ticket.pending_until)
            self.assertFalse(ticket.pending_since)

    @freeze_time(WORKDAY)
    def test_resolve(self):
        ticket = self._create_ticket().with_user(self.agent)
        for code, text in ((None, "Text"), ("solved", None), ("solved", "  ")):
            with self.subTest(code=code, text=text), self.assertRaises(UserError):
                ticket.resolve(code, text)
        self.assertEqual(ticket.state, "new")
        ticket.resolve("solved", "Toner replaced.")
        self.assertEqual(ticket.resolved_at, fields.Datetime.now())
        self.assertEqual(ticket.first_response_at, fields.Datetime.now())
        self.assertEqual(ticket.resolution_code_id.code, "solved")
        self.assertEqual(ticket.resolution, "Toner replaced.")
        self.assertFalse(ticket.closed_at)

    def test_resolve_with_what_the_form_holds(self):
        ticket = self._create_ticket().with_user(self.agent)
        code = self.env.ref("itsm_helpdesk.resolution_code_workaround")
        ticket.write({"resolution_code_id": code.id, "resolution": "Use the other."})
        ticket.write({"stage_id": self._stage("resolved").id})
        self.assertEqual(ticket.state, "resolved")
        self.assertEqual(ticket.resolution_code_id, code)

    def _stage(self, state):
        return self.env["itsm.stage"]._for_state(self.desk, state)

    def test_closing_tells_who_confirmed(self):
        for user, code in ((self.requester, "confirmed"), (self.agent, "by_agent")):
            ticket = self._in_state("resolved").with_user(user)
            ticket.close()
            self.assertEqual(ticket.sudo().closure_code_id.code, code)
            self.assertTrue(ticket.sudo().closed_at)

    def test_requester_reopens(self):
        ticket = self._in_state("resolved")
        mine = ticket.with_user(self.requester)
        self.assertTrue(mine.can_reopen and mine.can_confirm)
        self.assertFalse(mine.can_cancel)
        with self.assertRaises(UserError):
            mine.reopen("  ")
        mine.reopen("It does not print again.")
        self.assertEqual(ticket.state, "in_progress")
        self.assertEqual(ticket.reopen_count, 1)
        self.assertFalse(ticket.resolved_at)
        word = ticket.message_ids.filtered(lambda m: "not print again" in m.body)
        self.assertEqual(word.author_id, self.requester.partner_id)
        self.assertFalse(word.subtype_id.internal)

    def test_requester_reopens_within_the_days_of_the_desk(self):
        self.desk.reopen_days = 14
        ticket = self._in_state("closed")
        mine = ticket.with_user(self.requester)
        with freeze_time(fields.Datetime.now() + timedelta(days=14, hours=1)):
            self.assertFalse(mine.can_reopen)
            with self.assertRaises(UserError):
                mine.reopen("Again.")
            # An agent may: somebody has to be able to.
            ticket.with_user(self.agent).reopen("Again.")
        self.assertEqual(ticket.state, "in_progress")
        self.assertFalse(ticket.closed_at)
        self.assertFalse(ticket.closure_code_id)

    def test_open_work_is_not_closed_silently(self):
        ticket = self._create_ticket()
        child = self._create_ticket(parent_id=ticket.id)
        for call in (CALLS["resolve"], CALLS["cancel"]):
            with self.assertRaises(UserError):
                call(ticket.with_user(self.agent))
        child.cancel("Not needed.")
        task = self.env["itsm.task"].create({"name": "Fix", "ticket_id": ticket.id})
        for call in (CALLS["resolve"], CALLS["cancel"]):
            with self.assertRaises(UserError):
                call(ticket.with_user(self.agent))
        task.action_done()
        ticket.with_user(self.agent).resolve("solved", "Fixed.")
        with self.assertRaises(UserError):
            task.write({"state": "todo"})
        with self.assertRaises(UserError):
            self.env["itsm.task"].create({"name": "More", "ticket_id": ticket.id})
        self.assertEqual(ticket.state, "resolved")

    def test_batch_may_hold_parent_and_child(self):
        parent = self._create_ticket()
        child = self._create_ticket(parent_id=parent.id)
        (parent | child).with_user(self.agent).resolve("solved", "Both.")
        self.assertEqual((parent | child).mapped("state"), ["resolved"] * 2)

    def test_time_in_each_stage(self):
        ticket = self._create_ticket()
        self._flush_tracking()
        self._set_back("itsm_ticket", ticket.id, hours=3)
        for hours, move in ((2, CALLS["start"]), (1, CALLS["set_pending"])):
            before = max(self.env["mail.tracking.value"].search([]).ids, default=0)
            move(ticket)
            self._flush_tracking()
            self._set_back("mail_tracking_value", before + 1, hours)
        ticket.invalidate_recordset()
        spent = ticket.duration_tracking
        # New for an hour, then an hour in progress, then pending since an hour.
        for state in ("new", "in_progress", "pending"):
            seconds = spent[str(self._stage(state).id)]
            self.assertAlmostEqual(seconds, 3600, delta=60, msg=state)

    def _set_back(self, table, first_id, hours):
        """Make the latest rows of a table some hours older."""
        self.env.cr.execute(
            SQL(
                "UPDATE %(table)s"
                " SET create_date = now() - %(hours)s * interval '1 hour'"
                " WHERE id >= %(first_id)s",
                table=SQL.identifier(table),
                hours=hours,
                first_id=first_id,
            )
        )

    def test_every_transition_is_in_the_chatter(self):
        ticket = self._create_ticket()
        self._flush_tracking()
        before = ticket.message_ids
        ticket.with_user(self.agent).start()
        self._flush_tracking()
        message = ticket.message_ids - before
        self.assertEqual(message.author_id, self.agent.partner_id)
        self.assertIn("stage_id", message.tracking_value_ids.field_id.mapped("name"))
