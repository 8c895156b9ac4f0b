from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Command
from odoo.tools import mute_logger

from .catalogue_common import CatalogueCase
from .request_common import question

# What a requester must not read of a service, even of one that is offered.
HIDDEN = (
    "approval_policy_id",
    "auto_resolve",
    "available_department_ids",
    "available_group_ids",
    "has_unpublished_changes",
    "order_ids",
    "owner_id",
    "plan_task_ids",
    "question_ids",
    "team_id",
    "version_id",
    "version_ids",
)


class TestCatalogueRecords(CatalogueCase):
    """Which services, questions and announcements each role reads and changes."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.service = cls._service(
            questions=[question("c", "choice", options={"a": "A"})],
            owner_id=cls.manager.id,
        )
        cls.other = cls._service(
            "Room", [question("r")], desk_id=cls.desk_other.id, publish=False
        )
        cls.branch_service = cls._service("Branch", desk_id=cls.desk_branch.id)

    def _may(self, user, record, operation):
        return self._as(user)[record._name].browse(record.id).has_access(operation)

    def test_who_reads_services(self):
        for role, expected in {
            "portal": [True, False, False],
            "requester": [True, False, False],
            "agent": [True, False, False],
            "stranger": [True, True, False],
            "manager": [True, False, False],
            "foreigner": [False, False, True],
            "auditor": [True, True, False],
            "admin": [True, True, False],
        }.items():
            services = (self.service, self.other, self.branch_service)
            got = [self._may(getattr(self, role), each, "read") for each in services]
            with self.subTest(role=role):
                self.assertEqual(got, expected)

    def test_who_changes_forms(self):
        """A service, its questions and options, and what hangs on them."""
        asked = self.service.question_ids
        records = [self.service, asked, asked.option_ids]
        for role, expected in {
            "agent": False,
            "leader": False,
            "stranger": False,
            "auditor": False,
            "manager": True,
            "admin": True,
        }.items():
            for record in records:
                with self.subTest(role=role, model=record._name):
                    got = self._may(getattr(self, role), record, "write")
                    self.assertEqual(got, expected)
        for record in (self.other, self.other.question_ids):
            self.assertFalse(self._may(self.manager, record, "write"))

    def test_managers_make_questions_for_their_desks_only(self):
        Question = self._as(self.manager)["itsm.question"]
        Question.create({"service_id": self.service.id, "name": "Mine", "key": "m"})
        with self.assertRaises(AccessError):
            Question.create({"service_id": self.other.id, "name": "Theirs", "key": "t"})

    def test_nothing_moves_into_another_form(self):
        """The rules look at where a record was, not at where it goes."""
        part = self._service("Part")
        self.service.order_ids = [Command.create({"child_service_id": part.id})]
        asked = self.service.question_ids
        theirs = self.other.question_ids
        for record, vals in (
            (asked, {"service_id": self.other.id}),
            (asked, {"service_id": False, "parent_id": theirs.id}),
            (asked.option_ids, {"question_id": theirs.id}),
            (self.service.order_ids, {"service_id": self.other.id}),
        ):
            mine = self._as(self.manager)[record._name].browse(record.id)
            with self.subTest(vals=vals), self.assertRaises(ValidationError):
                mine.write(vals)

    def test_columns_belong_to_the_form_of_their_table(self):
        self.other.question_ids = [question("t", "table", columns=[question("col")])]
        column = self.other.question_ids.column_ids
        self.assertEqual(column.form_service_id, self.other)
        self.assertFalse(self._may(self.manager, column, "write"))

    def test_managers_change_shared_sets(self):
        place = self._set("Place", question("room"))
        for user, expected in ((self.manager, True), (self.agent, False)):
            for record in (place, place.question_ids):
                self.assertEqual(self._may(user, record, "write"), expected)

    def test_what_requesters_do_not_read(self):
        for user in (self.portal, self.requester):
            mine = self._as(user)["itsm.service"].browse(self.service.id)
            self.assertEqual(mine.read(["name"])[0]["name"], self.service.name)
            for name in HIDDEN:
                with self.subTest(user=user.name, field=name):
                    with self.assertRaises(AccessError):
                        mine.read([name])
                    with self.assertRaises(AccessError):
                        mine.search([(name, "!=", False)])

    def test_versions_are_nobody_s_to_change(self):
        version = self.service.version_id
        for user in (self.manager, self.admin):
            for operation in ("write", "create", "unlink"):
                self.assertFalse(self._may(user, version, operation))
        self.assertFalse(self._may(self.foreigner, version, "read"))

    def test_favourites_and_drafts_are_everybody_s_own(self):
        for model in ("itsm.service.favourite", "itsm.request.draft"):
            record = self.env[model].create(
                {"service_id": self.service.id, "user_id": self.portal.id}
            )
            self.assertTrue(self._may(self.portal, record, "read"))
            self.assertTrue(self._may(self.portal, record, "unlink"))
            for user in (self.requester, self.manager, self.admin):
                with self.subTest(model=model, user=user.name):
                    self.assertFalse(self._may(user, record, "read"))
                    self.assertFalse(self._as(user)[model].search([]))
            with self.assertRaises(AccessError):
                self._as(self.portal)[model].create({"service_id": self.service.id})

    @mute_logger("odoo.sql_db")
    def test_one_draft_for_each_form(self):
        values = {"service_id": self.service.id, "user_id": self.portal.id}
        self.env["itsm.request.draft"].create({**values, "values": {"a": "1"}})
        with self.assertRaises(Exception) as caught, self.env.cr.savepoint():
            self.env["itsm.request.draft"].create(values)
        self.assertIn("itsm_request_draft", str(caught.exception))
        Draft = self._as(self.portal)["itsm.request.draft"]
        self.assertTrue(Draft.search([]))
        Draft._forget(self._as(self.portal)["itsm.service"].browse(self.service.id))
        self.assertFalse(Draft.search([]))


class TestAnnouncements(CatalogueCase):
    """News that come and go by themselves."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        now = fields.Datetime.now()
        hour = timedelta(hours=1)
        cls.news = cls.env["itsm.announcement"].create(
            [
                {"name": "Running", "date_from": now - hour, "date_to": now + hour},
                {"name": "Endless", "date_from": now - hour},
                {"name": "Over", "date_from": now - 2 * hour, "date_to": now - hour},
                {"name": "To come", "date_from": now + hour},
            ]
        )
        cls.news._show()

    def _names(self, user, *domain):
        found = self._as(user)["itsm.announcement"].search(
            [("id", "in", self.news.ids), *domain]
        )
        return set(found.mapped("name"))

    def test_states(self):
        for state, names in {
            "running": {"Running", "Endless"},
            "over": {"Over"},
            "planned": {"To come"},
        }.items():
            found = self._names(self.admin, ("state", "=", state))
            self.assertEqual(found, names)
            by_field = self.news.filtered(lambda each, s=state: each.state == s)
            self.assertEqual(set(by_field.mapped("name")), names)
        self.assertEqual(
            self._names(self.admin, ("state", "!=", "running")), {"Over", "To come"}
        )

    def test_requesters_read_those_of_now(self):
        for user in (self.portal, self.requester):
            self.assertEqual(self._names(user), {"Running", "Endless"})
        for user in (self.agent, self.auditor):
            self.assertEqual(len(self._names(user)), 4)

    def test_managers_change_those_of_their_desks(self):
        running, endless = self.news[:2]
        running.desk_ids = [Command.set(self.desk.ids)]
        endless.desk_ids = [Command.set(self.desk_other.ids)]
        mine = self._as(self.manager)["itsm.announcement"]
        self.assertTrue(mine.browse(running.id).has_access("write"))
        self.assertFalse(mine.browse(endless.id).has_access("write"))

    @mute_logger("odoo.sql_db")
    def test_the_end_comes_after_the_beginning(self):
        with self.assertRaises(Exception) as caught, self.env.cr.savepoint():
            self.news[0].date_to = self.news[0].date_from
            self.env.flush_all()
        self.assertIn("dates_in_order", str(caught.exception))

    def test_the_end_comes_at_once(self):
        running, _endless, _over, planned = self.news
        (running | planned).with_user(self.admin).action_end()
        self.assertEqual(running.state, "over")
        self.assertFalse(planned.active)


class TestCatalogueNotes(CatalogueCase):
    """What those who make services and news write to each other stays with them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.service = cls._service()
        cls.news = cls.env["itsm.announcement"].create({"name": "Mail is slow"})
        cls.news._show()
        cls.notes = cls.env["mail.message"]
        for record in (cls.service, cls.news):
            cls.notes |= record.with_user(cls.manager).message_post(
                body="Too dear",
                subtype_xmlid="mail.mt_note",
                attachments=[("offer.txt", b"Too dear")],
            )
        cls.picture = cls.env["ir.attachment"].create(
            {
                "name": "picture.png",
                "raw": b"x",
                "res_model": "itsm.service",
                "res_id": cls.service.id,
                "create_uid": cls.manager.id,
            }
        )
        cls.env.flush_all()

    def _found(self, user):
        env = self._as(user)
        domain = [("id", "in", self.notes.ids)]
        files = [("id", "in", self.notes.attachment_ids.ids)]
        return (
            env["mail.message"].search_count(domain),
            env["ir.attachment"].search_count(files),
        )

    def test_requesters_find_no_notes(self):
        for user in (self.requester, self.portal):
            with self.subTest(user.name):
                self.assertEqual(self._found(user), (0, 0))

    def test_nor_read_them(self):
        for record in (*self.notes, *self.notes.attachment_ids):
            found = self._as(self.requester)[record._name].browse(record.id)
            self.assertFalse(found.has_access("read"))

    def test_agents_find_those_of_their_desk(self):
        for user in (self.agent, self.manager, self.admin, self.auditor):
            with self.subTest(user.name):
                self.assertEqual(self._found(user), (2, 2))
        # News of all desks, but a service of another one.
        self.assertEqual(self._found(self.stranger), (1, 1))
        self.news.desk_ids = self.desk
        self.assertEqual(self._found(self.stranger), (0, 0))

    def test_pictures_are_for_everybody(self):
        picture = self._as(self.requester)["ir.attachment"].browse(self.picture.id)
        self.assertTrue(picture.has_access("read"))
