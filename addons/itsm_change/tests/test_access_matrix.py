from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import ChangeCase

ROLES = (
    "portal",
    "requester",
    "agent",
    "auditor",
    "keeper",
    "implementer",
    "coordinator",
    "change_manager",
)
READ = ("", "", "r", "r", "r", "r", "r", "r")
SETTING = ("", "", "r", "r", "r", "r", "r", "rwcd")
PART = ("", "", "r", "r", "r", "rwcd", "rwcd", "rwcd")
# Agents and engineers ask for changes too: drafts of their own.
ASKED = ("", "", "rwcd", "r", "rwcd", "rwcd", "rwcd", "rwcd")
MEETING = ("", "", "r", "r", "r", "r", "rwcd", "rwcd")
WIZARD = ("", "", "", "", "", "rwcd", "rwcd", "rwcd")
# Rights on the models as such (r read, w write, c create, d delete); which records
# they cover is tested with each feature.
MODELS = {
    # portal user agent auditor engineer implementer coordinator manager
    "itsm.cab": SETTING,
    "itsm.cab.agenda": MEETING,
    "itsm.cab.meeting": MEETING,
    "itsm.cab.member": SETTING,
    "itsm.change": ASKED,
    "itsm.change.action": ("", "", "rwcd", "", "rwcd", "rwcd", "rwcd", "rwcd"),
    "itsm.change.answer": ASKED,
    "itsm.change.assessment": READ,
    "itsm.change.assessment.line": READ,
    "itsm.change.calendar": READ,
    "itsm.change.category": SETTING,
    "itsm.change.ci": ASKED,
    "itsm.change.conflict": READ,
    "itsm.change.conflict.rule": ("", "", "r", "r", "r", "r", "r", "rw"),
    "itsm.change.delta": PART,
    "itsm.change.evidence": PART,
    "itsm.change.exception": PART,
    "itsm.change.feed": ("", "", "rw", "rw", "rw", "rw", "rw", "rw"),
    "itsm.change.from.template": WIZARD,
    "itsm.change.gate": SETTING,
    "itsm.change.incident": READ,
    "itsm.change.item.choice": WIZARD,
    "itsm.change.notice": READ,
    "itsm.change.notice.person": READ,
    "itsm.change.proposal": WIZARD,
    "itsm.change.proposal.line": WIZARD,
    "itsm.change.question": SETTING,
    "itsm.change.question.option": SETTING,
    "itsm.change.risk.band": SETTING,
    "itsm.change.risk.factor": ("", "", "r", "r", "r", "r", "r", "rw"),
    "itsm.change.risk.level": ("", "", "r", "r", "r", "r", "r", "rw"),
    "itsm.change.risk.override": ("", "", "", "", "", "", "rwcd", "rwcd"),
    "itsm.change.rollback": WIZARD,
    "itsm.change.slot.line": WIZARD,
    "itsm.change.slot.wizard": WIZARD,
    "itsm.change.success": READ,
    "itsm.change.tell": WIZARD,
    "itsm.change.template": SETTING,
    "itsm.change.template.answer": SETTING,
    "itsm.change.template.delta": SETTING,
    "itsm.change.template.step": SETTING,
    "itsm.change.transition": READ,
    "itsm.change.window": SETTING,
    "itsm.change.window.occurrence": READ,
    "itsm.release": PART,
    "itsm.release.action": WIZARD,
    "itsm.release.deployment": READ,
    "itsm.release.reader": READ,
    "itsm.release.send": WIZARD,
}


@tagged("post_install", "-at_install")
class TestChangeModelRights(ChangeCase):
    """Role × model × operation."""

    def test_models(self):
        self._check_model_rights(MODELS, ROLES)

    def test_table_is_complete(self):
        """A new model of the addon needs a row here."""
        self._check_table_complete(MODELS, "itsm_change")

    def test_public_visitor(self):
        self._check_hidden_from_public(MODELS)


@tagged("post_install", "-at_install")
class TestChangeRecordRules(ChangeCase):
    """Which changes of which people each role may write."""

    def _may_write(self, user, **vals):
        change = self._change(
            implementer_id=False, team_id=False, coordinator_id=False, **vals
        )
        self.assertTrue(change.with_user(user).has_access("read"))
        return change.with_user(user).has_access("write")

    def test_implementers_write_what_they_have_to_do_with(self):
        user = self.implementer
        self.assertFalse(self._may_write(user))
        change = self._change(implementer_id=False, team_id=False)
        for vals in (
            {"implementer_id": user.id},
            {"coordinator_id": user.id},
            {"requester_id": user.partner_id.id},
            {"team_id": self.team2.id},
        ):
            with self.subTest(vals=vals):
                mine = self._change(
                    **{"implementer_id": False, "team_id": False, **vals}
                )
                self.assertTrue(mine.with_user(user).has_access("write"))
                self.assertTrue(mine.with_user(user).has_access("unlink"))
        self.assertTrue(change.with_user(self.coordinator).has_access("write"))

    def test_own_draft(self):
        Change = self._as(self.implementer2)["itsm.change"]
        change = Change.create(
            {"name": "Mine", "requester_id": self.requester.partner_id.id}
        )
        change.name = "Still mine"
        change.unlink()

    def test_implementers_do_not_take_changes(self):
        """Nobody gets at a change by writing themselves into it."""
        change = self._change().with_user(self.implementer2)
        with self.assertRaises(AccessError):
            change.write({"implementer_id": self.implementer2.id})

    def test_readers_write_nothing(self):
        change = self._change()
        for user in (self.agent, self.auditor, self.keeper):
            with self.subTest(user=user.name), self.assertRaises(AccessError):
                change.with_user(user).write({"name": "Mine"})

    def test_companies(self):
        self._only_gates()
        change = self._change()
        evidence = self._evidence(change, "backup")
        change.with_user(self.implementer).submit()
        records = (change, evidence, change.transition_ids)
        for record in records:
            with self.subTest(model=record._name):
                self.assertTrue(record)
                self.assertTrue(
                    record.with_user(self.coordinator)._filtered_access("read")
                )
                self.assertFalse(
                    record.with_user(self.change_other)._filtered_access("read")
                )
