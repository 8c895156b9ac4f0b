import json

from odoo import api, models
from odoo.tools import SQL

from ..tools import staging
from .itsm_ci_batch import PORTION
from .itsm_ci_batch_specs import Specs
from .itsm_ci_batch_sql import as_json, update_rows
from .itsm_ci_batch_staging import reason
from .itsm_ci_checks import UNDOING

# Rows of these follow an item wherever it goes; they are no use of it.
_TRACES = frozenset(
    {
        "itsm.ci.revision",
        "itsm.ci.identity",
        "itsm.ci.sighting",
        "itsm.ci.batch.row",
        "itsm.ci.relation",
        "itsm.ci.duplicate",
    }
)
# Made with a new item by what the batch said, and not touched since.
_OWN_PARTS = """
    SELECT part.id FROM itsm_ci_interface part JOIN itsm_ci ci ON ci.id = part.ci_id
     WHERE part.ci_id = ANY(%s) AND part.create_date = ci.create_date
       AND part.write_date = ci.create_date
"""
_OWN_ADDRESSES = """
    SELECT part.id FROM itsm_ip_address part JOIN itsm_ci ci ON ci.id = part.ci_id
     WHERE part.ci_id = ANY(%s) AND part.create_date = ci.create_date
       AND part.write_date = ci.create_date AND part.seen_at IS NULL
"""


class ItsmCiBatch(models.Model):
    """Undoing: what nobody touched since is taken back, the rest is told and kept."""

    _inherit = "itsm.ci.batch"

    def undo(self):
        """Take the batch back.

        Items it created are removed, or archived where they are in use; values it
        changed are set back where they still are what it made them; relations it began
        end. What could not be taken back stands in the rows.

        :return: ``{"removed", "archived", "set_back", "kept", "ended"}``: numbers
        """
        self.ensure_one()
        self.check_access("write")
        self._require_state("applying", "done")
        self.env.flush_all()
        counts = dict.fromkeys(("removed", "archived", "set_back", "kept", "ended"), 0)
        counts["ended"] = self._undo_relations()
        self._undo_absence()
        while rows := self._rows_to_undo():
            self._undo_portion(rows, counts)
            self.env.flush_all()
            self.env.invalidate_all(flush=False)
        self._write_system({"state": "undone", "remarks": self._undo_remark(counts)})
        return counts

    def action_undo(self):
        self.undo()
        return True

    def _undo_remark(self, counts):
        return self.env._(
            "Undone: %(removed)s new items removed, %(archived)s archived as they are"
            " in use, %(set_back)s values set back, %(kept)s values kept as they were"
            " changed since, %(ended)s relations ended.",
            **counts,
        )

    def _undo_relations(self):
        rows = self.env["itsm.ci.batch.row"].search(
            [
                ("batch_id", "=", self.id),
                ("kind", "=", "relation"),
                ("applied", "=", True),
                ("outcome", "=", "create"),
            ]
        )
        relations = rows.relation_id.filtered("active")
        relations._under(
            self.source_id.code, origin=self, reason=self.name, batch=self
        ).end()
        return len(relations)

    def _rows_to_undo(self):
        """Return applied rows of items as dicts, the last ones first."""
        columns = ("id", "outcome", "class_id", "ci_id", "differences", "confirmed",
                   "before", "reasons")  # fmt: skip
        found = self.env.execute_query(
            SQL(
                """
                SELECT %s FROM itsm_ci_batch_row
                 WHERE batch_id = %s AND kind = 'item' AND applied AND ci_id IS NOT NULL
                   AND undone IS NOT TRUE
                 ORDER BY position DESC LIMIT %s FOR UPDATE
                """,
                SQL(", ").join(map(SQL.identifier, columns)),
                self.id,
                PORTION,
            )
        )
        return [dict(zip(columns, row, strict=True)) for row in found]

    def _undo_portion(self, rows, counts):
        created = [row for row in rows if row["outcome"] == "create"]
        others = [row for row in rows if row["outcome"] != "create"]
        self._set_back(others, counts)
        self._restore_sightings(rows)
        self._remove_created(created, counts)
        update_rows(
            self.env.cr,
            "itsm_ci_batch_row",
            {"id": "int", "reasons": "jsonb", "undone": "boolean"},
            [(row["id"], as_json(row["reasons"]), True) for row in rows],
        )

    # ------------------------------------------------------------------
    # Changed values
    # ------------------------------------------------------------------

    def _set_back(self, rows, counts):
        specs = Specs(self.env)
        items = self.env["itsm.ci"].with_context(active_test=False)
        items = items.browse({row["ci_id"] for row in rows}).exists()
        states = items._snapshot()
        values, restored = {}, {}
        for row in rows:
            if row["ci_id"] not in states:
                continue
            # sudo: the tree of classes is no secret.
            item_class = self.env["itsm.ci.class"].sudo().browse(row["class_id"])
            back, notes = self._back(row, states[row["ci_id"]], specs.of(item_class))
            values.setdefault(row["ci_id"], {}).update(back)
            row["reasons"] = [*(row["reasons"] or ()), *notes]
            counts["kept"] += len(notes)
            restored.setdefault(row["ci_id"], {}).update(
                dict.fromkeys([*back, *(row["confirmed"] or ())], row["before"])
            )
        values = {ci_id: back for ci_id, back in values.items() if back}
        counts["set_back"] += sum(map(len, values.values()))
        if values:
            self._items_under()._write_values(values)
        self._restore_provenance(restored)

    def _back(self, row, state, specs):
        """Return the old values to write, and why others are kept."""
        back, notes = {}, []
        words = self._words()
        for key, (old, new) in (row["differences"] or {}).items():
            kind = specs[key].type if key in specs else "char"
            now = staging.plain(state.get(key), kind)
            if staging.same(now, staging.plain(new, kind), kind):
                plain = staging.plain(old, kind)
                back[key] = False if plain is None else plain
            else:
                shown = words.value(key, state.get(key))
                notes.append(reason("changed_since", key, value=shown))
        return back, notes

    def _restore_provenance(self, restored):
        """Let those say the values who said them before the batch."""
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL("SELECT id, provenance FROM itsm_ci WHERE id = ANY(%s)", list(restored))
        )
        updates = []
        for ci_id, provenance in rows:
            provenance = dict(provenance or {})
            for key, before in restored[ci_id].items():
                said = provenance.get(key)
                if said and said[0] != self.source_id.id:
                    continue
                earlier = ((before or {}).get("provenance") or {}).get(key)
                provenance.pop(key, None)
                if earlier:
                    provenance[key] = earlier
            updates.append((ci_id, json.dumps(provenance)))
        update_rows(
            self.env.cr, "itsm_ci", {"id": "int", "provenance": "jsonb"}, updates
        )
        self.env["itsm.ci"].browse(restored).invalidate_recordset(
            ["provenance"], flush=False
        )

    def _restore_sightings(self, rows):
        """Put back when the source last named the items, where this batch said so."""
        self.env.cr.execute(
            SQL(
                """
                UPDATE itsm_ci_sighting s
                   SET last_at = (r.before -> 'sighting' ->> 'last_at')::timestamp,
                       batch_id = (SELECT b.id FROM itsm_ci_batch b WHERE b.id =
                                   (r.before -> 'sighting' ->> 'batch_id')::int),
                       missed_runs = (r.before -> 'sighting' ->> 'missed_runs')::int,
                       lost_at = (r.before -> 'sighting' ->> 'lost_at')::timestamp,
                       is_lost = r.before -> 'sighting' ->> 'lost_at' IS NOT NULL
                  FROM itsm_ci_batch_row r
                 WHERE r.id = ANY(%s) AND s.ci_id = r.ci_id AND s.batch_id = %s
                   AND jsonb_typeof(r.before -> 'sighting') = 'object'
                """,
                [row["id"] for row in rows],
                self.id,
            )
        )
        self.env.cr.execute(
            SQL(
                """
                DELETE FROM itsm_ci_sighting s USING itsm_ci_batch_row r
                 WHERE r.id = ANY(%s) AND s.ci_id = r.ci_id AND s.batch_id = %s
                   AND jsonb_typeof(r.before -> 'sighting') IS DISTINCT FROM 'object'
                """,
                [row["id"] for row in rows],
                self.id,
            )
        )

    # ------------------------------------------------------------------
    # New items
    # ------------------------------------------------------------------

    def _remove_created(self, rows, counts):
        items = self.env["itsm.ci"].with_context(active_test=False)
        items = items.browse([row["ci_id"] for row in rows]).exists()
        used = self._uses(items)
        self._remove(items.filtered(lambda item: item.id not in used))
        kept = items.filtered(lambda item: item.id in used)
        for row in rows:
            if row["ci_id"] in used:
                why = ", ".join(sorted(used[row["ci_id"]]))
                row["reasons"] = [
                    *(row["reasons"] or ()),
                    reason("kept", None, why=why),
                ]
        counts["removed"] += len(items) - len(kept)
        counts["archived"] += len(kept)
        under = kept._under(
            self.source_id.code, origin=self, reason=self.name, batch=self
        )
        under._retire()
        under.action_archive()

    def _remove(self, items):
        """Delete items that only the batch knows, with the addresses it gave them."""
        if not items:
            return
        # sudo: undoing an import is up to the manager, whoever may delete items.
        items = items.sudo().with_context(itsm_ci_undoing=UNDOING)
        own = self.env.execute_query(SQL(_OWN_ADDRESSES, items.ids))
        items.env["itsm.ip.address"].browse(id_ for (id_,) in own).unlink()
        items.unlink()

    def _uses(self, items):
        """Return ``{item id: {labels}}`` of what would be lost with new items."""
        found = {}
        labels = self.env["ir.model"].sudo()
        for table, column, model in self._uses_of_items():
            own = SQL("")
            if model == "itsm.ci.interface":
                own = SQL("AND id NOT IN (%s)", SQL(_OWN_PARTS, items.ids))
            rows = self.env.execute_query(
                SQL(
                    "SELECT DISTINCT %s FROM %s WHERE %s = ANY(%s) %s",
                    SQL.identifier(column),
                    SQL.identifier(table),
                    SQL.identifier(column),
                    items.ids,
                    own,
                )
            )
            for (ci_id,) in rows:
                found.setdefault(ci_id, set()).add(labels._get(model).name)
        for ci_id in self._touched(items):
            found.setdefault(ci_id, set()).add(self.env._("changed since"))
        return found

    @api.model
    def _uses_of_items(self):
        """Yield ``(table, column, model)`` of all stored fields that name items."""
        for name, Model in self.env.registry.items():
            if (
                name in _TRACES
                or Model._abstract
                or Model._transient
                or not Model._auto
            ):
                continue
            for field in self.env[name]._fields.values():
                if field.comodel_name != "itsm.ci" or not field.store:
                    continue
                if field.type == "many2one" and not field.related:
                    yield self.env[name]._table, field.name, name
                elif field.type == "many2many":
                    yield field.relation, field.column2, name

    def _touched(self, items):
        """Return the items that somebody else changed, related, or wrote about."""
        origin = self._origin_record()
        return [
            ci_id
            for (ci_id,) in self.env.execute_query(
                SQL(
                    """
                    SELECT ci_id FROM itsm_ci_revision
                     WHERE ci_id = ANY(%(ids)s) AND kind = 'changed'
                       AND (res_model, res_id) IS DISTINCT FROM (%(model)s, %(id)s)
                    UNION
                    SELECT ci.id FROM itsm_ci ci JOIN itsm_ci_relation r
                        ON ci.id IN (r.source_id, r.target_id)
                     WHERE ci.id = ANY(%(ids)s)
                       AND (r.active OR NOT EXISTS (
                            SELECT FROM itsm_ci_batch_row own
                             WHERE own.relation_id = r.id AND own.outcome = 'create'
                               AND own.batch_id = %(batch)s))
                    UNION
                    SELECT ci_id FROM itsm_ci_sighting
                     WHERE ci_id = ANY(%(ids)s) AND batch_id IS DISTINCT FROM %(batch)s
                    UNION
                    SELECT res_id FROM mail_message
                     WHERE model = 'itsm.ci' AND res_id = ANY(%(ids)s)
                       AND message_type IN ('comment', 'email', 'email_outgoing')
                    UNION
                    SELECT res_id FROM ir_attachment
                     WHERE res_model = 'itsm.ci' AND res_id = ANY(%(ids)s)
                    """,
                    ids=items.ids,
                    model=origin._name,
                    id=origin.id,
                    batch=self.id,
                )
            )
        ]
