import json
from datetime import timedelta
from uuid import uuid4

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import HttpCase, tagged

from .common import NonitCase

# What a desk's tickets leave in these is read through the ticket, by rule or by code.
_THREADS = ("mail.message", "ir.attachment", "mail.activity", "rating.rating")


@tagged("post_install", "-at_install")
class TestDeskIsolation(NonitCase, HttpCase):
    """IT and facilities share a house, not their papers; a shared agent has both.

    Each desk has one ticket with all that can hang on it. Whatever model of these
    addons, report or route is asked, an agent finds the own desk's only.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.team_other.member_ids |= cls.shared_agent
        cls.team1.member_ids |= cls.shared_agent
        cls.product = cls.env["product.product"].create({"name": "Washer"})
        cls.tickets = {
            desk: cls._busy_ticket(desk, agent)
            for desk, agent in ((cls.desk, cls.agent), (cls.desk_other, cls.stranger))
        }
        cls.env.flush_all()
        cls.env.invalidate_all()

    @classmethod
    def _busy_ticket(cls, desk, agent):
        """Return a ticket of a desk with work, goods, a booking and a visit."""
        env = cls.env
        ticket = env["itsm.ticket"].create(
            {
                "name": f"Secret of {desk.name}",
                "desk_id": desk.id,
                "partner_id": cls.requester.partner_id.id,
            }
        )
        ticket.with_user(agent).action_take()
        env["itsm.task"].create({"name": "Look at it", "ticket_id": ticket.id})
        ticket.with_user(agent).write(
            {"goods_line_ids": [(0, 0, {"product_id": cls.product.id, "quantity": 2})]}
        )
        thing = env["itsm.bookable"].create(
            {
                "name": f"Drill of {desk.name}",
                "kind": "equipment",
                "desk_id": desk.id,
                "is_published": False,
            }
        )
        start = fields.Datetime.now() + timedelta(days=1)
        env["itsm.booking"].create(
            {
                "bookable_id": thing.id,
                "ticket_id": ticket.id,
                "partner_id": cls.requester.partner_id.id,
                "start": start,
                "end": start + timedelta(hours=1),
            }
        )
        env["itsm.visit"].with_user(agent).field_do(
            {"key": uuid4().hex, "verb": "start", "ticket_id": ticket.id, "values": {}}
        )
        ticket.with_user(agent).also_reported(cls.colleague.partner_id)
        ticket.message_post(
            body=f"Matter of {desk.name}", attachments=[("plan.txt", b"secret")]
        )
        ticket.activity_schedule("mail.mail_activity_data_todo", user_id=agent.id)
        return ticket

    def _rows_by_model(self, ticket):
        """Return ``{model: ids}`` of all that hangs on a ticket."""
        found = {"itsm.ticket": ticket.ids}
        for name, Model in self.env.items():
            if not name.startswith("itsm.") or Model._abstract or Model._transient:
                continue
            field = Model._fields.get("ticket_id")
            if field and field.store and field.comodel_name == "itsm.ticket":
                found[name] = Model.sudo().search([("ticket_id", "=", ticket.id)]).ids
        for name in _THREADS:
            is_message = name == "mail.message"
            model = "model" if is_message else "res_model"
            rows = self.env[name].search(
                [(model, "=", "itsm.ticket"), ("res_id", "=", ticket.id)]
            )
            if is_message:
                # What was sent to one person is theirs alone.
                rows = rows.filtered(lambda m: m.message_type != "user_notification")
            found[name] = rows.ids
        return {name: ids for name, ids in found.items() if ids}

    def _seen(self, user, name, ids):
        """Return which of some rows a user finds, by searching and by reading."""
        Model = self.env[name].with_user(user)
        if not Model.has_access("read"):
            return set()
        found = set(Model.search([("id", "in", ids)]).ids)
        for row in Model.browse(ids):
            try:
                row.read(["id", "display_name"])
            except AccessError:
                continue
            found.add(row.id)
        return found

    def test_each_model(self):
        """Nothing of the other desk is found in any model, all of both by both."""
        for desk, own, other in (
            (self.desk, self.agent, self.stranger),
            (self.desk_other, self.stranger, self.agent),
        ):
            rows = self._rows_by_model(self.tickets[desk])
            for name in (
                "itsm.task",
                "itsm.booking",
                "itsm.goods.line",
                "itsm.visit",
                "itsm.ticket.reporter",
            ):
                self.assertIn(name, rows, "the ticket is a busy one")
            for name, ids in rows.items():
                with self.subTest(model=name, desk=desk.name):
                    self.assertFalse(self._seen(other, name, ids))
                    known = self._seen(own, name, ids)
                    self.assertEqual(self._seen(self.shared_agent, name, ids), known)

    def test_each_report(self):
        """What is counted is counted for the own desks only."""
        both = {self.desk.id, self.desk_other.id}
        seen = 0
        for name, Model in self.env.items():
            if (
                not name.startswith("itsm.")
                or Model._auto
                or Model._abstract
                or "desk_id" not in Model._fields
            ):
                continue
            for user, desks in (
                (self.agent, {self.desk.id}),
                (self.stranger, {self.desk_other.id}),
                (self.shared_agent, both),
            ):
                Report = Model.with_user(user)
                if not Report.has_access("read"):
                    continue
                with self.subTest(report=name, user=user.login):
                    rows = Report._read_group([], ["desk_id"], ["__count"])
                    found = {desk.id for desk, _count in rows}
                    self.assertLessEqual(found & both, desks)
                    seen += bool(found & desks)
        self.assertTrue(seen, "some report counts these tickets")

    def test_each_route(self):
        """Pages, files, threads and calls that name the other desk's ticket."""
        secret = self.tickets[self.desk]
        file = self.env["ir.attachment"].search(
            [("res_model", "=", "itsm.ticket"), ("res_id", "=", secret.id)], limit=1
        )
        self.authenticate(self.stranger.login, self.stranger.login)
        for url in (
            f"/my/tickets/{secret.id}",
            f"/my/tickets/{secret.id}/form",
            f"/web/content/{file.id}",
            f"/web/image/itsm.ticket/{secret.id}/display_name",
        ):
            with self.subTest(url=url):
                answer = self.url_open(url)
                self.assertNotIn("Secret of IT", answer.text)
                self.assertNotIn("secret", answer.text.split("<body")[-1][:40])
        thread = {"thread_model": "itsm.ticket", "thread_id": secret.id}
        for route, params in (
            ("/web/dataset/call_kw/itsm.ticket/web_read", self._call(secret)),
            ("/mail/thread/messages", {**thread, "fetch_params": {"limit": 30}}),
            ("/mail/data", {"fetch_params": [["mail.thread", self._thread(thread)]]}),
        ):
            with self.subTest(route=route):
                answer = self.url_open(
                    route,
                    data=json.dumps({"params": params}),
                    headers={"Content-Type": "application/json"},
                )
                self.assertNotIn("Secret of IT", answer.text)
                self.assertNotIn("Matter of IT", answer.text)

    @staticmethod
    def _thread(thread):
        return {**thread, "request_list": ["followers", "attachments", "messages"]}

    @staticmethod
    def _call(ticket):
        return {
            "model": "itsm.ticket",
            "method": "web_read",
            "args": [ticket.ids],
            "kwargs": {"specification": {"name": {}}},
        }

    def test_screens_of_their_own(self):
        """The front office and My Work speak of the own desks only."""
        for user, shown, hidden in (
            (self.agent, self.desk, self.desk_other),
            (self.stranger, self.desk_other, self.desk),
        ):
            day = json.dumps(
                self.env["itsm.visit"].with_user(user).field_day(), default=str
            )
            caller = self.env["itsm.front.office"].with_user(user)
            caller = caller.caller(self.requester.partner_id.id)
            known = json.dumps(caller, default=str)
            for answer in (day, known):
                self.assertIn(f"Secret of {shown.name}", answer)
                self.assertNotIn(f"Secret of {hidden.name}", answer)
            self.assertEqual(caller["open_count"], 1)
