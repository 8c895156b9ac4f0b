import base64
import json

from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, tagged

from odoo.addons.itsm_helpdesk.tools import service_file

from .service_exchange_common import ExchangeCase


@tagged("post_install", "-at_install")
class TestServiceExchangeScreens(ExchangeCase, HttpCase):
    """The download, and the dialog that imports."""

    def _wizard(self, data, user=None, **values):
        env = self._as(user or self.manager)
        content = data if isinstance(data, bytes) else json.dumps(data).encode()
        return env["itsm.service.import"].create(
            {
                "filename": "services.json",
                "content": base64.b64encode(content),
                **values,
            }
        )

    def _download(self, services, login):
        self.authenticate(login, login if len(login) > 7 else login.ljust(8, "x"))
        ids = ",".join(map(str, services.ids))
        return self.url_open(f"/itsm/services/export?ids={ids}")

    def test_preview_then_import(self):
        data = self._document({"team": "Nobody's"}, {"code": "x-scanner"})
        wizard = self._wizard(data)
        wizard.action_preview()
        self.assertEqual(wizard.state, "preview")
        self.assertEqual(wizard.created_count, 2)
        self.assertEqual(wizard.remark_ids.mapped("kind"), ["missing"])
        self.assertFalse(self.Service.search([("code", "=", "x-printer")]))
        wizard.action_import()
        self.assertEqual(wizard.state, "done")
        services = self.Service.search([("code", "in", ["x-printer", "x-scanner"])])
        self.assertEqual(set(services.mapped("state")), {"draft"})
        action = wizard.action_view_services()
        self.assertEqual(set(action["domain"][0][2]), set(services.ids))

    def test_problems_are_shown(self):
        wizard = self._wizard(self._document({"impact": "9"}))
        wizard.action_preview()
        self.assertEqual(wizard.problem_count, 1)
        self.assertFalse(wizard.line_ids)
        wizard.action_import()
        self.assertEqual(wizard.state, "preview")
        self.assertFalse(self.Service.search([("code", "=", "x-printer")]))
        # The desk is asked for where the file's is not known.
        wizard = self._wizard(self._document({"desk": "X"}))
        wizard.action_preview()
        self.assertEqual(wizard.problem_count, 1)
        wizard.desk_id = self.desk
        wizard.action_preview()
        self.assertEqual(wizard.created_count, 1)

    def test_files_that_are_too_large_or_none(self):
        wizard = self._wizard(self._document({}))
        wizard.content = False
        with self.assertRaises(UserError):
            wizard.action_preview()
        wizard = self._wizard(b"x" * (service_file.MAX_BYTES + 10))
        with self.assertRaises(UserError):
            wizard.action_preview()

    def test_who_may_import(self):
        for user in (self.agent, self.leader, self.requester, self.auditor):
            with self.subTest(user=user.name), self.assertRaises(AccessError):
                self._wizard({}, user)
        for user in (self.manager, self.admin):
            self.assertTrue(self._wizard({}, user))

    def test_another_manager_does_not_see_the_import(self):
        wizard = self._wizard(self._document({}))
        with self.assertRaises(AccessError):
            wizard.with_user(self.admin).read(["filename"])

    def test_the_download_is_the_file(self):
        service = self._full()
        response = self._download(service, self.admin.login)
        self.assertEqual(response.status_code, 200)
        self.assertIn("attachment", response.headers["Content-Disposition"])
        self.assertIn("x-workplace.json", response.headers["Content-Disposition"])
        data = service_file.read(response.content)
        self.assertEqual(data["services"][0]["code"], "x-workplace")
        self.assertTrue(data["approval_policies"])
        action = service.with_user(self.admin).action_export()
        self.assertTrue(action["url"].endswith(str(service.id)))

    def test_who_may_download(self):
        mine = self._bare()
        theirs = self._bare(name="Theirs", desk_id=self.desk_other.id)
        theirs.action_publish()
        self.assertEqual(self._download(mine, self.manager.login).status_code, 200)
        for services, user in (
            (theirs, self.manager),
            (mine | theirs, self.manager),
            (mine, self.agent),
            (mine, self.requester),
            (mine, self.portal),
        ):
            with self.subTest(user=user.name):
                response = self._download(services, user.login)
                self.assertEqual(response.status_code, 403)
                self.assertNotIn("Telephone", response.text)
        response = self.url_open("/itsm/services/export?ids=x,-1,99999999")
        self.assertEqual(response.status_code, 404)
        with self.assertRaises(AccessError):
            mine.with_user(self.agent).action_export()
