from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import tagged

from .staging_common import StagingCase

MOMENT = "2026-01-01 00:00:00"


@tagged("post_install", "-at_install")
class TestGuardedFields(StagingCase):
    """What only verbs set comes in by no create, no default and no write."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.item = cls._ci("Server")
        other = cls.admin.id
        # {model: (values to make one, facts that nobody forges)}
        cls.models = {
            "itsm.ci.event": (
                {"kind": "count", "line_ids": [Command.create({"ci_id": cls.item.id})]},
                {
                    "state": "done",
                    "number": "EV-X",
                    "ended_at": MOMENT,
                    "signed_at": MOMENT,
                    "signed_user_id": other,
                    "signature_token": "known",
                },
            ),
            "itsm.ci.stocktake": (
                {"name": "Count"},
                {
                    "state": "signed",
                    "started_at": MOMENT,
                    "reviewed_at": MOMENT,
                    "signed_at": MOMENT,
                    "signed_by_id": other,
                    "line_ids": [Command.create({"item_name": "Forged"})],
                },
            ),
            "itsm.ci.attestation": (
                {"name": "Year", "due_date": "2030-01-01"},
                {"state": "closed", "started_on": "2026-01-01"},
            ),
            "itsm.ci.batch": (
                {"name": "Run", "source_id": cls.ledger.id},
                {
                    "state": "done",
                    "user_id": other,
                    "res_model": "itsm.ticket",
                    "res_id": 1,
                    "loss_allowed": True,
                    "applied_at": MOMENT,
                },
            ),
            "itsm.ci.audit.rule": (
                {"name": "Rule"},
                {"last_run": MOMENT, "last_count": 7, "last_error": "None."},
            ),
            "itsm.ticket": (
                {"name": "Outage"},
                {"impact_people_count": 9999, "state": "closed", "number": "X"},
            ),
        }

    def _each(self):
        """Return each model as each of the people, with what they may say of it."""
        return [
            (self._as(user)[name], vals, facts)
            for user in (self.engineer, self.cmdb_manager)
            for name, (vals, facts) in self.models.items()
        ]

    def _told(self, Model):
        return self.subTest(model=Model._name, user=Model.env.user.login)

    def _contexts(self, Model):
        return ({}, {Model._system_key(): True}, {Model._system_key(): "object"})

    def test_by_create(self):
        for Model, vals, facts in self._each():
            for fact, value in facts.items():
                given = {**vals, fact: value}
                for context in self._contexts(Model):
                    with self._told(Model), self.assertRaises(AccessError, msg=fact):
                        Model.with_context(**context).create(given)

    def test_by_write(self):
        for Model, vals, facts in self._each():
            record = self.env[Model._name].create(vals).with_env(Model.env)
            for fact, value in facts.items():
                for context in self._contexts(Model):
                    with self._told(Model), self.assertRaises(AccessError, msg=fact):
                        record.with_context(**context).write({fact: value})

    def test_by_write_as_superuser(self):
        """Code that only runs as superuser, such as a server action, is no verb."""
        for name, (vals, facts) in self.models.items():
            record = self.env[name].create(vals)
            for fact, value in facts.items():
                with self.subTest(name), self.assertRaises(AccessError, msg=fact):
                    record.write({fact: value})

    def test_by_defaults(self):
        for Model, vals, facts in self._each():
            if not Model.has_access("create"):
                continue
            forged = {
                f"default_{fact}": value
                for fact, value in facts.items()
                if not Model._fields[fact].groups  # Odoo refuses these itself
            }
            for context in self._contexts(Model):
                plain = Model.create(vals).sudo()
                made = Model.with_context(**forged, **context).create(vals).sudo()
                for fact in facts.keys() - {"number"}:
                    with self._told(Model):
                        self.assertEqual(made[fact], plain[fact], fact)
                if "number" in facts:
                    self.assertNotEqual(made["number"], facts["number"])

    def test_by_own_defaults_of_a_user(self):
        Default = self._as(self.cmdb_manager)["ir.default"]
        Default.set("itsm.ci.attestation", "state", "closed", user_id=True)
        made = self._as(self.cmdb_manager)["itsm.ci.attestation"].create(
            {"name": "Year", "due_date": "2030-01-01"}
        )
        self.assertEqual(made.state, "draft")

    def test_not_by_the_context_of_a_verb(self):
        """What people send along does not become a fact when a verb creates."""
        Batch = self.Batch.with_context(default_loss_allowed=True, default_state="done")
        batch = Batch._start(self.ledger, "run", [])
        self.assertEqual((batch.state, batch.loss_allowed), ("staged", False))
        self.assertFalse(batch._is_system())

    def test_how_an_item_was_before(self):
        vals, _facts = self.models["itsm.ci.event"]
        event = self._as(self.engineer)["itsm.ci.event"].create(vals)
        for fact, value in (("before", {"name": "x"}), ("after", {"name": "x"})):
            with self.subTest(fact), self.assertRaises(AccessError):
                event.line_ids.write({fact: value})
            with self.subTest(fact), self.assertRaises(AccessError):
                event.write(
                    {"line_ids": [Command.update(event.line_ids.id, {fact: value})]}
                )
