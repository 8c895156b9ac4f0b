from odoo import api, fields, models
from odoo.tools import SQL

from .itsm_ci_batch import PORTION, STAGED_COLUMNS
from .itsm_ci_batch_planner import Planner
from .itsm_ci_batch_relations import RelationPlanner
from .itsm_ci_batch_sql import as_json, insert_columns, update_rows
from .itsm_ci_batch_staging import staged_relation, staged_row

# Columns that are written with each staged row, and their types.
_STAGED_TYPES = {
    "id": "int",
    "batch_id": "int",
    "kind": "text",
    "position": "int",
    "class_code": "text",
    "ref": "text",
    "sheet": "text",
    "row_number": "int",
    "values": "jsonb",
}
_ITEM_TYPES = {
    "id": "int",
    "class_id": "int",
    "outcome": "text",
    "ci_id": "int",
    "same_as_id": "int",
    "identifier_id": "int",
    "differences": "jsonb",
    "confirmed": "jsonb",
    "reasons": "jsonb",
    "has_notes": "boolean",
}
_RELATION_TYPES = {
    "id": "int",
    "outcome": "text",
    "ends": "jsonb",
    "relation_id": "int",
    "reasons": "jsonb",
}
_ROWS = "itsm_ci_batch_row"
_TYPES = {"item": _ITEM_TYPES, "relation": _RELATION_TYPES}


class ItsmCiBatch(models.Model):
    """Planning: what each row would do, found out in portions; no item is written."""

    _inherit = "itsm.ci.batch"

    def plan(self):
        """Find out what each row would create, change, leave or refuse, and why."""
        for batch in self:
            batch.check_access("write")
            batch._require_state("staged", "planned", "blocked")
            batch._plan()
        return True

    def action_plan(self):
        return self.plan()

    @api.model
    def _start_planned(self, source, name, rows, relations=(), is_full=False, **vals):
        """Stage rows as ``_start`` does, and plan them meanwhile.

        Each row is written once, with what becomes of it, and not once more by
        ``plan``: that is half of what staging many rows costs.
        """
        batch = self._start(source, name, (), is_full=is_full, **vals)
        batch.check_access("write")
        batch.env.flush_all()
        batch._refresh_statistics(*batch._known_tables())
        planner = Planner(batch)
        batch._plan_incoming("item", staged_row, rows, planner)
        batch._refresh_statistics(_ROWS)
        relations_planner = RelationPlanner(batch, planner)
        batch._plan_incoming("relation", staged_relation, relations, relations_planner)
        batch._end_plan()
        return batch

    def _plan_incoming(self, kind, read, rows, planner):
        types = {**_STAGED_TYPES, **_TYPES[kind]}
        for portion in self._read_in(rows, read):
            ids = self._next_row_ids(len(portion))
            staged = [(id_, *row) for id_, row in zip(ids, portion, strict=True)]
            plans = planner.plan(staged)
            for row, plan in zip(staged, plans, strict=True):
                told = zip(STAGED_COLUMNS, row[1:-1], strict=False)
                plan.update(told, batch_id=self.id, kind=kind)
            self._store(insert_columns, types, plans)
            # A long batch must not fill the memory with what it looked at.
            self.env.invalidate_all()

    def _next_row_ids(self, count):
        """Return ids for rows that are planned before they are written."""
        return [
            id_
            for (id_,) in self.env.execute_query(
                SQL(
                    "SELECT nextval(pg_get_serial_sequence(%s, 'id'))"
                    " FROM generate_series(1, %s)",
                    _ROWS,
                    count,
                )
            )
        ]

    def _plan(self):
        self.env.flush_all()
        self._forget_plan()
        self._refresh_statistics(_ROWS, *self._known_tables())
        planner = Planner(self)
        self._plan_staged("item", planner)
        self._plan_staged("relation", RelationPlanner(self, planner))
        self._end_plan()

    def _plan_staged(self, kind, planner):
        for rows in self._portions(kind):
            self._store(update_rows, _TYPES[kind], planner.plan(rows))

    def _known_tables(self):
        """Return the tables in which items are looked for, if there are any.

        Of one that is empty the database would remember just that, while an import
        fills it; without knowing it looks how large it is.
        """
        # sudo: items of all companies count.
        items = self.env["itsm.ci"].sudo().with_context(active_test=False)
        known = ("itsm_ci", "itsm_ci_identity", "itsm_ci_sighting")
        return known if items.search_count([], limit=1) else ()

    def _refresh_statistics(self, *tables):
        """Tell the database how many rows these tables hold by now.

        What was just staged, and items of a run before, are new to it: it would read
        whole tables for each portion. Where another batch is being planned too, nobody
        waits for it.
        """
        if tables:
            names = SQL(", ").join(map(SQL.identifier, tables))
            self.env.cr.execute(SQL("ANALYZE (SKIP_LOCKED) %s", names))

    def _end_plan(self):
        self.env["itsm.ci.batch.row"].invalidate_model()
        self._store_counts()
        self._write_system({"state": "planned", "planned_at": fields.Datetime.now()})
        if self.is_full:
            self._plan_absence()

    def _forget_plan(self):
        self.env.cr.execute(
            SQL(
                "DELETE FROM itsm_ci_batch_row"
                " WHERE batch_id = %s AND kind = 'absence'",
                self.id,
            )
        )

    def _portions(self, kind):
        """Yield the staged rows of a kind in their order, some at a time."""
        position = 0
        while True:
            condition = SQL("kind = %s AND position > %s", kind, position)
            rows = self._select_rows(condition, PORTION)
            if not rows:
                return
            position = rows[-1][1]
            yield rows
            # A long batch must not fill the memory with what it looked at.
            self.env.invalidate_all(flush=False)

    def _staged_rows(self, ids):
        """Return staged rows as they are planned, by their ids."""
        return self._select_rows(SQL("id = ANY(%s)", list(ids)))

    def _select_rows(self, condition, limit=None):
        return self.env.execute_query(
            SQL(
                """
                SELECT id, position, class_code, ref, sheet, row_number,
                       COALESCE(values, '{}'), reasons
                  FROM itsm_ci_batch_row
                 WHERE batch_id = %s AND %s
                 ORDER BY position LIMIT %s
                """,
                self.id,
                condition,
                limit,
            )
        )

    def _store(self, write, types, plans):
        write(
            self.env.cr,
            _ROWS,
            types,
            [
                tuple(
                    as_json(plan.get(name)) if kind == "jsonb" else plan.get(name)
                    for name, kind in types.items()
                )
                for plan in plans
            ],
        )
