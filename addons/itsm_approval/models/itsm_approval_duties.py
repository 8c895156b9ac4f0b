from odoo import api, models
from odoo.tools import SQL


class ItsmApproval(models.Model):
    """Separation of duties: who must not decide on what.

    It is people that must not. A person with a login may have another contact as an
    employee; both are meant.
    """

    _inherit = "itsm.approval"

    @api.model
    def _barred_by(self, record, terms, approvals):
        """Return the ids of the people who must not decide on a record.

        Whoever asked stays barred when somebody else is noted as the requester later.

        :param terms: policy or approval, which says whether they may after all
        :param approvals: the approvals so far
        """
        people = self.env["res.partner"]
        if not terms.allow_requester:
            people |= record._approval_requesters() | approvals._asked_by()
        if not terms.allow_implementer:
            people |= record._approval_implementers()
        return frozenset(people.ids)

    def _barred(self):
        """Return ``{approval id: people who must not decide}``, as it is now."""
        found = dict.fromkeys(self.ids, frozenset())
        for approvals, records in self._by_model():
            for approval in approvals:
                record = records.browse(approval.res_id).with_prefetch(records.ids)
                found[approval.id] = self._barred_by(record, approval, approval)
        return found

    def _asked_by(self):
        """Return for whom it was asked, also before the subject changed."""
        people, approvals = self.partner_id, self.previous_id
        while approvals:
            people |= approvals.partner_id
            approvals = approvals.previous_id
        return people

    @api.model
    def _is_barred(self, partner, barred):
        """Tell whether a person is among those who must not decide.

        Not by a search: one person is asked for on many approvals, one by one.
        """
        person = partner.sudo()  # sudo: contacts of an employee are compared only
        employees = person.user_ids.employee_ids | person.employee_ids
        contacts = employees.work_contact_id | employees.user_id.partner_id | person
        return not barred.isdisjoint(contacts.ids)

    @api.model
    def _with_other_contacts(self, barred):
        """Return the same with all contacts of the people, where some are looked for.

        :param barred: ``{key: ids of people}``
        """
        known = set().union(*barred.values())
        if not known:
            return barred
        self.env["res.users"].flush_model(["partner_id"])
        self.env["hr.employee"].flush_model(["user_id", "work_contact_id"])
        pairs = self.env.execute_query(
            SQL(
                """
                SELECT e.work_contact_id, u.partner_id
                  FROM hr_employee e
                  JOIN res_users u ON u.id = e.user_id
                 WHERE e.work_contact_id != u.partner_id
                   AND (e.work_contact_id = ANY(%(ids)s) OR u.partner_id = ANY(%(ids)s))
                """,
                ids=list(known),
            )
        )
        return {
            key: ids.union(*(pair for pair in pairs if not ids.isdisjoint(pair)))
            for key, ids in barred.items()
        }
