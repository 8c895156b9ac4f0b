from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Command
from odoo.service.model import get_public_method
from odoo.tools import SQL

from .sla_common import SlaCase

ROLES = (
    "portal",
    "requester",
    "agent",
    "leader",
    "manager",
    "auditor",
    "sla_reader",
    "sla_manager",
    "admin",
)
# Rights on the models as such: r read, w write, c create, d delete.
NOBODY_WRITES = ("", "", "r", "r", "r", "r", "r", "r", "r")
MANAGERS_WRITE = ("", "", "r", "r", "r", "r", "r", "rwcd", "rwcd")
NOBODY_READS = ("",) * 9
READERS_USE = ("", "", *["rwcd"] * 7)
MODELS = {
    "itsm.service.class": ("", "r", "r", "r", "r", "r", "r", "rwcd", "rwcd"),
    "itsm.sla.policy": MANAGERS_WRITE,
    "itsm.sla.target": MANAGERS_WRITE,
    "itsm.sla.escalation": MANAGERS_WRITE,
    "itsm.sla.policy.version": NOBODY_WRITES,
    "itsm.sla.clock": NOBODY_WRITES,
    "itsm.sla.segment": NOBODY_WRITES,
    "itsm.sla.escalation.fired": NOBODY_WRITES,
    "itsm.sla.waiver": READERS_USE,
    "itsm.sla.correction": READERS_USE,
    "itsm.sla.correction.line": READERS_USE,
    "itsm.sla.migration": ("", "", "", "", "", "", "", "rwcd", "rwcd"),
    "itsm.sla.remeasure": ("", "", "", "", "", "", "", "rwcd", "rwcd"),
    "itsm.sla.event": NOBODY_READS,
    "itsm.sla.timetable": NOBODY_READS,
}
# Whose tickets' clocks each role sees.
CLOCKS = {
    "agent": "own",
    "leader": "own",
    "manager": "own",
    "stranger": "other",
    "foreigner": "branch",
    "auditor": "own other",
    "sla_reader": "",
    "sla_manager": "own other",
    "admin": "own other",
}


class SlaSecurityCase(SlaCase):
    """Tickets of three desks, each with clocks, an escalation and a waiver."""

    @classmethod
    def _make_policies(cls):
        cls.sla = cls._policy(("response", 2), ("resolution", 8))
        cls.ola = cls._policy(("resolution", 4), kind="ola")
        cls.rule = cls._rule(cls.sla, "percent", 50, notify_manager=True)
        cls.sla_reader = cls._make_user(
            "sla_reader", "Rita Reader", "itsm_sla.group_sla_reader"
        )

    def setUp(self):
        super().setUp()
        nobody = self.env["res.partner"].create({"name": "Nobody"})
        desks = {
            "own": self.desk,
            "other": self.desk_other,
            "branch": self.desk_branch,
        }
        self.tickets = {
            name: self._create_ticket(desk_id=desk.id, partner_id=nobody.id)
            for name, desk in desks.items()
        }
        self._sweep("Mon 16")
        all_tickets = self.Ticket.union(*self.tickets.values())
        self._at("Mon 16:30")
        all_tickets.resolve("solved", "Done.")
        for ticket in all_tickets:
            self.env["itsm.sla.waiver"].create(
                {"clock_id": self._clocks(ticket).id, "reason": "x", "minutes": 1}
            )
        self.env.flush_all()


class TestSlaModelRights(SlaSecurityCase):
    """Role × model × operation, and role × record."""

    def test_models(self):
        self._check_model_rights(MODELS, ROLES)

    def test_table_is_complete(self):
        """A new model of the engine needs a row here or in a test of its own."""
        names = {
            name
            for name, Model in self.env.registry.items()
            if name.startswith(("itsm.sla.", "itsm.service.class"))
            and not Model._abstract
            and Model._auto
            # Reports are facts; their rights follow those of the tickets.
            and not name.endswith(".report")
        }
        self.assertEqual(names, set(MODELS))

    def test_whose_clocks(self):
        """Clocks, stretches, escalations and waivers go with the tickets."""
        names = {ticket.id: name for name, ticket in self.tickets.items()}
        paths = {
            "itsm.sla.clock": "res_id",
            "itsm.sla.segment": "clock_id.res_id",
            "itsm.sla.escalation.fired": "clock_id.res_id",
            "itsm.sla.waiver": "clock_id.res_id",
        }
        for role, seen in CLOCKS.items():
            env = self._as(getattr(self, role))
            for model, path in paths.items():
                records = env[model].search([]).sudo()
                found = {names.get(id_, "?") for id_ in records.mapped(path)}
                with self.subTest(role=role, model=model):
                    self.assertEqual(found, set(seen.split()))

    def test_reading_one_is_like_finding_it(self):
        for role, seen in CLOCKS.items():
            for name, ticket in self.tickets.items():
                clock = self._clocks(ticket).with_env(self._as(getattr(self, role)))
                with self.subTest(role=role, desk=name):
                    self.assertEqual(clock.has_access("read"), name in seen.split())

    def test_requesters_see_nothing(self):
        """Neither by the models nor through their own ticket."""
        mine = self._register(
            partner_id=self.portal.partner_id.id,
            requested_for_id=self.requester.partner_id.id,
        )
        clock = self._clocks(mine)
        for user in (self.portal, self.requester):
            env = self._as(user)
            for model in MODELS.keys() - {"itsm.service.class"}:
                with (
                    self.subTest(user=user.name, model=model),
                    self.assertRaises(AccessError),
                ):
                    env[model].search([])
            ticket = env["itsm.ticket"].browse(mine.id)
            self.assertTrue(ticket.read(["name"]))
            with self.subTest(user=user.name), self.assertRaises(AccessError):
                ticket.read(["clock_ids"])
            with self.subTest(user=user.name), self.assertRaises(AccessError):
                ticket.search([("clock_ids.breached", "=", True)])
            with self.assertRaises(AccessError):
                ticket.read(["service_class_id"])
            with self.assertRaises(AccessError):
                env["itsm.sla.clock"].browse(clock.id).explain()
            with self.assertRaises(AccessError):
                env["itsm.sla.clock"].timeline("itsm.ticket", mine.id)

    def test_requester_who_is_an_agent_elsewhere(self):
        """Who sees a ticket as its requester does not see the desk's clocks."""
        mine = self._register(partner_id=self.stranger.partner_id.id)
        env = self._as(self.stranger)
        self.assertTrue(env["itsm.ticket"].browse(mine.id).has_access("read"))
        drawn = env["itsm.sla.clock"].timeline("itsm.ticket", mine.id)
        self.assertFalse(drawn["clocks"])
        self.assertFalse(env["itsm.ticket"].browse(mine.id).clock_ids)

    def test_policies_of_other_companies(self):
        theirs = self._policy(("resolution", 1), company_id=self.branch.id)
        self._rule(theirs, "percent", 50, notify_manager=True)
        for user in (self.agent, self.sla_manager, self.admin):
            found = self._as(user)["itsm.sla.policy"].search([])
            with self.subTest(user=user.name):
                self.assertNotIn(theirs.id, found.ids)
                self.assertIn(self.sla.id, found.ids)
            for model in ("target", "escalation", "policy.version"):
                found = self._as(user)[f"itsm.sla.{model}"].search([])
                with self.subTest(user=user.name, model=model):
                    self.assertNotIn(theirs.id, found.sudo().policy_id.ids)
                    self.assertIn(self.sla.id, found.sudo().policy_id.ids)


class TestSlaRpc(SlaSecurityCase):
    """What somebody could try who calls methods instead of pressing buttons."""

    def _rows(self):
        clock = self._clocks(self.tickets["own"])
        return {
            "itsm.sla.event": self.env["itsm.sla.event"].search(
                [("res_id", "=", self.tickets["own"].id)], limit=1
            ),
            "itsm.sla.clock": clock,
            "itsm.sla.segment": clock.segment_ids[:1],
            "itsm.sla.policy.version": clock.policy_version_id,
            "itsm.sla.timetable": clock.timetable_id,
            "itsm.sla.escalation.fired": clock.fired_ids[:1],
        }

    def test_what_the_engine_wrote_is_written_by_nobody(self):
        """No role writes, deletes, copies or makes rows, whatever its context."""
        names = {
            "itsm.sla.event": {"at": "2026-01-01 10:00:00"},
            "itsm.sla.clock": {"state": "met"},
            "itsm.sla.segment": {"working": 1},
            "itsm.sla.policy.version": {"number": 9},
            "itsm.sla.timetable": {"fingerprint": "x"},
            "itsm.sla.escalation.fired": {"error": "x"},
        }
        rows = self._rows()
        for role in ROLES:
            for context in (
                {},
                {"itsm_sla_engine": True, "itsm_system.itsm.ticket": True},
            ):
                for model, vals in names.items():
                    row = rows[model].with_env(self._as(getattr(self, role)))
                    row = row.with_context(**context)
                    self.assertTrue(row)
                    values = rows[model].copy_data()[0]
                    for verb, arguments in (
                        ("write", [vals]),
                        ("unlink", []),
                        ("copy", []),
                        ("create", [values]),
                    ):
                        with (
                            self.subTest(role=role, model=model, verb=verb),
                            self.assertRaises(AccessError),
                        ):
                            getattr(row, verb)(*arguments)

    def test_the_system_too_only_appends(self):
        """Server code with all rights does not write events and clocks by accident."""
        rows = self._rows()
        with self.assertRaises(AccessError):
            rows["itsm.sla.event"].write({"at": "2026-01-01 10:00:00"})
        with self.assertRaises(AccessError):
            rows["itsm.sla.event"].unlink()
        with self.assertRaises(AccessError):
            rows["itsm.sla.clock"].write({"state": "met"})
        with self.assertRaises(AccessError):
            rows["itsm.sla.clock"].unlink()
        with self.assertRaises(AccessError):
            rows["itsm.sla.policy.version"].terms = {}

    def test_through_other_records(self):
        """The rows cannot be reached as lines of records that may be written."""
        ticket, clock = self.tickets["own"], self._clocks(self.tickets["own"])
        attempts = (
            (ticket, {"clock_ids": [Command.update(clock.id, {"state": "met"})]}),
            (ticket, {"clock_ids": [Command.clear()]}),
            (ticket, {"sla_state": "met"}),
            (ticket, {"sla_deadline": "2030-01-01 10:00:00"}),
            (ticket, {"service_class_id": False}),
            (
                self.sla,
                {
                    "version_ids": [
                        Command.update(clock.policy_version_id.id, {"terms": {}})
                    ]
                },
            ),
        )
        for record, vals in attempts:
            for user in (self.manager, self.admin):
                if record == self.sla and user == self.manager:
                    continue
                with self.subTest(vals=vals), self.assertRaises(AccessError):
                    record.with_user(user).write(vals)

    def test_engine_methods_are_private(self):
        """What brings clocks up to date cannot be called from outside."""
        for model, names in {
            "itsm.sla.clock": ("_follow", "_as_engine", "_cron_sweep", "_wake"),
            "itsm.sla.event": ("_log", "_as_engine"),
            "itsm.sla.policy": ("_migrate_clocks", "_cards"),
            "itsm.ticket": ("_sla_log", "_sla_correct", "_sla_open", "_sla_rematch"),
            "itsm.sla.waiver": ("_decide",),
        }.items():
            for name in names:
                with self.subTest(name=name), self.assertRaises(AccessError):
                    get_public_method(self.env[model], name)

    def test_foreign_timelines(self):
        """Neither foreign tickets nor models that have no clocks."""
        Clock = self._as(self.agent)["itsm.sla.clock"]
        self.assertTrue(Clock.timeline("itsm.ticket", self.tickets["own"].id)["clocks"])
        for name in ("other", "branch"):
            with self.subTest(desk=name), self.assertRaises(AccessError):
                Clock.timeline("itsm.ticket", self.tickets[name].id)
            with self.subTest(desk=name), self.assertRaises(AccessError):
                Clock.browse(self._clocks(self.tickets[name]).id).explain()
        for model in ("res.users", "itsm.sla.mixin", "itsm.sla.clock", "nothing"):
            with self.subTest(model=model), self.assertRaises(AccessError):
                Clock.timeline(model, self.env.uid)
        gone = self.Ticket.search([], order="id desc", limit=1).id + 1000
        self.assertFalse(Clock.timeline("itsm.ticket", gone)["clocks"])

    def test_policies_are_changed_by_their_managers(self):
        for user in (self.agent, self.manager, self.auditor, self.sla_reader):
            policy = self.sla.with_user(user)
            for attempt in (
                lambda policy: policy.write({"name": "x"}),
                lambda policy: policy.target_ids.write({"hours": 99}),
                lambda policy: policy.escalation_ids.write({"amount": 99}),
                lambda policy: policy.action_apply_to_open(),
                lambda policy: policy.env["itsm.sla.migration"].create(
                    {"policy_id": policy.id, "reason": "x"}
                ),
            ):
                with self.subTest(user=user.name), self.assertRaises(AccessError):
                    attempt(policy)
        self.sla.with_user(self.sla_manager).target_ids.hours = 3

    def test_policies_of_companies_apply_by_their_own_managers(self):
        """Whoever may not write a policy does not migrate its clocks either."""
        theirs = self._policy(("resolution", 1), company_id=self.branch.id)
        with self.assertRaises(AccessError):
            theirs.with_user(self.sla_manager).action_apply_to_open()
        wizard = self.env["itsm.sla.migration"].create(
            {"policy_id": theirs.id, "reason": "x"}
        )
        with self.assertRaises(AccessError):
            wizard.with_user(self.sla_manager).action_migrate()

    def test_server_actions_are_for_system_administrators(self):
        """Code that runs with all rights is chosen by those who have them."""
        action = self.env["ir.actions.server"].create(
            {
                "name": "Anything",
                "model_id": self.env["ir.model"]._get_id("itsm.ticket"),
                "state": "code",
                "code": "pass",
            }
        )
        rule = self.rule.with_user(self.sla_manager)
        rule.amount = 60
        with self.assertRaises(AccessError):
            rule.server_action_id = action.id
        with self.assertRaises(AccessError):
            rule.read(["server_action_id"])
        with self.assertRaises(AccessError):
            rule.create(
                {
                    "policy_id": self.sla.id,
                    "name": "x",
                    "server_action_id": action.id,
                }
            )

    def test_filters_run_no_code(self):
        for domain in ("[('id', 'in', open('/etc/passwd').read())]", "[(1"):
            with self.subTest(domain=domain), self.assertRaises(ValidationError):
                self.sla.with_user(self.sla_manager).domain = domain

    def test_times_of_other_desks(self):
        """A desk manager corrects the times of tickets of their own desks."""
        wizard = self.env["itsm.sla.correction"].with_user(self.manager)
        for name in ("other", "branch"):
            ticket = self.tickets[name]
            with self.subTest(desk=name), self.assertRaises(AccessError):
                wizard.create(
                    {
                        "res_model": "itsm.ticket",
                        "res_id": ticket.id,
                        "reason": "x",
                    }
                ).action_apply()

    def test_leftovers_of_an_addon_that_is_gone(self):
        """Clocks of a model that is gone break neither lists nor the sweep."""
        clock = self._clocks(self.tickets["own"])
        self.env.flush_all()
        self.env.execute_query(
            SQL(
                "UPDATE itsm_sla_clock SET res_model = 'x_gone' WHERE id = %s "
                "RETURNING id",
                clock.id,
            )
        )
        self.env.invalidate_all()
        row = clock.with_user(self.sla_manager).read(
            ["record_name", "party_name", "display_name"]
        )
        self.assertFalse(row[0]["record_name"])
        self._clocks(self.tickets["other"])._wake([])
        self._sweep()
        self.assertTrue(clock.exists())
