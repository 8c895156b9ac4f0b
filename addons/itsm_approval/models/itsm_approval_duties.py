from odoo import api, models
from odoo.tools import SQL


class ItsmApproval(models.Model):
    """Separation of duties: who must not decide on what."""

    _inherit = "itsm.approval"

    def _barred(self):
        """Return ``{approval id: people who must not decide}``, as it is now."""
        cases = {}
        for approvals, records in self._by_model():
            for approval in approvals:
                record = records.browse(approval.res_id).with_prefetch(records.ids)
                cases[approval.id] = (record, approval, approval)
        return {**dict.fromkeys(self.ids, frozenset()), **self._barred_in(cases)}

    @api.model
    def _barred_in(self, cases):
        """Return ``{key: ids of the people who must not decide}``.

        Whoever asked stays barred when somebody else is noted as the requester later.

        :param cases: ``{key: (record, policy or approval, approvals so far)}``; the
            second says whether requesters and implementers may decide
        """
        found = {}
        for key, (record, terms, approvals) in cases.items():
            people = self.env["res.partner"]
            if not terms.allow_requester:
                people |= record._approval_requesters() | approvals._asked_by()
            if not terms.allow_implementer:
                people |= record._approval_implementers()
            found[key] = people.ids
        contacts = self._contacts_of(set().union(*found.values()))
        return {
            key: frozenset().union(*(contacts[id_] for id_ in ids))
            for key, ids in found.items()
        }

    def _asked_by(self):
        """Return for whom it was asked, also before the subject changed."""
        people, approvals = self.partner_id, self.previous_id
        while approvals:
            people |= approvals.partner_id
            approvals = approvals.previous_id
        return people

    @api.model
    def _contacts_of(self, partner_ids):
        """Return ``{contact id: ids of all contacts of the same person}``.

        A person with a login may have another contact as an employee.
        """
        found = {id_: {id_} for id_ in partner_ids}
        if not found:
            return found
        self.env["res.users"].flush_model(["partner_id"])
        self.env["hr.employee"].flush_model(["user_id", "work_contact_id"])
        rows = self.env.execute_query(
            SQL(
                """
                SELECT e.work_contact_id, u.partner_id
                  FROM hr_employee e
                  JOIN res_users u ON u.id = e.user_id
                 WHERE e.work_contact_id != u.partner_id
                   AND (e.work_contact_id = ANY(%(ids)s) OR u.partner_id = ANY(%(ids)s))
                """,
                ids=list(found),
            )
        )
        for pair in rows:
            for id_ in pair:
                if id_ in found:
                    found[id_].update(pair)
        return found
