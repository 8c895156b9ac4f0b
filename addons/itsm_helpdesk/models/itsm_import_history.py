from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from odoo import models

from ..tools import tabular

# Names nobody may create keep no row out of the history: they count as nobody.
FORGIVEN = frozenset({"name_ambiguous", "name_missing", "name_no_right"})


@dataclass(frozen=True)
class Histories:
    """The pasts that the rows of a file tell.

    :param pasts: ``{number of the row that speaks for a record: ToldPast}``
    :param numbers: ``{number of that row: numbers of the rows that tell}``
    :param left_out: how many rows tell nothing, as they are refused
    """

    pasts: Mapping = field(default_factory=dict)
    numbers: Mapping = field(default_factory=dict)
    left_out: int = 0

    def names_used(self, plan, resolved, target):
        """Return ``[(field, id)]`` of what the pasts to write name.

        :param resolved: the rows with ids
        """
        numbers = {
            number
            for row in plan.having("create", "update")
            for number in self.numbers.get(row.row.number, ())
        }
        return [
            (name, row.values.get(name))
            for row in resolved
            if row.number in numbers
            for name in target._history_relations()
        ]


class ItsmImport(models.Model):
    """Planning: several rows of one record are its history, where they have a time."""

    _inherit = "itsm.import"

    def _histories(self, target, options, records, resolved):
        """Return the pasts that the rows tell.

        :param records: rows with names
        :param resolved: the same rows with ids, and with all reasons
        """
        if not options.history_by:
            return Histories()
        by_number = {record.number: record for record in records}
        found = tabular.row_histories(resolved, options)
        pasts = {}
        for number, history in found.items():
            rows = [by_number[other] for other in history.numbers]
            past = target._tell(self.profile_id, rows)
            if past:
                pasts[number] = past
        return Histories(
            pasts,
            {number: found[number].numbers for number in pasts},
            sum(found[number].left_out for number in pasts),
        )

    def _with_pasts(self, histories, rows):
        """Return rows that say what their history says.

        The row that speaks for a record takes the dates that the history corrects;
        an older row with a name that may not be created is no refused row.
        """
        told = {n for numbers in histories.numbers.values() for n in numbers}
        return [
            replace(
                row,
                values={**row.values, **histories.pasts[row.number].dates},
            )
            if row.number in histories.pasts
            else replace(row, reasons=())
            if row.number in told and row.reasons
            else row
            for row in rows
        ]

    def _with_news(self, plan, target, histories):
        """Let unchanged records with a newer history be updated.

        :return: the plan, and ``{row number: newer steps}`` of the records that exist
        """
        known = [
            row
            for row in plan.having("update", "unchanged")
            if row.row.number in histories.pasts
        ]
        if not known:
            return plan, {}
        until = target._told_until(self.profile_id, [row.row for row in known])
        news = {}
        for row in known:
            moments = histories.pasts[row.row.number].moments
            last = until.get(row.key)
            news[row.row.number] = sum(last is not None and at > last for at in moments)
        rows = tuple(
            replace(row, outcome="update")
            if row.outcome == "unchanged" and news.get(row.row.number)
            else row
            for row in plan.rows
        )
        return tabular.Plan(rows), news

    def _past_values(self, row, histories, news):
        """Return what a line keeps of the past, and says of it."""
        number = row.row.number
        if row.outcome not in ("create", "update") or number not in histories.pasts:
            return {}
        values = {"past": histories.pasts[number].rows}
        if row.outcome == "update" and not row.changes:
            values["message"] = self.env._(
                "%(count)s newer steps of the history", count=news[number]
            )
        return values

    def _history_remark(self, plan, histories, news):
        """Say how much of the past will be kept, and what is odd about it."""
        if not histories.pasts:
            return ""
        pasts = histories.pasts
        steps = [
            news.get(row.row.number, len(pasts[row.row.number].moments))
            for row in plan.having("create", "update")
            if row.row.number in pasts
        ]
        lines = [
            self.env._(
                "History: %(steps)s steps of %(records)s tickets will be kept.",
                steps=sum(steps),
                records=sum(map(bool, steps)),
            )
        ]
        moved = sum(past.moved for past in pasts.values())
        if moved:
            lines.append(
                self.env._(
                    "%(count)s times lie before the step before them; they count as "
                    "the time of that step.",
                    count=moved,
                )
            )
        if histories.left_out:
            lines.append(
                self.env._(
                    "%(count)s refused rows are left out of the history.",
                    count=histories.left_out,
                )
            )
        return "\n".join(lines)
