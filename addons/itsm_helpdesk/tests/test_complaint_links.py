from odoo.exceptions import AccessError
from odoo.tests import tagged

from .complaint_common import ComplaintCase
from .rating_common import RatingMixin

# What leads to a ticket without a rule against those complained about, and why.
_WITHOUT = {
    "itsm.announcement": "is about a major incident, for all who read notices",
    "itsm.article": "is not written from a complaint",
    "itsm.change.incident": "has a ticket that only the system reads",
    "itsm.request.draft": "is read by who writes it alone",
    "itsm.ticket.presence": "is read by nobody",
}
# Fields of rules that ask whether the reader may read the ticket.
_GUARDS = ("complaint_hidden", "itsm_readable", "'ticket_id', 'any'")


@tagged("post_install", "-at_install")
class TestComplaintLinks(RatingMixin, ComplaintCase):
    """What hangs on a complaint tells those complained about nothing."""

    def _leading_to_tickets(self):
        for model in self.env.registry.models.values():
            names = [
                field.name
                for field in model._fields.values()
                if field.type == "many2one"
                and field.comodel_name == "itsm.ticket"
                and (field.store or field.related)
            ]
            ours = model._name.startswith(("itsm.", "rating."))
            if names and ours and not model._abstract and not model._transient:
                yield model._name

    def test_every_model_has_a_rule(self):
        """A new model with a ticket gets a rule, or a reason why it needs none."""
        rules = self.env["ir.rule"].search([("groups", "=", False)])
        guarded = {
            rule.model_id.model
            for rule in rules
            if any(guard in (rule.domain_force or "") for guard in _GUARDS)
        }
        missing = set(self._leading_to_tickets()) - guarded - _WITHOUT.keys()
        self.assertFalse(missing)

    def test_further_reporters(self):
        reporter = (
            self.env["itsm.ticket.reporter"]
            ._as_system()
            .create(
                {
                    "ticket_id": self.complaint.id,
                    "partner_id": self.colleague.partner_id.id,
                }
            )
        )
        self.complaint.complaint_shared = True
        self.env.flush_all()
        self.assertIn(reporter, self._as(self.agent2)[reporter._name].search([]))
        theirs = self._as(self.agent)[reporter._name]
        self.assertNotIn(reporter, theirs.search([]))
        with self.assertRaises(AccessError):
            theirs.browse(reporter.id).read(["partner_id"])

    def test_low_rating_of_a_complaint(self):
        """The leader complained about neither gets the follow-up nor reads it."""
        self.team1.leader_id = self.leader
        ticket = self._finished(
            type="complaint",
            complaint_about_user_id=self.leader.id,
            user_id=self.manager.id,
        )
        ticket._rate(self.person, self._form("1", "He shouted again"), "portal")
        followup = self.Followup.search([("ticket_id", "=", ticket.id)])
        self.assertEqual(len(followup), 1)
        self.assertNotEqual(followup.user_id, self.leader)
        self.assertNotIn(self.leader, followup._managers())
        self.assertFalse(
            self._as(self.leader)[followup._name].search([("id", "=", followup.id)])
        )
