from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .complaint_common import ComplaintCase


@tagged("post_install", "-at_install")
class TestComplaintHidden(ComplaintCase):
    """Who reads it, and that those complained about see nothing in any way."""

    def test_who_sees_it(self):
        for role, expected in {
            "requester": True,
            "portal": False,
            "colleague": False,
            "head": False,
            "agent": False,
            "agent2": False,
            "engineer": False,
            "leader": False,
            "manager": True,
            "stranger": False,
            "foreigner": False,
            "auditor": True,
            "admin": True,
        }.items():
            with self.subTest(role=role):
                self.assertEqual(self._sees(getattr(self, role)), expected)

    def test_opened_to_the_agents(self):
        self.complaint.with_user(self.manager).complaint_shared = True
        for role, expected in {
            "agent": False,
            "agent2": True,
            "engineer": True,
            "stranger": False,
            "colleague": False,
        }.items():
            with self.subTest(role=role):
                self.assertEqual(self._sees(getattr(self, role)), expected)

    def test_department_does_not_see_it(self):
        self.desk.portal_scope = "department"
        self.complaint.write(
            {"department_id": self.department.id, "complaint_shared": True}
        )
        self.assertFalse(self._sees(self.colleague))
        self.assertFalse(self._sees(self.head))

    def test_roles_do_not_help(self):
        for role in ("leader", "manager", "admin", "auditor"):
            user = getattr(self, role)
            complaint = self._complain(complaint_about_user_id=user.id)
            complaint.complaint_shared = True
            with self.subTest(role=role):
                self.assertFalse(self._sees(user, complaint))

    def test_who_registered_it_about_themselves(self):
        complaint = self._complain()
        self.env.cr.execute(
            "UPDATE itsm_ticket SET create_uid = %s WHERE id = %s",
            [self.agent.id, complaint.id],
        )
        complaint.invalidate_recordset()
        self.assertTrue(self._sees(self.agent, complaint))
        complaint.complaint_about_user_id = self.agent
        self.assertFalse(self._sees(self.agent, complaint))

    def test_the_whole_team(self):
        complaint = self._complain(complaint_about_team_id=self.team1.id)
        complaint.complaint_shared = True
        for role in ("agent", "agent2", "leader"):
            self.assertFalse(self._sees(getattr(self, role), complaint), role)
        self.assertTrue(self._sees(self.engineer, complaint))
        self.assertFalse(complaint.team_id, "it does not stay with the team")

    def test_leaving_the_team_does_not_help(self):
        complaint = self._complain(complaint_about_team_id=self.team1.id)
        complaint.complaint_shared = True
        self.env.flush_all()
        self.team1.with_user(self.leader).write(
            {"member_ids": [(3, self.agent2.id)], "leader_id": False}
        )
        self.team2.member_ids |= self.agent2 | self.leader
        self.assertFalse(self._sees(self.agent2, complaint))
        self.assertFalse(self._sees(self.leader, complaint))

    def test_joining_the_team(self):
        complaint = self._complain(complaint_about_team_id=self.team1.id)
        complaint.complaint_shared = True
        self.team1.member_ids |= self.engineer
        self.assertFalse(self._sees(self.engineer, complaint))

    def test_another_person_after_all(self):
        self.complaint.complaint_shared = True
        self.complaint.complaint_about_user_id = self.engineer
        self.assertTrue(self._sees(self.agent))
        self.assertFalse(self._sees(self.engineer))

    def test_no_longer_a_complaint(self):
        self.complaint.type = "incident"
        self.assertFalse(self._sees(self.agent))
        self.assertTrue(self._sees(self.agent2))

    def test_copy_is_hidden_too(self):
        copy = self.complaint.with_user(self.manager).copy()
        self.assertFalse(self._sees(self.agent, copy))
        self.assertFalse(self._sees(self.agent2, copy))

    def test_split_off_part_is_hidden_too(self):
        part = self.complaint.with_user(self.manager).split("Second matter")
        self.assertEqual(part.type, "complaint")
        self.assertFalse(self._sees(self.agent, part))

    def test_not_merged_where_others_read(self):
        for source, target in (
            (self.complaint, self.complained),
            (self.complained, self.complaint),
            (self.complaint, self._complain()),
        ):
            with self.assertRaises(UserError):
                source.with_user(self.manager).merge_into(target)


@tagged("post_install", "-at_install")
class TestComplaintHostile(ComplaintCase):
    """What Anna tries."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.complaint.complaint_shared = True
        cls.task = cls.env["itsm.task"].create(
            {"name": "Talk to Anna", "ticket_id": cls.complaint.id}
        )
        cls.env.flush_all()

    def _mine(self, model="itsm.ticket"):
        return self._as(self.agent)[model]

    def test_writes_nothing(self):
        mine = self._mine().browse(self.complaint.id)
        for name, call in {
            "write": lambda: mine.write({"name": "All is well"}),
            "clear": lambda: mine.write({"complaint_about_user_id": False}),
            "take": mine.action_take,
            "cancel": lambda: mine.cancel("Nonsense"),
            "close": mine.close,
            "unlink": mine.unlink,
            "escalate": lambda: mine.escalate(None, "Away"),
            "post": lambda: mine.message_post(body="It was not me"),
            "follow": lambda: mine.message_subscribe(self.agent.partner_id.ids),
            "read": lambda: mine.read(["name"]),
            "name": lambda: mine.display_name,
            "export": lambda: mine.export_data(["name"]),
            "merge": lambda: mine.browse(self.complained.id).merge_into(mine),
        }.items():
            with self.subTest(call=name), self.assertRaises(UserError):
                call()
        self.env.invalidate_all()
        self.assertEqual(self.complaint.name, "Anna shouted at me")

    def test_counts_and_groups(self):
        Ticket = self._mine()
        domain = [("name", "=", "Anna shouted at me")]
        self.assertEqual(Ticket.search_count(domain), 0)
        self.assertEqual(Ticket.name_search("Anna shouted"), [])
        groups = Ticket.formatted_read_group(domain, ["type"], ["__count"])
        self.assertEqual(groups, [])
        mine = Ticket.browse(self.complained.id)
        self.assertEqual(mine.complaint_count, 0)
        self.assertEqual(self.complained.with_user(self.manager).complaint_count, 1)

    def test_figures_of_the_desk(self):
        before = self._mine("itsm.desk").browse(self.desk.id).open_count
        self._complain(complaint_about_user_id=self.agent.id)
        self.assertEqual(
            self._mine("itsm.desk").browse(self.desk.id).open_count, before
        )

    def test_no_link_gives_it_away(self):
        """Whether a ticket has relatives is found out without reading them."""
        complaint = self.complaint.with_user(self.manager)
        for vals in (
            {"parent_id": self.complained.id},
            {"related_ids": [(4, self.complained.id)]},
        ):
            with self.subTest(vals=vals), self.assertRaises(ValidationError):
                complaint.write(vals)
        self.complained.related_ids = self._create_ticket()
        with self.assertRaises(ValidationError):
            self.complained.type = "complaint"

    def test_what_hangs_on_it(self):
        self.complaint.message_post(
            body="Internal thoughts", subtype_xmlid="mail.mt_note"
        )
        self.complaint.activity_schedule(
            "mail.mail_activity_data_todo", user_id=self.manager.id, summary="Call Anna"
        )
        self.env["ir.attachment"].create(
            {
                "name": "letter.txt",
                "raw": b"secret",
                "res_model": "itsm.ticket",
                "res_id": self.complaint.id,
            }
        )
        of_ticket = [
            ("res_model", "=", "itsm.ticket"),
            ("res_id", "=", self.complaint.id),
        ]
        reports = (
            "itsm.sla.report",
            "itsm.sla.time.report",
            "itsm.ticket.report",
            "itsm.workload.report",
        )
        for report in reports:
            self.env[report]._fact_refresh()
        for model, domain in {
            "mail.message": [
                ("model", "=", "itsm.ticket"),
                ("res_id", "=", self.complaint.id),
            ],
            "mail.activity": of_ticket,
            "ir.attachment": of_ticket,
            "rating.rating": of_ticket,
            "itsm.task": [("ticket_id", "=", self.complaint.id)],
            "itsm.sla.clock": of_ticket,
            **{name: [("ticket_id", "=", self.complaint.id)] for name in reports},
        }.items():
            with self.subTest(model=model):
                self.assertFalse(self._mine(model).search(domain))
                self.assertEqual(self._mine(model).search_count(domain), 0)

    def test_rows_by_their_ids(self):
        self.complaint.message_post(
            body="Internal thoughts", subtype_xmlid="mail.mt_note"
        )
        activity = self.complaint.activity_schedule(
            "mail.mail_activity_data_todo", user_id=self.manager.id, summary="Call Anna"
        )
        file = self._file(res_model="itsm.ticket", res_id=self.complaint.id)
        records = [
            *self.complaint.message_ids,
            activity,
            file,
            self.task,
            *self.complaint.clock_ids,
        ]
        for record in records:
            mine = self._mine(record._name).browse(record.id)
            with self.subTest(record=record):
                self.assertFalse(mine.has_access("read"))

    def test_own_words_from_before(self):
        """Even what she wrote on it, before it was known whom it is about."""
        complaint = self._complain(complaint_about_user_id=False)
        complaint.with_user(self.manager).assign(self.agent)
        message = complaint.with_user(self.agent).message_post(body="Let me see")
        activity = complaint.activity_schedule(
            "mail.mail_activity_data_todo", user_id=self.agent.id, summary="Look"
        )
        complaint.complaint_about_user_id = self.agent
        self.assertFalse(
            self._mine("mail.message").browse(message.id).has_access("read")
        )
        self.assertFalse(self._mine("mail.message").search([("id", "=", message.id)]))
        self.assertFalse(activity.exists())
        self.assertNotIn(self.agent.partner_id, complaint.message_partner_ids)
        notified = self.env["mail.notification"].search(
            [
                ("mail_message_id", "in", complaint.message_ids.ids),
                ("res_partner_id", "=", self.agent.partner_id.id),
            ]
        )
        self.assertFalse(notified)

    def test_no_mail_reaches_her(self):
        """Neither as a follower nor because somebody names her."""
        self.complaint.message_subscribe(self.agent.partner_id.ids)
        self.assertNotIn(self.agent.partner_id, self.complaint.message_partner_ids)
        for ids in (self.agent.partner_id.ids, []):
            message = self.complaint.with_user(self.manager).message_post(
                body="What do you say?",
                partner_ids=ids,
                subtype_xmlid="mail.mt_comment",
            )
            self.assertNotIn(
                self.agent.partner_id, message.notification_ids.res_partner_id
            )
            self.assertFalse(
                self._mine("mail.message").search([("id", "=", message.id)])
            )

    def test_escalations_pass_her_by(self):
        self.team1.leader_id = self.agent
        self.complaint.team_id = self.team1
        for role in ("leader", "assignee", "manager"):
            people = self.complaint._sla_people(role)
            self.assertNotIn(self.agent.partner_id, people)

    def test_she_does_not_point_at_it(self):
        """Nor with a ticket of her own: its form would show the subject."""
        Ticket = self._mine()
        with self.assertRaises(AccessError):
            Ticket.create(
                self._ticket_vals(
                    type="complaint", complaint_ticket_id=self.complaint.id
                )
            )
        with self.assertRaises(AccessError):
            Ticket.browse(self.complained.id).write(
                {"complaint_ticket_id": self.complaint.id}
            )
        with self.assertRaises(AccessError):
            Ticket.browse(self.complained.id).parent_id = self.complaint.id

    def test_whom_it_is_about_is_not_for_requesters(self):
        for user in (self.requester, self.portal):
            Ticket = self._as(user)["itsm.ticket"]
            for name in ("complaint_about_user_id", "complaint_barred_ids"):
                with self.subTest(user=user.name, field=name):
                    with self.assertRaises(AccessError):
                        Ticket.browse(self.complaint.id).read([name])
                    with self.assertRaises(AccessError):
                        Ticket.search([(name, "=", self.agent.id)])

    def test_list_of_the_barred_is_not_set_by_hand(self):
        with self.assertRaises(AccessError):
            self.complaint.with_user(self.manager).complaint_barred_ids = False

    def test_handlers_are_agents_of_the_desk(self):
        with self.assertRaises(ValidationError):
            self.desk.complaint_user_ids = self.stranger
