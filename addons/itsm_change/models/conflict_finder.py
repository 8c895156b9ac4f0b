"""What the conflicts of many changes follow from, fetched in few queries."""

from odoo.tools import SQL

from odoo.addons.itsm_cmdb.models.itsm_ci_impact import id_array
from odoo.addons.itsm_cmdb.tools import impact

from ..tools import conflicts, states

# As the index ``itsm_change__booked_idx`` has it.
TIME = (
    "tsrange(LEAST(COALESCE({0}.actual_start, {0}.planned_start), {0}.planned_end),"
    " {0}.planned_end)"
)
_BOOKED = ", ".join(f"'{state}'" for state in states.BOOKED_STATES)
BOOKED = (
    f"{{0}}.active AND {{0}}.state IN ({_BOOKED})"
    " AND {0}.planned_start IS NOT NULL AND {0}.planned_end IS NOT NULL"
)
_PAIRS = f"""
    SELECT mine.id, other.id
      FROM unnest(%(ids)s::int[], %(starts)s::timestamp[], %(ends)s::timestamp[])
           AS mine (id, first, last)
      JOIN itsm_change AS other
        ON {TIME.format("other")} && tsrange(mine.first, mine.last)
       AND {BOOKED.format("other")}
       AND other.id != mine.id
"""
_CHANGES = """
    SELECT id, LEAST(COALESCE(actual_start, planned_start), planned_end), planned_end,
           has_outage, outage_start, outage_end, implementer_id, state
      FROM itsm_change
     WHERE id = ANY(%(ids)s::int[])
"""
# What changes are made on, and what people say is not affected.
_LINKS = """
    SELECT link.change_id, link.ci_id, link.excluded,
           COALESCE(link.state, CASE WHEN change.has_outage
                                     THEN 'down' ELSE 'degraded' END)
      FROM itsm_change_ci AS link JOIN itsm_change AS change
        ON change.id = link.change_id
     WHERE link.change_id = ANY(%(ids)s::int[])
       AND (link.role = 'affected' OR link.excluded)
"""
# Of what the others touch, what is worked on here.
_TOUCHED_HERE = """
    SELECT change_id, ci_id
      FROM itsm_change_ci
     WHERE ci_id = ANY(%(chosen)s::int[]) AND change_id = ANY(%(others)s::int[])
       AND NOT COALESCE(excluded, FALSE)
"""
# Pairs that touch different members of one redundancy group; only these can lose it.
_SHARED = """
    WITH pair (mine, other) AS MATERIALIZED (
        SELECT * FROM unnest(%(mine)s::int[], %(other)s::int[])
    ),
    touched AS MATERIALIZED (
        SELECT DISTINCT link.change_id, link.ci_id
          FROM itsm_change_ci AS link
         WHERE link.change_id IN (SELECT mine FROM pair)
           AND NOT COALESCE(link.excluded, FALSE)
    ),
    member AS (
        SELECT touched.change_id, touched.ci_id, relation.group_id
          FROM touched JOIN itsm_ci_relation AS relation
            ON relation.target_id = touched.ci_id AND relation.active
           AND relation.impact IN ('source', 'both') AND relation.group_id IS NOT NULL
         UNION
        SELECT touched.change_id, touched.ci_id, relation.group_id
          FROM touched JOIN itsm_ci_relation AS relation
            ON relation.source_id = touched.ci_id AND relation.active
           AND relation.impact IN ('target', 'both') AND relation.group_id IS NOT NULL
    ),
    fellow AS MATERIALIZED (
        SELECT DISTINCT member.change_id, member.ci_id,
               CASE WHEN relation.source_id = grp.ci_id
                    THEN relation.target_id ELSE relation.source_id END AS provider
          FROM member
          JOIN itsm_ci_dependency_group AS grp
            ON grp.id = member.group_id AND grp.active
          JOIN itsm_ci_relation AS relation
            ON relation.group_id = grp.id AND relation.active
    )
    SELECT DISTINCT pair.mine, pair.other
      FROM fellow
      JOIN itsm_change_ci AS theirs
        ON theirs.ci_id = fellow.provider AND NOT COALESCE(theirs.excluded, FALSE)
      JOIN pair ON pair.mine = fellow.change_id AND pair.other = theirs.change_id
     WHERE fellow.provider != fellow.ci_id
"""
_WINDOWS = """
    SELECT mine.id, occurrence.window_id, occurrence.start, occurrence."end"
      FROM unnest(%(ids)s::int[], %(starts)s::timestamp[], %(ends)s::timestamp[])
           AS mine (id, first, last)
      JOIN itsm_change AS change ON change.id = mine.id
      JOIN itsm_change_window_occurrence AS occurrence
        ON tsrange(occurrence.start, occurrence."end") && tsrange(mine.first, mine.last)
      JOIN itsm_change_window AS "window"
        ON "window".id = occurrence.window_id AND "window".active
       AND COALESCE("window".company_id, change.company_id) = change.company_id
     ORDER BY occurrence.start, occurrence.id
"""
# A maintenance window binds as long as it opens again.
_MAINTENANCE = """
    SELECT mine.id, "window".id
      FROM unnest(%(ids)s::int[], %(starts)s::timestamp[]) AS mine (id, first)
      JOIN itsm_change AS change ON change.id = mine.id
      JOIN itsm_change_window AS "window"
        ON "window".kind = 'maintenance' AND "window".active
       AND COALESCE("window".company_id, change.company_id) = change.company_id
     WHERE EXISTS (SELECT FROM itsm_change_window_occurrence AS occurrence
                    WHERE occurrence.window_id = "window".id
                      AND occurrence."end" > mine.first)
"""


class ConflictFinder:
    """Facts about changes in spans of time, and what follows from them.

    :param changes: the changes that are asked about
    :param spans: ``{id: [(first, last)]}`` in which others and windows count; what has
        none is not looked at. Default: when each change is made
    """

    def __init__(self, changes, spans=None):
        # sudo: what somebody may not see stands in the way all the same.
        self.changes = changes.sudo()
        self.env = self.changes.env
        self._bookings = {}
        self._flush()
        self.rows = self._fetch_changes(self.changes.ids)
        if spans is None:
            spans = {
                key: [row["window"]] for key, row in self.rows.items() if row["window"]
            }
        self.spans = spans
        self.ids = list(spans)
        self.pairs = self._fetch_pairs()
        others = {other for mine in self.pairs.values() for other in mine}
        self.rows |= self._fetch_changes(others - self.rows.keys())
        self._fetch_items()
        self._broken = self._fetch_broken()
        self._fetch_windows()

    def hits(self, change_id, window=None):
        """Return what speaks against a change at its time, or at another one."""
        mine = self.booking(change_id)
        if window:
            mine = mine.at(window, self._outage_at(change_id, window))
        hits = []
        for other in self.pairs.get(change_id, ()):
            broken = self._broken.get((change_id, other), ())
            hits += conflicts.pair_hits(mine, self.booking(other), broken)
        return hits + conflicts.window_hits(mine, self.windows.get(change_id, ()))

    def is_settled(self, change_id):
        """Tell whether a change has its time already."""
        return self.rows[change_id]["state"] in (states.SCHEDULED, states.IMPLEMENT)

    def booking(self, change_id):
        """Return a change as the pure functions take it."""
        if change_id not in self._bookings:
            self._bookings[change_id] = self._booking(change_id)
        return self._bookings[change_id]

    def _booking(self, change_id):
        row = self.rows[change_id]
        window = row["window"] or self.spans[change_id][0]
        return conflicts.Booking(
            change_id,
            window,
            row["outage"] or window,
            frozenset(self.sources.get(change_id, ())),
            self.touched.get(change_id, {}),
            row["implementer"],
        )

    def _outage_at(self, change_id, window):
        """Return when the outage would be if the change were made in ``window``."""
        row = self.rows[change_id]
        if not (row["window"] and row["outage"]):
            return window
        first, last = (moment - row["window"][0] for moment in row["outage"])
        start = min(window[0] + first, window[1])
        end = min(window[0] + last, window[1])
        return (start, end) if start < end else window

    # ------------------------------------------------------------------
    # Changes
    # ------------------------------------------------------------------

    def _flush(self):
        for name, names in (
            ("itsm.change", None),
            ("itsm.change.ci", None),
            ("itsm.change.window", None),
            ("itsm.change.window.occurrence", None),
            ("itsm.change.exception", ["state", "change_id", "window_id"]),
            ("itsm.ci.relation", None),
            ("itsm.ci.dependency.group", None),
        ):
            self.env[name].flush_model(names)

    def _rows(self, query, **facts):
        return self.env.execute_query(SQL(query, **facts))

    def _fetch_changes(self, ids):
        """Return ``{id: facts}`` of changes."""
        if not ids:
            return {}
        found = {}
        for row in self._rows(_CHANGES, ids=id_array(ids)):
            key, start, end, has_outage, *outage, implementer, state = row
            window = (start, end) if start and end and start < end else None
            if not (has_outage and window and all(outage) and outage[0] < outage[1]):
                outage = window
            found[key] = {
                "window": window,
                "outage": outage and tuple(outage),
                "implementer": implementer,
                "state": state,
            }
        return found

    def _span_facts(self):
        """Return the spans as the queries take them: one row for each."""
        rows = [(key, *span) for key, spans in self.spans.items() for span in spans]
        ids, starts, ends = zip(*rows, strict=True) if rows else ((), (), ())
        return {"ids": id_array(ids), "starts": list(starts), "ends": list(ends)}

    def _fetch_pairs(self):
        """Return ``{id: ids}`` of the changes that happen at the same time."""
        pairs = {}
        for mine, other in self._rows(_PAIRS, **self._span_facts()):
            pairs.setdefault(mine, set()).add(other)
        return {mine: sorted(others) for mine, others in pairs.items()}

    # ------------------------------------------------------------------
    # Items
    # ------------------------------------------------------------------

    def _fetch_items(self):
        """Fetch what changes are made on, and what they touch as far as it matters."""
        self.sources, self.works = {}, {}
        for change, item, excluded, state in self._rows(
            _LINKS, ids=id_array(self.rows)
        ):
            if excluded:
                self.works.setdefault(change, set()).add(item)
            else:
                state = impact.STATES.index(state)
                self.sources.setdefault(change, {})[item] = state
        self.touched = {
            change: dict(items)
            for change, items in self.env["itsm.change"]
            .browse(self.ids)
            ._touched()
            .items()
        }
        others = self.rows.keys() - set(self.ids)
        for change in others:
            self.touched[change] = dict(self.sources.get(change, {}))
        chosen = {item for key in self.ids for item in self.sources.get(key, ())}
        if others and chosen:
            for change, item in self._rows(
                _TOUCHED_HERE, chosen=id_array(chosen), others=id_array(others)
            ):
                self.touched[change].setdefault(item, impact.DEGRADED)

    def _fetch_broken(self):
        """Return ``{(id, other): what loses its redundancy by both}``."""
        pairs = [
            (mine, other) for mine, others in self.pairs.items() for other in others
        ]
        if not pairs:
            return {}
        mine, other = zip(*pairs, strict=True)
        shared = self._rows(_SHARED, mine=id_array(mine), other=id_array(other))
        if not shared:
            return {}
        keys = {key for pair in shared for key in pair}
        network, archived = self._network(keys)
        outcomes = {
            key: network.spread(
                self.sources.get(key, {}), archived | self.works.get(key, set())
            )
            for key in keys
        }
        found = {}
        for mine, other in shared:
            works = (
                archived | self.works.get(mine, set()) | self.works.get(other, set())
            )
            found[mine, other] = conflicts.lost_redundancy(
                network, outcomes[mine], outcomes[other], works
            )
        return found

    def _network(self, keys):
        """Return the relations over which any of the changes may act."""
        sources = {}
        for key in keys:
            for item, state in self.sources.get(key, {}).items():
                sources[item] = max(state, sources.get(item, 0))
        return self.env["itsm.ci"]._impact_network(sources)

    # ------------------------------------------------------------------
    # Windows
    # ------------------------------------------------------------------

    def _fetch_windows(self):
        """Fetch the freezes and maintenance windows that concern each change."""
        times = {}
        facts = self._span_facts()
        for change, window, start, end in self._rows(_WINDOWS, **facts):
            # A long one lies in several spans.
            mine = times.setdefault(change, {}).setdefault(window, [])
            if (start, end) not in mine[-1:]:
                mine.append((start, end))
        del facts["ends"]
        for change, window in self._rows(_MAINTENANCE, **facts):
            times.setdefault(change, {}).setdefault(window, [])
        ids = sorted({window for mine in times.values() for window in mine})
        records = self.env["itsm.change.window"].browse(ids)
        items = set().union(*(self.touched.get(key, ()) for key in times), ())
        scopes = records._items_in_scope(items)
        self.windows = {
            change: [
                conflicts.Window(
                    window.id,
                    window.kind == "freeze",
                    tuple(mine[window.id]),
                    None if window.scope == "all" else frozenset(scopes[window.id]),
                    window.reach == "chosen",
                )
                for window in records
                if window.id in mine
            ]
            for change, mine in times.items()
        }
