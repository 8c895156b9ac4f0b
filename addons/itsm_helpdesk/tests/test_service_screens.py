from odoo.fields import Command
from odoo.tests import Form

from .common import ItsmCase


class TestServiceScreens(ItsmCase):
    """What the screens of the catalogue show beside what is stored."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.address = cls.env["itsm.question.set"].create(
            {
                "name": "Address",
                "question_ids": [Command.create({"name": "Room", "key": "room"})],
            }
        )
        cls.category = cls.env["itsm.service.category"].create({"name": "Computers"})
        cls.below = cls.env["itsm.service.category"].create(
            {"name": "Phones", "parent_id": cls.category.id}
        )
        cls.service = cls.env["itsm.service"].create(
            {
                "name": "Laptop",
                "desk_id": cls.desk.id,
                "category_id": cls.below.id,
                "question_ids": [
                    Command.create(
                        {
                            "name": "Device",
                            "key": "device",
                            "type": "choice",
                            "option_ids": [
                                Command.create({"name": "Big", "key": "big"}),
                                Command.create({"name": "Small", "key": "small"}),
                            ],
                        }
                    ),
                    Command.create(
                        {
                            "name": "Address",
                            "key": "address",
                            "type": "set",
                            "included_set_id": cls.address.id,
                        }
                    ),
                ],
            }
        )

    def test_outline_unfolds_sets(self):
        device, address = self.service.question_ids
        outline = self.service.with_user(self.agent).form_outline()
        self.assertEqual(
            [(entry["id"], entry["key"]) for entry in outline],
            [(device.id, "device"), (address.id, "room")],
        )
        self.assertEqual(
            outline[0]["options"],
            [{"key": "big", "label": "Big"}, {"key": "small", "label": "Small"}],
        )

    def test_keys_are_made_on_the_screen(self):
        """They are free among all that the form asks, and kept once they are given."""
        Question = self.env["itsm.question"]

        def made(name, key=False):
            question = Question.new(
                {"name": name, "key": key, "service_id": self.service.id}
            )
            question._onchange_name()
            return question.key

        self.assertEqual(made("Operating System?"), "operating_system")
        self.assertEqual(made("Device"), "device_2")
        self.assertEqual(made("Room"), "room_2", "a question of the set has it")
        self.assertEqual(made("设备"), "q1")
        self.assertEqual(made("Other words", "device"), "device")

    def test_counts(self):
        self._create_ticket(service_id=self.service.id)
        self._in_state("closed", service_id=self.service.id)
        service = self.service.with_user(self.manager)
        self.assertEqual((service.ticket_count, service.open_ticket_count), (2, 1))
        self.assertEqual((self.category | self.below).mapped("service_count"), [1, 1])
        self.assertEqual(self.address.service_count, 1)
        action = service.with_context(itsm_open=True).action_view_tickets()
        self.assertEqual(self.Ticket.search_count(action["domain"]), 1)

    def test_changes_are_found_and_told(self):
        Service = self.env["itsm.service"].with_user(self.manager)
        is_ours = [("id", "=", self.service.id)]
        changed = [("has_unpublished_changes", "=", True), *is_ours]
        same = [("has_unpublished_changes", "=", False), *is_ours]
        self.service.with_user(self.manager).action_publish()
        self.assertFalse(Service.search(changed))
        self.assertTrue(Service.search(same))
        self.service.question_ids[0].name = "Which device"
        self.assertTrue(Service.search(changed))
        self.assertFalse(Service.search(same))
        action = self.service.version_id.with_user(self.manager).action_compare()
        Comparison = self.env[action["res_model"]].with_user(self.manager)
        form = Form(Comparison.with_context(**action["context"]))
        self.assertIn("Which device", form.differences)
        form.save().action_restore()
        self.assertEqual(self.service.question_ids[0].name, "Device")
