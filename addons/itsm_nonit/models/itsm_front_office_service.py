from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import html2plaintext

from odoo.addons.itsm_approval.tools import like
from odoo.addons.itsm_helpdesk.tools import catalogue_search
from odoo.addons.itsm_helpdesk.tools.catalogue_search import Text
from odoo.addons.itsm_helpdesk.tools.form import definition as form_definition
from odoo.addons.itsm_helpdesk.tools.form import reading

_MAX_SERVICES = 8
# Solved tickets that are looked at for an answer, and those that are shown.
_SOLVED_CANDIDATES, _MAX_ANSWERS = 60, 3
# What several people report within this time is likely one matter.
_SAME_HOURS = 24
_MAX_SAME = 5
_MAX_DETAILS = 1500
_TELLING_WORDS = 4


class ItsmFrontOffice(models.AbstractModel):
    """What the caller wants: the service, its questions, what helped others.

    And who else has reported it: what many call about within hours is registered
    once, and counted.
    """

    _inherit = "itsm.front.office"

    @api.model
    def find_services(self, term):
        """Return the services that a few letters mean, the best first."""
        self._check_agent()
        Service = self.env["itsm.service"]
        term = Service._portal_term(term)
        found = Service._search_catalogue(term, _MAX_SERVICES) if term else Service
        return [
            {
                "id": service.id,
                "name": service.name,
                "category": service.category_id.name or "",
                "desk": service.desk_id.name,
                "icon": service.icon or service.category_id.icon or "fa-cube",
            }
            for service in found
        ]

    @api.model
    def service(self, service_id, partner_id, location_id=False):
        """Return a service as the screen shows it: facts, questions, what helped.

        Questions are filled in for the caller, not for the agent.
        """
        self._check_agent()
        service = self._record("itsm.service", service_id)
        service._check_may_request()
        partner = self._record("res.partner", partner_id)
        place = self._record("itsm.location", location_id)
        definition = service._portal_definition(trying=False)
        raw = self._form_start(definition, partner, place)
        return {
            "id": service.id,
            "name": service.name,
            "desk": service.desk_id.name,
            "description": service.description or "",
            "included": service.included or "",
            "details": html2plaintext(service.details or "").strip()[:_MAX_DETAILS],
            "promises": self._promise_texts(service, partner),
            "approvers": service._portal_approvers(),
            "answers": self._solved_like(service, ""),
            "raw": raw,
            **self._form_page(service, definition, raw),
        }

    @api.model
    def _promise_texts(self, service, partner):
        """Return what the service promises to this caller, in words."""
        promises = service._promises(partner) if partner else []
        return [promise["text"] for promise in promises]

    @api.model
    def _form_start(self, definition, partner, place):
        """Return the answers that are known already."""
        raw = reading.defaults(
            definition,
            self.env["itsm.service"]._portal_facts(partner),
            fields.Date.context_today(self),
        )
        for question in form_definition.questions(definition):
            asks_place = (
                question["type"] in form_definition.REFERENCES
                and form_definition.model_of(question) == place._name
                and question["type"] != "record"
            )
            if asks_place and place:
                raw.setdefault(question["key"], place.id)
        return raw

    @api.model
    def _form_page(self, service, definition, raw, errors=None):
        """Return the questions as plain values, with the rules of the form."""
        page = self.env["itsm.form.page"]._page(
            definition, raw, errors, currency=service._answer_currency().name
        )
        lines = []
        for section in page["sections"]:
            lines += [section["head"]] if section["head"] else []
            lines += section["lines"]
        return {"lines": lines, "rules": page["rules"], "zone": page["zone"]}

    @api.model
    def lookup(self, service_id, path, term):
        """Return the records that a question of a form offers while one types."""
        self._check_agent()
        service = self._record("itsm.service", service_id)
        service._check_may_request()
        definition = service._portal_definition(trying=False)
        return self.env["itsm.form.page"]._lookup(definition, path, term)

    # ------------------------------------------------------------------
    # What helped others
    # ------------------------------------------------------------------

    @api.model
    def answers(self, service_id, words):
        """Return how alike tickets were solved, the most alike first."""
        self._check_agent()
        service = self._record("itsm.service", service_id)
        words = self._typed(words)
        return self._solved_like(service, words) if service or words else []

    @api.model
    def known(self, service_id, words=""):
        """Return what is known to help: articles, where there are any."""
        self._check_agent()
        service = self._record("itsm.service", service_id)
        words = self._typed(words)
        if not service and not words:
            return []
        return service._known_answers(words, _MAX_ANSWERS)

    @api.model
    def _solved_like(self, service, words):
        """Return what solved tickets of a service, or tickets with these words."""
        domain = Domain("state", "in", ("resolved", "closed")) & Domain(
            "resolution", "!=", False
        )
        if service:
            domain &= Domain("service_id", "=", service.id)
        else:
            # The longest words say most.
            telling = sorted(words.split(), key=len, reverse=True)[:_TELLING_WORDS]
            domain &= Domain.OR(
                Domain("name", "ilike", like.literal(word)) for word in telling
            )
        solved = self.env["itsm.ticket"].search(
            domain, order="resolved_at desc, id desc", limit=_SOLVED_CANDIDATES
        )
        if words:
            index = catalogue_search.build(
                (ticket.id, [Text(ticket.name, 2.0), Text(ticket.resolution, 1.0)])
                for ticket in solved
            )
            order = catalogue_search.search(index, words)
            solved = solved.browse(order) | solved if service else solved.browse(order)
        return [
            {
                "id": ticket.id,
                "number": ticket.number,
                "name": ticket.name,
                "text": ticket.resolution,
            }
            for ticket in solved[:_MAX_ANSWERS]
        ]

    # ------------------------------------------------------------------
    # Who else reported it
    # ------------------------------------------------------------------

    @api.model
    def same_matter(self, service_id, location_id, words="", partner_id=False):
        """Return open tickets that are likely about the same matter.

        Those for the same service, or with the same words, of the last hours; where
        the place is known, not those elsewhere.
        """
        self._check_agent()
        service = self._record("itsm.service", service_id)
        place = self._record("itsm.location", location_id)
        words = self._typed(words)
        if not service and not (place and words):
            return []
        since = fields.Datetime.now() - timedelta(hours=_SAME_HOURS)
        domain = self._open_domain() & Domain("opened_at", ">=", since)
        domain &= Domain("is_part", "=", False)
        if service:
            domain &= Domain("service_id", "=", service.id)
        if place:
            near = [int(id_) for id_ in place.parent_path.split("/") if id_]
            domain &= (
                Domain("location_id", "=", False)
                | Domain("location_id", "in", near)
                | Domain("location_id", "child_of", place.id)
            )
        found = self.env["itsm.ticket"].search(
            domain, order="opened_at desc, id desc", limit=_SOLVED_CANDIDATES
        )
        if not service:
            index = catalogue_search.build(
                (ticket.id, [Text(ticket.name, 1.0)]) for ticket in found
            )
            found = found.browse(catalogue_search.search(index, words))
        # Where most people are hit, the next one is too.
        found = found.sorted(lambda ticket: -ticket.affected_count)[:_MAX_SAME]
        return [
            {
                **self._ticket_row(ticket),
                "people": ticket.affected_count,
                "is_callers": bool(partner_id)
                and partner_id in ticket._affected_people().ids,
                "may_join": ticket.has_access("write"),
            }
            for ticket in found
        ]

    @api.model
    def this_one_too(self, ticket_id, partner_id, words=""):
        """Let a caller join a ticket instead of making another one."""
        self._check_agent()
        ticket = self._record("itsm.ticket", ticket_id)
        if not ticket:
            raise UserError(
                self.env._("There is no such ticket, or it is another desk's.")
            )
        partner = self._caller_record(partner_id)
        channel = self.env.ref("itsm_helpdesk.channel_phone", raise_if_not_found=False)
        ticket.also_reported(partner, channel, self._typed(words))
        return {
            "id": ticket.id,
            "number": ticket.number,
            "people": ticket.affected_count,
        }
