from datetime import datetime, time, timedelta

import pytz

from odoo import models

# From then on a ticket is an old one.
_OLD_DAYS = 30


class ItsmTeamAssessment(models.Model):
    """What an assessment measures."""

    _inherit = "itsm.team.assessment"

    def _measure(self):
        """Write the targets and the figures of the period on the assessments."""
        for report in ("itsm.ticket.report", "itsm.sla.report"):
            self.env[report]._fact_refresh()
        # sudo: figures are the system's to write; who may draw up an assessment was
        # checked. All of the team's work counts.
        for each in self.sudo():
            targets = self.env["itsm.team.target"].sudo()._for_team(each.team_id)
            figures = each._figures()
            lines = each.line_ids._as_system()
            known = {line.criterion: line for line in lines}
            new = []
            for target in targets:
                vals = each._line_values(target, *figures[target.criterion])
                if target.criterion in known:
                    known.pop(target.criterion).write(vals)
                else:
                    new.append({**vals, "criterion": target.criterion})
            lines.browse().union(*known.values()).unlink()
            lines.create([{**vals, "assessment_id": each.id} for vals in new])
        self._write_system({"measured_on": self.env.cr.now()})

    def _line_values(self, target, actual, cases):
        return {
            "sequence": target.sequence,
            "target": target.target,
            "weight": target.weight,
            "actual": actual if cases else 0.0,
            "cases": cases,
            "is_measured": bool(cases),
        }

    def _period(self):
        """Return the first moment of the period and the first after it, in UTC."""
        self.ensure_one()
        company = self.company_id or self.env.company
        zone = pytz.timezone(company.resource_calendar_id.tz or "UTC")

        def moment(date):
            local = zone.localize(datetime.combine(date, time.min))
            return local.astimezone(pytz.utc).replace(tzinfo=None)

        return moment(self.date_from), moment(self.date_to + timedelta(days=1))

    def _figures(self):
        """Return ``{criterion: (actual, cases)}``."""
        self.ensure_one()
        start, end = self._period()
        return {
            **self._figures_opened(start, end),
            **self._figures_resolved(start, end),
            **self._figures_promises(start, end),
            **self._figures_old(end),
        }

    def _figures_opened(self, start, end):
        """Return what is told of tickets that came in."""
        tickets, complete, answered, hours, promised, in_time = self._report_row(
            "opened_at",
            start,
            end,
            "ticket_count:sum",
            "complete_rate:avg",
            "answered_count:sum",
            "response_hours:avg",
            "response_measured_count:sum",
            "response_met_rate:avg",
        )
        return {
            "complete_share": (complete, tickets or 0),
            "answer_hours": (hours, answered or 0),
            "response_met": (in_time, promised or 0),
        }

    def _figures_resolved(self, start, end):
        """Return what is told of tickets that were resolved."""
        ended, reopened, rated, rating, promised, in_time = self._report_row(
            "resolved_at",
            start,
            end,
            "ended_count:sum",
            "reopen_rate:avg",
            "rated_count:sum",
            "rating:avg",
            "resolution_measured_count:sum",
            "resolution_met_rate:avg",
        )
        handed_on = self.env["itsm.ticket"].search_count(
            [
                ("escalated_from_id", "=", self.team_id.id),
                ("team_id", "!=", self.team_id.id),
                ("resolved_at", ">=", start),
                ("resolved_at", "<", end),
            ]
        )
        ended = ended or 0
        seen = ended + handed_on
        return {
            "reopen_share": (reopened, ended),
            "rating": (rating, rated or 0),
            "resolution_met": (in_time, promised or 0),
            "first_line_share": (seen and 100.0 * ended / seen, seen),
        }

    def _figures_promises(self, start, end):
        """Return how the team kept what it promised to the desk (OLA)."""
        [(kept, finished)] = self.env["itsm.sla.report"]._read_group(
            [
                ("kind", "=", "ola"),
                ("team_id", "=", self.team_id.id),
                ("finished_count", "=", 1),
                ("stopped_at", ">=", start),
                ("stopped_at", "<", end),
            ],
            [],
            ["adjusted_rate:avg", "__count"],
        )
        return {"ola_met": (kept, finished)}

    def _figures_old(self, end):
        """Return the share of old tickets among those open when the period ended."""
        Ticket = self.env["itsm.ticket"].with_context(active_test=False)
        was_open = [
            ("team_id", "=", self.team_id.id),
            ("opened_at", "<", end),
            "|",
            ("resolved_at", "=", False),
            ("resolved_at", ">=", end),
            "|",
            ("closed_at", "=", False),
            ("closed_at", ">=", end),
        ]
        whole = Ticket.search_count(was_open)
        old = Ticket.search_count(
            [("opened_at", "<", end - timedelta(days=_OLD_DAYS)), *was_open]
        )
        return {"old_share": (whole and 100.0 * old / whole, whole)}

    def _report_domain(self, date, start, end):
        return [
            ("team_id", "=", self.team_id.id),
            ("merged_count", "=", 0),
            (date, ">=", start),
            (date, "<", end),
        ]

    def _report_row(self, date, start, end, *aggregates):
        """Return aggregates over the tickets of the team in the period."""
        [row] = self.env["itsm.ticket.report"]._read_group(
            self._report_domain(date, start, end), [], aggregates
        )
        return row
