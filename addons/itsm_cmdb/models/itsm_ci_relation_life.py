from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL

# What a relation says. Another fact is another relation.
FACTS = frozenset(
    {"source_id", "type_id", "target_id", "strength", "weight", "group_id"}
)
# What only the life of a relation sets.
_LIFE = frozenset(
    {
        "create_date",
        "ended_at",
        "ended_by_id",
        "end_origin_id",
        "end_origin_model",
        "end_reason",
        "end_source_ref_id",
        "impact",
        "origin_id",
        "origin_model",
        "reason",
    }
)


class ItsmCiRelation(models.Model):
    """How relations begin and end.

    A relation that was recorded stays for ever: deleting ends it, and writing another
    fact ends it and begins a successor. Only within the transaction that made a
    relation, which nobody else has seen, is it altered and deleted like other records.
    """

    _name = "itsm.ci.relation"
    _inherit = ["itsm.ci.relation", "itsm.ci.origin.mixin"]

    @api.model_create_multi
    def create(self, vals_list):
        self._refuse_life(set().union(*vals_list, ()) - {"impact"})
        begun = self._origin_values()
        # A successor begins when its transaction did, by the clock of the database:
        # a fraction of a second, or more where clocks differ, after ours.
        now = max(fields.Datetime.now(), self.env.cr.now())
        vals_list = [
            {**begun, **{key: val for key, val in vals.items() if key != "impact"}}
            for vals in vals_list
        ]
        for vals in vals_list:
            self._check_start(vals, now)
        self._refuse_duplicates(vals_list)
        return super().create(vals_list)

    def write(self, vals):
        self._refuse_life(vals)
        if "active" in vals:
            return self._write_active(vals)
        if "started_at" in vals and self._recorded():
            raise UserError(
                self.env._("When a relation began is a fact and cannot be changed.")
            )
        altered = self._recorded()._altered_by(vals)
        if altered:
            altered._succeed(vals)
        return super(ItsmCiRelation, self - altered).write(vals)

    def unlink(self):
        """End what was recorded: what was true at a past date must stay."""
        recorded = self._recorded()
        recorded.end()
        return super(ItsmCiRelation, self - recorded).unlink()

    def end(self):
        """End the relations now; those that have ended stay as they are.

        What is said of a moment before a relation began ends it at its beginning.
        """
        open_ones = self.filtered("active")
        if not open_ones:
            return True
        open_ones.check_access("write")
        origin = self._origin_values()
        end = {
            "active": False,
            "ended_by_id": self.env.uid,
            "end_origin_model": origin.get("origin_model"),
            "end_origin_id": origin.get("origin_id"),
            "end_source_ref_id": origin.get("source_ref_id"),
            "end_reason": origin.get("reason"),
        }
        moment = origin.get("started_at") or self.env.cr.now()
        for ended_at, relations in open_ones.grouped(
            lambda relation: max(moment, relation.started_at)
        ).items():
            super(ItsmCiRelation, relations).write({**end, "ended_at": ended_at})
        return True

    def action_end(self):
        """End the relations, from a button."""
        return self.end()

    # ------------------------------------------------------------------
    # Steps of the above
    # ------------------------------------------------------------------

    def _recorded(self):
        """Return the relations that an earlier transaction made."""
        now = self.env.cr.now()
        return self.filtered(lambda relation: relation.create_date < now)

    def _altered_by(self, vals):
        """Return the relations that ``vals`` would make say something else."""
        facts = FACTS.intersection(vals)
        if not facts:
            return self.browse()
        ended = self.filtered(lambda relation: not relation.active)
        if ended:
            raise UserError(
                self.env._(
                    "“%(relation)s” has ended and cannot be changed.",
                    relation=ended[0].display_name,
                )
            )
        return self.filtered(
            lambda relation: any(
                relation._fields[key].convert_to_write(relation[key], relation)
                != (vals[key] or False)
                for key in facts
            )
        )

    def _succeed(self, vals):
        """End the relations and begin others that say ``vals``."""
        successors = [facts | vals for facts in self._facts()]
        self.end()
        for relation, successor in zip(self, successors, strict=True):
            successor["started_at"] = relation.ended_at
        return self.create(successors)

    def _begin_again(self):
        """Begin relations that say what these said before they ended."""
        return self.create(self._facts())

    def _facts(self):
        """Return what each of the relations says, as values of another one."""
        return [
            {
                key: relation._fields[key].convert_to_write(relation[key], relation)
                for key in [*FACTS, "note"]
            }
            for relation in self
        ]

    def _write_active(self, vals):
        """Archiving is ending; what has ended does not come back."""
        if set(vals) != {"active"}:
            raise UserError(self.env._("End a relation without changing it."))
        if not vals["active"]:
            return self.end()
        if not all(self.mapped("active")):
            raise UserError(
                self.env._(
                    "A relation that has ended does not come back. Add it anew: so its "
                    "history stays true."
                )
            )
        return True

    @api.model
    def _refuse_life(self, names):
        if not _LIFE.isdisjoint(names):
            raise UserError(
                self.env._("When and by whom a relation was ended cannot be written.")
            )

    @api.model
    def _check_start(self, vals, now):
        if not vals.get("active", True):
            raise UserError(self.env._("A relation cannot begin with its end."))
        start = fields.Datetime.to_datetime(vals.get("started_at"))
        if start and start > now:
            raise ValidationError(self.env._("A relation cannot begin in the future."))

    @api.model
    def _refuse_duplicates(self, vals_list):
        """Name what is there already; the unique indexes guard against races."""
        wanted = [
            tuple(vals.get(key) for key in ("source_id", "type_id", "target_id"))
            for vals in vals_list
        ]
        wanted = [triple for triple in wanted if all(triple)]
        if not wanted:
            return
        self.flush_model(["source_id", "type_id", "target_id", "active", "impact"])
        sources, types, targets = (list(column) for column in zip(*wanted, strict=True))
        found = self.env.execute_query(
            SQL(
                """
                SELECT relation.id
                  FROM unnest(%s::int[], %s::int[], %s::int[])
                       AS wanted (source_id, type_id, target_id)
                  JOIN itsm_ci_relation relation ON relation.active
                   AND relation.type_id = wanted.type_id
                   AND (relation.source_id = wanted.source_id
                        AND relation.target_id = wanted.target_id
                        OR relation.impact = 'both'
                        AND relation.source_id = wanted.target_id
                        AND relation.target_id = wanted.source_id)
                 LIMIT 1
                """,
                sources,
                types,
                targets,
            )
        )
        if found:
            relation = self.browse(found[0][0])
            # Both items were named by their ids: these say no more than they may.
            (relation.source_id | relation.target_id).check_access("read")
            raise ValidationError(
                self.env._(
                    "There is this relation already: %(relation)s.",
                    relation=relation.display_name,
                )
            )

    @api.model
    def _origin_values(self):
        """Return who says so and under what, as values of a new relation."""
        origin = self._origin_now()
        values = {
            "origin_model": origin.res_model,
            "origin_id": origin.res_id,
            "reason": origin.reason,
        }
        if origin.source != "manual":
            source = self.env["itsm.ci.source"]._by_code(origin.source)
            values["source_ref_id"] = source.id
        if origin.at:
            values["started_at"] = origin.at
        return values
