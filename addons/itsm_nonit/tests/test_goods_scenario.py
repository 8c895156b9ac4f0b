import uuid

from odoo.tests import tagged

from odoo.addons.itsm_helpdesk.tests.portal_request_common import PortalRequestCase

from .common import NonitCase
from .goods_common import PNG, GoodsCase


@tagged("post_install", "-at_install")
class TestGoodsScenario(NonitCase, GoodsCase, PortalRequestCase):
    """Office supplies within and beyond the monthly limit, as people meet it.

    The desk is the one that is shipped, not one that was made for the test.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        pack = cls.install_pack("supplies", cls.agent)
        cls.supplies = cls.service("supplies-office")
        if "goods_from_stock" in pack.desk_id._fields:
            # The records of issue are tested here, also where the bridge is installed.
            pack.desk_id.goods_from_stock = False

    def _order(self, *goods):
        """Send the portal's form; return the answer and the ticket."""
        data = {
            "portal_key": uuid.uuid4().hex,
            "q_department": str(self.department.id),
            "q_bring": "counter",
        }
        for row, (product, quantity) in enumerate(goods):
            data[f"q_goods.{row}.product"] = str(product.id)
            data[f"q_goods.{row}.quantity"] = str(quantity)
        return self._request(self.supplies, **data)

    def _hand_out(self, ticket):
        """Pick and issue the goods, with the receiver's signature."""
        pick, give = ticket.task_ids.sorted("id")
        issue = self._issued(ticket)
        issue.with_user(self.agent).sign(PNG, "Petra Portal")
        for task in (pick, give):
            task.check_ids.is_done = True
            task.with_user(self.agent).action_done()
        return issue

    def test_office_supplies(self):
        # A department may have ten packs of paper a month; more is approved. Nobody
        # gets more than twenty.
        self._limit(10, beyond="approval")
        self._limit(20, beyond="refuse")
        self._login(self.portal)

        # Within the limit nobody is asked, and the desk hands it out.
        _response, within = self._order((self.paper, 8), (self.pen, 5))
        self.assertEqual((within.state, within.approval_id.ids), ("in_progress", []))
        self._hand_out(within)
        self.assertEqual((within.state, within.goods_state), ("resolved", "issued"))
        text = self._text(self._page(within.access_url))
        self.assertIn("Paper A4", text)

        # Beyond it the department's manager decides first.
        _response, beyond = self._order((self.paper, 5))
        self.assertEqual((beyond.state, beyond.is_beyond_limit), ("approval", True))
        self.assertEqual(beyond._goods_usage()[0]["used"], "13")
        self._vote(beyond, self.head)
        self.assertEqual(beyond.state, "in_progress")
        self._hand_out(beyond)
        self.assertEqual(beyond.state, "resolved")

        # Beyond the last limit it is refused, and what was typed is still there.
        response, none = self._order((self.paper, 8), (self.pen, 1))
        self.assertFalse(none)
        self.assertEqual(self._errors(response), {"#q_goods"})
        for word in ("20", "13", "7"):
            self.assertIn(word, response.text)
        self.assertIn("Paper A4", response.text)

        # What is left can be had; what was not approved uses up nothing.
        _response, rest = self._order((self.paper, 7))
        self.assertEqual(rest.state, "approval")
        self._vote(rest, self.head, "reject", "We have enough.")
        self.assertEqual((rest.state, rest.goods_value), ("cancelled", 0))
        _response, again = self._order((self.paper, 7))
        self.assertEqual(again.state, "approval")
