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
        self._plan_absent_relations(len(rows))
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

    def _plan_absent_relations(self, position):
        """Note the relations that the source began and this run does not name.

        A run without any relations says nothing of them.
        """
        rows = self.env["itsm.ci.batch.row"]
        if not rows.search_count(
            [("batch_id", "=", self.id), ("kind", "=", "relation")], limit=1
        ):
            return
        found = self.env.execute_query(
            SQL(
                """
                SELECT r.id FROM itsm_ci_relation r
                  JOIN itsm_ci one ON one.id = r.source_id
                  JOIN itsm_ci other ON other.id = r.target_id
                 WHERE r.active AND r.source_ref_id = %(source)s
                   AND one.active AND other.active
                   AND COALESCE(one.company_id, %(company)s) = %(company)s
                   AND COALESCE(other.company_id, %(company)s) = %(company)s
                   AND NOT EXISTS (SELECT FROM itsm_ci_batch_row named
                                    WHERE named.batch_id = %(batch)s
                                      AND named.kind = 'relation'
                                      AND named.relation_id = r.id)
                 ORDER BY r.id
                """,
                source=self.source_id.id,
                company=self.company_id.id,
                batch=self.id,
            )
        )
        relations = self.env["itsm.ci.relation"].browse(id_ for (id_,) in found)
        insert_rows(
            self.env.cr,
            "itsm_ci_batch_row",
            (
                "batch_id", "position", "kind", "outcome", "relation_id", "reasons",
                "applied",
            ),
            [
                (
                    self.id, number, "absence", "absent", relation.id,
                    as_json(
                        [
                            reason(
                                "relation_absent",
                                None,
                                relation=relation.display_name,
                            )
                        ]
                    ),
                    False,
                )
                # sudo: who imports a whole source may know what it said before.
                for number, relation in enumerate(relations.sudo(), position + 1)
            ],
        )  # fmt: skip
        rows.invalidate_model()

    def _absent_relations(self, applied):
        rows = self.env["itsm.ci.batch.row"].search(
            [
                ("batch_id", "=", self.id),
                ("kind", "=", "absence"),
                ("relation_id", "!=", False),
                ("applied", "=", applied),
            ]
        )
        return rows.filtered(lambda row: row.relation_id.active != applied)

    def _end_absent_relations(self):
        """End what the run no longer names, if the source says that this means so.

        A relation's row that was refused may have named any of them.
        """
        if not self.source_id.ends_relations or self._counts("relation")["refused"]:
            return
        rows = self._absent_relations(applied=False)
        rows.relation_id._under(
            self.source_id.code,
            origin=self._origin_record(),
            reason=self.name,
            batch=self,
        ).end()
        rows.applied = True

    def _begin_absent_relations(self):
        """Undoing: begin again what this run ended, where nobody did so meanwhile."""
        relations = self._absent_relations(applied=True).relation_id
        anew = relations.filtered(
            lambda each: (
                not each.search_count(
                    [
                        ("source_id", "=", each.source_id.id),
                        ("target_id", "=", each.target_id.id),
                        ("type_id", "=", each.type_id.id),
                    ],
                    limit=1,
                )
            )
        )
        anew._under(
            self.source_id.code, origin=self, reason=self.name, batch=self
        )._begin_again()

    def _guard_loss(self, lost, known):
        limit = self.source_id.loss_limit_percent
        if self.loss_allowed or not known or 100 * lost / known <= limit:
            return
        self._write_system(
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
        self._end_absent_relations()
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """
                WITH missing AS (
                    UPDATE itsm_ci_batch_row SET applied = TRUE
                     WHERE batch_id = %s AND kind = 'absence' AND applied IS NOT TRUE
                       AND ci_id IS NOT NULL
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
        """Take the run back from the items and relations it did not name."""
        self._begin_absent_relations()
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
