from odoo import api, fields, models, tools
from odoo.exceptions import UserError
from odoo.tools import SQL


class ItsmCiDistinct(models.Model):
    """The decision that items which share a value are not the same thing."""

    _name = "itsm.ci.distinct"
    _description = "Items That Are Not Duplicates"
    _order = "create_date desc, id desc"
    _rec_name = "value"

    identifier_id = fields.Many2one(
        "itsm.ci.identifier", "Rule", required=True, ondelete="cascade"
    )
    value = fields.Char("Shared Value", required=True, index=True)
    members = fields.Char(required=True, readonly=True)
    company_id = fields.Many2one("res.company", readonly=True, index="btree_not_null")
    hidden_class_id = fields.Many2one(
        "itsm.ci.class", readonly=True, help="Only its groups may know of the value."
    )
    reason = fields.Char()
    ci_ids = fields.Many2many("itsm.ci", compute="_compute_ci_ids", string="Items")

    @api.depends("members")
    def _compute_ci_ids(self):
        items = self.env["itsm.ci"].with_context(active_test=False)
        for row in self:
            ids = [int(id_) for id_ in row.members.split(",")]
            row.ci_ids = items.browse(ids).exists()._filtered_access("read")

    @api.constrains("members")
    def _check_members(self):
        for row in self:
            if not all(part.isdecimal() for part in row.members.split(",")):
                raise UserError(self.env._("The list of items cannot be read."))


class ItsmCiDuplicate(models.Model):
    """Items that an identification rule cannot tell apart: they share a value."""

    _name = "itsm.ci.duplicate"
    _description = "Possible Duplicate"
    _auto = False
    _order = "ci_count desc, id"
    _depends = {
        "itsm.ci": ["active", "class_id", "company_id"],
        "itsm.ci.class": ["group_ids"],
        "itsm.ci.identity": ["ci_id", "identifier_id", "value"],
        "itsm.ci.distinct": ["identifier_id", "value", "members"],
    }
    _rec_name = "value"

    identifier_id = fields.Many2one("itsm.ci.identifier", "Rule", readonly=True)
    value = fields.Char("Shared Value", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    ci_count = fields.Integer("Items", readonly=True)
    members = fields.Char(readonly=True)
    hidden_class_id = fields.Many2one(
        "itsm.ci.class", readonly=True, help="Only its groups may know of the value."
    )
    ci_ids = fields.Many2many("itsm.ci", compute="_compute_ci_ids", string="Item List")

    def init(self):
        tools.drop_view_if_exists(self.env.cr, self._table)
        self.env.cr.execute(
            SQL(
                """
                CREATE VIEW %s AS
                SELECT g.*
                  FROM (SELECT min(i.id) AS id,
                               i.identifier_id,
                               i.value,
                               c.company_id,
                               count(DISTINCT i.ci_id) AS ci_count,
                               string_agg(DISTINCT i.ci_id::text, ',') AS members,
                               max(c.class_id) FILTER (
                                   WHERE EXISTS (SELECT FROM itsm_ci_class_group_rel h
                                                  WHERE h.class_id = c.class_id)
                               ) AS hidden_class_id
                          FROM itsm_ci_identity i
                          JOIN itsm_ci c ON c.id = i.ci_id AND c.active
                         GROUP BY i.identifier_id, i.value, c.company_id
                        HAVING count(DISTINCT i.ci_id) > 1) g
                 WHERE NOT EXISTS (
                       SELECT FROM itsm_ci_distinct d
                        WHERE d.identifier_id = g.identifier_id AND d.value = g.value
                          AND string_to_array(d.members, ',')
                              @> string_to_array(g.members, ','))
                """,
                SQL.identifier(self._table),
            )
        )

    @api.depends("members")
    def _compute_ci_ids(self):
        items = self.env["itsm.ci"]
        ids = {int(id_) for row in self for id_ in row.members.split(",")}
        readable = items.browse(ids)._filtered_access("read")
        for row in self:
            row.ci_ids = readable & items.browse(map(int, row.members.split(",")))

    def action_merge(self):
        """Open the merging of the items that share the value."""
        self.ensure_one()
        return self.ci_ids.action_merge()

    def action_not_duplicates(self):
        """Keep that these items are different, whatever they share."""
        self.env["itsm.ci.distinct"].create(
            [
                {
                    "identifier_id": row.identifier_id.id,
                    "value": row.value,
                    "members": row.members,
                    "company_id": row.company_id.id,
                    "hidden_class_id": row.hidden_class_id.id,
                }
                for row in self
            ]
        )
        return {"type": "ir.actions.client", "tag": "soft_reload"}
