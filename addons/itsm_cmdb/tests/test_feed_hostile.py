import json
import socket
from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.itsm_cmdb.controllers import feed

from .test_feed import URL, FeedCase


@tagged("post_install", "-at_install")
class TestFeedHostile(FeedCase):
    """Nothing gets in without right, and nothing brings the server down."""

    def _refused(self, body, status, key=None, **headers):
        before = self.Ci.search_count([]), self.Batch.search_count([])
        answer = self._post(body, key, **headers)
        self.assertEqual(answer.status_code, status, answer.text[:500])
        self.assertEqual(
            (self.Ci.search_count([]), self.Batch.search_count([])), before
        )
        return answer

    def _good(self, **vals):
        return self._body(self._row(name="x", serial_number="HOST-1"), **vals)

    # Who

    def test_keys(self):
        self._refused(self._good(), 401, key="0" * 40)
        answer = self.url_open(
            URL, data="{}", headers={"Content-Type": "application/json"}
        )
        self.assertEqual(answer.status_code, 401)

    def test_a_session_is_no_key(self):
        self.machine.password = "machine-password"
        self.authenticate(self.machine.login, "machine-password")
        answer = self.url_open(
            URL,
            data=json.dumps(self._good()),
            headers={
                "Content-Type": "application/json",
                "Sec-Fetch-Dest": "document",
                "Sec-Fetch-Mode": "navigate",
                "Sec-Fetch-Site": "same-origin",
                "Sec-Fetch-User": "?1",
            },
        )
        self.assertEqual(answer.status_code, 401)

    def test_users_without_the_group(self):
        self._refused(self._good(), 403, key=self._api_key(self.cmdb_manager))
        self._refused(self._good(), 403, key=self._api_key(self.portal))

    def test_sources_that_do_not_name_the_user(self):
        self._refused(self._good() | {"source": self.ledger.code}, 403)
        self._refused(self._good() | {"source": "no such source"}, 403)
        self._refused(self._good() | {"source": {"code": self.scan.code}}, 403)
        self._refused(self._good() | {"source": None}, 403)
        self.scan.active = False
        self._refused(self._good(), 403)

    def test_source_of_another_company(self):
        self.scan.company_id = self.branch
        self._refused(self._good(), 403)

    def test_another_companys_item(self):
        """It is neither found nor changed, by whatever identifies it."""
        foreign = self._ci(
            "secret",
            serial_number="FOREIGN",
            asset_code="FA-1",
            host_name="secret-host",
            company_id=self.branch.id,
        )
        before = foreign._snapshot()
        for values in (
            {"serial_number": "FOREIGN"},
            {"asset_code": "FA-1"},
            {"code": foreign.code},
        ):
            answer = self._post(self._body(self._row(name="taken", **values))).json()
            self.assertNotIn("secret", json.dumps(answer))
        self.assertEqual(foreign._snapshot(), before)
        self._relation_type("test_runs_on")
        answer = self._post(
            self._body(
                self._row("mine", name="mine", serial_number="MINE"),
                relations=[
                    {"source": "mine", "type": "test_runs_on", "target": foreign.code},
                    {
                        "source": {"class": "test_server", "serial_number": "FOREIGN"},
                        "type": "test_runs_on",
                        "target": "secret-host",
                    },
                ],
            )
        ).json()
        self.assertEqual(answer["relations"]["create"], 0)
        self.assertFalse(foreign.relation_ids | foreign.inverse_relation_ids)

    def test_the_key_opens_nothing_else(self):
        answer = self.url_open(
            "/json/2/itsm.ci/search_read",
            data=json.dumps({"domain": []}),
            headers={
                "Authorization": f"Bearer {self.key}",
                "Content-Type": "application/json",
            },
        )
        self.assertEqual(answer.status_code, 403)

    # What

    def test_sizes(self):
        limit = 10_000
        self.env["ir.config_parameter"].set_param("itsm_cmdb.feed_max_bytes", limit)
        self._refused(b'{"source": "scan", "name": "' + b"x" * limit + b'"}', 413)

    def test_hundred_megabytes_are_not_read(self):
        """The size is refused by its announcement, before the body is sent."""
        self.assertIn(b" 413 ", self._begun("Content-Length: 104857600", "[["))

    def _begun(self, header, body):
        """Return the status of a request of which only the beginning is sent."""
        host, port = self.base_url().removeprefix("http://").split(":")
        address = (host, int(port))
        with self.allow_requests(), socket.create_connection(address, 20) as connection:
            cookies = "; ".join(f"{k}={v}" for k, v in self.opener.cookies.items())
            lines = [
                f"POST {URL} HTTP/1.1",
                f"Host: {host}:{port}",
                f"Authorization: Bearer {self.key}",
                f"Cookie: {cookies}",
                "Content-Type: application/json",
                header,
                "",
                body,
            ]
            connection.sendall("\r\n".join(lines).encode())
            return connection.recv(4096).split(b"\r\n")[0]

    def test_length_must_be_said(self):
        """A body in chunks could go on for ever."""
        chunks = "2\r\n{}\r\n0\r\n\r\n"
        status = self._begun("Transfer-Encoding: chunked", chunks)
        self.assertIn(b" 411 ", status)

    def test_too_many_rows(self):
        with patch.object(feed, "MAX_ROWS", 3):
            self._refused(self._body(*[{}] * 4), 413)
            self._refused(self._body(relations=[{}] * 4), 413)

    def test_more_parts_than_rows_could_have(self):
        with patch.object(feed, "MAX_ROWS", 3):
            self._refused(self._body(self._row(name=[{}] * 61)), 400)

    def test_what_failed_half_way_leaves_nothing(self):
        """A sentence is the answer; what was staged before is not kept."""
        failing = patch.object(type(self.Batch), "apply", side_effect=UserError("No"))
        with failing:
            answer = self._refused(self._good(), 422)
        self.assertEqual(answer.json()["message"], "No")

    def test_what_is_no_json(self):
        for body in (
            b"{",
            b"[]",
            b"null",
            b'"text"',
            b"\xff\xfe\x00",
            b'{"source": NaN}',
            b'{"source": "scan", "rows": [{"values": {"a": Infinity}}]}',
            b'{"source": "scan", "source": "ledger"}',
            b"[" * 200_000,
            b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
            b'{"source": "scan", "rows": [' + b"9" * 10_000 + b"]}",
        ):
            with self.subTest(body=body[:40]):
                self._refused(body, 400)

    def test_shapes(self):
        deep = {"class": "test_server", "values": {"name": [[[[[[[[["x"]]]]]]]]]}}
        for vals in (
            {"rows": {"a": 1}},
            {"rows": "text"},
            {"relations": 7},
            {"dry_run": "yes"},
            {"is_full": 1},
            {"run_id": ["x"]},
            {"run_id": "a\x00b"},
            {"name": "x" * 1000},
            {"context": {"uid": 1}},
            {"rows": [deep]},
        ):
            with self.subTest(vals=vals):
                self._refused(self._good() | vals, 400)

    def test_values_of_wrong_kinds(self):
        rows = [
            self._row(name={"a": 1}),
            self._row(name=["x"]),
            self._row(name="nul\x00byte"),
            self._row(name="bell\x07"),
            self._row(name="lone \ud800 surrogate"),
            self._row(name="x" * 30_000),
            self._row(name="n", purchase_value=1e300),
            self._row(name="n", rack_units=10**18),
            self._row(name="n", memory_gb=True),
            self._row(name="n", id=1),
            self._row(name="n", provenance={"name": [1, "x"]}),
            self._row(name="n", company_id="Branch"),
            self._row(name="n", token="guess"),
            self._row(name="n", **{"a\x00b": 1}),
            {"class": ["test_server"], "values": {"name": "n"}},
            {"class": "test_server", "values": [1, 2]},
            {"class": "test_server", "values": {f"k{n}": n for n in range(1000)}},
            None,
            [],
            True,
        ]
        answer = self._post(self._body(*rows))
        self.assertEqual(answer.status_code, 200, answer.text[:500])
        result = answer.json()
        self.assertEqual((result["created"], result["refused"]), (0, len(rows)))

    def test_no_codes_from_machines(self):
        result = self._post(self._body(self._row(name="n", code="CI999999"))).json()
        self.assertEqual(result["refused"], 1)

    def test_relation_bombs(self):
        self._relation_type("test_runs_on")
        rows = [
            self._row(f"r{n}", name=f"r{n}", serial_number=f"RB{n}") for n in range(20)
        ]
        relations = [
            {"source": f"r{a}", "type": "test_runs_on", "target": f"r{b}"}
            for a in range(20)
            for b in range(20)
        ] * 3
        relations += [
            {"source": {"class": "x", "values": {}}, "type": {}, "target": []},
            {"source": None, "type": None, "target": None},
            {"source": "r1", "type": "test_runs_on", "target": "r2", "weight": "NaN"},
            {"source": "r1", "type": "test_runs_on", "target": "r2", "weight": -1},
            {"source": "r1", "type": "test_runs_on", "target": "r2", "strength": "x"},
            "text",
        ]
        result = self._post(self._body(*rows, relations=relations)).json()
        self.assertEqual(result["relations"]["create"], 20 * 19)
        self.assertEqual(result["relations"]["refused"], 3 * 20 + 6)

    def test_sql_and_markup_are_texts(self):
        name = "<script>alert(1)</script>'; DROP TABLE itsm_ci; --"
        row = self._row(name=name, serial_number="' OR 1=1 --", note=name)
        result = self._post(self._body(row)).json()
        self.assertEqual(result["created"], 1)
        item = self._item(serial_number="' OR 1=1 --")
        self.assertEqual(item.name, name)
        self.assertNotIn("<script>", item.note)
