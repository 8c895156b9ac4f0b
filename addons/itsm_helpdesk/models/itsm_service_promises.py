from odoo import api, fields, models

from odoo.addons.itsm_sla.tools import life, terms
from odoo.addons.itsm_sla.tools.policy import RecordLife, plan


class ItsmService(models.Model):
    """What is promised to whoever asks for a service: what the policies say."""

    _inherit = "itsm.service"

    def _promises(self, partner):
        """Return what a person would be promised on a request for the service.

        :return: list of ``{"metric", "text", "seconds", "calendar"}``, the first answer
            before the solution; ``seconds`` is None where a day is promised
        """
        self.ensure_one()
        return self._promises_of(partner)[self.id]

    def _promises_of(self, partner):
        """Return ``{service id: promises}``; see :meth:`_promises`.

        Each service gets a ticket that is never saved, and the policies are asked as
        for a real one.
        """
        Policy = self.env["itsm.sla.policy"]
        promises = {service.id: [] for service in self}
        cards = Policy._cards("itsm.ticket")
        if not cards or not self:
            return promises
        now = fields.Datetime.now()
        tickets = self._imagined_tickets(partner)
        # Hooks and conditions look at many people and desks at once.
        matching = Policy._matching(
            tickets, dict.fromkeys((ticket.id for ticket in tickets), now), {}
        )
        for service, ticket in zip(self, tickets, strict=True):
            applying = [card for card in matching[ticket.id] if card.kind == terms.SLA]
            promises[service.id] = self._promises_on(ticket, applying, now)
        return promises

    def _imagined_tickets(self, partner):
        """Return an unsaved request for each of the services, in their order."""
        # sudo: team and desk of a request are not the requester's business.
        Ticket = self.env["itsm.ticket"].sudo()
        return Ticket.concat(
            *(
                Ticket.new(
                    {
                        "partner_id": partner.id,
                        "requested_for_id": partner.id,
                        "service_id": service.id,
                        "desk_id": service.desk_id.id,
                        "team_id": service.team_id.id,
                        "type": service.ticket_type,
                        "category_id": service.ticket_category_id.id,
                        "impact": service.impact,
                        "urgency": service.urgency,
                        "opened_at": fields.Datetime.now(),
                    }
                )
                for service in self.sudo()
            )
        )

    @api.model
    def _promises_on(self, ticket, applying, now):
        """Return the promises that an unsaved ticket would get at this moment."""
        opened = life.Event(now, life.OPENED, {"priority": ticket.priority or None})
        wanted = plan(RecordLife([opened]), applying, {}).new
        cards = {card.id: card for card in applying}
        found = []
        for key, version_id in wanted.items():
            version = cards[key.policy].version(version_id)
            target = version.terms.target(key.metric, ticket.priority)
            if target:
                found.append(self._promise(key.metric, target, version, ticket))
        return sorted(found, key=lambda each: terms.METRICS.index(each["metric"]))

    @api.model
    def _promise(self, metric, target, version, ticket):
        by_day = target.measure == terms.END_OF_DAY
        return {
            "metric": metric,
            "text": self._promise_sentence(metric, target),
            "seconds": None if by_day else target.amount,
            "calendar": self._promise_calendar(target, version, ticket),
        }

    @api.model
    def _promise_calendar(self, target, version, ticket):
        """Return the name of the hours that count, empty for around the clock."""
        # sudo: a name only; calendars are not the requester's.
        Calendar = self.env["resource.calendar"].sudo()
        if target.measure == terms.ELAPSED or version.calendar_source == "always":
            return ""
        if version.calendar_source == "policy":
            return Calendar.browse(version.calendar_id or ()).name or ""
        return ticket._sla_calendar().name or ""

    @api.model
    def _promise_sentence(self, metric, target):
        """Return a promise as people say it."""
        answer = metric == terms.RESPONSE
        if target.measure == terms.END_OF_DAY:
            when = self.env["itsm.sla.target"]._promise_text(
                target.measure, target.amount
            )
            if answer:
                return self.env._("First answer %(when)s", when=when)
            return self.env._("Done %(when)s", when=when)
        duration = self.env["itsm.ticket"]._portal_duration(target.amount)
        if target.measure == terms.WORKING:
            if answer:
                return self.env._(
                    "First answer within %(duration)s of working time",
                    duration=duration,
                )
            return self.env._(
                "Done within %(duration)s of working time", duration=duration
            )
        if answer:
            return self.env._("First answer within %(duration)s", duration=duration)
        return self.env._("Done within %(duration)s", duration=duration)
