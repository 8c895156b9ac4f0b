from datetime import datetime, timedelta

import pytz
from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.itsm_sla.tools import terms

_TREND_MONTHS = 6
# What the figures can be told by, and the most lines of a table.
_BREAKDOWNS = ("type", "service_id", "department_id")
_MAX_LINES = 50
# What is told of each ticket: names in the figures, metric of the clocks.
_METRICS = {"answer": terms.RESPONSE, "solution": terms.RESOLUTION}

_CLOCK_COLUMNS = (
    "res_id",
    "metric",
    "is_unfinished",
    "breached",
    "adjusted_breached",
    "deadline",
    "elapsed",
)


class ItsmTicket(models.Model):
    """The service levels of a department, for its manager on the portal.

    The figures are of the tickets that the manager sees as a requester, and of the
    promises made to customers. They are added up by the database with the rights of
    the system; which tickets count, the user's own record rule decides.
    """

    _inherit = "itsm.ticket"

    # ------------------------------------------------------------------
    # Whose figures
    # ------------------------------------------------------------------

    @api.model
    def _portal_managed_ids(self):
        """Return the ids of the departments that the user manages."""
        _belongs_to, manages = self._departments_of(self.env.user)
        return manages

    @api.model
    def _portal_managed_domain(self, department_ids):
        """Return the domain of the departments' tickets that the user sees."""
        return self._portal_domain() & Domain("department_id", "in", department_ids)

    @api.model
    def _portal_managed_names(self, department_ids):
        """Return the names of the departments, without those below others of them."""
        # sudo: requesters have no rights on departments; the user manages these.
        departments = self.env["hr.department"].sudo().browse(department_ids)
        return [d.name for d in departments if d.parent_id not in departments]

    @api.model
    def _portal_late_domain(self, department_ids):
        """Return the domain of the tickets with a promise that is late by now."""
        # sudo: requesters have no right on clocks; only ids of tickets leave here,
        # and the search for those keeps to the user's rights.
        late = self.env["itsm.sla.clock"].sudo()._search(self._sla_late_domain())
        return self._portal_managed_domain(department_ids) & Domain(
            "id", "in", late.subselect("res_id")
        )

    # ------------------------------------------------------------------
    # Which time
    # ------------------------------------------------------------------

    @api.model
    def _portal_periods(self):
        """Return ``{name: (label, first day, day after the last)}``."""
        today = self._portal_local(fields.Datetime.now()).date()
        month = today.replace(day=1)
        following = month + relativedelta(months=1)
        return {
            "month": (self.env._("This month"), month, following),
            "last_month": (
                self.env._("Last month"),
                month - relativedelta(months=1),
                month,
            ),
            "quarter": (
                self.env._("Last 3 months"),
                month - relativedelta(months=2),
                following,
            ),
            "year": (
                self.env._("This year"),
                today.replace(month=1, day=1),
                following,
            ),
        }

    @api.model
    def _portal_opened_between(self, start, end):
        """Return the domain of what was opened from one day on, before another."""
        return Domain("opened_at", ">=", self._portal_midnight(start)) & Domain(
            "opened_at", "<", self._portal_midnight(end)
        )

    @api.model
    def _portal_midnight(self, day):
        """Return when a day begins for the reader, in UTC."""
        local = self.env.tz.localize(datetime.combine(day, datetime.min.time()))
        return local.astimezone(pytz.utc).replace(tzinfo=None)

    @api.model
    def _portal_days_text(self, start, end):
        """Return the first and the last day of a period in words; none to come."""
        today = self._portal_local(fields.Datetime.now()).date()
        first, last = (
            self._portal_skeleton(self._portal_midnight(day), "yMMMd")
            for day in (start, min(end - timedelta(days=1), today))
        )
        return self.env._("%(first)s to %(last)s", first=first, last=last)

    # ------------------------------------------------------------------
    # Figures
    # ------------------------------------------------------------------

    @api.model
    def _portal_levels(self, department_ids, start, end):
        """Return the figures of a period.

        :return: dict with ``total`` and ``tables``, a list of (name, lines); all with
            the keys of :meth:`_portal_figures`, lines with ``label`` too
        """
        domain = self._portal_managed_domain(department_ids)
        domain &= self._portal_opened_between(start, end)
        keys = {name: SQL.identifier(self._table, name) for name in _BREAKDOWNS}
        total, groups = {}, {name: [] for name in _BREAKDOWNS}
        for row in self._portal_count(domain, keys):
            # One bit for each key, the first the highest; 0: grouped by that key.
            grouped = row.pop("grouped")
            by = [
                name
                for index, name in enumerate(reversed(_BREAKDOWNS))
                if not grouped >> index & 1
            ]
            if by:
                groups[by[0]].append((row[by[0]], self._portal_figures(row)))
            else:
                total = self._portal_figures(row)
        return {"total": total, "tables": self._portal_tables(groups)}

    @api.model
    def _portal_tables(self, groups):
        """Return the lines of each table that tells more than the total."""
        # sudo: names of services and departments, of tickets that the user sees.
        services = (
            self.env["itsm.service"]
            .sudo()
            .browse(id_ for id_, _figures in groups["service_id"] if id_)
        )
        departments = (
            self.env["hr.department"]
            .sudo()
            .browse(id_ for id_, _figures in groups["department_id"])
        )
        labels = {
            "type": dict(self._portal_types()),
            "service_id": {service.id: service.name for service in services},
            "department_id": {d.id: d.name for d in departments},
        }
        tables = []
        for name, found in groups.items():
            if name != "type" and len(found) < 2:
                continue
            found.sort(key=lambda group: -group[1]["tickets"])
            lines = [
                {"label": labels[name].get(key) or self.env._("Other"), **figures}
                for key, figures in found[:_MAX_LINES]
            ]
            tables.append((name, lines))
        return tables

    @api.model
    def _portal_trend(self, department_ids):
        """Return the figures of the last months, oldest first, empty ones too."""
        _label, month, end = self._portal_periods()["month"]
        start = month - relativedelta(months=_TREND_MONTHS - 1)
        domain = self._portal_managed_domain(department_ids)
        domain &= self._portal_opened_between(start, end)
        local = SQL(
            "date_trunc('month', %s AT TIME ZONE 'UTC' AT TIME ZONE %s)::date",
            SQL.identifier(self._table, "opened_at"),
            self.env.tz.zone,
        )
        found = {
            row["month"]: self._portal_figures(row)
            for row in self._portal_count(domain, {"month": local})
            if not row["grouped"]
        }
        none = self._portal_figures({})
        months = [start + relativedelta(months=n) for n in range(_TREND_MONTHS)]
        return [
            {
                "label": self._portal_skeleton(self._portal_midnight(day), "yMMM"),
                **found.get(day, none),
            }
            for day in months
        ]

    @api.model
    def _portal_count(self, domain, keys):
        """Count tickets and their promises, in all and by each key: one query.

        A ticket whose promise of a kind was broken once is late, however often it was
        kept besides.

        :param keys: ``{name: expression on the table of tickets}``
        :return: list of dicts; ``grouped`` says by which key, like SQL's GROUPING
        """
        names = SQL(", ").join(map(SQL.identifier, keys))
        # The user's record rule, not the system's, chooses the tickets.
        tickets = self._search(domain).subselect(
            SQL("%s AS id", SQL.identifier(self._table, "id")),
            *(SQL("%s AS %s", sql, SQL.identifier(n)) for n, sql in keys.items()),
        )
        # sudo: requesters have no right on clocks; only sums leave here.
        clocks = self.env["itsm.sla.clock"].sudo()
        told = clocks._search(self._sla_counted_domain()).subselect(
            *(SQL.identifier(clocks._table, name) for name in _CLOCK_COLUMNS)
        )
        now = fields.Datetime.now()
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """
                WITH shown AS %(tickets)s, told AS (
                    SELECT shown.*, %(outcomes)s
                      FROM shown LEFT JOIN %(clocks)s clock ON clock.res_id = shown.id
                     GROUP BY shown.id, %(names)s
                )
                SELECT GROUPING(%(names)s) AS grouped, %(names)s,
                       count(*) AS tickets, %(sums)s
                  FROM told
                 GROUP BY GROUPING SETS ((), %(sets)s)
                """,
                tickets=tickets,
                clocks=told,
                names=names,
                outcomes=SQL(", ").join(
                    _outcome(name, metric, now) for name, metric in _METRICS.items()
                ),
                sums=SQL(", ").join(map(_sums, _METRICS)),
                sets=SQL(", ").join(SQL("(%s)", SQL.identifier(n)) for n in keys),
            )
        )
        return self.env.cr.dictfetchall()

    @api.model
    def _portal_figures(self, row):
        """Return the figures of a group of tickets, in words where they are times.

        :param row: from :meth:`_portal_count`; empty for no tickets
        :return: dict with ``tickets``, ``answer`` and ``solution``; each of the two
            has ``kept`` of ``decided`` promises, ``percent`` in time, ``adjusted``
            (the same without excused delays, None where that is no other figure) and
            ``median``
        """
        figures = {"tickets": row.get("tickets", 0)}
        for name in _METRICS:
            kept, late, excused, median = (
                row.get(f"{name}_{part}") or 0
                for part in ("kept", "late", "excused", "median")
            )
            decided = kept + late
            figures[name] = {
                "kept": kept,
                "decided": decided,
                "percent": _percent(kept, decided),
                "adjusted": _percent(kept + excused, decided) if excused else None,
                "median": self._portal_duration(median) if decided else None,
            }
        return figures


def _percent(part, whole):
    """Return a share in percent, rounded down: 100 is all of them."""
    return 100 * part // whole if whole else None


def _outcome(name, metric, now):
    """Return what became of the promises of one metric of a ticket, as columns.

    Whether a deadline has just passed is not yet in the row of the clock.
    """
    mine = SQL("FILTER (WHERE clock.metric = %s)", metric)
    overdue = SQL("clock.is_unfinished AND NOT clock.breached AND deadline <= %s", now)
    columns = {
        "late": SQL("bool_or(clock.breached OR %s) %s", overdue, mine),
        "unexcused": SQL("bool_or(clock.adjusted_breached OR %s) %s", overdue, mine),
        "kept": SQL("bool_or(NOT clock.is_unfinished) %s", mine),
        "used": SQL(
            "max(clock.elapsed) FILTER (WHERE clock.metric = %s "
            "AND NOT clock.is_unfinished)",
            metric,
        ),
    }
    return SQL(", ").join(
        SQL("%s AS %s", sql, SQL.identifier(f"{name}_{part}"))
        for part, sql in columns.items()
    )


def _sums(name):
    """Return the sums over tickets of :func:`_outcome`, as columns."""
    late, unexcused, kept, used = (
        SQL.identifier(f"{name}_{part}")
        for part in ("late", "unexcused", "kept", "used")
    )
    columns = {
        "late": SQL("count(*) FILTER (WHERE %s)", late),
        "excused": SQL("count(*) FILTER (WHERE %s AND NOT %s)", late, unexcused),
        "kept": SQL("count(*) FILTER (WHERE %s AND NOT %s)", kept, late),
        "median": SQL("percentile_cont(0.5) WITHIN GROUP (ORDER BY %s)", used),
    }
    return SQL(", ").join(
        SQL("%s AS %s", sql, SQL.identifier(f"{name}_{part}"))
        for part, sql in columns.items()
    )
