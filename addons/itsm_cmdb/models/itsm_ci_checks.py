from odoo import api, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL, format_list

from .itsm_ci_stage import ENDED

_COMPANY_KEYS = frozenset({"company_id", "location_id", "department_id"})
_STAGE_KEYS = frozenset({"stage_id", "class_id"})
# In the context of undoing only: it looked itself what would be lost. A client of the
# API cannot send this object.
UNDOING = object()
_RACK_KEYS = frozenset(
    {"location_id", "rack_position", "rack_units", "status", "active"}
)


class ItsmCi(models.Model):
    """What an item may not say, looked at once for all items of a save."""

    _inherit = "itsm.ci"

    def _check_saved(self, keys=None):
        """Refuse what does not fit together.

        :param keys: what was changed; None for new items
        """
        if keys is None or _STAGE_KEYS & keys:
            self._check_stage()
        if keys is None or _COMPANY_KEYS & keys:
            self._check_companies()
        if keys is None or _RACK_KEYS & keys:
            self._check_rack()

    # ------------------------------------------------------------------
    # Life cycle
    # ------------------------------------------------------------------

    def _check_moves(self, vals, origin):
        """Refuse to a person a stage that the one before does not lead to.

        What was planned, such as an event of the life cycle, has its own rules.
        """
        if not vals.get("stage_id") or self.env.su or not origin.is_manual:
            return
        new = self.env["itsm.ci.stage"].browse(vals["stage_id"])
        for stage in self.stage_id - new:
            if stage.next_ids and new not in stage.next_ids:
                raise UserError(
                    self.env._(
                        "From “%(stage)s” an item goes to %(next)s, not to “%(new)s”.",
                        stage=stage.name,
                        next=format_list(
                            self.env, (f"“{each.name}”" for each in stage.next_ids)
                        ),
                        new=new.name,
                    )
                )

    def _check_stage(self):
        # sudo: a class may be hidden from who moves its items.
        items = self.sudo()
        # Many items, but few classes and stages.
        first = {(item.class_id, item.stage_id): item for item in items}
        for (item_class, stage), item in first.items():
            lifecycle = item_class.effective_lifecycle_id
            if stage and stage.lifecycle_id != lifecycle:
                raise ValidationError(
                    self.env._(
                        "“%(item)s” cannot be in the stage “%(stage)s”: items of its "
                        "class follow the life cycle “%(lifecycle)s”.",
                        item=item.name,
                        stage=stage.name,
                        lifecycle=lifecycle.name,
                    )
                )

    @api.model
    def _refuse_status(self, item_class, status):
        labels = dict(self._fields["status"]._description_selection(self.env))
        raise ValidationError(
            self.env._(
                "Items of the class “%(class)s” cannot be “%(status)s”: their life "
                "cycle “%(lifecycle)s” has no stage for it.",
                **{"class": item_class.name},
                status=labels.get(status, status),
                lifecycle=item_class.effective_lifecycle_id.name,
            )
        )

    # ------------------------------------------------------------------
    # Companies and racks
    # ------------------------------------------------------------------

    def _check_companies(self):
        # sudo: the other company's location need not be readable to be refused.
        first = {
            (item.location_id, item.department_id, item.company_id): item
            for item in self.sudo()
        }
        for (*places, own), item in first.items():
            for record in places:
                company = record.company_id if record else record
                if company and company != own:
                    raise ValidationError(
                        self.env._(
                            "“%(item)s” cannot be at “%(place)s”, which belongs to "
                            "another company.",
                            item=item.name,
                            place=record.display_name,
                        )
                    )

    def _check_rack(self):
        # sudo: units may be taken by an item that the writer cannot see.
        placed = self.sudo().filtered("rack_position")
        for item in placed:
            if item.location_id.kind != "rack":
                raise ValidationError(
                    self.env._(
                        "“%(item)s” has a rack position, but its location is no rack. "
                        "Choose the rack as its location, or clear the position.",
                        item=item.name,
                    )
                )
            if item.rack_position < 0 or item.rack_units < 0:
                raise ValidationError(
                    self.env._(
                        "Rack position and height of “%(item)s” cannot be negative.",
                        item=item.name,
                    )
                )
        placed._check_rack_overlap()

    def _check_rack_overlap(self):
        """Refuse two items in the same units of a rack; ended ones take none."""
        if not self:
            return
        self.env["itsm.ci"].flush_model([*_RACK_KEYS])
        taken = """int4range({0}.rack_position,
                   {0}.rack_position + GREATEST({0}.rack_units, 1))"""
        rows = self.env.execute_query(
            SQL(
                f"""
                SELECT item.id, other.id
                  FROM itsm_ci AS item
                  JOIN itsm_ci AS other
                    ON other.location_id = item.location_id
                   AND other.id != item.id
                   AND other.active
                   AND other.rack_position > 0
                   AND other.status NOT IN %s
                   AND {taken.format("other")} && {taken.format("item")}
                 WHERE item.id = ANY(%s)
                   AND item.active
                   AND item.status NOT IN %s
                 LIMIT 1
                """,
                tuple(ENDED),
                list(self._ids),
                tuple(ENDED),
            )
        )
        for item_id, other_id in rows:
            item, other = self.browse(item_id), self.browse(other_id)
            raise ValidationError(
                self.env._(
                    "“%(item)s” and “%(other)s” (%(code)s) would take the same units "
                    "of the rack “%(rack)s”.",
                    item=item.name,
                    other=other.name,
                    code=other.code,
                    rack=item.location_id.display_name,
                )
            )

    # ------------------------------------------------------------------
    # Deleting
    # ------------------------------------------------------------------

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        """Deleting is for drafts; the rest is retired, so that nothing is lost."""
        if self.env.context.get("itsm_ci_undoing") is UNDOING:
            return
        # sudo: relations to items that the deleter cannot see count too.
        items = self.sudo().with_context(active_test=False)
        changed = (
            self.env["itsm.ci.revision"]
            .sudo()
            ._read_group(
                [("ci_id", "in", self.ids), ("kind", "!=", "created")], ["ci_id"]
            )
        )
        touched = {item.id for (item,) in changed}
        for item in items:
            related = item.relation_ids or item.inverse_relation_ids
            if item.status != "planned" or item.id in touched or related:
                raise UserError(
                    self.env._(
                        "“%(item)s” has a history and cannot be deleted. Retire or "
                        "archive it instead.",
                        item=item.display_name,
                    )
                )
