from odoo import fields, models, modules
from odoo.exceptions import LockError, UserError
from odoo.service.model import retrying
from odoo.tools import SQL

from .itsm_ci_batch import PORTION
from .itsm_ci_batch_sql import as_json, update_rows
from .itsm_ci_batch_work import Desk, ItemWork, RelationWork

_WRITTEN = ("create", "update", "unchanged")


class ItsmCiBatch(models.Model):
    """Applying: rows are written in portions, through the items' own way of saving.

    Called from the screen each portion is committed, so what is done stays done; from
    code all is one transaction.
    """

    _inherit = "itsm.ci.batch"

    def apply(self, rows=None):
        """Apply the whole plan, or only ``rows`` of it."""
        self.ensure_one()
        self._lock_for_apply()
        desk = Desk(self)
        if rows is None:
            while not self._apply_next(desk, PORTION):
                pass
            return True
        chosen = rows.filtered(
            lambda row: row.batch_id == self and row.outcome in _WRITTEN
        )
        # A row of an item that another row creates needs that one first.
        chosen |= chosen.same_as_id
        ids = chosen.filtered(lambda row: not row.applied).ids
        for start in range(0, len(ids), PORTION):
            chosen = SQL("id = ANY(%s)", ids[start : start + PORTION])
            self._apply_portion(desk, chosen)
        return True

    def apply_next(self, limit=PORTION):
        """Apply the next portion; the caller commits after each call.

        :return: ``{"done": rows applied, "total": rows to apply, "finished": bool}``
        """
        self.ensure_one()
        self._lock_for_apply()
        finished = self._apply_next(Desk(self), max(1, min(int(limit), PORTION)))
        counts = self._counts()
        return {
            "done": self.applied_count,
            "total": sum(counts[outcome] for outcome in _WRITTEN),
            "finished": finished,
        }

    def _apply_all(self):
        """Apply the whole plan, for scripts; each portion is committed."""
        self.ensure_one()
        if modules.module.current_test:
            return self.apply()
        # The plan must outlive a portion that is rolled back and tried again.
        self.env.cr.commit()  # pylint: disable=invalid-commit
        while not retrying(self.apply_next, self.env)["finished"]:
            pass
        return True

    def action_give_up(self):
        """End a half-applied batch; what was applied stays, the rest is not applied."""
        self.ensure_one()
        self.check_access("write")
        self._require_state("applying")
        self._finish()
        return True

    def action_allow_loss(self):
        """Let a stopped run go on, although it names so few items."""
        self._check_manager()
        self._require_state("blocked")
        self._write_system({"state": "planned", "loss_allowed": True})
        return True

    def _lock_for_apply(self):
        """Let only one window or program apply this batch at a time."""
        self.check_access("write")
        self._require_state("planned", "applying")
        try:
            self.lock_for_update(allow_referencing=True)
        except LockError:
            raise UserError(
                self.env._(
                    "This batch is being applied already, perhaps in another window."
                )
            ) from None

    def _apply_next(self, desk, limit):
        """Apply the next rows, items before relations; tell whether that was all."""
        for kind in ("item", "relation"):
            after = SQL("kind = %s AND position > %s", kind, desk.reached[kind])
            if rows := self._apply_portion(desk, after, limit):
                desk.reached[kind] = rows[-1]["position"]
                return False
        self._finish()
        return True

    def _apply_portion(self, desk, condition, limit=None):
        """Apply the open rows that fit a condition, and return them."""
        if self.state == "planned":
            self._write_system({"state": "applying"})
        self.env.flush_all()
        rows = self._open_rows(condition, limit)
        items = [row for row in rows if row["kind"] == "item"]
        relations = [row for row in rows if row["kind"] == "relation"]
        if items:
            ItemWork(desk, items).do()
        if relations:
            RelationWork(desk, relations).do()
        self.applied_count += sum(row["outcome"] != "refused" for row in rows)
        self.env.flush_all()
        self.env.invalidate_all(flush=False)
        return rows

    def _open_rows(self, condition, limit):
        """Return rows to apply as dicts, locked.

        The lock makes a transaction fail, and be tried again, that began before another
        one applied the same rows: no row is ever applied twice.
        """
        columns = (
            "id", "kind", "position", "outcome", "class_id", "ci_id", "same_as_id",
            "differences", "confirmed", "ends", "relation_id", "reasons",
        )  # fmt: skip
        found = self.env.execute_query(
            SQL(
                """
                SELECT %s FROM itsm_ci_batch_row
                 WHERE batch_id = %s AND outcome IN %s
                   AND applied IS NOT TRUE AND %s
                 ORDER BY kind, position LIMIT %s FOR UPDATE
                """,
                SQL(", ").join(map(SQL.identifier, columns)),
                self.id,
                _WRITTEN,
                condition,
                limit,
            )
        )
        return [dict(zip(columns, row, strict=True)) for row in found]

    def _finish(self):
        self._write_system({"state": "done", "applied_at": fields.Datetime.now()})
        self._store_counts()
        if self.is_full:
            self._apply_absence()

    def _origin_record(self):
        """Return what the batch was made under; itself where it was by nothing else."""
        self.ensure_one()
        if self.res_model and self.res_model in self.env and self.res_id:
            return self.env[self.res_model].browse(self.res_id)
        return self

    def _items_under(self):
        """Return items, in the context in which this batch saves them."""
        return self.env["itsm.ci"]._under(
            self.source_id.code,
            origin=self._origin_record(),
            reason=self.name,
            batch=self,
        )

    # ------------------------------------------------------------------
    # Traces of a portion
    # ------------------------------------------------------------------

    def _mark_applied(self, rows):
        update_rows(
            self.env.cr,
            "itsm_ci_batch_row",
            {
                "id": "int",
                "ci_id": "int",
                "relation_id": "int",
                "outcome": "text",
                "reasons": "jsonb",
                "before": "jsonb",
                "applied": "boolean",
            },
            [
                (
                    row["id"],
                    row["ci_id"],
                    row["relation_id"],
                    row["outcome"],
                    as_json(row["reasons"]),
                    row.get("before"),
                    row["outcome"] != "refused",
                )
                for row in rows
            ],
        )
        self.env["itsm.ci.batch.row"].invalidate_model()

    def _keep_before(self, rows):
        """Keep who said what of the items, and when they were seen, for undoing.

        It is stored with the rest of what happened to the rows.
        """
        if not rows:
            return
        self.env["itsm.ci"].flush_model(["provenance"])
        found = self.env.execute_query(
            SQL(
                """
                SELECT c.id,
                       jsonb_build_object('provenance', c.provenance,
                                          'sighting', to_jsonb(s))::text
                  FROM itsm_ci c
                  LEFT JOIN itsm_ci_sighting s
                    ON s.source_id = %s AND s.ci_id = c.id
                 WHERE c.id = ANY(%s)
                """,
                self.source_id.id,
                list({row["ci_id"] for row in rows}),
            )
        )
        before = dict(found)
        for row in rows:
            row["before"] = before.get(row["ci_id"])

    def _sight(self, ci_ids):
        """Note that the source named these items."""
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO itsm_ci_sighting (ci_id, source_id, batch_id, first_at,
                                              last_at, missed_runs, is_lost)
                SELECT ci_id, %s, %s, %s, %s, 0, FALSE FROM unnest(%s::int[]) ci_id
                    ON CONFLICT (source_id, ci_id) DO UPDATE
                   SET last_at = excluded.last_at, batch_id = excluded.batch_id,
                       missed_runs = 0, lost_at = NULL, is_lost = FALSE
                """,
                self.source_id.id,
                self.id,
                self.env.cr.now(),
                self.env.cr.now(),
                sorted(ci_ids),
            )
        )
        self.env["itsm.ci.sighting"].invalidate_model()
