from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain

from ..tools import improvement

_DAY = 86400.0


class ItsmServiceImprovement(models.Model):
    """Looking for what there is to improve: rules on the figures of the services."""

    _inherit = "itsm.service.improvement"

    @api.model
    def action_look(self):
        """Look again at the services of the desks that one runs."""
        if not self.has_access("create"):
            raise AccessError(
                self.env._("Only leaders and managers of a desk look for improvements.")
            )
        self._look(self.env["itsm.desk"].search(self._own_desks()))
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    @api.model
    def _own_desks(self):
        """Return the domain of the desks whose services the user may improve."""
        if self.env.user.has_group("itsm_helpdesk.group_itsm_admin"):
            return Domain.TRUE
        uid = self.env.uid
        return Domain("manager_ids", "in", uid) | Domain(
            "team_ids", "any", [("leader_id", "=", uid)]
        )

    @api.model
    def _cron_look(self):
        self._look(self.env["itsm.desk"].search(Domain.TRUE))

    @api.model
    def _look(self, desks):
        """Bring the list of some desks up to date with the rules."""
        # sudo: counts over all tickets, also of those that went to another desk; only
        # shares and averages are kept. What is found is the system's to write.
        system = self.sudo()._as_system()
        # What a job just counts may be missing: shares over weeks do not hinge on it.
        system.env["itsm.ticket.report"]._fact_refresh(exact=False)
        services = system.env["itsm.service"].search(
            [("desk_id", "in", desks.ids), ("state", "=", "published")]
        )
        findings = system._findings(services)
        known = system.search(
            [("desk_id", "in", desks.ids), ("kind", "in", improvement.KINDS)]
        )
        open_ones = known.filtered(lambda each: each.state in ("found", "doing"))
        system._refresh(open_ones, findings)
        left = system._left_alone(known - open_ones)
        taken = {(each.service_id.id, each.kind) for each in open_ones} | left
        system.create(
            [
                {"service_id": service, "kind": kind, **vals}
                for (service, kind), vals in findings.items()
                if (service, kind) not in taken
            ]
        )

    def _refresh(self, open_ones, findings):
        """Write the present figures on what is open."""
        gone = self.browse()
        for each in open_ones:
            vals = findings.get((each.service_id.id, each.kind))
            if vals:
                each.write(vals)
            else:
                gone |= each
        gone.write({"is_gone": True})

    def _left_alone(self, ended):
        """Return ``(service id, kind)`` of what ended so lately that figures are old.

        What was decided not long ago is not asked again for the same tickets.
        """
        rules = self.env["itsm.improvement.rule"].with_context(active_test=False)
        days = {rule.kind: rule.days for rule in rules.search(Domain.TRUE)}
        today = fields.Date.context_today(self)
        return {
            (each.service_id.id, each.kind)
            for each in ended
            if each.ended_on
            and each.ended_on + timedelta(days=days.get(each.kind, 0)) > today
        }

    @api.model
    def _findings(self, services):
        """Return ``{(service id, kind): values}`` of what the rules find."""
        today = fields.Date.context_today(self)
        found = {}
        rules = self.env["itsm.improvement.rule"].search(Domain.TRUE)
        for days, group in rules.grouped("days").items():
            figures = self._figures(services, days)
            for service in services:
                for finding in improvement.find(figures[service], group._rules()):
                    found[service.id, finding.kind] = {
                        "value": finding.value,
                        "limit": finding.limit,
                        "cases": finding.cases,
                        "days": days,
                        "last_found_on": today,
                        "is_gone": False,
                    }
        return found

    @api.model
    def _figures(self, services, days):
        """Return ``{service: figures}`` of the tickets opened in the last days."""
        now = fields.Datetime.now()
        since = now - timedelta(days=days)
        rows = {
            service: values
            for service, *values in self.env["itsm.ticket.report"]._read_group(
                [
                    ("service_id", "in", services.ids),
                    ("opened_at", ">=", since),
                    ("merged_count", "=", 0),
                ],
                ["service_id"],
                [
                    "ticket_count:sum",
                    "measured_count:sum",
                    "breached_count:sum",
                    "ended_count:sum",
                    "reopened_count:sum",
                    "rated_count:sum",
                    "rating:avg",
                    "answered_count:sum",
                    "response_hours:avg",
                    "repeated_count:sum",
                ],
            )
        }
        wrong = dict(
            self.env["itsm.ticket"]._read_group(
                [("wrong_service_id", "in", services.ids), ("opened_at", ">=", since)],
                ["wrong_service_id"],
                ["__count"],
            )
        )
        return {
            service: self._service_figures(
                rows.get(service, [0] * 10),
                wrong.get(service, 0),
                (now - service.create_date).total_seconds() / _DAY,
            )
            for service in services
        }

    @api.model
    def _service_figures(self, row, wrong, days_offered):
        (
            tickets,
            measured,
            breached,
            ended,
            reopened,
            rated,
            rating,
            answered,
            hours,
            repeated,
        ) = row
        return improvement.Figures(
            tickets=tickets,
            measured=measured,
            breached=breached,
            wrong_desk=wrong,
            ended=ended,
            reopened=reopened,
            rated=rated,
            rating=rating or 0.0,
            answered=answered,
            answer_hours=hours or 0.0,
            repeated=repeated,
            days_offered=days_offered,
        )


class ItsmDeskPack(models.Model):
    """What rules found about services that nobody used is no use of them."""

    _inherit = "itsm.desk.pack"

    def _remove(self):
        # sudo: only what the system found itself and nobody has decided about.
        found = self.env["itsm.service.improvement"].sudo()
        found.search(
            [
                ("service_id", "in", self.item_ids._records("itsm.service").ids),
                ("state", "=", "found"),
                ("kind", "!=", "other"),
            ]
        ).unlink()
        return super()._remove()
