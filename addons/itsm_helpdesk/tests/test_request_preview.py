from odoo.exceptions import AccessError
from odoo.tests import HttpCase, tagged

from ..models.itsm_ticket_portal_form import PortalFormError
from .request_common import RequestCase, question, when


@tagged("standard", "post_install", "-at_install")
class TestPreview(RequestCase, HttpCase):
    """Test mode: everything is shown, nothing is kept."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.badge = cls._service("Badge", desk_id=cls.desk_other.id)
        cls.service = cls._service(
            "New employee",
            [question("name", required=True), question("badge", "boolean")],
            publish=False,
            approval_policy_id=cls._approval_policy(cls.head).id,
            subject_pattern="{service}: {name}",
        )
        cls.env["itsm.service.order"].create(
            {
                "service_id": cls.service.id,
                "child_service_id": cls.badge.id,
                "condition": when("badge", "equals", True),
            }
        )
        cls._plan(
            cls.service,
            {"name": "Prepare", "team_id": cls.team1.id, "duration": 4},
            {"name": "Hand over", "after": ["Prepare"], "duration": 2},
            publish=False,
        )

    def _preview(self, user=None, **answers):
        env = self._as(user or self.manager)
        service = env["itsm.service"].browse(self.service.id)
        return env["itsm.ticket"]._request_preview(service, answers)

    def test_shows_what_would_happen(self):
        shown = self._preview(name="Ada", badge="on")
        self.assertEqual(shown["subject"], "New employee: Ada")
        self.assertEqual(shown["desk"], self.desk.name)
        self.assertEqual([row["text"] for row in shown["answers"]], ["Ada", "Yes"])
        self.assertEqual(
            shown["approval"]["steps"][0]["lines"][0]["votes"][0]["name"],
            self.head.name,
        )
        self.assertEqual(
            [(task["name"], task["after"]) for task in shown["tasks"]],
            [("Prepare", []), ("Hand over", ["Prepare"])],
        )
        self.assertTrue(shown["tasks"][0]["due"])
        self.assertEqual([part["desk"] for part in shown["parts"]], ["Facilities"])

    def test_keeps_nothing(self):
        models = (
            *("itsm.ticket", "itsm.task", "itsm.approval", "mail.mail"),
            *("mail.message", "itsm.service.version", "itsm.sla.event"),
        )
        before = {model: self.env[model].search_count([]) for model in models}
        sequence = self.env.ref("itsm_helpdesk.sequence_request")
        number = sequence.number_next_actual
        self._preview(name="Ada", badge="on")
        after = {model: self.env[model].search_count([]) for model in models}
        self.assertEqual(after, before)
        self.assertEqual(sequence.number_next_actual, number)
        self.assertEqual(self.service.state, "draft")

    def test_wrong_answers_are_told(self):
        with self.assertRaises(PortalFormError) as caught:
            self._preview(badge="on")
        self.assertEqual(list(caught.exception.errors), ["name"])

    def test_only_for_those_who_make_the_service(self):
        for user in (self.portal, self.requester, self.agent, self.auditor):
            with self.subTest(user.login), self.assertRaises(AccessError):
                self._preview(user, name="Ada")
