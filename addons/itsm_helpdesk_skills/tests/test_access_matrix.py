from odoo.exceptions import AccessError
from odoo.tests import tagged

from odoo.addons.itsm_helpdesk.tests.common import ItsmCase

ROLES = ("portal", "requester", "agent", "leader", "manager", "auditor", "admin")
MODELS = {"itsm.skill.need": ("", "", "r", "r", "rwcd", "r", "rwcd")}


@tagged("post_install", "-at_install")
class TestSkillRights(ItsmCase):
    """Who says which skills are needed."""

    def test_models(self):
        self._check_model_rights(MODELS, ROLES)

    def test_table_is_complete(self):
        self._check_table_complete(MODELS, "itsm_helpdesk_skills")

    def test_public_visitor(self):
        self._check_hidden_from_public(MODELS)

    def test_managers_change_those_of_their_desks(self):
        skill_type = self.env["hr.skill.type"].create({"name": "Test"})
        skill = self.env["hr.skill"].create(
            {"name": "Toner", "skill_type_id": skill_type.id}
        )
        services = self.env["itsm.service"].create(
            [
                {"name": "Ours", "code": "skill-ours", "desk_id": self.desk.id},
                {
                    "name": "Theirs",
                    "code": "skill-their",
                    "desk_id": self.desk_other.id,
                },
            ]
        )
        Need = self._as(self.manager)["itsm.skill.need"]
        need = Need.create({"service_id": services[0].id, "skill_id": skill.id})
        with self.assertRaises(AccessError):
            Need.create({"service_id": services[1].id, "skill_id": skill.id})
        with self.assertRaises(AccessError):
            need.write({"service_id": services[1].id})
