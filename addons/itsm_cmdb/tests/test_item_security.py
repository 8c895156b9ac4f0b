from odoo.exceptions import AccessError

from .common import CmdbCase


class TestItemSecurity(CmdbCase):
    """Who sees which items, and their history."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.item = cls._ci("Server")
        cls.item.name = "Renamed"
        cls.secret_group = cls.env["res.groups"].create({"name": "Secret keepers"})
        cls.class_secret = cls._class(
            "test_secret", cls.class_device, group_ids=cls.secret_group.ids
        )
        cls.secret = cls._ci("Secret", cls.class_secret)
        cls.secret.name = "Very secret"

    def _visible(self, user, model="itsm.ci", field="id"):
        Model = self._as(user)[model]
        return Model.search([]).mapped(field)

    def test_agents_read_and_do_not_write(self):
        for user in (self.agent, self.auditor):
            item = self.item.with_user(user)
            self.assertEqual(item.name, "Renamed")
            with self.assertRaises(AccessError):
                item.name = "Mine"

    def test_engineers_of_another_company_see_nothing(self):
        item = self.item.with_user(self.outsider)
        for model, field in (
            ("itsm.ci", "id"),
            ("itsm.ci.revision", "ci_id.id"),
            ("itsm.ci.history", "ci_id.id"),
        ):
            self.assertNotIn(self.item.id, self._visible(self.outsider, model, field))
        for attempt in (
            lambda: item.read(["name"]),
            lambda: item.write({"name": "Mine"}),
            lambda: item._snapshot(),
            lambda: item._state_at("2026-01-01 00:00:00"),
        ):
            with self.assertRaises(AccessError):
                attempt()

    def test_items_without_a_company_are_everybodys(self):
        shared = self._ci("Shared", company_id=False)
        self.assertIn(shared.id, self._visible(self.outsider))

    def test_a_class_is_seen_by_its_groups(self):
        for model, field in (
            ("itsm.ci", "id"),
            ("itsm.ci.revision", "ci_id.id"),
            ("itsm.ci.history", "ci_id.id"),
        ):
            with self.subTest(model=model):
                self.assertNotIn(
                    self.secret.id, self._visible(self.keeper, model, field)
                )
                self.assertIn(self.item.id, self._visible(self.keeper, model, field))
        self.keeper.group_ids |= self.secret_group
        for model, field in (
            ("itsm.ci", "id"),
            ("itsm.ci.revision", "ci_id.id"),
            ("itsm.ci.history", "ci_id.id"),
        ):
            with self.subTest(model=model):
                self.assertIn(self.secret.id, self._visible(self.keeper, model, field))

    def test_requesters_see_no_revisions(self):
        for user in (self.portal, self.requester):
            for model in ("itsm.ci.revision", "itsm.ci.history"):
                with (
                    self.subTest(user=user.name, model=model),
                    self.assertRaises(AccessError),
                ):
                    self._visible(user, model)
