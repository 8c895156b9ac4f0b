from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL


class ItsmTicket(models.Model):
    """A visit is a moment of a ticket that people may name when they rate."""

    _inherit = "itsm.ticket"

    def _touchpoint_moments(self):
        moments = super()._touchpoint_moments()
        # sudo: whether somebody came, for who was visited.
        visited = (
            self.env["itsm.visit"]
            .sudo()
            .search_count(
                [("ticket_id", "=", self.id), ("state", "=", "done")], limit=1
            )
        )
        return moments | {"visited"} if visited else moments


class ItsmTouchpoint(models.Model):
    """How long people wait for a visit, in the journey of a service."""

    _inherit = "itsm.touchpoint"

    @api.model
    def _journey_facts(self, service, months):
        facts = super()._journey_facts(service, months)
        tickets = self.env["itsm.ticket"].with_context(active_test=False)
        visits = self.env["itsm.visit"].sudo()  # sudo: of tickets that the user sees
        query = visits._search(
            Domain("state", "=", "done")
            & Domain(
                "ticket_id",
                "in",
                tickets._search(self._journey_tickets(service, months)),
            )
        )
        first = query.subselect(
            SQL("%s AS ticket_id", SQL.identifier(visits._table, "ticket_id")),
            SQL("%s AS started_at", SQL.identifier(visits._table, "started_at")),
        )
        ((count, hours),) = self.env.execute_query(
            SQL(
                """
                SELECT count(*), percentile_cont(0.5) WITHIN GROUP (
                           ORDER BY EXTRACT(epoch FROM began - opened_at) / 3600
                       )
                  FROM (
                      SELECT ticket_id, min(started_at) AS began
                        FROM %s done GROUP BY ticket_id
                  ) visited
                  JOIN itsm_ticket ticket ON ticket.id = visited.ticket_id
                """,
                first,
            )
        )
        if count:
            facts["visited"] = {"tickets": count, "hours": round(hours, 1)}
        return facts


class ItsmVisit(models.Model):
    """Visits for a complaint are hidden as it is."""

    _name = "itsm.visit"
    _inherit = ["itsm.visit", "itsm.complaint.part.mixin"]
