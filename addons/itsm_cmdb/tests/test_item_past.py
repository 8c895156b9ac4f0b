from datetime import datetime, timedelta

from ..tools.history import same
from .common import CmdbCase

DAY = datetime(2026, 1, 10, 9)


class TestItemPast(CmdbCase):
    """How items stood at any moment."""

    def _same(self, left, right):
        keys = {*left, *right}
        return all(same(left.get(key), right.get(key)) for key in keys)

    def test_states_are_those_that_were_there(self):
        """What undoing tells equals the snapshots really taken at the time."""
        room = self.env["itsm.location"].create({"name": "Room"})
        self.env["itsm.location"].flush_model()
        item = self.Ci._under(at=DAY).create(
            {
                "name": "Server",
                "class_id": self.class_server.id,
                "attributes": {"memory_gb": 64},
            }
        )
        saves = [
            {"name": "Database", "location_id": room.id},
            {"status": "in_use", "attributes": {"memory_gb": 128, "tier": "gold"}},
            {"location_id": False, "owner_id": self.employee_head.id},
            {"class_id": self.class_device.id},
            {"active": False, "user_department_ids": [(6, 0, self.department.ids)]},
        ]
        taken = [(DAY, item._snapshot()[item.id])]
        for number, vals in enumerate(saves, 1):
            moment = DAY + timedelta(days=number)
            item._under(at=moment).write(vals)
            taken.append((moment, item._snapshot()[item.id]))
        for moment, snapshot in taken:
            for later in (timedelta(0), timedelta(hours=1)):
                state = item._state_at(moment + later)[item.id]
                self.assertTrue(self._same(state, snapshot), (state, snapshot))
            if moment != DAY:
                before = item._state_at(moment - timedelta(seconds=1))[item.id]
                self.assertFalse(self._same(before, snapshot))
        self.assertIsNone(item._state_at(DAY - timedelta(seconds=1))[item.id])

    def test_a_snapshot_names_what_it_refers_to(self):
        item = self._ci("Server", owner_id=self.employee_head.id)
        state = item._snapshot()[item.id]
        self.assertEqual(state["owner_id"][1], self.employee_head.name)
        self.assertEqual(state["class_id"][0], self.class_server.id)
        self.assertIs(state["active"], True)
        self.assertNotIn("serial_number", state)
        self.assertNotIn("token", state)

    def test_what_was_said_of_yesterday_comes_after_what_was_known(self):
        """A file of last week does not turn the order of revisions around."""
        item = self.Ci._under(at=DAY).create(
            {"name": "A", "class_id": self.class_server.id}
        )
        item._under(at=DAY + timedelta(days=2)).name = "B"
        item._under(at=DAY + timedelta(days=1)).name = "C"
        self.env.invalidate_all()
        names = [each.changes["name"][1] for each in item.revision_ids[:2]]
        self.assertEqual(names, ["C", "B"])
        state = item._state_at(DAY + timedelta(days=1))[item.id]
        self.assertEqual(state["name"], "A")

    def test_the_future_is_now(self):
        item = self._ci("A")
        item._under(at=datetime.now() + timedelta(days=9)).name = "B"
        self.assertLessEqual(item.revision_ids[0].at, self.env.cr.now())

    def test_relations_are_told_for_a_moment(self):
        one, two = self._ci("One"), self._ci("Two")
        relation = self._relate(one, "depends_on", two)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE itsm_ci_relation SET started_at = %s, ended_at = %s, active = FALSE"
            " WHERE id = %s",
            [DAY, DAY + timedelta(days=2), relation.id],
        )
        self.env.invalidate_all()
        for days, expected in ((-1, False), (0, True), (1, True), (2, False)):
            found = two._relations_at(DAY + timedelta(days=days))
            self.assertEqual(relation in found, expected, days)
        self.assertNotIn(relation, two._relations_at())

    def test_the_past_needs_the_right_to_read(self):
        foreign = self._ci("Foreign", company_id=self.branch.id)
        with self.assertRaises(Exception) as caught:
            foreign.with_user(self.keeper)._state_at(DAY)
        self.assertEqual(type(caught.exception).__name__, "AccessError")
