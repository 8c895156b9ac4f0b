from odoo.exceptions import AccessError, UserError, ValidationError

from .common import ItsmCase


class TestParentAndChildren(ItsmCase):
    """A parent, its children, and the major incident."""

    def setUp(self):
        super().setUp()
        self.parent = self._create_ticket(name="Mail is down")
        self.children = self.Ticket.create(
            [
                self._ticket_vals(
                    partner_id=user.partner_id.id, parent_id=self.parent.id
                )
                for user in (self.portal, self.colleague)
            ]
        )
        self._flush_tracking()

    def _told(self, ticket):
        """Return the people whom the latest automatic mail reached."""
        self._flush_tracking()
        sent = ticket.message_ids.filtered(lambda m: m.message_type == "auto_comment")
        return sent.sorted("id")[-1:].notified_partner_ids

    def test_counts(self):
        self.assertEqual(self.parent.child_count, 2)
        self.children[0].resolve("solved", "Text")
        self.parent.invalidate_recordset()
        self.assertEqual(self.parent.child_count, 2)
        self.assertEqual(self.parent.open_child_count, 1)

    def test_major_incident_resolves_its_children(self):
        parent = self.parent.with_user(self.leader)
        with self.assertRaises(UserError):
            parent.action_declare_major("")
        parent.action_declare_major("The whole hospital has no mail")
        self.assertTrue(parent.is_major)
        parent.with_user(self.agent).resolve("solved", "Server restarted.")
        for child in self.children:
            self.assertEqual(child.state, "resolved")
            self.assertEqual(child.resolution, "Server restarted.")
            self.assertEqual(child.resolution_code_id.code, "solved")
            self.assertEqual(self._told(child), child.partner_id)

    def test_children_of_another_desk_end_with_it(self):
        child = self._create_ticket(desk_id=self.desk_other.id)
        child.parent_id = self.parent
        self.parent.action_declare_major("Outage")
        mine = self._as(self.agent)["itsm.ticket"].browse(self.parent.id)
        mine.resolve("solved", "Server restarted.")
        self.assertEqual(child.state, "resolved")

    def test_two_major_incidents_in_one_batch(self):
        """Each child gets the solution of its own parent."""
        other = self._create_ticket(name="No network")
        child = self._create_ticket(parent_id=other.id)
        both = self.parent | other
        both.action_declare_major("Outage")
        code = self.env.ref("itsm_helpdesk.resolution_code_solved")
        for ticket in both:
            ticket.write({"resolution_code_id": code.id, "resolution": ticket.name})
        both.with_user(self.agent).resolve()
        self.assertEqual(child.resolution, "No network")
        self.assertEqual(self.children.mapped("resolution"), ["Mail is down"] * 2)

    def test_only_leaders_declare_major(self):
        for user in (self.agent, self.requester, self.stranger):
            with self.subTest(user=user.name), self.assertRaises(UserError):
                self.parent.with_user(user).action_declare_major("Mine is important")
        self.parent.with_user(self.manager).action_declare_major("Outage")
        with self.assertRaises(UserError):
            self.parent.with_user(self.agent).action_revoke_major()
        self.parent.with_user(self.leader).action_revoke_major()
        with self.assertRaises(UserError):
            self.parent.with_user(self.agent).resolve("solved", "Not for the children")
        self.assertEqual(self.children.mapped("state"), ["new", "new"])

    def test_ended_ticket_becomes_no_major_incident(self):
        with self.assertRaises(UserError):
            self._in_state("closed").with_user(self.leader).action_declare_major("Late")

    def test_children_of_an_ordinary_ticket_when_asked_for(self):
        self.parent.with_user(self.agent).resolve("solved", "All.", with_children=True)
        self.assertEqual(self.children.mapped("state"), ["resolved", "resolved"])

    def test_open_task_of_a_child_stops_it_all(self):
        self.env["itsm.task"].create(
            {"name": "Check", "ticket_id": self.children[0].id}
        )
        self.parent.action_declare_major("Outage")
        with self.assertRaises(UserError):
            self.parent.with_user(self.agent).resolve("solved", "Done.")
        states = (self.parent | self.children).mapped("state")
        self.assertEqual(states, ["new"] * 3)

    def test_no_circle(self):
        with self.assertRaises(ValidationError):
            self.parent.parent_id = self.children[0]
        with self.assertRaises(ValidationError):
            self.parent.parent_id = self.parent

    def test_no_open_child_below_a_done_parent(self):
        done = self._in_state("resolved")
        with self.assertRaises(ValidationError):
            self._create_ticket(parent_id=done.id)
        self._in_state("closed").parent_id = done  # both are done

    def test_parent_of_another_company(self):
        branch = self._create_ticket(desk_id=self.desk_branch.id)
        with self.assertRaises(UserError):
            self._create_ticket(parent_id=branch.id)


class TestRelated(ItsmCase):
    def test_both_ways(self):
        one, two, three = (self._create_ticket() for _n in range(3))
        one.with_user(self.agent).related_ids = two
        self.assertEqual(two.related_ids, one)
        two.with_user(self.agent).related_ids |= three
        self.assertEqual(two.related_ids, one | three)
        self.assertEqual(one.related_ids, two)
        two.with_user(self.agent).related_ids -= one
        self.assertFalse(one.related_ids)
        self.assertEqual(three.related_ids, two)

    def test_not_to_itself(self):
        one = self._create_ticket()
        one.related_ids = one
        one.invalidate_recordset()
        self.assertFalse(one.related_ids)

    def test_search(self):
        one, two, three = (self._create_ticket() for _n in range(3))
        one.related_ids = two
        found = self.Ticket.search([("related_ids", "in", two.ids)])
        self.assertEqual(found, one)
        found = self.Ticket.search([("related_ids", "in", one.ids)])
        self.assertEqual(found, two)
        self.assertNotIn(three, found)


class TestMerge(ItsmCase):
    """Duplicates become one, and nothing is lost."""

    def setUp(self):
        super().setUp()
        self.target = self._create_ticket(
            name="Mail is down", partner_id=self.colleague.partner_id.id
        )
        self.duplicate = self._create_ticket(
            name="No mail",
            description="<p>X1</p>",
        )

    def _say(self, ticket, user, body, note=False):
        return ticket.with_user(user).message_post(
            body=body,
            message_type="comment",
            subtype_xmlid="mail.mt_note" if note else "mail.mt_comment",
            attachments=[(f"{body}.txt", body.encode())],
        )

    def test_messages_and_files_move(self):
        word = self._say(self.duplicate, self.requester, "Help")
        note = self._say(self.duplicate, self.agent, "Again", note=True)
        loose = self._file(res_model="itsm.ticket", res_id=self.duplicate.id)
        files = word.attachment_ids | note.attachment_ids | loose
        self.duplicate.with_user(self.agent).merge_into(self.target.id)
        self.assertLessEqual(word | note, self.target.message_ids)
        self.assertEqual(word.author_id, self.requester.partner_id)
        self.assertTrue(note.subtype_id.internal)
        self.assertEqual(set(files.mapped("res_id")), {self.target.id})
        self.assertEqual(files.mapped("raw"), [b"Help", b"Again", b"text"])
        self.assertIn(self.requester.partner_id, self.target.message_partner_ids)
        texts = " ".join(self.target.message_ids.mapped("body"))
        self.assertIn("X1", texts, "the description is kept too")

    def test_duplicate_is_ended_and_points_to_the_target(self):
        self.duplicate.with_user(self.agent).merge_into(self.target)
        self.assertEqual(self.duplicate.state, "cancelled")
        self.assertEqual(self.duplicate.closure_code_id.code, "duplicate")
        self.assertEqual(self.duplicate.merged_into_id, self.target)
        self.assertEqual(self.target.merged_ids, self.duplicate)
        self.assertEqual(self.target.state, "new")
        told = self.duplicate.message_ids.filtered(
            lambda m: self.target.number in m.body and not m.subtype_id.internal
        )
        self.assertIn(self.requester.partner_id, told.notified_partner_ids)

    def test_tasks_children_relations_and_activities_move(self):
        task = self.env["itsm.task"].create(
            {"name": "Check", "ticket_id": self.duplicate.id}
        )
        child = self._create_ticket(parent_id=self.duplicate.id)
        related = self._create_ticket()
        self.duplicate.related_ids = related
        activity = self.duplicate.activity_schedule(
            "mail.mail_activity_data_todo", user_id=self.agent.id
        )
        self.duplicate.with_user(self.agent).merge_into(self.target)
        self.assertEqual(task.ticket_id, self.target)
        self.assertEqual(child.parent_id, self.target)
        self.assertIn(related, self.target.related_ids)
        self.assertEqual(activity.res_id, self.target.id)
        self.assertEqual(self.target.activity_ids, activity)

    def test_target_below_the_duplicate(self):
        """The survivor does not stay below a ticket that was given up."""
        top = self._create_ticket()
        self.duplicate.parent_id = top
        self.target.parent_id = self.duplicate
        self.duplicate.with_user(self.agent).merge_into(self.target)
        self.assertEqual(self.target.parent_id, top)

    def test_target_far_below_the_duplicate(self):
        middle = self._create_ticket(parent_id=self.duplicate.id)
        self.target.parent_id = middle
        self.duplicate.with_user(self.agent).merge_into(self.target)
        self.assertFalse(self.target.parent_id)
        self.assertEqual(middle.parent_id, self.target)

    def test_several_at_once(self):
        more = self._create_ticket()
        (self.duplicate | more).with_user(self.agent).merge_into(self.target)
        self.assertEqual(self.target.merged_ids, self.duplicate | more)

    def test_refusals(self):
        elsewhere = self._create_ticket(desk_id=self.desk_branch.id)
        merged = self._create_ticket()
        merged.merge_into(self.target)
        duplicate = self.duplicate.with_user(self.admin)
        for name, target in {
            "itself": duplicate,
            "no such ticket": 999999999,
            "none": None,
            "merged itself": merged,
            "closed": self._in_state("closed"),
            "cancelled": self._in_state("cancelled"),
        }.items():
            with self.subTest(target=name), self.assertRaises(UserError):
                duplicate.merge_into(target)
        with self.assertRaises(UserError):
            self.duplicate.merge_into(elsewhere)
        with self.assertRaises(UserError):
            merged.merge_into(duplicate)
        self.assertEqual(self.duplicate.state, "new")

    def test_needs_the_right_to_write_on_both(self):
        theirs = self._create_ticket(desk_id=self.desk_other.id)
        for source, target in ((theirs, self.target), (self.target, theirs)):
            with self.assertRaises(AccessError):
                source.with_user(self.agent).merge_into(target.with_user(self.agent))

    def test_merged_ticket_is_not_reopened(self):
        self.duplicate.merge_into(self.target)
        for user in (self.agent, self.requester):
            with self.assertRaises(UserError):
                self.duplicate.with_user(user).reopen("Still no mail")

    def test_closed_duplicate_keeps_its_state(self):
        closed = self._in_state("closed")
        closed.with_user(self.agent).merge_into(self.target)
        self.assertEqual(closed.state, "closed")
        self.assertEqual(closed.merged_into_id, self.target)


class TestSplit(ItsmCase):
    """One ticket with two matters becomes two."""

    def setUp(self):
        super().setUp()
        self.ticket = self._create_ticket(impact="1", urgency="1")
        self.word = self._say("And my chair is broken", "mail.mt_comment")
        self.note = self._say("He is heavy", "mail.mt_note")

    def _say(self, body, subtype):
        return self.ticket.with_user(self.agent).message_post(
            body=body,
            message_type="comment",
            subtype_xmlid=subtype,
            attachments=[(f"{body}.txt", body.encode())],
        )

    def _split(self, **arguments):
        return self.ticket.with_user(self.agent).split("Chair", **arguments).sudo()

    def test_copies(self):
        loose = self._file(res_model="itsm.ticket", res_id=self.ticket.id)
        before = self.ticket.message_ids.ids
        new = self._split(message_ids=self.word.ids, attachment_ids=loose.ids)
        self.assertEqual(new.name, "Chair")
        self.assertEqual(new.partner_id, self.ticket.partner_id)
        self.assertEqual(new.desk_id, self.desk)
        self.assertEqual(new.priority, "1")
        self.assertNotEqual(new.number, self.ticket.number)
        self.assertIn("chair is broken", new.description)
        self.assertEqual(new.related_ids, self.ticket)
        copied = new.message_ids.filtered(lambda m: "chair is broken" in m.body)
        self.assertEqual(copied.author_id, self.agent.partner_id)
        self.assertEqual(copied.attachment_ids.raw, b"And my chair is broken")
        files = self.env["ir.attachment"].search(
            [("res_model", "=", "itsm.ticket"), ("res_id", "=", new.id)]
        )
        self.assertEqual(
            sorted(files.mapped("raw")), [b"And my chair is broken", b"text"]
        )
        self.assertLessEqual(set(before), set(self.ticket.message_ids.ids))
        self.assertEqual(self.word.attachment_ids.res_id, self.ticket.id)

    def test_notes_stay_notes(self):
        new = self._split(message_ids=(self.word | self.note).ids)
        self.assertNotIn("heavy", new.description)
        mine = self._as(self.requester)
        visible = mine["mail.message"].search(
            [("model", "=", "itsm.ticket"), ("res_id", "=", new.id)]
        )
        self.assertNotIn("heavy", str(visible.mapped("body")))
        names = mine["ir.attachment"].search(
            [("res_model", "=", "itsm.ticket"), ("res_id", "=", new.id)]
        )
        self.assertEqual(names.mapped("name"), ["And my chair is broken.txt"])

    def test_only_what_belongs_to_the_ticket(self):
        other = self._create_ticket(desk_id=self.desk_other.id)
        message = other.message_post(body="Secret")
        file = self._file("secret.txt", res_model="itsm.ticket", res_id=other.id)
        new = self._split(message_ids=message.ids, attachment_ids=file.ids)
        self.assertNotIn("Secret", str(new.message_ids.mapped("body")))
        self.assertFalse(
            self.env["ir.attachment"].search_count(
                [("res_model", "=", "itsm.ticket"), ("res_id", "=", new.id)]
            )
        )

    def test_refusals(self):
        for name in (None, "", "  "):
            with self.assertRaises(UserError):
                self.ticket.with_user(self.agent).split(name)
        with self.assertRaises(AccessError):
            self.ticket.with_user(self.requester).split("Mine")
