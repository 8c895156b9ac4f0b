from odoo.tests import tagged

from .pack_common import WiredCase


@tagged("post_install", "-at_install")
class TestPackUnwiring(WiredCase):
    """What wiring put into services of other packs goes with the pack."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.moves = cls.install_pack("moves").with_user(cls.admin)

    def _office(self):
        return self.service("moves-office")

    def _install(self):
        return self.install_pack("facilities").with_user(self.admin)

    def _request(self):
        """Return a request for moving an office, as the form was published last."""
        office = self._office()
        ticket = self._create_ticket(
            name="Move us", desk_id=office.desk_id.id, service_id=office.id
        )
        ticket._write_system({"service_version_id": office.version_id.id})
        return ticket

    def test_nothing_is_left(self):
        before, version = self._rows(), self._office().version_id
        facilities = self._install()
        self.assertNotEqual(self._office().version_id, version)
        facilities.remove()
        office = self._office()
        self.assertEqual(office.version_id, version)
        self.assertEqual(office.state, "published")
        self.assertFalse(office.has_unpublished_changes)
        self.assertFalse(office.order_ids)
        self.assertFalse(office.plan_task_ids[-1].team_id)
        self.assertEqual(self._differences(before), {})

    def test_it_comes_again(self):
        self._install().remove()
        self._install()
        self.assertTrue(self._office().order_ids)
        self.assertTrue(self._office().version_id.order_ids)
        self.assertTrue(self._office().plan_task_ids[-1].team_id)

    def test_another_administrator(self):
        """Wiring is nobody's change of a service."""
        other = self._make_user(
            "admin2", "Abel Admin", "itsm_helpdesk.group_itsm_admin"
        )
        facilities = self._install()
        facilities.remove()
        facilities.with_user(other).install()
        self.moves.remove()
        self.assertFalse(self._office())
        self.moves.install()
        facilities.with_user(other).remove()
        self.moves.remove()
        self.assertFalse((facilities | self.moves).desk_id)

    def test_what_people_work_on_stays_theirs(self):
        facilities, office = self._install(), self._office()
        office.description = "Half a sentence"
        facilities.remove()
        self.assertEqual(office.description, "Half a sentence")
        self.assertTrue(office.has_unpublished_changes)
        self.assertFalse(office.order_ids)
        self.assertFalse(office.version_id.order_ids)
        self.assertIn("Electricians", office.message_ids[0].body)

    def test_changed_part_in_the_way(self):
        facilities, office = self._install(), self._office()
        office.order_ids.mapping = {}
        self._refused_removal(facilities, office.name)
        office.order_ids.unlink()
        facilities.remove()
        self.assertFalse(office.version_id.order_ids)

    def test_part_by_hand_in_the_way(self):
        facilities, room = self._install(), self.service("moves-carry")
        self.env["itsm.service.order"].create(
            {
                "service_id": room.id,
                "child_service_id": self.service("facilities-leak").id,
            }
        )
        self._refused_removal(facilities, room.name)

    def test_team_by_hand_in_the_way(self):
        facilities = self._install()
        task = self._office().plan_task_ids[0]
        task.team_id = facilities.sudo().desk_id.team_ids[0]
        self._refused_removal(facilities, self._office().name)

    def test_version_that_was_asked_for_stays(self):
        facilities, office = self._install(), self._office()
        version, ticket = office.version_id, self._request()
        facilities.remove()
        self.assertEqual(ticket.service_version_id, version)
        self.assertEqual(office.version_id, version)
        self.assertFalse(version.order_ids)
        self.assertFalse(version.data["order_ids"])
        self.assertFalse(office.has_unpublished_changes)
        # What was published can be restored, and published again.
        version.action_restore()
        office.action_publish()
        self.assertFalse(office.order_ids)

    def test_published_by_hand_stays(self):
        facilities, office = self._install(), self._office()
        office.description = "By hand"
        office.action_publish()
        version = office.version_id
        facilities.remove()
        self.assertEqual(office.version_id, version)
        self.assertFalse(version.order_ids)
        self.assertFalse(office.has_unpublished_changes)

    def test_part_that_was_opened_in_the_way(self):
        facilities, mount = self._install(), self.service("facilities-mount")
        self._create_ticket(name="A shelf", service_id=mount.id)
        self._refused_removal(facilities, "A shelf")
