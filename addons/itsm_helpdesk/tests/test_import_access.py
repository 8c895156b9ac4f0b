import base64

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common_import import ImportCase


@tagged("post_install", "-at_install")
class TestImportAccess(ImportCase):
    def _import_as(self, user, **vals):
        content = base64.b64encode(self._csv([self._row("C-1")]))
        return self.Import.with_user(user).create(
            {"filename": "ledger.csv", "content": content, **vals}
        )

    def test_agents_and_others_cannot_import(self):
        profile = self.env.ref("itsm_helpdesk.import_profile_servicenow")
        users = (self.agent, self.leader, self.auditor, self.requester, self.portal)
        for user in users:
            with self.subTest(user=user.login):
                with self.assertRaises(AccessError):
                    self._import_as(user)
                with self.assertRaises(AccessError):
                    profile.with_user(user).run(b"Number\n1\n", "x.csv")

    def test_managers_import_into_their_own_desk(self):
        job = self._import_as(self.manager)
        job.action_read()
        self.assertEqual(job.desk_id, self.desk)
        job.action_plan()
        job._apply_all()
        self.assertEqual(self._find("C-1").desk_id, self.desk)

    def test_managers_do_not_import_into_other_desks(self):
        job = self._import_as(self.manager)
        job.action_read()
        job.desk_id = self.desk_other
        with self.assertRaises(UserError):
            job.action_plan()
        job.desk_id = self.desk
        job.action_plan()
        job.desk_id = self.desk_other
        with self.assertRaises(UserError):
            job.apply_next()
        self.assertFalse(self._find("C-1"))

    def test_profile_of_another_desk_is_used_for_the_own(self):
        profile = self.env["itsm.import.profile"].create(
            {"name": "Theirs", "desk_id": self.desk_other.id}
        )
        job = self._import_as(self.manager, template_id=profile.id)
        self.assertEqual(job.desk_id, self.desk)
        self.assertEqual(profile.desk_id, self.desk_other)

    def test_managers_see_their_own_imports_only(self):
        theirs = self._import_as(self.admin)
        theirs.action_read()
        theirs.action_plan()
        own = self._import_as(self.manager)
        env = self._as(self.manager)
        self.assertEqual(env["itsm.import"].search([]), own)
        for name, record in (
            ("content", theirs),
            ("message", theirs.line_ids),
            ("header", theirs.column_ids),
            ("name", theirs.sheet_ids),
            ("name", theirs.profile_id),
        ):
            with self.subTest(model=record._name), self.assertRaises(AccessError):
                record.with_env(env).mapped(name)
        for method in ("action_read", "action_plan", "apply_next", "action_give_up"):
            with self.subTest(method=method), self.assertRaises(AccessError):
                getattr(theirs.with_env(env), method)()

    def test_content_is_readable_by_its_owner_only(self):
        theirs = self._import_as(self.admin)
        attachment = (
            self.env["ir.attachment"]
            .sudo()
            .search(
                [
                    ("res_model", "=", "itsm.import"),
                    ("res_id", "=", theirs.id),
                    ("res_field", "=", "content"),
                ]
            )
        )
        self.assertTrue(attachment)
        for user in (self.manager, self.agent):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                attachment.with_user(user).read(["datas"])

    def test_administrators_see_all_imports(self):
        theirs = self._import_as(self.manager)
        self.assertIn(theirs, self._as(self.admin)["itsm.import"].search([]))

    def test_saved_profiles_are_read_by_all_and_changed_by_their_desks(self):
        Profile = self.env["itsm.import.profile"]
        own = Profile.create({"name": "IT", "desk_id": self.desk.id})
        other = Profile.create({"name": "Rooms", "desk_id": self.desk_other.id})
        env = self._as(self.manager)
        self.assertEqual(other.with_env(env).name, "Rooms")
        own.with_env(env).name = "IT ledger"
        with self.assertRaises(AccessError):
            other.with_env(env).name = "Mine now"
        with self.assertRaises(AccessError):
            env["itsm.import.value"].create(
                {"profile_id": other.id, "field_name": "state", "source": "x"}
            )
