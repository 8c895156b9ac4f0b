from odoo.tests import tagged

from .test_cmdb_hostile_hidden import NAME, HiddenCase


@tagged("post_install", "-at_install")
class TestHiddenNames(HiddenCase):
    """What points to a hidden item does not tell its name."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.network.ci_id = cls.secret
        cls.former = cls._ci("Former")
        cls.former.merged_into_id = cls.secret
        cls.pointing = [(cls.network, "ci_id"), (cls.former, "merged_into_id")]

    def _told(self, record, field, user):
        """Return what a user is told by each way of reading a field."""
        own = self._as(user)[record._name].browse(record.id)
        groups = own.formatted_read_group([("id", "=", own.id)], [field], ["__count"])
        spec = {field: {"fields": {"display_name": {}}}}
        return [
            own.web_read(spec)[0][field]["display_name"],
            own.read([field])[0][field][1],
            groups[0][field][1],
        ]

    def test_of_a_class_for_others(self):
        for record, field in self.pointing:
            for user in (self.keeper, self.cmdb_manager, self.auditor):
                with self.subTest(field=field, user=user.name):
                    restricted = self._as(user)["itsm.ci"]._restricted_name()
                    told = self._told(record, field, user)
                    self.assertEqual(told, [restricted] * 3)
            with self.subTest(field=field):
                told = self._told(record, field, self.insider)
                self.assertEqual(told, [NAME] * 3)

    def test_of_another_company(self):
        self.secret.class_id = self.class_server
        self.space.company_id = False
        told = self._told(self.network, "ci_id", self.outsider)
        self.assertNotIn(NAME, told)
        self.assertEqual(self._told(self.network, "ci_id", self.keeper), [NAME] * 3)

    def test_of_a_company_that_is_not_looked_at(self):
        self.secret.class_id = self.class_server
        self.space.company_id = False
        self.keeper.company_ids |= self.branch
        env = self._as(self.keeper)
        network = env["itsm.ip.network"].browse(self.network.id)
        network = network.with_context(allowed_company_ids=self.branch.ids)
        self.assertEqual(network.read(["ci_id"])[0]["ci_id"][1], NAME)

    def test_searching_by_the_name(self):
        for record, field in self.pointing:
            for user, found in ((self.keeper, False), (self.insider, True)):
                with self.subTest(field=field, user=user.name):
                    Model = self._as(user)[record._name]
                    records = Model.search([(field, "ilike", "Vault")])
                    self.assertEqual(record in records, found)

    def test_who_answers_for_a_finding_reads_its_item(self):
        rule = self.env["itsm.ci.audit.rule"].create({"name": "Rule"})
        finding = self.env["itsm.ci.finding"].create(
            {"rule_id": rule.id, "ci_id": self.secret.id, "user_id": self.keeper.id}
        )
        self.assertEqual(finding.with_user(self.keeper).ci_name, NAME)

    def test_the_history_keeps_names(self):
        """What is kept does not depend on who writes it."""
        Ci = self._as(self.keeper)["itsm.ci"]
        self.assertEqual(
            Ci.sudo()._names_of("itsm.ci", self.secret.ids), {self.secret.id: NAME}
        )

    def test_many_names_take_no_more_queries(self):
        def networks(number, count):
            return self.env["itsm.ip.network"].create(
                [
                    {
                        "name": "Net",
                        "cidr": f"10.{number}.{each}.0/24",
                        "space_id": self.space.id,
                        "ci_id": self._ci("Router", self.class_secret).id,
                    }
                    for each in range(count)
                ]
            )

        def reading(rows):
            own = self._as(self.keeper)["itsm.ip.network"].browse(rows.ids)
            before = self.env.cr.sql_log_count
            own.read(["ci_id"])
            return self.env.cr.sql_log_count - before

        few, many = networks(20, 2), networks(21, 30)
        reading(few)
        self.assertEqual(reading(few), reading(many))
