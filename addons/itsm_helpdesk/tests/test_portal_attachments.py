import json

from lxml import html

from odoo.tests import JsonRpcException, tagged
from odoo.tools import mute_logger

from ..tools import upload
from .portal_common import PortalCase


def part(name, content=b"x", mimetype="text/plain"):
    """Return one file of a form."""
    return ("attachments", (name, content, mimetype))


@tagged("post_install", "-at_install")
class TestPortalUpload(PortalCase):
    """Files that come with a new ticket or an answer."""

    def setUp(self):
        super().setUp()
        self._login(self.portal)

    def _files(self, ticket):
        return self.env["ir.attachment"].search(
            [("res_model", "=", "itsm.ticket"), ("res_id", "=", ticket.id)], order="id"
        )

    def test_files_are_kept_with_the_ticket(self):
        _response, ticket = self._send(
            files=[part("a.txt", b"one"), part("b.png", b"\x89PNG", "image/png")]
        )
        files = self._files(ticket)
        self.assertEqual(files.mapped("name"), ["a.txt", "b.png"])
        self.assertEqual(files[0].raw, b"one")
        self.assertEqual(files.create_uid, self.portal)
        self.assertFalse(any(files.mapped("public")))

    def test_requester_and_agent_open_them(self):
        _response, ticket = self._send(files=[part("a.txt", b"one")])
        for user in (self.portal, self.agent):
            self._login(user)
            tree = self._page(f"/my/tickets/{ticket.id}")
            link = tree.xpath("//a[contains(@class, 'o_itsm_file')]/@href")[0]
            response = self._get(link)
            self.assertEqual(response.content, b"one")
            self.assertIn("attachment", response.headers["Content-Disposition"])

    def test_an_empty_file_field_is_no_file(self):
        _response, ticket = self._send(files=[part("", b"")])
        self.assertTrue(ticket)
        self.assertFalse(self._files(ticket))

    def _refused(self, files):
        response, ticket = self._send(files=files)
        self.assertFalse(ticket, "nothing is half-saved")
        self.assertEqual(self._errors(response), {"attachments"})
        return html.fromstring(response.text).get_element_by_id(
            "itsm_attachments_error"
        )

    def test_too_many_files(self):
        self._refused([part(f"{i}.txt") for i in range(upload.MAX_FILES + 1)])
        _response, ticket = self._send(
            files=[part(f"{i}.txt") for i in range(upload.MAX_FILES)]
        )
        self.assertEqual(len(self._files(ticket)), upload.MAX_FILES)

    def test_too_large_a_file(self):
        sentence = self._refused([part("big.bin", b"\1" * (upload.MAX_FILE_BYTES + 1))])
        self.assertIn("big.bin", sentence.text)
        self.assertIn("25", sentence.text)

    def test_the_limit_of_the_administrator_counts(self):
        param = self.env["ir.config_parameter"]
        param.set_param("web.max_file_upload_size", "2000")
        self.env.flush_all()
        self._refused([part("big.txt", b"x" * 2001)])
        param.set_param("web.max_file_upload_size", "nonsense")
        self.env.flush_all()
        with mute_logger("odoo.addons.base.models.ir_http"):
            _response, ticket = self._send(files=[part("big.txt", b"x" * 2001)])
        self.assertTrue(ticket)

    def test_empty_files_and_programs(self):
        for name, content in (
            ("empty.txt", b""),
            ("setup.exe", b"x"),
            ("setup.EXE. ", b"x"),
            ("holiday.jpg", b"MZ\x90\x00rest"),
            ("picture.scr", b"x"),
            ("tool", b"\x7fELF"),
        ):
            with self.subTest(name):
                self._refused([part("good.txt"), part(name, content)])

    def test_names_are_cleaned(self):
        for name, clean in (
            ("../../etc/passwd", "passwd"),
            ("C:\\temp\\a.txt", "a.txt"),
            ("photo\u202egnp.txt", "photognp.txt"),
            ("a\x00\r\nb.txt", "ab.txt"),
            ("x" * 300 + ".txt", "x" * 116 + ".txt"),
            ("", "file"),
            ("报告.txt", "报告.txt"),
        ):
            with self.subTest(name):
                self.assertEqual(upload.clean_name(name), clean)

    def test_pages_are_not_served_as_pages(self):
        """HTML and SVG of outsiders must not run in the agents' browser."""
        _response, ticket = self._send(
            files=[
                part("a.html", b"<html><script>alert(1)</script></html>", "text/html"),
                part(
                    "b.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "image/svg"
                ),
            ]
        )
        self._login(self.agent)
        for file in self._files(ticket):
            response = self._get(f"/web/content/{file.id}")
            self.assertIn("text/plain", response.headers["Content-Type"])

    def test_files_of_answers_are_judged_too(self):
        ticket = self._create_ticket(partner_id=self.portal.partner_id.id)
        self.env.flush_all()
        data = {
            "thread_model": "itsm.ticket",
            "thread_id": str(ticket.id),
            "is_pending": "true",
        }
        url = "/mail/attachment/upload"
        answer = self._post(url, data, {"ufile": ("a.exe", b"x")}).json()
        self.assertIn("a.exe", answer["error"])
        answer = self._post(url, data, {"ufile": ("a.txt", b"x")}).json()
        self.assertTrue(answer["data"]["attachment_id"])

    def test_strangers_upload_nothing(self):
        ticket = self._create_ticket(partner_id=self.portal.partner_id.id)
        self.env.flush_all()
        data = {"thread_model": "itsm.ticket", "thread_id": str(ticket.id)}
        for user in (None, self.stranger):
            self._login(user)
            with mute_logger("odoo.http"):
                answer = self._post(
                    "/mail/attachment/upload", data, {"ufile": ("a.txt", b"x")}
                )
            self.assertEqual(answer.status_code, 404)
        self.assertFalse(self._files(ticket))


@tagged("post_install", "-at_install")
class TestPortalHiddenFiles(PortalCase):
    """Files of internal notes, and files that agents filed, are theirs."""

    def setUp(self):
        super().setUp()
        self.ticket = self._create_ticket(partner_id=self.portal.partner_id.id)
        self.ticket.requested_for_id = self.requester.partner_id
        self.token = self.ticket._portal_ensure_token()
        as_agent = self.ticket.with_user(self.agent)
        self.public = self._posted(as_agent, "public.txt", "mail.mt_comment")
        self.hidden = self._posted(as_agent, "secret.txt", "mail.mt_note")
        self.filed = (
            self.env["ir.attachment"]
            .with_user(self.agent)
            .create(
                {
                    "name": "secret-filed.txt",
                    "raw": b"secret",
                    "res_model": "itsm.ticket",
                    "res_id": self.ticket.id,
                }
            )
        )
        self.own = (
            self.env["ir.attachment"]
            .with_user(self.portal)
            .sudo()
            .create(
                {
                    "name": "own.txt",
                    "raw": b"own",
                    "res_model": "itsm.ticket",
                    "res_id": self.ticket.id,
                }
            )
        )
        self.env.flush_all()

    def _posted(self, ticket, name, subtype):
        message = ticket.message_post(
            body="See file",
            attachments=[(name, name.encode())],
            message_type="comment",
            subtype_xmlid=subtype,
        )
        return message.attachment_ids

    def test_the_page_lists_what_the_reader_may_see(self):
        url = f"/my/tickets/{self.ticket.id}"
        by_token = f"{url}?access_token={self.token}"
        for user, page in (
            (self.portal, url),
            (self.requester, url),
            (None, by_token),
            (self.stranger, by_token),
        ):
            with self.subTest(user and user.name):
                self._login(user)
                names = {
                    node.text
                    for node in self._page(page).xpath(
                        "//a[contains(@class, 'o_itsm_file')]/span"
                    )
                }
                self.assertEqual(names, {"public.txt", "own.txt"})

    def test_links_of_hidden_files_open_nothing(self):
        for user in (self.portal, self.requester, None, self.stranger):
            self._login(user)
            for file in self.hidden | self.filed:
                for url in (
                    f"/web/content/{file.id}",
                    f"/web/content/{file.id}?access_token={self.token}",
                    f"/web/image/{file.id}",
                    f"/mail/attachment/zip?file_ids={file.id}",
                ):
                    with self.subTest(user and user.name, url=url):
                        with mute_logger("odoo.http", "odoo.addons.web.controllers"):
                            response = self._get(url)
                        self.assertNotIn(b"secret", response.content)

    def test_hidden_files_are_not_found_either(self):
        """Odoo finds all files of a record that the user reads."""
        self._login(self.requester)
        call = {
            "model": "ir.attachment",
            "method": "search_read",
            "args": [
                [["res_model", "=", "itsm.ticket"], ["res_id", "=", self.ticket.id]],
                ["name"],
            ],
            "kwargs": {},
        }
        found = self.make_jsonrpc_request("/web/dataset/call_kw", call)
        self.assertEqual({row["name"] for row in found}, {"public.txt", "own.txt"})
        call["args"][0] = [["id", "in", (self.hidden | self.filed | self.own).ids]]
        found = self.make_jsonrpc_request("/web/dataset/call_kw", call)
        self.assertEqual({row["name"] for row in found}, {"own.txt"})
        as_agent = self.env["ir.attachment"].with_user(self.agent)
        domain = [("res_model", "=", "itsm.ticket"), ("res_id", "=", self.ticket.id)]
        self.assertEqual(as_agent.search_count(domain), 4)

    def test_portal_users_read_no_files_by_call(self):
        self._login(self.portal)
        call = {
            "model": "ir.attachment",
            "method": "read",
            "args": [(self.hidden | self.filed).ids, ["name", "raw"]],
            "kwargs": {},
        }
        with self.assertRaises(JsonRpcException), mute_logger("odoo.http"):
            self.make_jsonrpc_request("/web/dataset/call_kw", call)

    def test_thread_data_names_no_hidden_files(self):
        """What the chatter of the back office loads for a ticket."""
        params = {
            "fetch_params": [
                [
                    "mail.thread",
                    {
                        "thread_model": "itsm.ticket",
                        "thread_id": self.ticket.id,
                        "request_list": ["attachments", "followers", "activities"],
                        "access_params": {"token": self.token},
                    },
                ]
            ]
        }
        for user in (self.requester, self.portal, self.stranger, None):
            with self.subTest(user and user.name):
                self._login(user)
                with mute_logger("odoo.http"):
                    try:
                        data = self.make_jsonrpc_request("/mail/data", params)
                    except JsonRpcException:
                        continue
                words = json.dumps(data)
                self.assertNotIn("secret", words)
                if user in (None, self.stranger):
                    self.assertNotIn("requester@", words)
