from odoo.tests import Form, tagged

from .common import CmdbCase


@tagged("post_install", "-at_install")
class TestShippedClasses(CmdbCase):
    """What the addon brings along."""

    def test_every_class_of_the_promise(self):
        for code in (
            *("server", "virtual_machine", "cluster", "storage", "network_device"),
            *("switch", "router", "access_point", "firewall", "desktop", "laptop"),
            *("printer", "mobile", "ups", "air_conditioner", "rack", "room"),
            *("operating_system", "software_instance", "database", "middleware"),
            *("application", "business_service", "licence", "certificate"),
            *("circuit", "document"),
        ):
            with self.subTest(code=code):
                found = self.Class._by_code(code)
                self.assertTrue(found)
                self.assertFalse(found.is_abstract)
                self.assertTrue(found.attribute_definition)
                self.assertTrue(found.icon.startswith("fa-"))
                self.assertTrue(found.effective_lifecycle_id._default_stage())

    def test_server_inherits_from_computer(self):
        keys = list(self.Class._by_code("server")._attributes_by_key())
        self.assertEqual(keys[0], "processor")
        self.assertLess(keys.index("memory"), keys.index("form_factor"))

    def test_equipment_goes_through_every_status(self):
        lifecycle = self.Class._by_code("server").effective_lifecycle_id
        statuses = dict(self.env["itsm.ci.stage"]._fields["status"].selection)
        self.assertEqual(set(lifecycle.stage_ids.mapped("status")), set(statuses))
        self.assertEqual(lifecycle._default_stage().status, "in_use")

    def test_stages_lead_somewhere(self):
        for lifecycle in (
            self.env.ref("itsm_cmdb.lifecycle_equipment"),
            self.env.ref("itsm_cmdb.lifecycle_logical"),
        ):
            in_use = lifecycle._default_stage("in_use")
            self.assertIn("retired", in_use.next_ids.mapped("status"))
            self.assertNotIn("disposed", in_use.next_ids.mapped("status"))
            for stage in lifecycle.stage_ids:
                self.assertTrue(stage.next_ids)

    def test_dates_that_expire_are_dates(self):
        watched = self.env["itsm.ci.attribute"].search([("is_expiry", "=", True)])
        self.assertGreaterEqual(len(watched), 6)
        self.assertEqual(set(watched.mapped("type")), {"date"})

    def test_manager_makes_a_class_on_the_form(self):
        Class = self.Class.with_user(self.cmdb_manager)
        with Form(Class) as form:
            form.name = "Infusion Pump"
            form.code = "infusion_pump"
            form.parent_id = self.Class._by_code("hardware")
            with form.attribute_ids.new() as line:
                line.name = "Flow Rate"
                line.key = "flow_rate"
                line.type = "float"
                line.unit = "ml/h"
        made = Class._by_code("infusion_pump")
        self.assertEqual(made.attribute_definition[-1]["suffix"], "ml/h")
        item = self.Ci.with_user(self.engineer).create(
            {
                "name": "Pump 1",
                "class_id": made.id,
                "attributes": {"flow_rate": 12.5},
            }
        )
        self.assertEqual(item.attributes["flow_rate"], 12.5)
