from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .goods_common import PNG, GoodsCase


@tagged("post_install", "-at_install")
class TestGoodsIssue(GoodsCase):
    """What is given out: recorded, signed, printed, taken back."""

    def setUp(self):
        super().setUp()
        self.ticket = self._ask((self.paper, 10), (self.pen, 2))
        self.lines = self.ticket.goods_line_ids

    def _draft(self):
        action = self.ticket.with_user(self.agent).action_issue_goods()
        return (
            self.env["itsm.goods.issue"].with_user(self.agent).browse(action["res_id"])
        )

    def test_everything_at_once(self):
        self.assertEqual(self.ticket.goods_state, "open")
        issue = self._draft()
        self.assertEqual(issue.line_ids.mapped("quantity"), [10, 2])
        self.assertEqual(issue.receiver_id, self.portal.partner_id)
        issue.action_done()
        self.assertRegex(issue.number, r"^ISS\d{7}$")
        self.assertEqual((issue.state, issue.issued_by_id), ("done", self.agent))
        self.assertEqual(self.lines.mapped("quantity_issued"), [10, 2])
        self.assertEqual(self.ticket.goods_state, "issued")
        self.assertIn(issue.number, self.ticket.message_ids[0].body)
        with self.assertRaises(UserError):
            self.ticket.action_issue_goods()

    def test_in_parts(self):
        issue = self._draft()
        issue.line_ids[0].quantity = 4
        issue.line_ids[1].quantity = 0
        issue.action_done()
        self.assertEqual(len(issue.line_ids), 1)
        self.assertEqual(self.ticket.goods_state, "partly")
        rest = self._draft()
        self.assertNotEqual(rest, issue)
        self.assertEqual(rest.line_ids.mapped("quantity"), [6, 2])
        self.assertEqual(self._draft(), rest, "A draft is gone on with.")

    def test_no_more_than_granted(self):
        first = self._draft()
        second = self.env["itsm.goods.issue"].create({"ticket_id": self.ticket.id})
        first.line_ids[0].quantity = 11
        with self.assertRaises(UserError), self.cr.savepoint():
            first.action_done()
        first.line_ids[0].quantity = 10
        first.action_done()
        with self.assertRaises(UserError), self.cr.savepoint():
            second.action_done()
        # Two lines of one product do not get round it either.
        self.assertEqual(self.lines[0].quantity_issued, 10)

    def test_two_lines_of_one_product(self):
        issue = self._draft()
        self.env["itsm.goods.issue.line"].create(
            {"issue_id": issue.id, "goods_line_id": self.lines[0].id, "quantity": 1}
        )
        with self.assertRaises(UserError), self.cr.savepoint():
            issue.action_done()

    def test_only_goods_of_the_ticket(self):
        other = self._ask((self.paper, 1))
        issue = self._draft()
        with self.assertRaises(UserError), self.cr.savepoint():
            issue.line_ids[0].goods_line_id = other.goods_line_ids

    def test_nothing_before_the_approval(self):
        self.paper.standard_price = 100.0
        ticket = self._ask((self.paper, 10))
        with self.assertRaises(UserError), self.cr.savepoint():
            ticket.with_user(self.agent).action_issue_goods()
        issue = self.env["itsm.goods.issue"].create({"ticket_id": ticket.id})
        with self.assertRaises(UserError), self.cr.savepoint():
            issue.action_done()

    def test_less_than_issued_cannot_be_granted(self):
        self._issued(self.ticket)
        with self.assertRaises(UserError), self.cr.savepoint():
            self.lines[0].with_user(self.agent).quantity_granted = 9

    def test_signed_once(self):
        issue = self._draft()
        with self.assertRaises(UserError), self.cr.savepoint():
            issue.sign("bm8gcGljdHVyZQ==", "Petra")
        issue.write({"signature": PNG, "signed_by": " Petra  Portal "})
        self.assertEqual(issue.signed_by, "Petra Portal")
        self.assertTrue(issue.signed_at)
        for vals in ({"signature": PNG}, {"signed_by": "Eve"}, {"receiver_id": False}):
            with self.assertRaises(UserError), self.cr.savepoint():
                issue.write(vals)
        with self.assertRaises(UserError), self.cr.savepoint():
            issue.line_ids[0].quantity = 3
        with self.assertRaises(UserError), self.cr.savepoint():
            issue.unlink()
        issue.action_done()

    def test_signed_by_the_receiver_if_nobody_is_named(self):
        issue = self._draft()
        issue.action_done()
        issue.signature = PNG
        self.assertEqual(issue.signed_by, "Petra Portal")

    def test_printed(self):
        issue = self._draft()
        issue.action_done()
        issue.sign(PNG)
        action = issue.action_print()
        self.assertEqual(action["report_name"], "itsm_nonit.itsm_goods_issue_report")
        html, _kind = self.env["ir.actions.report"]._render_qweb_html(
            action["report_name"], issue.ids
        )
        page = html.decode()
        for word in (issue.number, self.ticket.number, "Paper A4", "Petra Portal"):
            self.assertIn(word, page)
        self.assertIn(PNG[:40], page)

    def test_taken_back(self):
        issue = self._issued(self.ticket)
        issue.with_user(self.agent).action_cancel()
        self.assertEqual(self.lines.mapped("quantity_issued"), [0, 0])
        self.assertEqual(self.ticket.goods_state, "open")
        with self.assertRaises(UserError), self.cr.savepoint():
            issue.action_cancel()

    def test_of_closed_tickets_nothing_is_taken_back(self):
        issue = self._issued(self.ticket)
        self.ticket.resolve("fulfilled", "Handed out.")
        self.ticket.close()
        with self.assertRaises(UserError), self.cr.savepoint():
            issue.action_cancel()
        with self.assertRaises(UserError), self.cr.savepoint():
            self.lines[0].note = "Too late"

    def test_facts_are_not_written(self):
        issue = self._draft()
        for vals in ({"state": "done"}, {"issued_by_id": self.agent2.id}):
            with self.assertRaises(AccessError), self.cr.savepoint():
                issue.write(vals)
        with self.assertRaises(UserError), self.cr.savepoint():
            issue.ticket_id = self._ask((self.paper, 1))

    def test_a_draft_may_go(self):
        issue = self._draft()
        issue.unlink()
        self.assertEqual(self.ticket.goods_state, "open")

    def test_what_it_costs(self):
        issue = self._draft()
        issue.line_ids[0].quantity = 5
        issue.action_done()
        self.ticket.resolve("fulfilled", "Half of it was there.")
        self.assertEqual(self.ticket.goods_value, 5 * 4.0 + 2 * 1.5)

    def test_desks_and_companies_apart(self):
        issue = self._draft()
        records = (self.lines[0], issue, issue.line_ids[0])
        for record in records:
            for user, may in (
                (self.agent, True),
                (self.auditor, True),
                (self.admin, True),
                (self.stranger, False),
                (self.foreigner, False),
                (self.requester, False),
                (self.portal, False),
            ):
                with self.subTest(record=record._name, user=user.login):
                    mine = record.with_user(user)
                    self.assertEqual(mine.has_access("read"), may)
                    if user == self.auditor:
                        self.assertFalse(mine.has_access("write"))
        limit = self._limit(5)
        self.assertTrue(limit.with_user(self.manager).has_access("write"))
        self.assertFalse(limit.with_user(self.agent).has_access("write"))
        self.assertFalse(limit.with_user(self.foreigner).has_access("read"))
