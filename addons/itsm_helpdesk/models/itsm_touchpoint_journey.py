from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

# Months that the view offers; 0 is all the time.
PERIODS = (3, 12, 0)
MAX_QUOTES = 4
MAX_SERVICES = 200
_PLEASED, _ANGRY = "itsm_pleased_touchpoint_id", "itsm_angry_touchpoint_id"
# From which date to which a wait is counted, and the metric that promises it.
_WAITS = {
    "answered": ("opened_at", "first_response_at", "response"),
    "delivered": ("opened_at", "resolved_at", "resolution"),
    "confirmed": ("resolved_at", "closed_at", None),
}


class ItsmTouchpoint(models.Model):
    """The customer journey of a service: moods, waits, promises and words.

    All of it is read with the rights of who looks: ratings and tickets that they do
    not see are in no figure.
    """

    _inherit = "itsm.touchpoint"

    @api.model
    @api.readonly
    def journey_services(self, months=12):
        """Return the services that were rated, the most often rated first.

        :param months: how far back; one of ``PERIODS``
        """
        self.check_access("read")
        groups = self.env["rating.rating"]._read_group(
            self._journey_ratings(months) & Domain("itsm_service_id", "!=", False),
            ["itsm_service_id"],
            ["__count", "rating:avg", f"{_PLEASED}:count", f"{_ANGRY}:count"],
            order="__count desc",
            limit=MAX_SERVICES,
        )
        # sudo: names of services of tickets that the user sees.
        return [
            {
                "id": service.id,
                "name": service.sudo().name,
                "ratings": count,
                "stars": round(stars or 0, 1),
                "pleased": pleased,
                "angry": angry,
            }
            for service, count, stars, pleased, angry in groups
        ]

    @api.model
    @api.readonly
    def journey(self, service_id, months=12):
        """Return the journey of a service, touchpoint by touchpoint."""
        self.check_access("read")
        service = self.env["itsm.service"].browse(int(service_id))
        desk = service.sudo().desk_id  # sudo: only which touchpoints are meant
        points = self._offered(desk, service)
        moods = {
            name: self._journey_moods(service, months, name)
            for name in (_PLEASED, _ANGRY)
        }
        facts = self._journey_facts(service, months)
        return [
            {
                "id": point.id,
                "name": point.name,
                "pleased": moods[_PLEASED].get(point.id, 0),
                "angry": moods[_ANGRY].get(point.id, 0),
                **facts.get(point.moment, {}),
                "quotes": self._journey_quotes(service, months, point),
            }
            for point in points
            if not point.moment or point.moment in facts
        ]

    @api.model
    def _journey_since(self, months):
        """Return since when, or None; what is not offered is the usual period."""
        months = months if months in PERIODS else 12
        return months and fields.Datetime.now() - relativedelta(months=months)

    @api.model
    def _journey_ratings(self, months):
        domain = (
            Domain("res_model", "=", "itsm.ticket")
            & Domain("consumed", "=", True)
            & Domain("rating", ">=", 1)
        )
        since = self._journey_since(months)
        return domain & Domain("rated_on", ">=", since) if since else domain

    @api.model
    def _journey_moods(self, service, months, name):
        """Return ``{touchpoint id: how often it was the best (worst) moment}``."""
        groups = self.env["rating.rating"]._read_group(
            self._journey_ratings(months)
            & Domain("itsm_service_id", "=", service.id)
            & Domain(name, "!=", False),
            [name],
            ["__count"],
        )
        return {point.id: count for point, count in groups}

    @api.model
    def _journey_quotes(self, service, months, point):
        """Return the last words of those who named the touchpoint."""
        ratings = self.env["rating.rating"].search(
            self._journey_ratings(months)
            & Domain("itsm_service_id", "=", service.id)
            & Domain("feedback", "not in", (False, ""))
            & (Domain(_PLEASED, "=", point.id) | Domain(_ANGRY, "=", point.id)),
            order="rated_on desc, id desc",
            limit=MAX_QUOTES,
        )
        return [
            {
                "id": rating.id,
                "words": rating.feedback,
                "stars": int(rating.rating),
                "mood": "angry" if rating[_ANGRY] == point else "pleased",
                "ticket_id": rating.itsm_ticket_id.id,
            }
            for rating in ratings
        ]

    @api.model
    def _journey_tickets(self, service, months):
        """Return the domain of the tickets whose waits count."""
        since = self._journey_since(months)
        domain = Domain("service_id", "=", service.id)
        return domain & Domain("opened_at", ">=", since) if since else domain

    @api.model
    def _journey_facts(self, service, months):
        """Return what the system knows of each moment.

        :return: ``{moment: {"tickets", "hours", "kept", "promised"}}``: how many
            tickets came there, the median wait, and promises kept of all
        """
        tickets = self.env["itsm.ticket"].with_context(active_test=False)
        query = tickets._search(self._journey_tickets(service, months))
        columns = [SQL("count(*)")]
        for start, end, _metric in _WAITS.values():
            columns += [
                SQL("count(%s)", SQL.identifier(end)),
                SQL(
                    "percentile_cont(0.5) WITHIN GROUP ("
                    "ORDER BY EXTRACT(epoch FROM %s - %s) / 3600)",
                    SQL.identifier(end),
                    SQL.identifier(start),
                ),
            ]
        shown = query.subselect(
            *(
                SQL("%s AS %s", SQL.identifier(tickets._table, n), SQL.identifier(n))
                for n in ("opened_at", "first_response_at", "resolved_at", "closed_at")
            )
        )
        ((total, *figures),) = self.env.execute_query(
            SQL("SELECT %s FROM %s shown", SQL(", ").join(columns), shown)
        )
        facts = {"asked": {"tickets": total}}
        promises = self._journey_promises(query)
        for moment, count, hours in zip(
            _WAITS, figures[::2], figures[1::2], strict=True
        ):
            if count:
                kept, promised = promises.get(_WAITS[moment][2], (0, 0))
                facts[moment] = {
                    "tickets": count,
                    "hours": round(hours, 1),
                    "kept": kept,
                    "promised": promised,
                }
        return facts

    @api.model
    def _journey_promises(self, query):
        """Return ``{metric: (kept, all)}`` of what was promised the requesters."""
        # sudo: the tickets were chosen by the user's rights; only sums leave here.
        groups = (
            self.env["itsm.sla.clock"]
            .sudo()
            ._read_group(
                Domain("res_model", "=", "itsm.ticket")
                & Domain("res_id", "in", query)
                & Domain("kind", "=", "sla")
                & Domain("state", "in", ("met", "breached")),
                ["metric", "breached"],
                ["__count"],
            )
        )
        promises = {}
        for metric, breached, count in groups:
            kept, promised = promises.get(metric, (0, 0))
            promises[metric] = (kept + count * (not breached), promised + count)
        return promises
