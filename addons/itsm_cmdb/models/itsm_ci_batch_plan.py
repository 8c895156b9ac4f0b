from odoo import fields, models
from odoo.tools import SQL

from .itsm_ci_batch import PORTION
from .itsm_ci_batch_planner import Planner
from .itsm_ci_batch_relations import RelationPlanner
from .itsm_ci_batch_sql import as_json, update_rows

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

    def _plan(self):
        self.env.flush_all()
        self._forget_plan()
        # What was just staged, and items of a run before, are new to the database's
        # statistics: without them it reads whole tables for each portion. Where another
        # batch is being planned too, nobody waits for it.
        self.env.cr.execute(
            "ANALYZE (SKIP_LOCKED) itsm_ci_batch_row, itsm_ci_identity,"
            " itsm_ci_sighting, itsm_ci"
        )
        planner = Planner(self)
        for rows in self._portions("item"):
            self._store(_ITEM_TYPES, planner.plan(rows))
        relations = RelationPlanner(self, planner)
        for rows in self._portions("relation"):
            self._store(_RELATION_TYPES, relations.plan(rows))
        self.env["itsm.ci.batch.row"].invalidate_model()
        self._store_counts()
        self.write({"state": "planned", "planned_at": fields.Datetime.now()})
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

    def _store(self, types, plans):
        update_rows(
            self.env.cr,
            "itsm_ci_batch_row",
            types,
            [
                tuple(
                    as_json(plan.get(name)) if kind == "jsonb" else plan.get(name)
                    for name, kind in types.items()
                )
                for plan in plans
            ],
        )
