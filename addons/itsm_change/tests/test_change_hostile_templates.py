from datetime import timedelta

from odoo import fields
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from .template_common import TemplateCase


@tagged("post_install", "-at_install")
class TestHostileTemplates(TemplateCase):
    """Work that nobody approved, under the name of what was."""

    def _refused(self, change):
        with self.assertRaises(UserError), self.env.cr.savepoint():
            change.schedule()

    def test_only_a_standard_template_makes_a_change_standard(self):
        template = self._template(name="Replace the core", change_type="normal")
        self._approve(template)
        self.assertEqual(template.state, "approved")
        change = self.env["itsm.change"].browse(
            template.with_user(self.implementer).make_change(
                {"ci_ids": self.server.ids, "implementer_id": self.implementer.id}
            )
        )
        change = change.with_user(self.implementer)
        start = fields.Datetime.now() + timedelta(days=3)
        change.write(
            {
                "type": "standard",
                "planned_start": start,
                "planned_end": start + timedelta(minutes=30),
            }
        )
        self._refused(change)

    def test_it_takes_no_longer_than_was_approved(self):
        change = self._made()
        change.planned_end += timedelta(hours=9)
        self._refused(change)
        change.planned_end -= timedelta(hours=9)
        change.schedule()

    def test_its_outage_is_no_longer_than_was_approved(self):
        template = self._template(
            name="Short outage", has_outage=True, outage_offset=5, outage_duration=5
        )
        self._approve(template)
        self.template = template
        change = self._made()
        change.outage_end = change.planned_end
        self._refused(change)
        change.outage_end = change.outage_start + timedelta(minutes=5)
        change.schedule()

    def test_values_are_those_that_were_approved(self):
        template = self._template(
            name="Rename",
            delta_ids=[Command.create({"key": "host_name", "value": "new-name"})],
        )
        self._approve(template)
        self.template = template
        change = self._made()
        change.delta_ids.new = "my-own"
        self._refused(change)
        change.delta_ids.new = "new-name"
        change.schedule()

    def test_a_change_from_a_template_has_no_review_yet(self):
        made = self.template.with_user(self.implementer).make_change(
            {
                "ci_ids": self.server.ids,
                "review_outcome": "reached",
                "actual_risk": "low",
            }
        )
        change = self.env["itsm.change"].browse(made)
        self.assertFalse(change.review_outcome)
        self.assertFalse(change.actual_risk)

    def test_the_condition_on_items_is_plain(self):
        """It is neither a program nor a search by what its author may not see."""
        with self.assertRaises(UserError), self.env.cr.savepoint():
            self.template.item_domain = "[('id', '=', 9 ** 2)]"
        with self.assertRaises(UserError), self.env.cr.savepoint():
            self.template.with_user(
                self.change_manager
            ).item_domain = "[('create_uid.password', '=like', 'a%')]"
