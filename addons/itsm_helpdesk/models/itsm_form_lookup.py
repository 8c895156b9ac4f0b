from odoo import api, models
from odoo.fields import Domain
from odoo.tools.safe_eval import safe_eval

from odoo.addons.itsm_approval.tools import like

from ..tools.form import definition

# Enough to choose from; who types on finds the rest.
MAX_FOUND = 10


class ItsmFormLookup(models.AbstractModel):
    """The records that a person may choose from in a request form.

    One rule for what is offered while somebody types and for what is taken when the
    form is sent: what was never offered is not taken.
    """

    _name = "itsm.form.lookup"
    _description = "Choices of Request Forms"

    @api.model
    def _offered(self, question):
        """Return the model and the domain of what a question offers the user.

        :param question: entry of a form's definition that refers to records
        :return: the model with the system's rights, and a domain
        """
        # sudo: requesters have no rights on employees, departments and so on. They
        # get to know names, of their own company or of what the form's maker chose.
        Model = self.env[definition.model_of(question)].sudo()
        company = self.env.user.company_id
        if question["type"] == "person":
            if not self.env["itsm.ticket"]._portal_may_ask_for_others():
                return Model, Domain.FALSE  # outsiders learn no names of the staff
            return Model, (
                Domain("company_id", "=", company.id)
                & (
                    Domain("user_id", "!=", False)
                    | Domain("work_contact_id", "!=", False)
                )
            )
        if question["type"] == "record":
            return Model, self._chosen_domain(question)
        return Model, Domain("company_id", "in", [False, company.id])

    @api.model
    def _chosen_domain(self, question):
        """Return the domain that the form's maker gave, for the current user."""
        employee = self._employee()
        return Domain(
            safe_eval(
                question.get("domain") or "[]",
                {
                    "uid": self.env.uid,
                    "partner_id": self.env.user.partner_id.id,
                    "company_id": self.env.user.company_id.id,
                    "employee_id": employee.id,
                    "department_id": employee.department_id.id,
                },
            )
        )

    @api.model
    def _check_domain(self, question):
        """Try the domain that a form's maker gave.

        :raise Exception: whatever Python and Odoo have against it
        """
        self._chosen_domain(question).validate(self.env[question["model"]].sudo())

    @api.model
    def _employee(self, partner=None):
        """Return a contact's employee record, as far as it is public.

        :param partner: default: the user's; callers check who asks
        """
        partner = partner or self.env.user.partner_id
        found = self.env["res.partner"]._itsm_employee_by_partner(partner)
        # sudo: the user's own record, or of a person whom the caller may know.
        return self.env["hr.employee.public"].sudo().browse(found.get(partner.id, ()))

    @api.model
    def _find(self, question, term="", limit=MAX_FOUND):
        """Return what a question offers and whose name holds ``term``.

        :return: list of ``{"id", "name", "detail"}``
        """
        Model, domain = self._offered(question)
        term = (term if isinstance(term, str) else "").strip()[:100]
        if term:
            domain &= Domain("display_name", "ilike", like.literal(term))
        found = Model.search(domain, limit=limit)
        return [
            {"id": record.id, "name": record.display_name, "detail": detail}
            for record, detail in zip(found, self._details(found), strict=True)
        ]

    @api.model
    def _details(self, records):
        """Return what tells people of the same name apart, for each record."""
        if records._name != "hr.employee.public":
            return [""] * len(records)
        return [person.department_id.name or "" for person in records]

    @api.model
    def _known(self, questions):
        """Return which of the chosen records the user was offered.

        :param questions: list of ``(question, ids)``
        :return: list of sets of ids, in the same order
        """
        known = []
        for question, ids in questions:
            Model, domain = self._offered(question)
            known.append(set(Model.search(domain & Domain("id", "in", ids)).ids))
        return known
