from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import NAME, ApprovalCase


@tagged("post_install", "-at_install")
class TestChange(ApprovalCase):
    """What was approved is what was asked: a change makes it void."""

    def setUp(self):
        super().setUp()
        self.policy = self._policy(self._step("Step", self._line(self.ann)))

    def test_change_while_waiting(self):
        thing = self._thing()
        first = thing._approval_request()
        thing.price = 200
        self.assertEqual(first.state, "void")
        second = thing.approval_id
        self.assertEqual((second.previous_id, second.state), (first, "waiting"))
        self.assertNotEqual(second.fingerprint, first.fingerprint)
        self.assertEqual(thing.log, "voided;")
        self.assertEqual(thing.approval_state, "waiting")
        self.assertEqual(first.vote_ids.state, "cancelled")
        self.assertIn("100", first.reason)
        self.assertIn("200", first.reason)
        with self.assertRaises(UserError):
            self._vote(self.ann, first)
        self._vote(self.ann, second)
        self.assertEqual(thing.approval_state, "granted")

    def test_change_after_it_was_granted(self):
        thing = self._thing()
        first = thing._approval_request()
        self._vote(self.ann, first)
        thing.place = "ward"
        self.assertEqual((first.state, thing.approval_state), ("void", "waiting"))
        self.assertEqual(thing.log, "granted;voided;")

    def test_change_of_what_was_rejected(self):
        """Nothing is asked again by itself after a rejection or a withdrawal."""
        thing = self._thing()
        first = thing._approval_request()
        self._vote(self.ann, first, "reject", "No.")
        thing.price = 1
        self.assertEqual((first.state, thing.approval_id), ("refused", first))
        again = thing._approval_request()
        self.assertFalse(again.previous_id)

    def test_change_of_something_else(self):
        thing = self._thing()
        first = thing._approval_request()
        thing.colour = "red"
        thing.price = 100.0
        thing.write({"name": "Laptop", "place": False})
        self.assertEqual((first.state, thing.approval_id), ("waiting", first))

    def test_change_there_and_back(self):
        """Each change counts when it is made; the old approval does not come back."""
        thing = self._thing()
        first = thing._approval_request()
        thing.price = 1
        thing.price = 100
        self.assertEqual(len(thing.approval_ids), 3)
        self.assertEqual(first.state, "void")
        self.assertEqual(thing.approval_id.fingerprint, first.fingerprint)

    def test_change_that_needs_no_approval_now(self):
        self.policy.domain = "[('price', '>', 50)]"
        thing = self._thing()
        first = thing._approval_request()
        thing.price = 10
        self.assertEqual((first.state, thing.approval_state), ("void", "void"))
        self.assertEqual(thing.approval_id, first)
        thing.colour = "red"
        self.assertEqual(thing.approval_id, first)
        thing.price = 1000
        self.assertEqual(thing.approval_state, "waiting", "not changed there and back")
        self.assertEqual(thing.approval_id.previous_id, first)

    def test_change_by_somebody_without_rights_on_approvals(self):
        """Whoever may write the record may change it; the engine follows."""
        thing = self._thing()
        first = thing._approval_request()
        admin = self.env.ref("base.user_admin")
        thing.with_user(admin).price = 3
        self.assertEqual(first.state, "void")
        self.assertEqual(thing.approval_id.partner_id, self.asker.partner_id)

    def test_batch(self):
        things = self.env[NAME].create(
            [
                {"name": f"T{n}", "requester_id": self.asker.partner_id.id}
                for n in range(5)
            ]
        )
        things._approval_request()
        untouched = things[0].approval_id
        things.write({"name": "T0"})
        self.assertEqual(untouched.state, "waiting")
        self.assertEqual(len(things.approval_ids), 9)
        self.assertEqual(set(things.mapped("approval_state")), {"waiting"})

    def test_subject_is_kept_as_approved(self):
        thing = self._thing(place="ward")
        approval = thing._approval_request()
        self.assertEqual(
            {row["key"]: row["value"] for row in approval.subject},
            {"name": "Laptop", "place": "ward", "price": 100},
        )
        rows = approval.trail()["subject"]
        self.assertIn({"label": "Place", "text": "Ward"}, rows)
        self._vote(self.ann, approval)
        self.assertEqual(len(approval.subject), 3)

    def test_language_is_no_change(self):
        """The sign is of values, so another language is the same subject."""
        self.env["res.lang"]._activate_lang("fr_FR")
        thing = self._thing(place="ward")
        approval = thing.with_context(lang="fr_FR")._approval_request()
        thing.with_context(lang="en_US").place = "ward"
        self.assertEqual(approval.state, "waiting")

    # ------------------------------------------------------------------
    # The record's side
    # ------------------------------------------------------------------

    def test_nobody_writes_the_record_s_copy(self):
        thing = self._thing()
        approval = thing._approval_request()
        for vals in (
            {"approval_state": "granted"},
            {"approval_id": False},
            {"approval_ids": [(5, 0, 0)]},
        ):
            with self.assertRaises(AccessError):
                thing.write(vals)
        with self.assertRaises(AccessError):
            thing.with_context(itsm_approval_engine=True).approval_state = "granted"
        with self.assertRaises(AccessError):
            self.env[NAME].create({"name": "New", "approval_state": "granted"})
        with self.assertRaises(AccessError):
            Forged = self.env[NAME].with_context(default_approval_state="granted")
            Forged.create({"name": "New"})
        self.assertEqual(approval.state, "waiting")

    def test_copy_is_not_approved(self):
        thing = self._thing()
        thing._approval_request()
        copy = thing.copy()
        self.assertFalse(copy.approval_id or copy.approval_state or copy.approval_ids)

    def test_deleted_with_its_record(self):
        thing = self._thing()
        approval = thing._approval_request()
        with self.assertRaises(AccessError):
            approval.unlink()
        thing.price = 7
        approval |= thing.approval_id
        approval[1].with_user(self.ann).ask("Why?")
        self.assertEqual(len(approval), 2)
        thing.unlink()
        self.assertFalse(approval.exists())
