from odoo import models
from odoo.tools import SQL

from .itsm_ci_batch_sql import as_json, insert_rows
from .itsm_ci_batch_staging import reason


class ItsmCiBatch(models.Model):
    """What a full run does not name: told, counted, marked at last, never deleted."""

    _inherit = "itsm.ci.batch"

    def _plan_absence(self):
        """Note the items that the source named before and this run does not.

        A run that would lose more than the source's limit is stopped.
        """
        absent, known = self._absent_sightings()
        rows = []
        for number, (ci_id, class_id, missed, last_at) in enumerate(absent, 1):
            runs = missed + 1
            lost = runs >= self.source_id.mark_after_runs
            why = reason(
                "lost" if lost else "absent",
                None,
                runs=runs,
                last=last_at.date().isoformat(),
            )
            rows.append(
                (
                    self.id, number, "absence", "absent", ci_id, class_id,
                    as_json([why]), False,
                )
            )  # fmt: skip
        insert_rows(
            self.env.cr,
            "itsm_ci_batch_row",
            (
                "batch_id", "position", "kind", "outcome", "ci_id", "class_id",
                "reasons", "applied",
            ),
            rows,
        )  # fmt: skip
        self.env["itsm.ci.batch.row"].invalidate_model()
        self.absent_count = len(rows)
        self._guard_loss(len(rows), known)

    def _absent_sightings(self):
        """Return ``(item, class, missed runs, last seen)`` not named, and how many are
        known in all.

        Items whose row is refused are named all the same, also those that a row might
        mean.
        """
        self.env.flush_all()
        known = SQL(
            """
            SELECT s.ci_id, c.class_id, s.missed_runs, s.last_at
              FROM itsm_ci_sighting s JOIN itsm_ci c ON c.id = s.ci_id
             WHERE s.source_id = %s AND c.active
               AND (c.company_id IS NULL OR c.company_id = %s)
               AND c.status NOT IN ('retired', 'disposed')
            """,
            self.source_id.id,
            self.company_id.id,
        )
        [(count,)] = self.env.execute_query(SQL("SELECT count(*) FROM (%s) k", known))
        absent = self.env.execute_query(
            SQL(
                """
                WITH named AS (
                    SELECT ci_id AS id FROM itsm_ci_batch_row
                     WHERE batch_id = %s AND kind = 'item' AND ci_id IS NOT NULL
                    UNION
                    SELECT found::text::int FROM itsm_ci_batch_row r,
                           jsonb_path_query(r.reasons, '$[*].params.candidates[*]')
                               found
                     WHERE batch_id = %s AND kind = 'item' AND outcome = 'refused')
                SELECT * FROM (%s) k
                 WHERE NOT EXISTS (SELECT FROM named WHERE named.id = k.ci_id)
                 ORDER BY k.ci_id
                """,
                self.id,
                self.id,
                known,
            )
        )
        return absent, count

    def _guard_loss(self, lost, known):
        limit = self.source_id.loss_limit_percent
        if self.loss_allowed or not known or 100 * lost / known <= limit:
            return
        self.write(
            {
                "state": "blocked",
                "remarks": self.env._(
                    "Stopped: %(lost)s of the %(known)s items that “%(by)s” named"
                    " before are not in this run, more than the limit of %(limit)g %%."
                    " Perhaps the file is cut or filtered. If the run is right, a"
                    " configuration manager lets it go on.",
                    lost=lost,
                    known=known,
                    by=self.source_id.name,
                    limit=limit,
                ),
            }
        )

    def _apply_absence(self):
        """Count the run for each item it did not name, and mark what is gone."""
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """
                WITH missing AS (
                    UPDATE itsm_ci_batch_row SET applied = TRUE
                     WHERE batch_id = %s AND kind = 'absence' AND applied IS NOT TRUE
                 RETURNING ci_id)
                UPDATE itsm_ci_sighting s
                   SET missed_runs = s.missed_runs + 1,
                       is_lost = s.missed_runs + 1 >= %s,
                       lost_at = CASE WHEN s.missed_runs + 1 >= %s
                                      THEN COALESCE(s.lost_at, %s) END
                  FROM missing
                 WHERE s.source_id = %s AND s.ci_id = missing.ci_id
                """,
                self.id,
                self.source_id.mark_after_runs,
                self.source_id.mark_after_runs,
                self.env.cr.now(),
                self.source_id.id,
            )
        )
        self.env.invalidate_all(flush=False)

    def _undo_absence(self):
        """Take the run back from the items it did not name."""
        self.env.cr.execute(
            SQL(
                """
                UPDATE itsm_ci_sighting s
                   SET missed_runs = GREATEST(s.missed_runs - 1, 0),
                       is_lost = s.is_lost AND s.missed_runs - 1 >= %s,
                       lost_at = CASE WHEN s.missed_runs - 1 >= %s THEN s.lost_at END
                  FROM itsm_ci_batch_row r
                 WHERE r.batch_id = %s AND r.kind = 'absence' AND r.applied
                   AND s.source_id = %s AND s.ci_id = r.ci_id AND s.missed_runs > 0
                """,
                self.source_id.mark_after_runs,
                self.source_id.mark_after_runs,
                self.id,
                self.source_id.id,
            )
        )
        self.env["itsm.ci.sighting"].invalidate_model()
