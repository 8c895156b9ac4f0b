from markupsafe import Markup

from odoo import fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL, format_list


class ItsmCi(models.Model):
    """Merging: two records of one thing become one; nothing of them is lost.

    Other addons extend :meth:`_merge_into` to move what of theirs belongs to an item.
    """

    _inherit = "itsm.ci"

    merged_into_id = fields.Many2one(
        "itsm.ci",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )
    merged_ids = fields.One2many("itsm.ci", "merged_into_id", "Merged Into It")

    def action_merge(self):
        """Open the merging of these items."""
        self._check_merging()
        wizard = self.env["itsm.ci.merge"].create(
            {"item_ids": self.ids, "survivor_id": self._best_survivor().id}
        )
        wizard._add_lines()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Merge Items"),
            "res_model": "itsm.ci.merge",
            "res_id": wizard.id,
            "view_mode": "form",
            "target": "new",
        }

    def _best_survivor(self):
        """Return the item that most hangs on: tickets, relations, then the oldest."""
        return self.sorted(
            lambda item: (
                -len(item.ticket_link_ids),
                -len(item.relation_ids | item.inverse_relation_ids),
                item.id,
            )
        )[:1]

    def _check_merging(self):
        if not self.env.su and not self.env.user.has_group(
            "itsm_cmdb.group_cmdb_manager"
        ):
            raise AccessError(self.env._("Only a configuration manager merges items."))
        if len(self) < 2:
            raise UserError(self.env._("Choose two items or more to merge."))
        if not all(self.mapped("active")):
            raise UserError(self.env._("An archived item cannot be merged."))
        if len(self.company_id) > 1:
            raise UserError(
                self.env._("Items of different companies cannot be merged.")
            )

    def _merge(self, survivor, values=None):
        """Merge these items into one of them.

        :param values: ``{key: value}`` for the survivor, in the naming of the history
        """
        self._check_merging()
        others = self - survivor
        if survivor not in self or not others:
            raise UserError(self.env._("Choose which of the items stays."))
        reason = self.env._(
            "Merged: %(codes)s",
            codes=format_list(self.env, others.mapped("code")),
        )
        # Values that must not be there twice leave the others first.
        others._under(reason=reason)._retire()
        others.action_archive()
        if values:
            survivor._under(reason=reason)._write_values({survivor.id: values})
        others._merge_into(survivor)
        others._under(
            reason=self.env._("Merged into %(code)s", code=survivor.code)
        ).write({"merged_into_id": survivor.id})
        survivor._tell_merging(others)
        return survivor

    def _retire(self):
        """Bring items to their retired stage, where their life cycle has one."""
        for lifecycle, items in self.grouped(
            lambda item: item.sudo().class_id.effective_lifecycle_id
        ).items():
            stage = lifecycle._default_stage("retired") if lifecycle else None
            moving = items.filtered(
                lambda item: item.status not in ("retired", "disposed")
            )
            if stage and moving:
                # sudo: what is the same as another thing ends, wherever it stood.
                moving.sudo().write({"stage_id": stage.id})

    def _tell_merging(self, others):
        """Say on both sides where the records are."""
        self.ensure_one()
        self._message_log(
            body=self.env._(
                "Merged into this item: %(items)s.",
                items=Markup(", ").join(other._get_html_link() for other in others),
            )
        )
        for other in others:
            other._message_log(
                body=self.env._("Merged into %(item)s.", item=self._get_html_link())
            )

    # ------------------------------------------------------------------
    # What hangs on the items
    # ------------------------------------------------------------------

    def _merge_into(self, survivor):
        """Move to another item what belongs to these; called with items that end.

        Extend it for other records that name items.
        """
        self.env.flush_all()
        self._merge_relations(survivor)
        self._merge_rows("itsm_ticket_ci", "ci_id", survivor, ("ticket_id",))
        self._merge_sightings(survivor)
        self._merge_thread(survivor)
        self.env.invalidate_all()
        # sudo: one thing keeps its addresses, whoever keeps the networks.
        self.sudo()._merge_interfaces(survivor.sudo())
        (self | survivor)._refresh_identities()

    def _merge_relations(self, survivor):
        """Let the survivor have the relations, each once, and none with itself.

        What one of the records knows to be redundant stays so, also where another of
        them says no more than that it is needed.
        """
        gone = set(self.ids)
        relations = self.env["itsm.ci.relation"].search(
            ["|", ("source_id", "in", self.ids), ("target_id", "in", self.ids)]
        )
        relations = relations._under(
            reason=self.env._("Merged into %(code)s", code=survivor.code)
        )
        relations.end()
        kept_groups = self._merge_dependency_groups(survivor, relations.group_id)
        known = {
            (each.source_id.id, each.type_id.id, each.target_id.id): each
            for each in (
                survivor.relation_ids | survivor.inverse_relation_ids
            ).with_env(relations.env)
        }
        new = []
        for each in relations.sorted(lambda each: not each.group_id):
            group = kept_groups.get(each.group_id, each.group_id)
            source = survivor if each.source_id.id in gone else each.source_id
            target = survivor if each.target_id.id in gone else each.target_id
            triple = (source.id, each.type_id.id, target.id)
            mirrored = (triple[2], triple[1], triple[0])
            same = {triple, mirrored} if each.impact == "both" else {triple}
            alike = next((triple for triple in same if triple in known), None)
            if source == target:
                continue
            if alike:
                if known[alike] and group and not known[alike].group_id:
                    known[alike].write({"group_id": group.id, "weight": each.weight})
                    known[alike] = None
            else:
                known[triple] = None
                new.append(
                    {
                        "source_id": source.id,
                        "type_id": each.type_id.id,
                        "target_id": target.id,
                        "strength": each.strength,
                        "weight": each.weight,
                        "group_id": group.id,
                        "source_ref_id": each.source_ref_id.id,
                        "note": each.note,
                    }
                )
        relations.browse().create(new)

    def _merge_dependency_groups(self, survivor, used):
        """Move the groups to the survivor; one of a name that it has joins that one.

        :param used: groups that the relations to move are in, archived ones too
        :return: ``{group: the group that it joined}``
        """
        Group = self.env["itsm.ci.dependency.group"]
        # Their members have ended, and become members again at the survivor.
        Group.invalidate_model(["relation_ids"])
        there = {
            group.name.strip().casefold(): group
            for group in Group.search([("ci_id", "=", survivor.id)])
        }
        moving, joined = Group, {}
        groups = Group.search([("ci_id", "in", self.ids)])
        groups |= used.filtered(lambda group: group.ci_id in self)
        for group in groups.sorted("id"):
            kept = there.setdefault(group.name.strip().casefold(), group)
            if kept == group:
                moving |= group
            else:
                joined[group] = kept
        moving.write({"ci_id": survivor.id})
        Group.union(*joined).unlink()
        return joined

    def _merge_rows(self, table, column, survivor, keys):
        """Move rows of a table to the survivor, except where it has one alike."""
        if not self.env.execute_query(SQL("SELECT to_regclass(%s)", table))[0][0]:
            return
        alike = SQL(" AND ").join(
            SQL("o.%s = t.%s", SQL.identifier(key), SQL.identifier(key)) for key in keys
        )
        names = SQL(", ").join(SQL("t.%s", SQL.identifier(key)) for key in keys)
        self.env.cr.execute(
            SQL(
                """
                UPDATE %(table)s SET %(column)s = %(survivor)s
                 WHERE id IN (
                       SELECT min(t.id) FROM %(table)s t
                        WHERE t.%(column)s = ANY(%(ids)s)
                          AND NOT EXISTS (SELECT FROM %(table)s o
                                           WHERE o.%(column)s = %(survivor)s
                                             AND %(alike)s)
                        GROUP BY %(names)s)
                """,
                table=SQL.identifier(table),
                column=SQL.identifier(column),
                survivor=survivor.id,
                ids=self.ids,
                alike=alike,
                names=names,
            )
        )

    def _merge_sightings(self, survivor):
        """Keep of each source the first and the last time it named any of them."""
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO itsm_ci_sighting AS s
                       (ci_id, source_id, first_at, last_at, batch_id, missed_runs,
                        is_lost)
                SELECT %s, source_id, min(first_at), max(last_at), max(batch_id),
                       min(missed_runs), FALSE
                  FROM itsm_ci_sighting WHERE ci_id = ANY(%s) GROUP BY source_id
                    ON CONFLICT (source_id, ci_id) DO UPDATE
                   SET first_at = LEAST(s.first_at, excluded.first_at),
                       last_at = GREATEST(s.last_at, excluded.last_at),
                       missed_runs = LEAST(s.missed_runs, excluded.missed_runs)
                """,
                survivor.id,
                self.ids,
            )
        )
        self.env.cr.execute(
            SQL("DELETE FROM itsm_ci_sighting WHERE ci_id = ANY(%s)", self.ids)
        )

    def _merge_thread(self, survivor):
        """Move messages, attachments, activities and documents."""
        # sudo: all of the thread moves, also what this manager did not write.
        threads = {
            "mail.message": ("model", "res_id"),
            "ir.attachment": ("res_model", "res_id"),
            "mail.activity": ("res_model", "res_id"),
        }
        for model, (name_field, id_field) in threads.items():
            domain = [(name_field, "=", self._name), (id_field, "in", self.ids)]
            if model == "ir.attachment":
                domain.append(("res_field", "=", False))
            self.env[model].sudo().search(domain).write({id_field: survivor.id})
        survivor.sudo().document_ids |= self.sudo().document_ids
        survivor.sudo().user_department_ids |= self.sudo().user_department_ids
        survivor.message_subscribe(self.sudo().message_partner_ids.ids)
