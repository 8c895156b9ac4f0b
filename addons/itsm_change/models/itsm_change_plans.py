from odoo import api, fields, models
from odoo.tools import is_html_empty

PLANS = (
    "implementation_plan",
    "test_plan",
    "communication_plan",
    "backout_plan",
)


class ItsmChange(models.Model):
    """How a change is made, tested, told about, and undone."""

    _inherit = "itsm.change"

    implementation_plan = fields.Html(help="What is done, in which order.")
    test_plan = fields.Html(
        help="How you find out that it works, before and afterwards."
    )
    communication_plan = fields.Html(help="Who is told what, and when.")
    backout_plan = fields.Html(
        "Back-Out Plan",
        help="How everything gets back to how it was, until when, and who decides.",
    )

    @api.model
    def _content_fields(self):
        return super()._content_fields() | frozenset(PLANS)

    def _gate_facts(self):
        texts = {
            "implementation_plan": self.env._("Write the implementation plan."),
            "test_plan": self.env._("Write the test plan."),
            "communication_plan": self.env._("Write the communication plan."),
            "backout_plan": self.env._("Write the back-out plan."),
        }
        return super()._gate_facts() | {
            f"plan_{name.removesuffix('_plan')}": (self._has_plan(name), texts[name])
            for name in PLANS
        }

    def _has_plan(self, name):
        """Hook: tell whether the change has one of its plans."""
        self.ensure_one()
        return not is_html_empty(self[name])
