from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from .staging_common import StagingCase


@tagged("post_install", "-at_install")
class TestForgery(StagingCase):
    """What clients of the API send along changes nothing of who said what."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.item = cls._ci("Server")
        cls.forged = {
            "itsm_ci_origin": {"source": "stocktake", "reason": "forged", "res_id": 1},
            "itsm_addresses": True,
            "itsm_ci_complete": True,
            "itsm_system.itsm.ci.event": True,
            "itsm_ticket_analysis": True,
            "itsm_system.itsm.ci.batch": True,
            "tracking_disable": True,
            "mail_notrack": True,
            "default_token": "known-to-everybody",
            "default_provenance": {"name": [1, "2000-01-01"]},
            "default_state": "done",
            "default_origin": "computed",
        }

    def test_contexts_do_not_hide_a_change(self):
        item = self.item.with_user(self.keeper).with_context(**self.forged)
        before = len(self.item.revision_ids)
        item.write({"name": "Mine", "mac_addresses": "00:1b:21:3c:4d:5e"})
        self.assertGreater(len(self.item.revision_ids), before)
        last = self.item.revision_ids[0]
        self.assertEqual(last.user_id, self.keeper)
        self.assertEqual(last.source_id.code, "manual")
        self.assertFalse(last.res_model or last.reason)
        changed = {key for row in self.item.revision_ids for key in row.changes or {}}
        self.assertLessEqual({"name", "mac_addresses"}, changed)

    def test_contexts_at_the_creation(self):
        Ci = self._as(self.keeper)["itsm.ci"].with_context(**self.forged)
        item = Ci.create({"name": "New", "class_id": self.class_server.id}).sudo()
        self.assertNotEqual(item.token, "known-to-everybody")
        manual = self.env.ref("itsm_cmdb.source_manual")
        self.assertEqual(item.provenance["name"][0], manual.id)
        self.assertEqual(item.revision_ids.kind, "created")

    def test_the_history_is_not_written(self):
        row = self.item.revision_ids
        for user in (self.keeper, self.cmdb_manager):
            own = row.with_user(user).with_context(**self.forged)
            for attempt in (
                lambda own=own: own.write({"user_id": self.admin.id}),
                lambda own=own: own.unlink(),
                lambda own=own: own.create({"ci_id": self.item.id}),
                lambda: self.item.with_user(self.keeper).write(
                    {"revision_ids": [Command.clear()]}
                ),
                lambda: self.item.with_user(self.keeper).write(
                    {"provenance": {"name": [1, "2000-01-01"]}}
                ),
                lambda: self.item.with_user(self.keeper).write({"token": "x" * 22}),
            ):
                with self.assertRaises(AccessError):
                    attempt()

    def test_codes_stay(self):
        with self.assertRaises(AccessError):
            self.item.with_user(self.cmdb_manager).write({"code": "CI-MINE"})
        with self.assertRaises(AccessError):
            self.item.with_user(self.cmdb_manager)._write_values(
                {self.item.id: {"code": "CI-MINE"}}
            )

    def test_a_merging_that_smuggles_a_code(self):
        other = self._ci("Other")
        wizard = self._as(self.cmdb_manager)["itsm.ci.merge"].create(
            {
                "item_ids": (self.item | other).ids,
                "survivor_id": self.item.id,
                "line_ids": [
                    Command.create(
                        {
                            "key": "code",
                            "choice_ids": [
                                Command.create(
                                    {
                                        "ci_id": other.id,
                                        "name": "x",
                                        "value": {"value": "CI-MINE"},
                                    }
                                )
                            ],
                        }
                    )
                ],
            }
        )
        wizard.line_ids.choice_id = wizard.line_ids.choice_ids
        with self.assertRaises(AccessError):
            wizard.action_merge()

    def test_only_managers_merge_and_only_what_they_see(self):
        pair = self.item | self._ci("Other")
        with self.assertRaises(AccessError):
            pair.with_user(self.keeper).action_merge()
        self.outsider.group_ids |= self.env.ref("itsm_cmdb.group_cmdb_manager")
        with self.assertRaises(AccessError):
            pair.with_user(self.outsider).action_merge()

    # Batches

    def test_a_batch_does_not_lie_about_what_it_was_made_under(self):
        batch = self._planned([self._row(name="n")])
        own = batch.with_user(self.cmdb_manager)
        forged = {"res_model": "itsm.ticket", "res_id": 1}
        for vals in (forged, {"user_id": self.admin.id}):
            with self.assertRaises(AccessError):
                own.write(vals)
            with self.assertRaises(AccessError):
                own.create({"name": "x", "source_id": self.ledger.id, **vals})
        made = own.with_context(
            default_res_model="itsm.ticket", default_res_id=1
        ).create({"name": "x", "source_id": self.ledger.id})
        self.assertFalse(made.res_model or made.res_id)

    def test_engineers_run_no_batches(self):
        batch = self._planned([self._row(name="n")])
        own = batch.with_user(self.keeper)
        for verb in (
            "plan",
            "apply",
            "apply_next",
            "undo",
            "action_allow_loss",
            "action_give_up",
        ):
            with self.subTest(verb=verb), self.assertRaises(AccessError):
                getattr(own, verb)()
        rows = self._rows(batch).with_user(self.keeper)
        for verb in ("action_apply", "action_set_missing"):
            with self.subTest(verb=verb), self.assertRaises(AccessError):
                getattr(rows, verb)()

    # Conditions that are run with more rights than who writes them

    def test_a_condition_asks_for_nothing_that_its_author_may_not_read(self):
        field = self.env["hr.employee"]._fields["pin"]
        self.assertTrue(field.groups)
        domain = "[('owner_id.pin', '=like', '1%')]"
        rule = self.env["itsm.ci.audit.rule"].create(
            {"name": "Oracle", "kind": "condition"}
        )
        with self.assertRaises(UserError):
            rule.with_user(self.cmdb_manager).domain = domain
        with self.assertRaises(UserError):
            self._as(self.cmdb_manager)["itsm.ci.attestation"].create(
                {
                    "name": "Oracle",
                    "company_id": self.company.id,
                    "domain": domain,
                    "due_date": fields.Date.today() + timedelta(days=9),
                }
            )

    # Links of tickets

    def test_a_link_passes_nothing_off_as_found(self):
        ticket = self._create_ticket()
        link = (
            self._as(self.agent)["itsm.ticket.ci"]
            .with_context(itsm_ticket_analysis=True, default_origin="computed")
            .create(
                {
                    "ticket_id": ticket.id,
                    "ci_id": self.item.id,
                    "origin": "computed",
                    "why": "because",
                }
            )
        )
        self.assertEqual((link.origin, link.why), ("manual", False))
        for user in (self.stranger, self.keeper):
            with self.assertRaises(AccessError):
                self._as(user)["itsm.ticket.ci"].create(
                    {"ticket_id": ticket.id, "ci_id": self._ci("Else").id}
                )
            with self.assertRaises(AccessError):
                link.with_user(user).with_context(**self.forged).write(
                    {"excluded": True}
                )
        with self.assertRaises(AccessError):
            link.with_user(self.stranger).read()
