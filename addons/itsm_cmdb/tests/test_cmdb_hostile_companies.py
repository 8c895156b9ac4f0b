from datetime import timedelta

from odoo import fields
from odoo.fields import Command
from odoo.tests import tagged

from .test_cmdb_hostile_hidden import HiddenCase


@tagged("post_install", "-at_install")
class TestOtherCompanies(HiddenCase):
    """A manager of another company finds nothing of this one, in no model.

    That manager is an insider, so that companies alone make the difference.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.outsider.group_ids |= cls.env.ref("itsm_cmdb.group_cmdb_manager")
        cls.outsider.group_ids |= cls.insiders

    def _assert_apart(self, *all_records):
        for records in all_records:
            self.assertTrue(records, records._name)
            self._assert_hidden(records, self.outsider)

    def test_addresses(self):
        self._address("10.9.0.5", self.open)
        address = self._address("10.9.0.5", self.secret)
        # As ledgers and scanners may say it; people are refused.
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE itsm_ip_address SET is_shared = FALSE WHERE id = %s", address.ids
        )
        self.env.invalidate_all()
        conflicts = self.env["itsm.ip.conflict"].search(
            [("space_id", "=", self.space.id)]
        )
        self._assert_apart(
            self.space, self.network, address, address.interface_id, conflicts
        )

    def test_relations_groups_and_history(self):
        relation = self._relate(self.open, "test_uses", self.secret)
        group = self.env["itsm.ci.dependency.group"].create(
            {"ci_id": self.open.id, "name": "Power"}
        )
        self.env.flush_all()
        rows = self.env["itsm.ci.history"].search([("ci_id", "=", self.open.id)])
        self._assert_apart(relation, group, rows, self.open.revision_ids)

    def _said_of_the_secret(self):
        """Return what knows the hidden item by its values and sources."""
        self._applied(
            [self._row(serial_number="HIDDEN-1", name="v", item_class="test_secret")],
            self.scan,
        )
        self.env.flush_all()
        identities = self.env["itsm.ci.identity"].search(
            [("ci_id", "=", self.secret.id)]
        )
        return identities, self.secret.sighting_ids, self.secret.statement_ids

    def test_staging(self):
        said = self._said_of_the_secret()
        self.scan.company_id = self.company
        batch = self._planned([self._row(name="n", serial_number="B-1")], self.scan)
        self._assert_apart(self.scan, batch, self._rows(batch), *said)

    def test_what_sources_said_of_hidden_items(self):
        for records in self._said_of_the_secret():
            self.assertTrue(records, records._name)
            self._assert_hidden(records)

    def test_duplicates(self):
        for name in ("One", "Two"):
            self._ci(name, serial_number="TWIN-1")
        self.env.flush_all()
        self._assert_apart(
            self.env["itsm.ci.duplicate"].search([("value", "=", "twin-1")])
        )

    def test_events_and_contracts(self):
        attribute = self.class_server._attributes_by_key()["memory_gb"]
        event = self.env["itsm.ci.event"].create(
            {
                "kind": "upgrade",
                "company_id": self.company.id,
                "line_ids": [Command.create({"ci_id": self.open.id})],
                "change_ids": [
                    Command.create({"attribute_id": attribute.id, "new_value": "8"})
                ],
            }
        )
        contract = self.env["itsm.ci.contract"].create(
            {
                "name": "Support",
                "company_id": self.company.id,
                "end_date": fields.Date.today() + timedelta(days=9),
            }
        )
        self.env.flush_all()
        expiry = self.env["itsm.ci.expiry"].search([("contract_id", "=", contract.id)])
        self._assert_apart(event, event.line_ids, event.change_ids, contract, expiry)

    def test_audits(self):
        rule = self.env["itsm.ci.audit.rule"].create(
            {
                "name": "Of this company",
                "kind": "changes",
                "company_id": self.company.id,
                "field_ids": [Command.create({"name": "host_name"})],
                "watched_from": fields.Datetime.now() - timedelta(days=1),
            }
        )
        self.open.host_name = "changed"
        self.env.flush_all()
        rule._run()
        self.env["itsm.ci.score"]._take()
        findings = self.env["itsm.ci.finding"].search([("rule_id", "=", rule.id)])
        scores = self.env["itsm.ci.score"].search(
            [("company_id", "=", self.company.id)]
        )
        self._assert_apart(rule, rule.field_ids, findings, scores)

    def test_counts_and_attestations(self):
        count = self.env["itsm.ci.stocktake"].create(
            {
                "name": "Spring",
                "company_id": self.company.id,
                "location_ids": self.room.ids,
                "class_ids": self.class_device.ids,
                "leader_ids": self.insider.ids,
            }
        )
        count.with_user(self.insider).action_start()
        campaign = self.env["itsm.ci.attestation"].create(
            {
                "name": "Yearly",
                "company_id": self.company.id,
                "domain": f"[('id', 'in', {(self.secret | self.open).ids})]",
                "due_date": fields.Date.today() + timedelta(days=30),
            }
        )
        campaign.action_start()
        self._assert_apart(
            count,
            count.line_ids,
            campaign,
            campaign.person_ids,
            campaign.line_ids,
        )
