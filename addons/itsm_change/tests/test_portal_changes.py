from odoo import fields
from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import HttpCase, JsonRpcException, tagged
from odoo.tools import mute_logger

from .people_common import HOUR, PeopleCase

LOGGERS = ("odoo.http", "odoo.addons.base.models.ir_rule", "odoo.addons.base.models")


class PortalChangeCase(PeopleCase, HttpCase):
    """Pages of “Planned work”."""

    def _sign_in(self, user):
        self.authenticate(user.login, user.login.ljust(8, "x"))

    def _page(self, user, url="/my/changes"):
        self.env.flush_all()
        self._sign_in(user)
        return self.url_open(url)


@tagged("post_install", "-at_install")
class TestPortalChanges(PortalChangeCase):
    """What staff see of the work that affects them."""

    def test_my_services_and_my_equipment(self):
        self._work(self.imaging)
        self._work(self.laptop, public_title="Your laptop gets more memory")
        for user, has_laptop in ((self.portal, True), (self.requester, False)):
            text = self._page(user).text
            with self.subTest(user=user.name):
                self.assertIn("The pictures stand still", text)
                self.assertEqual("gets more memory" in text, has_laptop)

    def test_empty_page(self):
        self._work(self.imaging)
        text = self._page(self.stranger).text
        self.assertIn("itsm_changes_empty", text)
        self.assertNotIn("The pictures stand still", text)

    def test_only_what_is_settled_or_under_way(self):
        states = ("draft", "assess", "authorize", "scheduled", "implement", "review")
        now = fields.Datetime.now()
        for state in states:
            change = self._work(
                self.imaging, state=state, public_title=f"Work in {state}"
            )
            change._write_system({"actual_end": now})
        text = self._page(self.portal).text
        shown = [state for state in states if f"Work in {state}" in text]
        self.assertEqual(shown, ["scheduled", "implement", "review"])

    def test_old_work_leaves_the_list(self):
        change = self._work(self.imaging, state="closed")
        change._write_system({"actual_end": fields.Datetime.now() - 24 * 8 * HOUR})
        self.assertNotIn("The pictures", self._page(self.portal).text)
        change._write_system({"actual_end": fields.Datetime.now() - 24 * HOUR})
        self.assertIn("The pictures", self._page(self.portal).text)

    def test_cancelled_work_is_shown_to_those_who_were_told(self):
        change = self._work(self.imaging)
        change._tell("planned")
        self.employee_stranger.department_id = self.ward
        change._write_system(
            {"state": "cancelled", "cancelled_at": fields.Datetime.now()}
        )
        self.assertIn("The pictures", self._page(self.portal).text)
        self.assertNotIn("The pictures", self._page(self.stranger).text)

    def test_page_of_one(self):
        change = self._work(self.imaging, self.laptop)
        text = self._page(self.portal, f"/my/changes/{change.id}").text
        for part in (
            "The pictures stand still",
            "Print what you need before.",
            change.number,
            "Laptop of Petra",
            "Radiology",
            "Imaging",
        ):
            with self.subTest(part=part):
                self.assertIn(part, text)

    def test_nothing_of_what_is_not_theirs(self):
        self.class_server.group_ids = self.env.ref("itsm_cmdb.group_cmdb_manager")
        change = self._work(
            self.imaging,
            self.server,
            implementation_plan="<p>Secret plan</p>",
            description="<p>Secret words</p>",
        )
        for url in ("/my/changes", f"/my/changes/{change.id}"):
            text = self._page(self.portal, url).text
            for part in (
                "Server Secret",
                "Secret plan",
                "Secret words",
                change.name,
                change.reason,
                self.implementer.name,
                self.keeper.name,
            ):
                with self.subTest(url=url, part=part):
                    self.assertNotIn(part, text)

    def test_names_of_others_equipment_are_not_told(self):
        self.server.custodian_id = self.employee_requester
        change = self._work(self.laptop, self.server)
        text = self._page(self.portal, f"/my/changes/{change.id}").text
        self.assertIn("Laptop of Petra", text)
        self.assertNotIn("Server Secret", text)

    def test_services_of_the_catalogue_that_they_may_find(self):
        Service = self.env["itsm.service"]
        services = Service.create(
            [
                {
                    "name": name,
                    "desk_id": self.desk.id,
                    "ci_ids": [Command.set(self.imaging.ids)],
                }
                for name in ("Order a picture", "Not for staff yet")
            ]
        )
        services[0].action_publish()
        change = self._work(self.imaging)
        text = self._page(self.portal, f"/my/changes/{change.id}").text
        self.assertIn("Order a picture", text)
        self.assertNotIn("Not for staff yet", text)

    def test_words_are_escaped(self):
        self._work(self.imaging, public_title="<script>alert(1)</script>")
        text = self._page(self.portal).text
        self.assertNotIn("<script>alert(1)", text)
        self.assertIn("&lt;script&gt;alert(1)", text)

    def test_block_on_the_home(self):
        self.assertNotIn("itsm_planned_work", self._page(self.portal, "/my/desk").text)
        for number in range(4):
            self._work(self.imaging, public_title=f"Work {number}", hours=number + 1)
        text = self._page(self.portal, "/my/desk").text
        self.assertIn("itsm_planned_work", text)
        self.assertIn("Work 2", text)
        self.assertNotIn("Work 3", text)
        self.assertNotIn(
            "itsm_planned_work", self._page(self.stranger, "/my/desk").text
        )

    def test_card_and_figure_on_the_portal(self):
        self._work(self.imaging)
        self._work(self.imaging, state="closed")
        self.assertIn("/my/changes", self._page(self.portal, "/my/home").text)
        figures = self.make_jsonrpc_request(
            "/my/counters", {"counters": ["itsm_change_count"]}
        )
        self.assertEqual(figures["itsm_change_count"], 1)


@tagged("post_install", "-at_install")
class TestPortalChangesHostile(PortalChangeCase):
    """Somebody who guesses ids learns nothing."""

    def test_other_departments(self):
        change = self._work(self.imaging)
        for user in (self.stranger, self.agent):
            with self.subTest(user=user.name):
                response = self._page(user, f"/my/changes/{change.id}")
                self.assertEqual(response.status_code, 404)

    def test_other_company(self):
        """Also where the department, or the item, is one that both know."""
        change = self._work(self.imaging)
        self.employee_foreigner.department_id = self.department
        self.server.company_id = False
        shared = self._work(self.server)
        self.env.cr.execute(
            "UPDATE itsm_ci SET custodian_id = %s WHERE id = %s",
            (self.employee_foreigner.id, self.server.id),
        )
        self.env.invalidate_all()
        for one in (change, shared):
            with self.subTest(change=one.number):
                response = self._page(self.foreigner, f"/my/changes/{one.id}")
                self.assertEqual(response.status_code, 404)
        self.assertNotIn("The pictures", self._page(self.foreigner, "/my/changes").text)

    def test_unknown_and_hidden_are_alike(self):
        draft = self._work(self.imaging, state="draft")
        foreign = self._work(self.server)
        self._sign_in(self.portal)
        self.env.flush_all()
        for guess in (draft.id, foreign.id, 0, -1, 2**31, 10**30, draft.number, "x"):
            with self.subTest(guess=guess):
                response = self.url_open(f"/my/changes/{guess}")
                self.assertEqual(response.status_code, 404)

    def test_somebody_who_is_not_staff(self):
        guest = self._make_user("guest", "Gus Guest", "base.group_portal")
        change = self._work(self.imaging)
        self.assertIn("itsm_changes_empty", self._page(guest).text)
        response = self._page(guest, f"/my/changes/{change.id}")
        self.assertEqual(response.status_code, 404)

    def test_visitors_sign_in_first(self):
        change = self._work(self.imaging)
        self.authenticate(None, None)
        for url in ("/my/changes", f"/my/changes/{change.id}"):
            response = self.url_open(url, allow_redirects=False)
            self.assertEqual(response.status_code, 303)
            self.assertIn("/web/login", response.headers["Location"])

    @mute_logger(*LOGGERS)
    def test_rpc_of_the_models(self):
        change = self._work(self.imaging)
        change._tell("planned")
        self.env.flush_all()
        calls = [
            ("itsm.change", "search_read", [[]], {"fields": ["name"]}),
            ("itsm.change", "read", [change.ids, ["public_note"]], {}),
            ("itsm.change", "action_tell", [change.ids], {}),
            ("itsm.change", "_portal_page", [change.ids], {}),
            ("itsm.change.notice", "search_read", [[]], {}),
            ("itsm.change.notice.person", "search_read", [[]], {}),
            ("itsm.change.tell", "create", [{"change_id": change.id}], {}),
            ("itsm.release", "search_read", [[]], {}),
            ("itsm.release.deployment", "search_read", [[]], {}),
            ("itsm.release.reader", "search_read", [[]], {}),
        ]
        for user in (self.portal, self.requester):
            self._sign_in(user)
            for model, method, args, kwargs in calls:
                with (
                    self.subTest(user=user.name, model=model, method=method),
                    self.assertRaises(JsonRpcException),
                ):
                    self.make_jsonrpc_request(
                        f"/web/dataset/call_kw/{model}/{method}",
                        {
                            "model": model,
                            "method": method,
                            "args": args,
                            "kwargs": kwargs,
                        },
                    )

    @mute_logger(*LOGGERS)
    def test_preview_of_another_change(self):
        """The preview says no more of a change than its reader may read."""
        change = self._work(self.imaging)
        Tell = self.env["itsm.change.tell"].with_user(self.change_other)
        with self.assertRaises(AccessError):
            Tell.create({"change_id": change.id}).read(["subject", "body"])
