from odoo import api, fields, models

from .itsm_change_conflict_rule import CONFLICT_KINDS, SEVERITIES

RESOLUTIONS = [
    ("moved", "Dates Moved"),
    ("ended", "Change Ended"),
    ("other", "Items, Relations or Windows Changed"),
]


class ItsmChangeConflict(models.Model):
    """Something that speaks, or spoke, against a change at its time.

    Rows follow from what was found; nobody writes them. A conflict that is gone stays,
    with when and why it went. What the row tells in words stands in
    ``itsm_change_conflict_words``.
    """

    _name = "itsm.change.conflict"
    _description = "Conflict of a Change"
    _order = "is_active desc, severity_rank desc, id"

    change_id = fields.Many2one(
        "itsm.change", required=True, readonly=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(
        related="change_id.company_id", store=True, readonly=True, index=True
    )
    kind = fields.Selection(CONFLICT_KINDS, required=True, readonly=True, index=True)
    severity = fields.Selection(SEVERITIES, required=True, readonly=True)
    severity_rank = fields.Integer(
        compute="_compute_severity_rank", store=True, export_string_translation=False
    )
    # May be one of another company, so people read the one below.
    other_id = fields.Many2one(
        "itsm.change",
        readonly=True,
        ondelete="cascade",
        index="btree_not_null",
        groups="base.group_system",
    )
    other_change_id = fields.Many2one(
        "itsm.change",
        compute="_compute_other_change_id",
        compute_sudo=False,
        search="_search_other_change_id",
    )
    window_id = fields.Many2one(
        "itsm.change.window", readonly=True, ondelete="cascade", index="btree_not_null"
    )
    # Items may be of classes that only some may see: people read the words.
    ci_id = fields.Many2one(
        "itsm.ci",
        "Item",
        readonly=True,
        ondelete="cascade",
        index="btree_not_null",
        groups="base.group_system",
    )
    facts = fields.Json(
        readonly=True, groups="base.group_system", export_string_translation=False
    )
    start = fields.Datetime("From", readonly=True, help="When both happen.")
    end = fields.Datetime("To", readonly=True)
    is_active = fields.Boolean("Open", default=True, readonly=True)
    is_excepted = fields.Boolean(
        "Exception Approved", readonly=True, help="An approved exception allows it."
    )
    found_at = fields.Datetime(
        required=True, readonly=True, default=fields.Datetime.now
    )
    resolved_at = fields.Datetime(readonly=True)
    resolution = fields.Selection(RESOLUTIONS, "Resolved By", readonly=True, index=True)

    _open_once = models.UniqueIndex(
        "(change_id, kind, COALESCE(other_id, 0), COALESCE(window_id, 0),"
        " COALESCE(ci_id, 0)) WHERE is_active",
        "This conflict is listed already.",
    )

    @api.depends("severity")
    def _compute_severity_rank(self):
        ranks = [key for key, _label in SEVERITIES]
        for conflict in self:
            conflict.severity_rank = ranks.index(conflict.severity)

    @api.depends("other_id")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_other_change_id(self):
        """Name the other change to those who may read it."""
        others = self.sudo().other_id.with_env(self.env(su=False))  # sudo: filtered
        readable = set(others._filtered_access("read")._ids)
        for conflict in self:
            other = conflict.sudo().other_id  # sudo: as above
            conflict.other_change_id = other.id if other.id in readable else False

    @api.model
    def _search_other_change_id(self, operator, value):
        if operator not in ("in", "any"):
            return NotImplemented
        if operator == "in" and False in value:
            return NotImplemented
        others = self.env["itsm.change"].search([("id", operator, value)])
        # sudo: the user may read these changes.
        found = self.sudo().search([("other_id", "in", others.ids)])
        return [("id", "in", found.ids)]

    def action_open_other(self):
        """Open the other change."""
        self.ensure_one()
        return self.other_change_id.get_formview_action()

    def action_open_window(self):
        """Open the freeze, or one of the maintenance windows."""
        self.ensure_one()
        return self.window_id.get_formview_action()

    def action_except(self):
        """Open the exception that was asked for, or a new one."""
        self.ensure_one()
        Exception_ = self.env["itsm.change.exception"]
        found = Exception_.search(
            [
                ("change_id", "=", self.change_id.id),
                ("window_id", "=", self.window_id.id),
            ],
            limit=1,
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Exception"),
            "res_model": Exception_._name,
            "res_id": found.id,
            "view_mode": "form",
            "context": {
                "default_change_id": self.change_id.id,
                "default_window_id": self.window_id.id,
            },
        }
