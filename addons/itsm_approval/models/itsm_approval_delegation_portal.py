# pylint: disable=prefer-env-translation
from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import format_date, format_list

from ..tools import like

MIN_SEARCH = 2
MAX_PEOPLE = 20
_DAYS = ("date_from", "date_to")
_MAX_NOTE = 200


class AbsenceFormError(Exception):
    """What is wrong with the form: ``{field: sentence}``."""

    def __init__(self, errors):
        super().__init__(errors)
        self.errors = errors


class ItsmApprovalDelegation(models.Model):
    """How somebody names their delegate on the portal."""

    _inherit = "itsm.approval.delegation"

    # ------------------------------------------------------------------
    # What is shown
    # ------------------------------------------------------------------

    @api.model
    def _portal_domain(self):
        """Return the domain of the user's delegations that are not over yet."""
        return Domain("partner_id", "=", self.env.user.partner_id.id) & Domain(
            "date_to", ">=", fields.Date.context_today(self)
        )

    @api.model
    def _portal_rows(self):
        """Return the user's delegations of now and later, the next one first."""
        delegations = self.search(self._portal_domain(), order="date_from, id")
        return [
            {
                "id": delegation.id,
                "delegate": name.delegate_id.name,
                "from": format_date(self.env, delegation.date_from),
                "to": format_date(self.env, delegation.date_to),
                "is_current": delegation.is_active,
                "policies": format_list(self.env, name.policy_ids.mapped("name")),
                "note": delegation.note,
            }
            # sudo: the names of the delegate and of the policies.
            for delegation, name in zip(delegations, delegations.sudo(), strict=True)
        ]

    @api.model
    def _portal_current(self):
        """Return who decides for the user today, and until when; False if nobody."""
        current = self.search(
            self._portal_domain() & Domain("is_active", "=", True),
            order="date_to desc",
            limit=1,
        )
        return current and {
            "delegate": current.sudo().delegate_id.name,  # sudo: the name only
            "until": format_date(self.env, current.date_to),
        }

    @api.model
    def _portal_defaults(self):
        """Return what the form starts with."""
        return {"date_from": fields.Date.to_string(fields.Date.context_today(self))}

    # ------------------------------------------------------------------
    # Colleagues
    # ------------------------------------------------------------------

    @api.model
    def _portal_colleagues(self, domain):
        """Return the people to whom the user may hand their approvals.

        Staff find the staff of their company; others, such as a supplier's people,
        find the contacts of their own firm.
        """
        user = self.env.user
        # sudo: portal users have no rights on people; names and departments of those
        # found here are all that leaves the callers.
        Partner = self.env["res.partner"].sudo()
        own = Domain("company_id", "=", user.company_id.id)
        staff = Domain("user_ids", "any", own & Domain("share", "=", False)) | Domain(
            "employee_ids", "any", own
        )
        if not Partner.search_count(Domain("id", "=", user.partner_id.id) & staff):
            firm = user.partner_id.commercial_partner_id
            staff = Domain("id", "child_of", firm.id) & Domain("is_company", "=", False)
        others = Domain("id", "!=", user.partner_id.id)
        return Partner.search(staff & others & domain, limit=MAX_PEOPLE, order="name")

    @api.model
    def _portal_find_people(self, term):
        """Return colleagues by a part of their name, as id, name and detail."""
        term = (term if isinstance(term, str) else "").strip()
        if len(term) < MIN_SEARCH:
            return []
        people = self._portal_colleagues(Domain("name", "ilike", like.literal(term)))
        return [
            {
                "id": person.id,
                "name": person.name,
                "detail": person.employee_ids[:1].department_id.name or "",
            }
            for person in people
        ]

    # ------------------------------------------------------------------
    # Saving and ending
    # ------------------------------------------------------------------

    @api.model
    def _portal_create(self, values):
        """Make a delegation of the user from what the form sent.

        :raise AbsenceFormError: names each field that is wrong
        """
        days = {name: self._portal_day(values.get(name)) for name in _DAYS}
        delegate = self._portal_delegate(values)
        errors = self._portal_errors(days, delegate)
        if errors:
            raise AbsenceFormError(errors)
        return self.create(
            {
                "partner_id": self.env.user.partner_id.id,
                "delegate_id": delegate.id,
                "note": values.get("note", "")[:_MAX_NOTE],
                **days,
            }
        )

    def _portal_delegate(self, values):
        """Return the colleague who was chosen, or whose full name was typed."""
        chosen = values.get("delegate_id") or ""
        if chosen.isdecimal() and len(chosen) < 10:
            return self._portal_colleagues(Domain("id", "=", int(chosen)))
        name = values.get("delegate_name") or ""
        if len(name) < MIN_SEARCH:
            return self.env["res.partner"]
        found = self._portal_colleagues(Domain("name", "=", name))
        return found if len(found) == 1 else self.env["res.partner"]

    def _portal_errors(self, days, delegate):
        """Return what is wrong with the form, by field."""
        _ = self.env._
        errors = {name: _("Choose a day.") for name, day in days.items() if not day}
        if not delegate:
            errors["delegate_id"] = _(
                "Type a part of your colleague's name, then choose from the list."
            )
        if not errors and days["date_to"] < days["date_from"]:
            errors["date_to"] = _("The last day lies before the first one.")
        elif not errors and days["date_to"] < fields.Date.context_today(self):
            errors["date_to"] = _("This day is over.")
        return errors

    @api.model
    def _portal_day(self, text):
        """Return the day that a browser sent, or False for anything else."""
        try:
            return fields.Date.to_date(text or False)
        except ValueError:
            return False

    @api.model
    def _portal_end(self, delegation_id):
        """End one of the user's delegations; of others nothing is said or done.

        One that has begun stays, so that it can be seen who could decide when.
        """
        delegation = self.search(
            self._portal_domain() & Domain("id", "=", delegation_id)
        )
        yesterday = fields.Date.subtract(fields.Date.context_today(self), days=1)
        begun = delegation.filtered(lambda one: one.date_from <= yesterday)
        begun.write({"date_to": yesterday})
        (delegation - begun).unlink()
