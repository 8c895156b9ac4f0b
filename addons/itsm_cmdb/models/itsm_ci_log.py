import json

from odoo import api, models
from odoo.tools import SQL

from ..tools.history import is_empty


class ItsmCi(models.Model):
    """Writing revisions and who said what, many at once."""

    _inherit = "itsm.ci"

    @api.model
    def _moment_of(self, origin):
        """Return since when it is so: now, or earlier if the origin says that."""
        now = self.env.cr.now()
        return min(origin.at, now) if origin.at else now

    @api.model
    def _source_id(self, code):
        """Return the id of the source of a code, or None."""
        # sudo: who saves an item need not be a reader of sources.
        source = self.env["itsm.ci.source"].sudo().with_context(active_test=False)
        return source.search([("code", "=", code)], limit=1).id or None

    # ------------------------------------------------------------------
    # Revisions
    # ------------------------------------------------------------------

    def _log_creation(self, origin):
        self._insert_revisions("created", dict.fromkeys(self._ids), origin)

    def _log_changes(self, changes, origin=None):
        """Add a revision for each item: ``{item id: {key: [old, new]}}``."""
        self._insert_revisions("changed", changes, origin or self._origin_now())

    @api.model
    def _revision_columns(self, origin):
        """Return ``{column: value}`` that all revisions of one save have."""
        return {
            "user_id": self.env.uid,
            "source_id": self._source_id(origin.source),
            "res_model": origin.res_model,
            "res_id": origin.res_id,
            "reason": origin.reason,
            # By whom is the user above, and nobody writes it again.
            "create_date": self.env.cr.now(),
        }

    @api.model
    def _insert_revisions(self, kind, changes, origin):
        """Insert one row for each item in one statement.

        A revision never comes before an earlier one of its item: what an old file says
        today is told after what was said yesterday.
        """
        columns = self._revision_columns(origin)
        at = SQL("%s::timestamp", self._moment_of(origin))
        if origin.at and kind != "created":
            at = SQL(
                """GREATEST(%s, (SELECT max(earlier.at) FROM itsm_ci_revision AS earlier
                                  WHERE earlier.ci_id = entry.ci_id))""",
                at,
            )
        texts = [
            json.dumps(pairs, ensure_ascii=False) if pairs else None
            for pairs in changes.values()
        ]
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO itsm_ci_revision (ci_id, kind, at, changes, %s)
                SELECT entry.ci_id, %s, %s, entry.changes::jsonb, %s
                  FROM unnest(%s::int[], %s::text[]) AS entry(ci_id, changes)
                """,
                SQL(", ").join(SQL.identifier(column) for column in columns),
                kind,
                at,
                SQL(", ").join(SQL("%s", value) for value in columns.values()),
                list(changes),
                texts,
            )
        )
        self.browse(changes).invalidate_recordset(["revision_ids"], flush=False)

    # ------------------------------------------------------------------
    # Who says so
    # ------------------------------------------------------------------

    @api.model
    def _add_provenance(self, vals_list, origin):
        """Say of new items who says what they have."""
        said = self._statement(origin)
        moment = self._moment_of(origin)
        tracked = frozenset(self._tracked_fields())
        for vals in vals_list:
            keys = [
                key
                for key, value in vals.items()
                if key in tracked and value is not False and not is_empty(value)
            ]
            attributes = vals.setdefault("attributes", {})
            keys += [f"attributes.{key}" for key in attributes]
            vals["provenance"] = dict.fromkeys(keys, said)
            vals.setdefault("verified_at", moment)

    def _say_who(self, changes, origin):
        """Note who said the new values: ``{item id: keys}``.

        It goes to the database with what the save itself changed.
        """
        said = self._statement(origin)
        provenance = self._fields["provenance"]
        for item in self.sudo():  # sudo: only this code writes it
            known = item.provenance or {}
            provenance.write(item, {**known, **dict.fromkeys(changes[item.id], said)})

    @api.model
    def _confirm(self, keys_by_id):
        """Note that a source says again what the items have: no revision.

        :param keys_by_id: ``{item id: keys of the history}``
        """
        items = self.browse(keys_by_id)
        items.check_access("write")
        origin = self._origin_now()
        items.flush_recordset(["provenance", "verified_at"])
        self._merge_provenance(keys_by_id, origin)

    @api.model
    def _statement(self, origin):
        """Return ``[source id, moment]`` as it stands for each key."""
        moment = self._moment_of(origin).replace(microsecond=0)
        return [self._source_id(origin.source) or False, moment.isoformat(" ")]

    @api.model
    def _merge_provenance(self, keys_by_id, origin):
        """Put what is said over what was said, and note that the items were seen."""
        said = self._statement(origin)
        self.env.cr.execute(
            SQL(
                """
                UPDATE itsm_ci AS item
                   SET provenance = COALESCE(item.provenance, '{}')
                                    || entry.said::jsonb,
                       verified_at = GREATEST(item.verified_at, %s)
                  FROM unnest(%s::int[], %s::text[]) AS entry(id, said)
                 WHERE item.id = entry.id
                """,
                self._moment_of(origin),
                list(keys_by_id),
                [json.dumps(dict.fromkeys(keys, said)) for keys in keys_by_id.values()],
            )
        )
        self.browse(keys_by_id).invalidate_recordset(
            ["provenance", "verified_at"], flush=False
        )
