from datetime import timedelta

from odoo import fields, models
from odoo.fields import Domain

from ..tools import period

_TOP = 10
_VOICES = 6
_WAITS = 8
_MONTHS = 12
# Up to so many stars somebody was not pleased.
_ANGRY = 2


class ItsmServiceReport(models.Model):
    """The figures of a service report, as data that can be kept.

    All texts stand in all languages of the database, as a report is read in several.
    Figures are those that the person who draws them up may see: rules of records apply.
    Complaints are counted, but nothing of what they say is told.
    """

    _inherit = "itsm.service.report"

    def _figures(self):
        """Return the figures of the report, ready to be kept as JSON.

        Other addons add sections of their own.
        """
        self.ensure_one()
        now = self._period_domain(self.date_from, self.date_to)
        return {
            "volume": self._volume_figures(self.date_from, self.date_to),
            "before": self._volume_figures(
                *period.before(self.date_from, self.date_to)
            ),
            "trend": self._trend_figures(),
            "kinds": self._kind_figures(now),
            "channels": self._grouped_figures(now, "channel_id"),
            "departments": self._grouped_figures(now, "department_id"),
            "services": self._grouped_figures(now, "service_id"),
            "teams": self._grouped_figures(now, "team_id"),
            "causes": self._grouped_figures(now, "category_id"),
            "levels": self._level_figures(),
            "satisfaction": self._satisfaction_figures(),
            "waits": self._wait_figures(),
        }

    # ------------------------------------------------------------------
    # What is counted
    # ------------------------------------------------------------------

    def _scope_domain(self):
        """Return which facts the report is about, whenever they happened."""
        domain = Domain("desk_id", "in", self.desk_ids.ids)
        if self.department_ids:
            domain &= Domain("department_id", "child_of", self.department_ids.ids)
        return domain

    def _period_domain(self, start, end, field="opened_at"):
        begins, ends = self._moments(start, end)
        return (
            self._scope_domain()
            & Domain(field, ">=", begins)
            & Domain(field, "<", ends)
        )

    def _facts(self):
        return self.env["itsm.ticket.report"]

    # ------------------------------------------------------------------
    # Volume
    # ------------------------------------------------------------------

    def _volume_figures(self, start, end):
        """Return what was opened and resolved, and what was open at the end."""
        opened, measured, breached, rated, stars = self._facts()._read_group(
            self._period_domain(start, end),
            aggregates=[
                "ticket_count:sum",
                "measured_count:sum",
                "breached_count:sum",
                "rated_count:sum",
                "rating:avg",
            ],
        )[0]
        resolved, hours = self._facts()._read_group(
            self._period_domain(start, end, "resolved_at"),
            aggregates=["ticket_count:sum", "resolution_median:median"],
        )[0]
        _begins, ends = self._moments(start, end)
        left = (
            self._scope_domain()
            & Domain("opened_at", "<", ends)
            & (Domain("resolved_at", "=", False) | Domain("resolved_at", ">=", ends))
            & Domain("state", "!=", "cancelled")
        )
        return {
            "opened": opened or 0,
            "resolved": resolved or 0,
            "open": self._facts().search_count(left),
            "median_hours": hours,
            "met_rate": _met_rate(measured, breached),
            "rated": rated or 0,
            "rating": stars if rated else None,
        }

    def _trend_figures(self):
        """Return ``[{month, opened, resolved}]`` of the last twelve months."""
        months = period.months_until(self.date_to, _MONTHS)
        counts = {}
        for name, field in (("opened", "opened_at"), ("resolved", "resolved_at")):
            counts[name] = {
                month.date(): count
                for month, count in self._facts()
                .with_context(tz=self._zone().zone)
                ._read_group(
                    self._period_domain(months[0], self.date_to, field),
                    [f"{field}:month"],
                    ["ticket_count:sum"],
                )
            }
        return [
            {
                "month": fields.Date.to_string(month),
                **{name: found.get(month, 0) for name, found in counts.items()},
            }
            for month in months
        ]

    def _kind_figures(self, domain):
        counted = dict(
            self._facts()._read_group(domain, ["type"], ["ticket_count:sum"])
        )
        texts = self._selection_texts(self._facts(), "type")
        return [
            {"key": key, "label": texts[key], "count": counted[key]}
            for key in texts
            if counted.get(key)
        ]

    def _grouped_figures(self, domain, field):
        """Return how often, how well and how liked, of what comes most often."""
        rows = self._facts()._read_group(
            domain & Domain(field, "!=", False),
            [field],
            [
                "ticket_count:sum",
                "measured_count:sum",
                "breached_count:sum",
                "resolution_median:median",
                "rated_count:sum",
                "rating:avg",
            ],
            order="ticket_count:sum DESC",
            limit=_TOP,
        )
        records = self._facts()[field].union(*(row[0] for row in rows))
        texts = self._record_texts(records)
        return [
            {
                "key": record.id,
                "label": texts[record.id],
                "count": count,
                "met_rate": _met_rate(measured, breached),
                "median_hours": hours,
                "rating": stars if rated else None,
            }
            for record, count, measured, breached, hours, rated, stars in rows
        ]

    # ------------------------------------------------------------------
    # Service levels
    # ------------------------------------------------------------------

    def _level_figures(self):
        """Return what was promised and kept, as measured and with waived time off."""
        Report = self.env["itsm.sla.report"]
        rows = Report._read_group(
            self._period_domain(self.date_from, self.date_to, "stopped_at")
            & Domain("kind", "=", "sla"),
            ["metric", "priority"],
            [
                "finished_count:sum",
                "met_count:sum",
                "adjusted_breached_count:sum",
                "waived_count:sum",
            ],
        )
        metrics = self._selection_texts(Report, "metric")
        priorities = self._selection_texts(Report, "priority")
        return [
            {
                "metric": metric,
                "metric_label": metrics.get(metric),
                "priority": priority,
                "priority_label": priorities.get(priority),
                "finished": finished,
                "raw": _share(met, finished),
                "adjusted": _share(finished - broken, finished),
                "waived": waived,
            }
            for metric, priority, finished, met, broken, waived in sorted(
                rows, key=lambda row: (row[0] or "", row[1] or "")
            )
            if finished
        ]

    # ------------------------------------------------------------------
    # Satisfaction
    # ------------------------------------------------------------------

    def _satisfaction_figures(self):
        """Return how many gave how many stars, and what some of them said."""
        begins, ends = self._moments(self.date_from, self.date_to)
        tickets = self._rated_tickets(begins, ends)
        ratings = (
            self.env["rating.rating"]
            .sudo()  # sudo: of tickets that were found with the reader's rights
            .search(
                [
                    ("res_model", "=", "itsm.ticket"),
                    ("res_id", "in", tickets.ids),
                    ("consumed", "=", True),
                    ("write_date", ">=", begins),
                    ("write_date", "<", ends),
                ],
                order="write_date desc, id desc",
            )
        )
        stars = [str(n) for n in range(5, 0, -1)]
        given = [str(round(rating.rating)) for rating in ratings]
        return {
            "count": len(ratings),
            "average": sum(ratings.mapped("rating")) / len(ratings)
            if ratings
            else None,
            "stars": {star: given.count(star) for star in stars},
            "voices": self._voices(ratings),
        }

    def _rated_tickets(self, begins, ends):
        return self.env["itsm.ticket"].search(
            self._scope_domain()
            & Domain("type", "!=", "complaint")
            & Domain("rating_ids.write_date", ">=", begins)
            & Domain("rating_ids.write_date", "<", ends)
        )

    def _voices(self, ratings):
        """Return what pleased and what angered people said, in turn, latest first."""
        said = ratings.filtered(lambda rating: (rating.feedback or "").strip())
        angry = said.filtered(lambda rating: rating.rating <= _ANGRY)
        pleased = said - angry
        half = _VOICES // 2
        chosen = (angry[:half] + pleased[: _VOICES - len(angry[:half])])[:_VOICES]
        tickets = self.env["itsm.ticket"].browse(chosen.mapped("res_id"))
        services = self._record_texts(tickets.service_id)
        return [
            {
                "words": rating.feedback.strip(),
                "stars": round(rating.rating),
                "at": fields.Datetime.to_string(rating.write_date),
                "service": services.get(ticket.service_id.id),
            }
            for rating, ticket in zip(chosen, tickets, strict=True)
        ]

    # ------------------------------------------------------------------
    # Waiting
    # ------------------------------------------------------------------

    def _wait_figures(self):
        """Return the tickets that people waited for longest, open ones too."""
        begins, ends = self._moments(self.date_from, self.date_to)
        domain = (
            self._scope_domain()
            & Domain("opened_at", "<", ends)
            & Domain("type", "!=", "complaint")
            & Domain("state", "!=", "cancelled")
            & Domain("merged_count", "=", 0)
        )
        late = Domain("resolved_at", ">=", begins) & Domain("resolved_at", "<", ends)
        still = Domain("resolved_at", "=", False) | Domain("resolved_at", ">=", ends)
        # Of the resolved those that took longest, of the open those that came first.
        Facts = self._facts()
        found = Facts.search(domain & late, order="resolution_hours desc", limit=_WAITS)
        found |= Facts.search(domain & still, order="opened_at, id", limit=_WAITS)
        teams = self._record_texts(found.team_id)
        rows = [
            {
                "number": fact.number,
                "subject": fact.name,
                "team": teams.get(fact.team_id.id),
                "open": not fact.resolved_at or fact.resolved_at >= ends,
                "hours": (
                    min(fact.resolved_at or ends, ends) - fact.opened_at
                ) / timedelta(hours=1),
            }
            for fact in found
        ]  # fmt: skip
        return sorted(rows, key=lambda row: -row["hours"])[:_WAITS]

    # ------------------------------------------------------------------
    # Texts in all languages
    # ------------------------------------------------------------------

    def _languages(self):
        return [code for code, _name in self.env["res.lang"].get_installed()]

    def _record_texts(self, records):
        """Return ``{id: {language: name}}``."""
        texts = {record.id: {} for record in records}
        # Odoo keeps the path of departments in whatever language asked first.
        field = "name" if records._name == "hr.department" else "display_name"
        for language in self._languages():
            # sudo: names only, of what is counted
            for record in records.with_context(lang=language).sudo():
                texts[record.id][language] = record[field]
        return texts

    def _selection_texts(self, model, field):
        """Return ``{key: {language: label}}``, in the field's order."""
        texts = {}
        for language in self._languages():
            env = model.with_context(lang=language).env
            for key, label in model._fields[field]._description_selection(env):
                texts.setdefault(key, {})[language] = label
        return texts


def _met_rate(measured, breached):
    """Return the percentage of kept promises, None where nothing was promised."""
    return _share((measured or 0) - (breached or 0), measured)


def _share(part, whole):
    """Return a percentage, None of nothing."""
    return 100 * part / whole if whole else None
