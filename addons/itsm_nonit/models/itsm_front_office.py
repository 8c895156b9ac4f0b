import re

from odoo import api, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import SQL, format_datetime

from odoo.addons.itsm_approval.tools import like

_MAX_CALLERS = 8
_MAX_LAST = 6
_MAX_TERM = 100
# What a number is typed with; anything else is a name.
_NUMBER = re.compile(r"[0-9+()/. -]*")
# Enough of a number to know it by, however the country is written.
_KNOWN_DIGITS = 7
_CALLER_GROUP = "itsm_helpdesk.group_itsm_agent"


class ItsmFrontOffice(models.AbstractModel):
    """What somebody at the telephone needs: who calls, and what they had before.

    Plain values for the front office screen. What is said of tickets follows the
    agent's own rights; of people, what the house's directory has.
    """

    _name = "itsm.front.office"
    _description = "Front Office"

    @api.model
    def _check_agent(self):
        if not (self.env.su or self.env.user.has_group(_CALLER_GROUP)):
            raise AccessError(
                self.env._("The front office is for the agents of a desk.")
            )

    @api.model
    def _typed(self, term):
        """Return what somebody typed, without what nobody can type."""
        term = term.replace("\0", " ") if isinstance(term, str) else ""
        return " ".join(term.split())[:_MAX_TERM]

    @api.model
    def _record(self, model, id_):
        """Return the record that the screen means; one that is not there is none."""
        is_id = isinstance(id_, int) and not isinstance(id_, bool) and id_ > 0
        Model = self.env[model]
        return Model.search([("id", "=", id_)]) if is_id else Model

    # ------------------------------------------------------------------
    # Who calls
    # ------------------------------------------------------------------

    @api.model
    def find_callers(self, term):
        """Return the people whom a number, an extension or words may mean.

        Each word is a part of a name or of a department.

        :return: list of ``{"id", "name", "department", "phone"}``; ``id`` is the
            contact's
        """
        self._check_agent()
        term = self._typed(term)
        digits = re.sub(r"\D", "", term)
        if not term or (term.isascii() and len(term) < 2):
            return []
        by_number = bool(digits) and bool(_NUMBER.fullmatch(term))
        people = self._callers_among_staff(term, digits if by_number else "")
        rows = [self._caller_row(person) for person in people]
        known = [row["id"] for row in rows]
        rows += self._callers_among_contacts(
            term, digits if by_number else "", known, _MAX_CALLERS - len(rows)
        )
        if by_number:
            # Who has exactly this extension comes before those whose number holds it.
            rows.sort(
                key=lambda row: not re.sub(r"\D", "", row["phone"]).endswith(digits)
            )
        return rows

    @api.model
    def _callers_among_staff(self, term, digits):
        # sudo: the directory of the agent's companies; names, departments and numbers.
        Person = self.env["hr.employee.public"].sudo()
        domain = Domain("company_id", "in", self.env.companies.ids) & (
            Domain("user_id", "!=", False) | Domain("work_contact_id", "!=", False)
        )
        if digits:
            domain &= _has_digits("work_phone", digits) | _has_digits(
                "mobile_phone", digits
            )
        else:
            for word in term.split():
                part = like.literal(word)
                domain &= Domain("name", "ilike", part) | Domain(
                    "department_id.name", "ilike", part
                )
        return Person.search(domain, limit=_MAX_CALLERS, order="name, id")

    @api.model
    def _caller_row(self, person):
        contact = person.user_id.partner_id or person.work_contact_id
        return {
            "id": contact.id,
            "name": person.name,
            "department": person.department_id.name or "",
            "phone": person.work_phone or person.mobile_phone or "",
        }

    @api.model
    def _callers_among_contacts(self, term, digits, besides, limit):
        """Return people who are no staff: visitors, suppliers, patients' relatives."""
        if limit <= 0:
            return []
        domain = Domain("is_company", "=", False) & Domain("id", "not in", besides)
        # Whoever has a login of another company only is staff there.
        domain &= Domain("user_ids", "=", False) | Domain(
            "user_ids.company_ids", "in", self.env.companies.ids
        )
        if digits:
            domain &= _has_digits("phone", digits)
        else:
            for word in term.split():
                domain &= Domain("complete_name", "ilike", like.literal(word))
        contacts = self.env["res.partner"].search(domain, limit=limit, order="name, id")
        return [
            {
                "id": contact.id,
                "name": contact.name or "",
                "department": contact.parent_id.name or "",
                "phone": contact.phone or "",
            }
            for contact in contacts
        ]

    # ------------------------------------------------------------------
    # What is known of them
    # ------------------------------------------------------------------

    @api.model
    def caller(self, partner_id):
        """Return what the screen shows of a caller: place, department, requests."""
        self._check_agent()
        partner = self._caller_record(partner_id)
        # The directory's public facts of the person the agent has on the telephone.
        person = self.env["itsm.form.lookup"]._employee(partner)
        tickets = self._caller_tickets(partner)
        place = self._caller_place(person, tickets)
        return {
            "id": partner.id,
            "name": person.name or partner.name,
            "department": person.department_id.name or partner.parent_id.name or "",
            "job": person.job_title or "",
            "phone": person.work_phone or partner.phone or "",
            "email": person.work_email or partner.email or "",
            "place": {"id": place.id, "name": place.display_name or ""},
            "tickets": [self._ticket_row(ticket) for ticket in tickets],
            "open_count": self.env["itsm.ticket"].search_count(
                self._caller_domain(partner) & self._open_domain()
            ),
        }

    @api.model
    def _caller_record(self, partner_id):
        """Return the contact of a caller.

        :raise UserError: when there is none, or not for the agent
        """
        partner = self._record("res.partner", partner_id)
        if not partner:
            raise UserError(self.env._("Choose the caller first."))
        return partner

    @api.model
    def _open_domain(self):
        return Domain("state", "in", self.env["itsm.ticket"]._open_states())

    @api.model
    def _caller_domain(self, partner):
        """Return the domain of what a caller asked for, needs, or reported too."""
        return (
            Domain("partner_id", "=", partner.id)
            | Domain("requested_for_id", "=", partner.id)
            | Domain("reporter_ids", "any", [("partner_id", "=", partner.id)])
        )

    @api.model
    def _caller_tickets(self, partner):
        """Return the open requests of a caller, then the last ones that ended."""
        Ticket, mine = self.env["itsm.ticket"], self._caller_domain(partner)
        still_open = Ticket.search(
            mine & self._open_domain(), order="opened_at desc, id desc", limit=_MAX_LAST
        )
        ended = Ticket.search(
            mine & ~self._open_domain(),
            order="opened_at desc, id desc",
            limit=_MAX_LAST - min(len(still_open), _MAX_LAST - 1),
        )
        return still_open | ended

    @api.model
    def _caller_place(self, person, tickets):
        """Return where the caller works, else where something was for them last."""
        work = person.work_location_id
        at_work = self.env["itsm.location"]._of_work_location(work)
        return at_work or tickets.location_id[:1]

    @api.model
    def _ticket_row(self, ticket):
        """Return a ticket as lists of the screen show it."""
        labels = dict(ticket._fields["state"]._description_selection(self.env))
        return {
            "id": ticket.id,
            "number": ticket.number,
            "name": ticket.name,
            "state": labels[ticket.state],
            "is_open": ticket.state in ticket._open_states(),
            "opened": format_datetime(self.env, ticket.opened_at, dt_format="short"),
            "desk": ticket.desk_id.name,
            "place": ticket.location_id.display_name or "",
        }

    @api.model
    def find_places(self, term):
        """Return the locations that a part of a name or a code means."""
        self._check_agent()
        term = self._typed(term)
        domain = Domain("company_id", "in", [False, *self.env.companies.ids])
        if term:
            domain &= Domain("display_name", "ilike", like.literal(term))
        found = self.env["itsm.location"].search(domain, limit=_MAX_CALLERS)
        return [{"id": place.id, "name": place.display_name} for place in found]

    @api.model
    def start(self):
        """Return what the screen needs before the first call: the agent's desks."""
        self._check_agent()
        desks = self.env["itsm.desk"].search(
            Domain("company_id", "in", [False, *self.env.companies.ids])
        )
        own = desks.filtered(lambda desk: self.env.user in desk.agent_ids)
        types = self.env["itsm.ticket"]._fields["type"]
        return {
            "desks": [{"id": desk.id, "name": desk.name} for desk in own | desks],
            "types": types._description_selection(self.env),
        }


def _has_digits(name, digits):
    """Return the domain that the digits of a number, however written, hold these."""
    part = (
        f"%{digits[-_KNOWN_DIGITS:]}" if len(digits) > _KNOWN_DIGITS else f"%{digits}%"
    )
    return Domain.custom(
        to_sql=lambda model, alias, query: SQL(
            "regexp_replace(COALESCE(%s, ''), '[^0-9]', '', 'g') LIKE %s",
            SQL.identifier(alias, name),
            part,
        )
    )
