from odoo.exceptions import AccessError, UserError
from odoo.fields import Command

from ..models.itsm_ticket import SYSTEM_FIELDS
from .common import GROUP, ItsmCase

# Fields of a ticket that tell of other tickets, of reasons or of plans of the desk.
INTERNAL_FIELDS = (
    "activity_summary",
    "child_ids",
    "escalated_from_id",
    "merged_ids",
    "merged_into_id",
    "parent_id",
    "priority_override_reason",
    "related_from_ids",
    "related_ids",
    "related_to_ids",
)


class TestRpcSurface(ItsmCase):
    """What somebody could try who calls methods instead of pressing buttons."""

    def test_internal_fields_are_not_for_requesters(self):
        asked = self._create_ticket(
            partner_id=self.portal.partner_id.id,
            requested_for_id=self.requester.partner_id.id,
        )
        for user in (self.portal, self.requester):
            mine = self._as(user)["itsm.ticket"].browse(asked.id)
            self.assertTrue(mine.read(["name"]))
            for name in INTERNAL_FIELDS:
                with self.subTest(user=user.name, field=name):
                    with self.assertRaises(AccessError):
                        mine.read([name])
                    if not mine._fields[name].search:
                        with self.assertRaises(AccessError):
                            mine.search([(name, "!=", False)])
            self.assertFalse(mine.can_reopen)

    def test_agents_and_auditors_read_them(self):
        ticket = self._create_ticket()
        for user in (self.agent, self.auditor):
            mine = self._as(user)["itsm.ticket"].browse(ticket.id)
            self.assertTrue(mine.read(INTERNAL_FIELDS))

    def test_activities_are_no_oracle(self):
        """Nobody finds out by trying what agents planned for their ticket."""
        ticket = self._create_ticket()
        ticket.with_user(self.agent).activity_schedule(
            "mail.mail_activity_data_todo", summary="Suspicious"
        )
        domain = [("id", "=", ticket.id), ("activity_ids.summary", "like", "Susp")]
        self.assertFalse(self._as(self.requester)["itsm.ticket"].search(domain))
        self.assertTrue(self._as(self.agent2)["itsm.ticket"].search(domain))

    def test_matrix_is_applied_by_administrators(self):
        for user in (self.portal, self.requester, self.agent, self.manager):
            rules = self._as(user)["itsm.priority.rule"]
            with self.subTest(user=user.name), self.assertRaises(AccessError):
                rules.action_apply_to_open_tickets()
        self._as(self.admin)["itsm.priority.rule"].action_apply_to_open_tickets()

    def test_managers_make_teams_for_their_own_desks_only(self):
        Team = self._as(self.manager)["itsm.team"]
        vals = {"name": "Mine", "leader_id": self.manager.id}
        with self.assertRaises(AccessError):
            Team.create({**vals, "desk_id": self.desk_other.id})
        self.assertTrue(Team.create({**vals, "desk_id": self.desk.id}))

    def test_task_stays_out_of_foreign_tickets(self):
        foreign = self._create_ticket(desk_id=self.desk_other.id)
        task = self._as(self.agent)["itsm.task"].create(
            {
                "name": "Look",
                "ticket_id": self._create_ticket().id,
                "user_id": self.agent.id,
            }
        )
        with self.assertRaises(AccessError):
            task.write({"ticket_id": foreign.id})

    def test_parent_must_be_readable(self):
        foreign = self._create_ticket(desk_id=self.desk_other.id)
        ticket = self._create_ticket()
        Ticket = self._as(self.agent)["itsm.ticket"]
        with self.assertRaises(AccessError):
            Ticket.browse(ticket.id).write({"parent_id": foreign.id})
        with self.assertRaises(AccessError):
            Ticket.create(self._ticket_vals(parent_id=foreign.id))

    def test_open_work_is_not_named_to_requesters(self):
        ticket = self._create_ticket()
        nobody = self.env["res.partner"].create({"name": "Nobody"})
        self._create_ticket(
            parent_id=ticket.id, name="Secret child", partner_id=nobody.id
        )
        self.env["itsm.task"].create({"name": "Secret", "ticket_id": ticket.id})
        for user in (self.requester, self.agent):
            mine = self._as(user)["itsm.ticket"].browse(ticket.id)
            with self.assertRaises(UserError) as refused:
                mine.cancel("Not needed.")
            named = "Secret" in str(refused.exception)
            self.assertEqual(named, user == self.agent)

    def test_open_work_of_another_desk_is_not_named(self):
        ticket = self._create_ticket()
        self._create_ticket(
            parent_id=ticket.id, desk_id=self.desk_other.id, name="Secret child"
        )
        mine = self._as(self.agent)["itsm.ticket"].browse(ticket.id)
        with self.assertRaises(UserError) as refused:
            mine.resolve("solved", "Toner replaced.")
        self.assertNotIn("Secret", str(refused.exception))

    def test_presence_of_a_desk_is_not_for_its_requesters(self):
        """An agent is a requester at the other desks."""
        ticket = self._create_ticket(partner_id=self.stranger.partner_id.id)
        mine = self._as(self.stranger)["itsm.ticket"].browse(ticket.id)
        self.assertTrue(mine.name)
        with self.assertRaises(AccessError):
            mine.presence_beat()


class TestForgedDefaults(ItsmCase):
    """System facts come neither from a context nor from a user's own defaults."""

    def _assert_untouched(self, ticket):
        self.assertFalse(ticket.is_major)
        self.assertFalse(ticket.resolved_at)
        self.assertEqual(ticket.reopen_count, 0)
        self.assertGreater(ticket.opened_at.year, 2020)

    def test_context(self):
        forged = {
            "is_major": True,
            "opened_at": "2020-01-01 00:00:00",
            "reopen_count": 5,
            "resolved_at": "2020-01-01 00:00:00",
        }
        context = {f"default_{name}": value for name, value in forged.items()}
        Ticket = self._as(self.agent)["itsm.ticket"].with_context(**context)
        self._assert_untouched(Ticket.create(self._ticket_vals()))

    def test_own_defaults(self):
        Default = self._as(self.agent)["ir.default"]
        Default.set("itsm.ticket", "is_major", True, user_id=True)
        Default.set("itsm.ticket", "resolved_at", "2020-01-01 00:00:00", user_id=True)
        ticket = self._as(self.agent)["itsm.ticket"].create(self._ticket_vals())
        self._assert_untouched(ticket)

    def test_own_default_values_of_fields_stay(self):
        values = self.Ticket.default_get(sorted(SYSTEM_FIELDS))
        self.assertEqual(values["number"], "/")
        self.assertTrue(values["opened_at"])


class TestMovedInBatches(ItsmCase):
    """What follows from a new desk, team or assignee, ticket by ticket."""

    def test_who_is_in_the_team_keeps_the_ticket(self):
        both = self._make_user("both", "Both Lines", GROUP % "agent")
        self.team1.member_ids = [Command.link(both.id)]
        self.team2.member_ids = [Command.link(both.id)]
        stays = self._create_ticket(user_id=both.id)
        leaves = self._create_ticket(user_id=self.agent.id)
        (stays | leaves).with_user(self.agent).write({"team_id": self.team2.id})
        self.assertEqual(stays.user_id, both)
        self.assertFalse(leaves.user_id)

    def test_who_is_at_the_desk_stays_in_the_team(self):
        here = self._create_ticket(team_id=self.team2.id, user_id=self.engineer.id)
        there = self._create_ticket(desk_id=self.desk_other.id)
        (here | there).write({"desk_id": self.desk.id})
        self.assertEqual(here.team_id, self.team2)
        self.assertEqual(here.user_id, self.engineer)
        self.assertEqual(there.team_id, self.team1)

    def test_new_ticket_to_an_agent_of_another_desk(self):
        ticket = self._create_ticket().with_user(self.agent)
        ticket.write(
            {
                "desk_id": self.desk_other.id,
                "team_id": self.team_other.id,
                "user_id": self.stranger.id,
            }
        )
        self.assertEqual(ticket.sudo().state, "in_progress")

    def test_archived_team_gets_nothing(self):
        self.team1.active = False
        self.assertFalse(self._create_ticket().team_id)
        self.team3.active = False
        ticket = self._create_ticket(team_id=self.team2.id).with_user(self.manager)
        for team in (None, self.team3.id, self.team3):
            with self.subTest(team=team), self.assertRaises(UserError):
                ticket.escalate(team, "Too hard.")
        self.assertEqual(ticket.team_id, self.team2)

    def test_team_by_a_name_that_two_desks_have(self):
        self.team2.name = self.team_other.name = "Second line"
        ticket = self._create_ticket().with_user(self.agent)
        ticket.escalate("Second line", "Too hard.")
        self.assertEqual(ticket.team_id, self.team2)
        self.team3.name = "Second line"
        with self.assertRaises(UserError):
            self._create_ticket().with_user(self.agent).escalate("Second line", "Hard.")
