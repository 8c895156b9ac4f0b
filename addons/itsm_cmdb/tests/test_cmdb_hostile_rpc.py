import contextlib
import inspect

from odoo.exceptions import AccessError, UserError
from odoo.service.model import call_kw
from odoo.tests import tagged
from odoo.tools import mute_logger

from .test_cmdb_hostile_hidden import NAME, HiddenCase

# Verbs with arguments get these; all others are called without.
ARGUMENTS = {
    "scan": ["HIDDEN-1"],
    "undo_scan": [1],
    "note_scan": [1],
    "find_rooms": [""],
    "room_state": [1],
    "name_search": ["Vault"],
    "get_property_definition": ["attributes.tier"],
}
# Odoo's own, which others test; and hooks of fields and tables.
PASSED_OVER = frozenset(
    ("create", "write", "unlink", "init", "onchange", "copy_data", "default_get",
     "update_field_translations", "convert_to_record", "convert_to_cache", "run")
)  # fmt: skip


@tagged("post_install", "-at_install")
class TestEveryVerb(HiddenCase):
    """Each public method of the addon, called by those who may not."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.network.location_id = cls.room
        cls._address("10.9.0.7", cls.secret)
        cls.event = cls.env["itsm.ci.event"].create(
            {
                "kind": "move",
                "company_id": cls.company.id,
                "location_id": cls.room.id,
                "line_ids": [(0, 0, {"ci_id": cls.secret.id})],
            }
        )
        cls.batch = cls._planned(
            [cls._row(item_class="test_secret", serial_number="HIDDEN-1", name="V")]
        )
        cls.sheet = cls.env["itsm.ci.stocktake"].create(
            {
                "name": "Count",
                "company_id": cls.company.id,
                "leader_ids": cls.insider.ids,
                "class_ids": cls.class_device.ids,
            }
        )
        cls.sheet.with_user(cls.insider).action_start()
        cls.env["itsm.ci.contract"].create(
            {"name": "Vault contract", "company_id": cls.company.id}
        )
        cls.env["itsm.ci.baseline"].create(
            {
                "name": "Vault baseline",
                "company_id": cls.company.id,
                "ci_ids": cls.secret.ids,
            }
        )
        cls._relate(cls.open, "test_uses", cls.secret)
        cls.env.flush_all()

    def _verbs(self):
        """Yield the public methods that the addon's own code has, by model."""
        for name, model in self.env.registry.items():
            if not name.startswith(("itsm.ci", "itsm.ip")) or model._abstract:
                continue
            for key in dir(model):
                method = inspect.getattr_static(model, key, None)
                if key.startswith("_") or key in PASSED_OVER:
                    continue
                if not inspect.isfunction(method):
                    continue
                if "itsm_cmdb" in method.__module__ and not getattr(
                    method, "_api_private", False
                ):
                    yield name, key

    def _records(self, model):
        """Return a record that tells of the hidden item, of its company."""
        Model = self.env[model].with_context(active_test=False)
        if model == "itsm.ci":
            return self.secret
        for name in ("ci_id", "ci_ids", "line_ids"):
            if name in Model._fields and Model._fields[name]._description_searchable:
                domain = [(name if name != "line_ids" else "line_ids.ci_id", "in",
                           self.secret.ids)]  # fmt: skip
                with contextlib.suppress(ValueError, KeyError):
                    if found := Model.search(domain, limit=1):
                        return found
        domain = []
        if "company_id" in Model._fields and Model._fields["company_id"].store:
            domain = [("company_id", "=", self.company.id)]
        return Model.search(domain, limit=1)

    @mute_logger("odoo.addons.base.models.ir_rule", "odoo.models")
    def test_of_models_by_strangers(self):
        verbs = list(self._verbs())
        self.assertGreater(len(verbs), 80)
        before = self._state()
        for user in (self.portal, self.requester, self.outsider, self.keeper):
            for model, verb in verbs:
                record = self._records(model)
                if not record:
                    continue
                with self.subTest(user=user.login, verb=f"{model}.{verb}"):
                    args = [record.ids, *ARGUMENTS.get(verb, ())]
                    if verb in ("name_search", "get_property_definition"):
                        args.pop(0)
                    try:
                        with self.env.cr.savepoint():
                            answer = call_kw(self._as(user)[model], verb, args, {})
                            self.env.flush_all()
                    except (AccessError, UserError) as error:
                        answer = error
                    self.env.invalidate_all()
                    self.assertNotIn(NAME, str(answer))
                    self.assertNotIn("HIDDEN-1", str(answer))
                    if user != self.keeper:
                        self.assertEqual(self._state(), before)

    def _state(self):
        self.env.flush_all()
        return (
            self.secret.read(["name", "status", "location_id", "verified_at"]),
            self.event.state,
            self.batch.state,
            self.sheet.state,
            self.env["itsm.ci.revision"].search_count([]),
            self.env["itsm.ci.event"].search_count([]),
            self.env["itsm.ip.address"].search_count([]),
        )
