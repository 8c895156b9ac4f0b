from odoo.tests import tagged

from .common import CmdbCase


@tagged("post_install", "-at_install")
class TestItemQueryCounts(CmdbCase):
    """Many items cost about as many queries as a few."""

    def _vals(self, count, mark=""):
        room = self.env["itsm.location"].search([], limit=1)
        return [
            {
                "name": f"Server {mark}{number}",
                "class_id": self.class_server.id,
                "location_id": room.id,
                "serial_number": f"S{mark}{number}",
                "attributes": {"memory_gb": number, "os_name": "Debian"},
            }
            for number in range(count)
        ]

    def _queries(self, work):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        work()
        self.env.flush_all()
        return self.env.cr.sql_log_count - before

    def _assert_flat(self, work):
        """``work(count)`` may need some more statements for 80 than for 10."""
        work(10)
        few = self._queries(lambda: work(10))
        many = self._queries(lambda: work(80))
        self.assertLessEqual(many, few + 3)

    def test_create(self):
        # More than this is a message for each: 21 items are many already.
        self._assert_flat(
            lambda count: self.Ci.create(self._vals(count * 3, f"{count}-"))
        )

    def test_write(self):
        items = self.Ci.create(self._vals(240))
        names = iter(range(100))
        self._assert_flat(
            lambda count: items[: count * 3].write({"host_name": f"h{next(names)}"})
        )

    def test_write_values(self):
        items = self.Ci.create(self._vals(240))
        turns = iter(range(100))

        def work(count):
            turn = next(turns)
            self.Ci._write_values(
                {
                    item.id: {
                        "host_name": f"h{turn}-{item.id}",
                        "attributes.memory_gb": turn * 1000 + item.id,
                    }
                    for item in items[: count * 3]
                }
            )

        self._assert_flat(work)

    def test_history_rows(self):
        desks = self.env["itsm.desk"].create(
            [{"name": f"Desk {number}"} for number in range(80)]
        )
        for item, desk in zip(self.Ci.create(self._vals(80)), desks, strict=True):
            item._under(origin=desk).name = "New"
        self.env.flush_all()
        rows = self.env["itsm.ci.history"].search([("res_model", "=", desks._name)])
        self.assertGreaterEqual(len(rows), 80)
        self._assert_flat(
            lambda count: (
                self.env["itsm.ci.history"]
                .browse(rows.ids[:count])
                .read(["label", "old_text", "made_under"])
            )
        )

    def test_states(self):
        items = self.Ci.create(self._vals(240))
        items.write({"owner_id": self.employee_head.id})
        self._assert_flat(
            lambda count: items[: count * 3]._state_at("2026-01-01 00:00:00")
        )
