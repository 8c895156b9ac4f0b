from odoo.exceptions import UserError
from odoo.tests import tagged

from .life_common import PNG, LifeCase


@tagged("post_install", "-at_install")
class TestEventSignature(LifeCase):
    """Forms that are signed in the back office, and stay as they were signed."""

    def test_signed_in_the_back_office(self):
        event = self._event(
            "hand_over", self.laptop, custodian_id=self.employee_portal.id
        )
        event.write({"signature": PNG})
        self.assertEqual(event.signed_by, self.employee_portal.name)
        self.assertEqual(event.signed_user_id, self.keeper)
        self.assertEqual(event.signed_via, "desk")
        self.assertTrue(event.document_id)
        self.assertEqual(event.document_id.res_id, event.id)
        self.assertEqual(event.document_id.res_model, "itsm.ci.event")

    def test_what_was_signed_is_frozen(self):
        event = self._event(
            "hand_over", self.laptop, custodian_id=self.employee_portal.id
        )
        event.write({"signature": PNG})
        for vals in (
            {"custodian_id": self.employee_requester.id},
            {"reason": "Other"},
            {"signature": PNG},
            {"signature": False},
        ):
            with self.subTest(vals=vals), self.assertRaises(UserError):
                event.write(vals)
        with self.assertRaises(UserError):
            event.line_ids.condition_before = "broken"
        with self.assertRaises(UserError):
            event.line_ids.unlink()
        event.action_done()
        self.assertEqual(self.laptop.custodian_id, self.employee_portal)

    def test_no_picture_is_no_signature(self):
        event = self._event(
            "hand_over", self.laptop, custodian_id=self.employee_portal.id
        )
        for picture in ("", "PHN2Zz48L3N2Zz4=", "not base64", "aGVsbG8="):
            with self.subTest(picture=picture), self.assertRaises(UserError):
                event.write({"signature": picture, "signed_by": "Petra"})
        self.assertFalse(event.signed_at)

    def test_form_as_people_read_it(self):
        self.laptop.write({"name": "笔记本电脑", "serial_number": "SN-77"})
        event = self._event(
            "hand_over", self.laptop, custodian_id=self.employee_portal.id
        )
        event.line_ids.write(
            {"accessories": "Charger, bag", "condition_before": "good"}
        )
        event.write({"signature": PNG, "signed_by": "Petra P."})
        content, kind = event._render_form()
        self.assertIn(kind, ("pdf", "html"))
        if kind == "html":
            text = content.decode()
            for part in (
                event.number,
                "笔记本电脑",
                "SN-77",
                "Charger, bag",
                "Petra P.",
                self.employee_portal.name,
                "data:image/png;base64,",
            ):
                self.assertIn(part, text)

    def test_printed_by_who_keeps_items(self):
        """Before it is signed the form is printed as the user, without HR rights."""
        department = self.env["hr.department"].create({"name": "Ward 3"})
        self.employee_portal.department_id = department
        for kind in ("hand_over", "return"):
            event = self._event(kind, self.laptop, custodian_id=self.employee_portal.id)
            if kind == "hand_over":
                event.action_done()
            report = self.env["ir.actions.report"].with_user(self.keeper)
            self.env.flush_all()
            self.env.invalidate_all()
            content, _kind = report._render_qweb_html(
                "itsm_cmdb.itsm_ci_event_report", event.ids
            )
            text = content.decode()
            self.assertIn(event.number, text)
            self.assertIn(self.employee_portal.name, text)
            self.assertIn(department.name, text)
