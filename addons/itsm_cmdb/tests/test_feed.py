import json

from odoo.tests import HttpCase, tagged

from .staging_common import StagingCase

URL = "/itsm/cmdb/feed"


class FeedCase(StagingCase, HttpCase):
    """A machine user with an API key, and a source that names it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.machine = cls._make_user(
            "machine", "Max Machine", "itsm_cmdb.group_cmdb_feed"
        )
        cls.machine.group_ids |= cls.env.ref("base.group_user")
        cls.scan.feed_user_ids = cls.machine
        cls.key = cls._api_key(cls.machine)

    @classmethod
    def _api_key(cls, user):
        return (
            cls.env["res.users.apikeys"]
            .with_user(user)
            .sudo()
            ._generate(None, "t", None)
        )

    def _post(self, body, key=None, **headers):
        data = body if isinstance(body, (bytes, str)) else json.dumps(body)
        return self.url_open(
            URL,
            data=data,
            headers={
                "Authorization": f"Bearer {key or self.key}",
                "Content-Type": "application/json",
                **headers,
            },
        )

    def _body(self, *rows, **vals):
        return {"source": self.scan.code, "rows": list(rows), **vals}


@tagged("post_install", "-at_install")
class TestFeed(FeedCase):
    """The documented endpoint: rows in, outcomes out."""

    def test_create_update_repeat(self):
        row = self._row("box", name="box", serial_number="FEED-1", memory_gb="16")
        answer = self._post(self._body(row))
        self.assertEqual(answer.status_code, 200, answer.text)
        result = answer.json()
        self.assertEqual(
            (result["created"], result["updated"], result["refused"]), (1, 0, 0)
        )
        item = self._item(serial_number="FEED-1")
        self.assertEqual(result["outcomes"][0]["item"], item.code)
        self.assertEqual(item.attributes["memory_gb"], 16)
        self.assertEqual(item.revision_ids.user_id, self.machine)
        self.assertEqual(item.revision_ids.source_id, self.scan)
        self.assertEqual(item.company_id, self.machine.company_id)
        row["values"]["memory_gb"] = 32
        result = self._post(self._body(row)).json()
        self.assertEqual(result["updated"], 1)
        self.assertEqual(
            result["outcomes"][0]["changes"], {"attributes.memory_gb": [16, 32]}
        )
        result = self._post(self._body(row)).json()
        self.assertEqual(result["unchanged"], 1)

    def test_dry_run_leaves_nothing(self):
        batches = self.Batch.search_count([])
        row = self._row(name="box", serial_number="FEED-2")
        result = self._post(self._body(row, dry_run=True)).json()
        self.assertEqual((result["created"], result["batch"]), (1, None))
        self.assertFalse(self.Ci.search([("serial_number", "=", "FEED-2")]))
        self.assertEqual(self.Batch.search_count([]), batches)

    def test_a_run_is_taken_once(self):
        row = self._row(name="box", serial_number="FEED-3")
        first = self._post(self._body(row, run_id="run-1")).json()
        row["values"]["name"] = "other"
        second = self._post(self._body(row, run_id="run-1")).json()
        self.assertEqual((first["again"], second["again"]), (False, True))
        self.assertEqual(first["batch"], second["batch"])
        self.assertEqual(self._item(serial_number="FEED-3").name, "box")

    def test_refused_rows_do_not_stop_others(self):
        result = self._post(
            self._body(
                self._row(name="good", serial_number="FEED-4"),
                self._row(name="bad", purchase_date="soon"),
                7,
            )
        ).json()
        self.assertEqual((result["created"], result["refused"]), (1, 2))
        reasons = [each["reasons"] for each in result["outcomes"]]
        self.assertEqual(reasons[1][0]["key"], "purchase_date")
        self.assertEqual(reasons[2][0]["code"], "bad_row")
        self.assertTrue(reasons[1][0]["message"])

    def test_relations(self):
        self._relation_type("test_runs_on")
        result = self._post(
            self._body(
                self._row("a", name="a", serial_number="FEED-5"),
                self._row("b", name="b", serial_number="FEED-6"),
                relations=[{"source": "a", "type": "test_runs_on", "target": "b"}],
            )
        ).json()
        self.assertEqual(result["relations"]["create"], 1)
        one, two = (self._item(serial_number=f"FEED-{n}") for n in (5, 6))
        self.assertEqual(one.relation_ids.target_id, two)

    def test_full_run_is_guarded(self):
        rows = [self._row(name=f"g{n}", serial_number=f"G-{n}") for n in range(4)]
        self._post(self._body(*rows, is_full=True))
        result = self._post(self._body(rows[0], is_full=True)).json()
        self.assertEqual(result["state"], "blocked")
        self.assertEqual(result["absent"], 3)
        self.assertTrue(result["remarks"])

    def test_a_count_stands_against_the_feed(self):
        row = self._row(name="box", serial_number="FEED-7", host_name="fed")
        self._post(self._body(row))
        item = self._item(serial_number="FEED-7")
        item._under("stocktake").host_name = "counted"
        self.env.flush_all()
        result = self._post(self._body(row)).json()
        self.assertEqual(item.host_name, "counted")
        self.assertEqual(result["outcomes"][0]["reasons"][0]["code"], "held")
