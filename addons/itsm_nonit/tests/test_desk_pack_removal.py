from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from ..models.itsm_desk_pack import shipped
from .pack_common import PackCase


@tagged("post_install", "-at_install")
class TestPackRemoval(PackCase):
    """A desk that somebody used stays."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.pack = cls.install_pack("facilities").with_user(cls.admin)
        cls.ours = cls.pack.sudo().desk_id

    def test_ticket_in_the_way(self):
        self._create_ticket(name="Wet floor", desk_id=self.ours.id)
        self.assertEqual(self.pack.state, "in_use")
        self._refused_removal(self.pack, "Wet floor")

    def test_ticket_of_another_desk_in_the_way(self):
        """The word stands in a ticket, though the desk is another."""
        category = self.env["itsm.category"].search([("desk_ids", "in", self.ours.ids)])
        self._create_ticket(name="Moved on", category_id=category[0].id)
        self._refused_removal(self.pack, "Moved on")

    def test_hand_made_team_in_the_way(self):
        self._make_team(self.ours, "2")
        self._refused_removal(self.pack, "line 2")

    def test_hand_made_service_in_the_way(self):
        self.env["itsm.service"].create({"name": "Own one", "desk_id": self.ours.id})
        self._refused_removal(self.pack, "Own one")

    def test_hand_made_promise_in_the_way(self):
        """Without the desk, it would be for all of them."""
        self.env["itsm.sla.policy"].create(
            {
                "name": "Fast lane",
                "res_model": "itsm.ticket",
                "desk_ids": [Command.set(self.ours.ids)],
            }
        )
        self._refused_removal(self.pack, "Fast lane")

    def test_part_of_another_service_in_the_way(self):
        whole = self.env["itsm.service"].create(
            {"name": "Whole house", "desk_id": self.desk.id}
        )
        self.env["itsm.service.order"].create(
            {
                "service_id": whole.id,
                "child_service_id": self.service("facilities-leak").id,
            }
        )
        self._refused_removal(self.pack, "Whole house")

    def test_changed_by_somebody_else(self):
        other = self._make_user(
            "admin2", "Abel Admin", "itsm_helpdesk.group_itsm_admin"
        )
        service = self.service("facilities-leak")
        service.with_user(other).description = "Only on weekdays"
        self._refused_removal(self.pack, "Abel Admin", service.name)
        service.with_user(self.admin).description = "Always"
        self.pack.remove()
        self.assertFalse(service.exists())

    def test_members_and_stars_are_not_in_the_way(self):
        before = self.ours
        before.team_ids.member_ids |= self.facilities_agent
        self.env["itsm.service.favourite"].sudo().create(
            {
                "service_id": self.service("facilities-leak").id,
                "user_id": self.requester.id,
            }
        )
        self.pack.remove()
        self.assertFalse(before.exists())
        self.assertTrue(self.facilities_agent.exists())

    def test_not_installed(self):
        self.pack.remove()
        with self.assertRaises(UserError):
            self.pack.remove()

    def test_published_services_stay_for_everybody_else(self):
        """Only a pack forgets what was published."""
        service = self.service("facilities-leak")
        for user in (self.admin, self.env.ref("base.user_root")):
            with self.assertRaises(UserError):
                service.with_user(user).with_context(itsm_forgetting=True).unlink()


@tagged("post_install", "-at_install")
class TestPackOrders(PackCase):
    """All desks come, and go in any order."""

    def _every(self):
        return self.Pack.search([]).with_user(self.admin)

    def test_as_they_came(self):
        every, before = self._every(), self._rows()
        every.install()
        self.assertEqual(len(every), len(shipped()))
        for pack in every:
            pack.remove()
        self.assertEqual(self._differences(before), {})

    def test_the_last_first(self):
        every, before = self._every(), self._rows()
        every.install()
        for pack in reversed(every):
            pack.remove()
        self.assertEqual(self._differences(before), {})

    def test_one_comes_and_goes(self):
        """However often, in a house with all desks, it leaves no more behind."""
        every, empty = self._every(), self._rows()
        every.install()
        keys = self._pack("keys")
        keys.remove()
        without = self._rows()
        for _time in range(2):
            keys.install()
            keys.remove()
            self.assertEqual(self._differences(without), {})
        keys.install()
        for pack in every:
            pack.remove()
        self.assertEqual(self._differences(empty), {})
