from odoo.fields import Command

from .sla_common import SlaCase, moment


class TestSlaMoves(SlaCase):
    """The stated rules: what becomes of the clocks when tickets are moved."""

    @classmethod
    def _make_policies(cls):
        cls.sla = cls._policy(("response", 2), ("resolution", 8))
        cls.ola = cls._policy(("resolution", 4), kind="ola")

    def test_merge(self):
        """The duplicate's clocks are cancelled, the target's go on untouched."""
        target, duplicate = self._register(), self._register(name="Again")
        before = self._clocks(target).read()
        self._at("Mon 11")
        duplicate.with_user(self.agent).merge_into(target.id)
        for kind in ("sla", "ola"):
            self._shows(self._clocks(duplicate, kind=kind), "cancelled")
        self._shows(self._clocks(duplicate, "response"), "cancelled")
        self.assertEqual(self._clocks(target).read(), before)
        self._shows(self._clocks(target, "response"), "running")

    def test_merge_of_a_solved_duplicate(self):
        """What was met stays met."""
        target, duplicate = self._register(), self._register(name="Again")
        duplicate.with_user(self.agent).resolve("solved", "Done.")
        duplicate.with_user(self.agent).merge_into(target.id)
        self._shows(self._clocks(duplicate), "met")

    def test_split(self):
        """The new ticket's clocks start at the split, the old one's go on."""
        ticket = self._register()
        self._at("Mon 11")
        new = ticket.with_user(self.agent).split("Another matter")
        self._shows(
            self._clocks(new), "running", started_at="Mon 11", deadline="Tue 11"
        )
        self._shows(self._clocks(ticket), "running", deadline="Tue 10")

    def test_children_are_solved_with_their_parent(self):
        """Their clocks stop at that moment, each with its own figures."""
        parent = self._register()
        self._at("Mon 11")
        child = self._register(parent_id=parent.id)
        late = self._register(parent_id=parent.id)
        late.with_user(self.agent).set_pending("requester")
        self._at("Tue 15")
        parent.with_user(self.agent).resolve("solved", "All.", with_children=True)
        self._shows(self._clocks(parent), "breached", stopped_at="Tue 15")
        self._shows(
            self._clocks(child), "breached", stopped_at="Tue 15", deadline="Tue 11"
        )
        self._shows(self._clocks(late), "met", stopped_at="Tue 15", elapsed=0)

    def test_team(self):
        """Another team: the customer's clock is untouched, a team's turn begins."""
        ticket = self._register()
        self._at("Mon 11")
        ticket.with_user(self.manager).team_id = self.team2
        clock = self._clocks(ticket)
        self._shows(clock, "running", started_at="Mon 10", deadline="Tue 10", elapsed=1)
        first, second = self._clocks(ticket, kind="ola")
        self._shows(first, "met", stopped_at="Mon 11")
        self._shows(second, "running", started_at="Mon 11")

    def test_archived_policy(self):
        """It gets no new clocks; those it has go on, through turns too."""
        ticket = self._register()
        self._at("Mon 11")
        (self.sla | self.ola).active = False
        self.assertFalse(self._clocks(self._register()))
        ticket.with_user(self.agent).escalate(reason="Hard.")
        ticket.with_user(self.manager).type = "request"
        self._shows(self._clocks(ticket), "running", deadline="Tue 10")
        self.assertEqual(len(self._clocks(ticket, kind="ola")), 2)


class TestSlaPriority(SlaCase):
    """Another priority counts from the opening, with all pauses."""

    @classmethod
    def _make_policies(cls):
        cls.sla = cls._policy(("resolution", 8), ("resolution", 3, "2"))

    def _prioritise(self, ticket, priority):
        reason = "Because." if priority else False
        ticket.with_user(self.agent).write(
            {"priority_override": priority, "priority_override_reason": reason}
        )

    def test_higher(self):
        """It is retroactive: the clock may be late at once, with the next sweep."""
        ticket = self._register()
        self._at("Mon 11")
        self._prioritise(ticket, "2")
        self._shows(self._clocks(ticket), "running", deadline="Mon 14", priority="2")
        self.assertEqual(ticket.sla_deadline, moment("Mon 14"))
        other = self._register()
        self._at("Tue 9")
        self._prioritise(other, "2")
        self._shows(self._clocks(other), "breached", deadline="Mon 15")

    def test_back_and_forth_while_paused(self):
        """No pause is lost, however often the priority changes in it."""
        ticket = self._register()
        self._at("Mon 11")
        ticket.with_user(self.agent).set_pending("requester")
        for hour, priority in (("13", "2"), ("14", False), ("15", "2"), ("16", False)):
            self._at(f"Mon {hour}")
            self._prioritise(ticket, priority)
            self._shows(self._clocks(ticket), "paused", elapsed=1)
        self._at("Tue 9")
        ticket.with_user(self.agent).resume()
        self._shows(
            self._clocks(ticket), "running", deadline="Tue 17", elapsed=1, paused=6
        )

    def test_late_before_and_relaxed_since(self):
        """Lowering the priority heals the figure, but is remembered."""
        ticket = self._register()
        self._prioritise(ticket, "2")
        self._sweep("Mon 15")
        self._shows(self._clocks(ticket), "breached")
        self._prioritise(ticket, False)
        self._shows(self._clocks(ticket), "running", deadline="Tue 10", relaxed=True)

    def test_by_impact(self):
        """The matrix changes the priority, the clock follows."""
        ticket = self._register()
        self._at("Mon 11")
        ticket.with_user(self.agent).write({"impact": "1"})
        self.assertEqual(ticket.priority, "2")
        self._shows(self._clocks(ticket), "running", deadline="Mon 14")
        self.assertIn("prioritised", self._events(ticket))

    def test_by_another_matrix(self):
        """An edited matrix that is applied to open tickets moves their clocks."""
        ticket = self._register()
        rule = self.env["itsm.priority.rule"].search(
            [
                ("impact", "=", ticket.impact),
                ("urgency", "=", ticket.urgency),
                ("desk_id", "=", False),
            ]
        )
        self._at("Mon 11")
        rule.with_user(self.admin).priority = "2"
        rule.with_user(self.admin).action_apply_to_open_tickets()
        self.assertEqual(ticket.priority, "2")
        self.assertIn("prioritised", self._events(ticket))
        self._shows(self._clocks(ticket), "running", deadline="Mon 14")


class TestSlaRematch(SlaCase):
    """Requester, desk, type and service choose the policies anew."""

    @classmethod
    def _make_policies(cls):
        cls.rest = cls._policy(("resolution", 8), sequence=100)

    def _changed(self, special, **vals):
        """Check that the special policy counts from the opening after a change.

        The ticket waited from 11 to 14 before, and the change is undone later.
        """
        ticket = self._register().with_user(self.admin)
        was = {
            name: [Command.set(value)] if isinstance(value, list | tuple) else value
            for name, value in ticket.read([*vals], load=None)[0].items()
            if name in vals
        }
        self._at("Mon 11")
        ticket.with_user(self.agent).set_pending("requester")
        self._at("Mon 14")
        ticket.with_user(self.agent).resume()
        self._at("Mon 15")
        ticket.write(vals)
        mine = self._clocks(ticket).filtered(lambda c: c.policy_id == special)
        rest = self._clocks(ticket) - mine
        self._shows(
            mine, "running", started_at="Mon 10", elapsed=2, deadline="Mon 17", paused=2
        )
        self._shows(rest, "cancelled", stopped_at="Mon 15")
        self.assertEqual(ticket.sla_deadline, moment("Mon 17"))
        self._at("Mon 16")
        ticket.write(was)
        self._shows(mine, "cancelled", stopped_at="Mon 16")
        self._shows(rest, "running", elapsed=3, deadline="Tue 12")
        self.assertIn("detached", self._events(ticket))

    def test_type(self):
        special = self._policy(("resolution", 4), ticket_type="complaint")
        self._changed(special, type="complaint")

    def test_service(self):
        service = self.env["itsm.service"].create(
            {"name": "ERP", "desk_id": self.desk.id}
        )
        special = self._policy(("resolution", 4), service_ids=service.ids)
        self._changed(special, service_id=service.id)

    def test_desk(self):
        special = self._policy(("resolution", 4), desk_ids=self.desk_other.ids)
        self._changed(special, desk_id=self.desk_other.id)

    def test_requester(self):
        vip = self.env.ref("itsm_sla.service_class_gold", raise_if_not_found=False)
        vip = vip or self.env["itsm.service.class"].create({"name": "V", "code": "v"})
        self.colleague.partner_id.service_class_id = vip
        special = self._policy(("resolution", 4), service_class_ids=vip.ids)
        partner = self.colleague.partner_id
        self._changed(special, partner_id=partner.id)

    def test_field_that_only_a_filter_names(self):
        tag = self.env["itsm.tag"].create({"name": "Ward"})
        special = self._policy(
            ("resolution", 4), domain=f"[('tag_ids', 'in', {tag.ids})]"
        )
        self._changed(special, tag_ids=tag.ids)

    def test_filter_on_a_field_that_follows_from_others(self):
        """The line follows from the team, which is what somebody changes."""
        special = self._policy(("resolution", 4), domain="[('line', '=', '2')]")
        self._changed(special, team_id=self.team2.id)

    def test_one_metric_taken_over(self):
        """Another policy takes the solution; the answer stays with the first one,
        also when another team's turn begins."""
        policy = self._policy(("resolution", 9), ("response", 6), sequence=90)
        self._policy(("resolution", 4), sequence=1, ticket_type="complaint")
        ticket = self._register()
        self._at("Mon 11")
        ticket.with_user(self.agent).type = "complaint"
        ticket.with_user(self.agent).escalate(reason="Hard.")
        answer = self._clocks(ticket, "response")
        self._shows(answer, "running", policy_id=policy, deadline="Mon 17")
        self.assertEqual(
            sorted(self._clocks(ticket).mapped("state")), ["cancelled", "running"]
        )

    def test_finished_clocks_stay(self):
        """What was decided is not judged by another policy afterwards."""
        ticket = self._register()
        self._at("Mon 11")
        ticket.with_user(self.agent).resolve("solved", "Done.")
        self._policy(("resolution", 0.5), sequence=1, ticket_type="complaint")
        ticket.with_user(self.agent).type = "complaint"
        self._shows(self._clocks(ticket), "met", policy_id=self.rest)
