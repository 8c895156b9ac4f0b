from odoo import api, fields, models

from ..tools import conflicts, states
from .conflict_finder import BOOKED, TIME, ConflictFinder
from .conflict_words import ConflictWords, facts_of
from .itsm_change_conflict_rule import SEVERITIES

# Their conflicts are looked for.
LOOKED_AT = (*states.PLANNED_STATES, states.IMPLEMENT)
_STATED = ("severity", "facts", "start", "end", "is_excepted")


class ItsmChange(models.Model):
    """What speaks against a change at its time: found in bulk, kept as rows."""

    _inherit = "itsm.change"

    conflict_ids = fields.One2many(
        "itsm.change.conflict",
        "change_id",
        "Conflicts",
        domain=[("is_active", "=", True)],
        readonly=True,
    )
    all_conflict_ids = fields.One2many(
        "itsm.change.conflict", "change_id", "All Conflicts", readonly=True
    )
    conflict_count = fields.Integer(compute="_compute_conflict_state", store=True)
    conflict_state = fields.Selection(
        [("none", "None"), *SEVERITIES],
        "Conflict",
        compute="_compute_conflict_state",
        store=True,
        index=True,
        help="The worst of what speaks against the dates.",
    )
    exception_ids = fields.One2many(
        "itsm.change.exception", "change_id", "Exceptions from Windows"
    )

    # Which changes happen at the same time: one look into this index.
    _booked_idx = models.Index(
        f"USING gist ({TIME.format('itsm_change').replace('itsm_change.', '')})"
        f" WHERE {BOOKED.format('itsm_change').replace('itsm_change.', '')}"
    )

    @api.depends("conflict_ids.severity", "conflict_ids.is_active")
    def _compute_conflict_state(self):
        for change in self:
            rows = change.conflict_ids.filtered("is_active")
            change.conflict_count = len(rows)
            change.conflict_state = conflicts.worst(rows.mapped("severity")) or "none"

    # ------------------------------------------------------------------
    # Finding
    # ------------------------------------------------------------------

    def _find_conflicts(self):
        """Return ``{id: [vals of rows]}`` of what speaks against these changes now.

        Those of two changes are there from either side, for others too.
        """
        changes = self.sudo().filtered(
            lambda change: change.active and change.state in LOOKED_AT
        )
        ends = [change.planned_end for change in changes if change.planned_end]
        if not ends:
            return {}
        self.env["itsm.change.window"]._ensure_horizon(max(ends))
        finder = ConflictFinder(changes)
        hits = {key: finder.hits(key) for key in finder.ids}
        excepted = self._excepted(finder.ids)
        others = self.browse({hit.other for mine in hits.values() for hit in mine})
        types = {
            change.id: change.type for change in (changes | others).sudo() if change.id
        }
        booked = {
            key for key in hits if finder.rows[key]["state"] in states.BOOKED_STATES
        }
        found = {}
        for key, mine in hits.items():
            for hit in mine:
                vals = self._conflict_vals(finder, hit, key, types, excepted)
                found.setdefault(key, []).append(vals)
                # Nobody is told of what is a draft yet.
                if hit.other and key in booked:
                    mirror = self._conflict_mirror(finder, hit, key, types)
                    found.setdefault(hit.other, []).append(mirror)
        return found

    @api.model
    def _excepted(self, ids):
        """Return ``{(change id, window id)}`` of approved exceptions."""
        # sudo: an exception holds whoever looks.
        rows = (
            self.env["itsm.change.exception"]
            .sudo()
            .search([("change_id", "in", list(ids)), ("state", "=", "granted")])
        )
        return {(row.change_id.id, row.window_id.id) for row in rows}

    @api.model
    def _conflict_vals(self, finder, hit, key, types, excepted=frozenset()):
        """Return a hit as the values of a row of a change."""
        is_excepted = any((key, window) in excepted for window in hit.windows)
        rules = self.env["itsm.change.conflict.rule"]._severities()
        settled = bool(hit.other) and finder.is_settled(hit.other)
        start, end = self._conflict_time(finder, hit, key)
        facts = facts_of(hit, key)
        facts["works_here"] = hit.item in finder.booking(key).chosen
        return {
            "change_id": key,
            "kind": hit.kind,
            "severity": conflicts.severity(
                hit, rules[hit.kind, types[key]], settled, is_excepted
            ),
            "other_id": hit.other or False,
            "window_id": hit.windows[0] if hit.windows else False,
            "ci_id": hit.item or False,
            "facts": facts,
            "start": start,
            "end": end,
            "is_excepted": is_excepted,
        }

    @api.model
    def _conflict_mirror(self, finder, hit, key, types):
        """Return the row that the other change gets."""
        rules = self.env["itsm.change.conflict.rule"]._severities()
        start, end = self._conflict_time(finder, hit, key)
        facts = facts_of(hit, hit.other, is_mirror=True)
        facts["works_here"] = hit.item in finder.booking(hit.other).chosen
        return {
            "change_id": hit.other,
            "kind": hit.kind,
            "severity": conflicts.severity(
                hit, rules[hit.kind, types[hit.other]], finder.is_settled(key), False
            ),
            "other_id": key,
            "window_id": False,
            "ci_id": hit.item or False,
            "facts": facts,
            "start": start,
            "end": end,
            "is_excepted": False,
        }

    @api.model
    def _conflict_time(self, finder, hit, key, at=None):
        """Return when a conflict is: when both happen, or what the freeze takes."""
        if hit.time:
            return hit.time
        mine = finder.booking(key)
        window, outage = at or (mine.window, mine.outage)
        if not hit.other:
            return window
        other = finder.booking(hit.other)
        times = (window, other.window)
        if hit.kind == conflicts.REDUNDANCY:
            times = (outage, other.outage)
        return max(start for start, _end in times), min(end for _start, end in times)

    # ------------------------------------------------------------------
    # Keeping
    # ------------------------------------------------------------------

    def _refresh_conflicts(self, resolution="other"):
        """Make the rows of these changes, and of those they collide with, true.

        :param resolution: why what is gone has gone
        """
        changes = self.sudo().exists()
        if not changes:
            return
        wanted = {}
        for mine in changes._find_conflicts().values():
            for vals in mine:
                wanted[_key(vals)] = vals
        Conflict = self.env["itsm.change.conflict"].sudo()
        rows = Conflict.search(
            [
                ("is_active", "=", True),
                "|",
                ("change_id", "in", changes.ids),
                ("other_id", "in", changes.ids),
            ]
        )
        kept = {_key_of(row): row for row in rows}
        new = [vals for key, vals in wanted.items() if key not in kept]
        if new:
            # Of two who find the same at the same moment, one notes it.
            self._schedule_lock()
            Conflict.create(new)
        for key in kept.keys() & wanted.keys():
            row, vals = kept[key], wanted[key]
            differs = {name: vals[name] for name in _STATED if row[name] != vals[name]}
            if differs:
                row.write(differs)
        gone = Conflict.browse(row.id for key, row in kept.items() if key not in wanted)
        gone.write(
            {
                "is_active": False,
                "resolved_at": fields.Datetime.now(),
                "resolution": resolution,
            }
        )
        changes._unmark_conflicts()

    def _freezes_of(self):
        """Return ``{id: freezes}`` that the changes fall into, excepted or not."""
        Window = self.env["itsm.change.window"]
        finder = ConflictFinder(self)
        return {
            key: Window.browse(
                hit.windows[0]
                for hit in finder.hits(key)
                if hit.kind == conflicts.FREEZE
            )
            for key in finder.ids
        }

    def _slot_problems(self, slots):
        """Return what would speak against the change at other times.

        :param slots: pairs of moments
        :return: for each slot ``[{"kind", "severity", "text", "other", "window"}]``,
            the worst first
        """
        self.ensure_one()
        return self._problems_at({self.id: slots}).get(self.id, [])

    @api.model
    def _problems_at(self, slots):
        """Return ``{id: problems of each slot}`` for ``{id: slots}``."""
        slots = {
            key: [tuple(slot) for slot in mine] for key, mine in slots.items() if mine
        }
        if not slots:
            return {}
        self.env["itsm.change.window"]._ensure_horizon(
            max(end for mine in slots.values() for _start, end in mine)
        )
        changes = self.browse(slots)
        finder = ConflictFinder(changes, slots)
        others = {other for mine in finder.pairs.values() for other in mine}
        types = {each.id: each.type for each in (changes | self.browse(others)).sudo()}
        excepted = self._excepted(slots)
        entries = {
            key: [
                self._slot_entries(finder, key, s, types, excepted) for s in slots[key]
            ]
            for key in slots
        }
        words = ConflictWords(
            self.env,
            [row for mine in entries.values() for rows in mine for row in rows],
        )
        return {
            key: [[_problem(words, row) for row in rows] for rows in mine]
            for key, mine in entries.items()
        }

    @api.model
    def _slot_entries(self, finder, key, slot, types, excepted):
        """Return what speaks against a change at a time, the worst first."""
        at = slot, finder._outage_at(key, slot)
        rows = []
        for hit in finder.hits(key, slot):
            vals = self._conflict_vals(finder, hit, key, types, excepted)
            vals["start"], vals["end"] = self._conflict_time(finder, hit, key, at)
            rows.append(self._slot_entry(finder, hit, vals))
        rows.sort(key=lambda row: -conflicts.SEVERITIES.index(row["severity"]))
        return rows

    @api.model
    def _slot_entry(self, finder, hit, vals):
        return {
            "kind": hit.kind,
            "severity": vals["severity"],
            "mine": vals["change_id"],
            "other": vals["other_id"],
            "window": vals["window_id"],
            "item": vals["ci_id"],
            "facts": vals["facts"],
            "start": vals["start"],
            "end": vals["end"],
            "is_settled": bool(hit.other) and finder.is_settled(hit.other),
            "is_excepted": vals["is_excepted"],
            "works_here": vals["facts"]["works_here"],
        }


def _problem(words, row):
    """Return a conflict as callers read it."""
    told = ("kind", "severity", "other", "window")
    return {"text": words.text(row), **{name: row[name] for name in told}}


def _key(vals):
    return tuple(
        vals[name] or 0
        for name in ("change_id", "kind", "other_id", "window_id", "ci_id")
    )


def _key_of(row):
    return (
        row.change_id.id,
        row.kind,
        row.other_id.id or 0,
        row.window_id.id or 0,
        row.ci_id.id or 0,
    )
