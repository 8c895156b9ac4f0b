from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import ChangeCase


@tagged("post_install", "-at_install")
class TestChangeRecord(ChangeCase):
    """What is printed as the archive of a change says all that the change knows."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._only_gates("evidence_backup", "duties_accept", "duties_review")

    def _print(self, change, user):
        self.env.invalidate_all()
        report = self.env["ir.actions.report"].with_user(user)
        content, kind = report._render_qweb_html(
            "itsm_change.itsm_change_record", change.ids
        )
        self.assertEqual(kind, "html")
        return content.decode()

    def test_all_sections(self):
        change = self._make_ready(self._change(origin_reference="Letter 47"))
        step = self.env["itsm.task"].create(
            {
                "name": "Stop the services",
                "change_id": change.id,
                "user_id": self.implementer.id,
                "is_required": False,
            }
        )
        self._bring_to(change, "closed")
        text = self._print(change, self.auditor)
        for piece in (
            change.number,
            change.name,
            change.reason,
            "Letter 47",
            step.name,
            "Implementation plan: as written down.",
            "Backout plan: as written down.",
            change.ci_link_ids.ci_id[:1].name,
            change.evidence_ids.attachment_ids[:1].checksum,
            self.implementer.name,
            self.coordinator.name,
            self.requester.partner_id.name,
        ):
            with self.subTest(piece=piece):
                self.assertTrue(piece in text)
        for row in change.transition_ids:
            label = dict(row._fields["verb"]._description_selection(self.env))[row.verb]
            self.assertTrue(label in text, label)

    def test_words_of_people_stay_text(self):
        change = self._change("<script>alert(1)</script>", reason="<img src=x>")
        text = self._print(change, self.coordinator)
        self.assertFalse("<script>alert(1)" in text)
        self.assertFalse("<img src=x>" in text)

    def test_only_for_readers(self):
        change = self._change()
        with self.assertRaises(AccessError):
            change.with_user(self.requester).action_print_record()
        action = change.with_user(self.agent).action_print_record()
        self.assertEqual(action["type"], "ir.actions.report")
        with self.assertRaises(AccessError):
            self._print(change, self.change_other)
