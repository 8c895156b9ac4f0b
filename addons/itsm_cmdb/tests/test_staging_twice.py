from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo.tests import tagged

from .staging_common import StagingCase

TEXTS = st.sampled_from(["a", "Ａ", "b 1", "无", "N/A", "  ", "服务器", "x" * 40])
NUMBERS = st.sampled_from(
    ["7", "SN-7", "sn-7", "ＳＮ－８", "0", "To be filled by O.E.M."]
)
VALUES = st.fixed_dictionaries(
    {"name": TEXTS},
    optional={
        "serial_number": NUMBERS,
        "asset_code": NUMBERS,
        "host_name": TEXTS,
        "domain_name": st.sampled_from(["lan", "LAN.example", ""]),
        "location_id": st.sampled_from(["Room T1", "Room T2"]),
        "manufacturer_id": st.sampled_from(["Testmaker Systems", "Other Maker T"]),
        "mac_addresses": st.sampled_from(
            ["00:1b:21:00:0a:01", "001b21000a01; 001b21000a02", "00:00:00:00:00:00"]
        ),
        "ip_addresses": st.sampled_from(["10.7.0.1", "10.7.0.2 10.7.0.1", "DHCP"]),
        "status": st.sampled_from(["在用", "in_stock", "闲置", "报废"]),
        "criticality": st.sampled_from(["核心", "一般", "2"]),
        "purchase_date": st.sampled_from(["2024年3月5日", "2024-03-05", "20240305"]),
        "warranty_end": st.sampled_from(["2027.1.2", "some day"]),
        "purchase_value": st.sampled_from(["1,200.50", 7]),
        "note": st.sampled_from(["one\ntwo", "<b>x</b> & y"]),
    },
)
CLASSES = st.sampled_from(
    ["server", "laptop", "printer", "database", "application", "business_service"]
    + ["document", "licence", "room", "rack", "cluster", "operating_system"]
)
ROWS = st.lists(
    st.builds(lambda code, values: {"class": code, "values": values}, CLASSES, VALUES),
    min_size=1,
    max_size=10,
)


@tagged("post_install", "-at_install")
class TestStagingTwice(StagingCase):
    """Whatever rows say: applied a second time, they change nothing."""

    @settings(
        max_examples=10,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(rows=ROWS)
    def test_applied_twice_changes_nothing(self, rows):
        # Each example begins with nothing that another one made.
        with self.env.cr.savepoint() as point:
            self._applied(rows)
            items = self._known_items()
            before = items._snapshot()
            again = self._applied(rows)
            self.assertEqual(
                (again.create_count, again.update_count),
                (0, 0),
                self._rows(again)
                .filtered(lambda r: r.outcome == "create")
                .mapped("values")
                or self._rows(again).mapped("message"),
            )
            self.assertEqual(self._known_items(), items)
            self.assertEqual(items._snapshot(), before)
            point.rollback()
        self.env.invalidate_all()

    def _known_items(self):
        self.env.flush_all()
        return self.ledger.sighting_ids.search(
            [("source_id", "=", self.ledger.id)], order="ci_id"
        ).ci_id

    def test_a_name_alone_identifies_only_where_the_class_says_so(self):
        rows = [
            {"class": code, "values": {"name": f"only {code}"}}
            for code in ("application", "business_service", "database", "document")
        ]
        self._applied(rows)
        again = self._applied(rows)
        self.assertEqual(set(self._outcomes(again)), {"unchanged"})
        refused = self._rows(
            self._planned(
                [
                    {
                        "class": "laptop",
                        "values": {"name": "笔记本", "serial_number": "无"},
                    }
                ]
            )
        )
        self.assertEqual(self._codes(refused), ["unidentified"])
        rule = self.env.ref("itsm_cmdb.identifier_serial_number")
        self.assertIn(rule.name, refused.message)

    def test_what_a_source_may_not_say_does_not_identify_new_items(self):
        self.env["itsm.ci.source.rule"].create(
            {"source_id": self.scan.id, "key": "serial_number", "policy": "never"}
        )
        row = {"class": "server", "values": {"name": "s", "serial_number": "NV-1"}}
        batch = self._planned([row], self.scan)
        self.assertEqual(self._codes(self._rows(batch)), ["unidentified"])

    def test_databases_of_one_name_on_two_hosts(self):
        rows = [
            {"class": "database", "values": {"name": "orcl", "host_name": host}}
            for host in ("db1", "db2")
        ]
        self.assertEqual(self._outcomes(self._applied(rows)), ["create", "create"])
        self.assertEqual(set(self._outcomes(self._planned(rows))), {"unchanged"})
        nameless = self._planned([{"class": "database", "values": {"name": "orcl"}}])
        self.assertEqual(self._codes(self._rows(nameless)), ["ambiguous"])

    def test_chinese_words_without_a_translation(self):
        row = {
            "class": "server",
            "values": {
                "name": "中文",
                "serial_number": "ZH-1",
                "status": "维修中",
                "criticality": "核心",
                "environment": "灾备",
            },
        }
        other = {"class": "server", "values": {"name": "二", "serial_number": "ZH-2"}}
        relation = {
            "source": {"class": "server", "values": {"serial_number": "ZH-1"}},
            "type": "依赖于",
            "target": {"class": "server", "values": {"serial_number": "ZH-2"}},
            "strength": "弱依赖",
        }
        batch = self._applied([row, other], relations=[relation])
        item = self._item(serial_number="ZH-1")
        self.assertEqual(item.status, "in_repair", batch.result())
        self.assertEqual((item.criticality, item.environment), ("1", "recovery"))
        self.assertEqual(item.relation_ids.strength, "soft")
        self.assertEqual(item.relation_ids.type_id.code, "depends_on")
