from odoo.tests import HttpCase, tagged

from .common import NAME, ApprovalCase


@tagged("post_install", "-at_install")
class TestTours(ApprovalCase, HttpCase):
    """What approvers do in the browser."""

    def setUp(self):
        # Without the frozen clock: the browser's is the real one.
        super(ApprovalCase, self).setUp()
        self.policy = self._policy(
            self._step("Check", self._line(self.ann, self.bob, rule="all")),
        )

    def test_on_the_record(self):
        """The widget shows the way, and decides, on any model's form."""
        self.env["ir.ui.view"].create(
            {
                "name": "thing.form",
                "model": NAME,
                "arch": """
                    <form>
                        <field name="name"/>
                        <field name="approval_id" widget="itsm_approval_trail"/>
                    </form>
                """,
            }
        )
        action = self.env["ir.actions.act_window"].create(
            {"name": "Things", "res_model": NAME, "view_mode": "form"}
        )
        approval = self._ask(self.policy)
        self._vote(self.ann, approval)
        url = f"/odoo/action-{action.id}/{approval.res_id}"
        self.start_tour(url, "itsm_approval_on_record", login=self.bob.login)
        self.env.invalidate_all()
        self.assertEqual(approval.state, "granted")

    def test_from_the_menu(self):
        approvals = self._ask(self.policy) | self._ask(self.policy)
        self.start_tour("/odoo", "itsm_approval_list", login=self.ann.login)
        self.env.invalidate_all()
        self.assertEqual(approvals.mapped("state"), ["refused", "refused"])
