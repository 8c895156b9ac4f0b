from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ItsmLocation(models.Model):
    """A place where things stand and where work is done; a tree from site to rack."""

    _name = "itsm.location"
    _description = "Location"
    _parent_store = True
    _order = "complete_name, id"
    _rec_name = "complete_name"
    _rec_names_search = ["complete_name", "code"]

    name = fields.Char(required=True)
    code = fields.Char(
        index="btree_not_null", help="Short name on door signs, labels and in ledgers."
    )
    kind = fields.Selection(
        [
            ("site", "Site"),
            ("building", "Building"),
            ("floor", "Floor"),
            ("room", "Room"),
            ("rack", "Rack"),
            ("area", "Area"),
        ],
        required=True,
        default="room",
    )
    active = fields.Boolean(default=True)
    complete_name = fields.Char(
        "Full Name", compute="_compute_complete_name", recursive=True, store=True
    )
    parent_id = fields.Many2one(
        "itsm.location", "Inside", index=True, ondelete="restrict"
    )
    parent_path = fields.Char(index=True)
    child_ids = fields.One2many("itsm.location", "parent_id", "Contains")
    company_id = fields.Many2one("res.company", index=True)
    partner_id = fields.Many2one("res.partner", "Address")
    note = fields.Text(help="How to get there, who has the key.")

    _code_unique = models.UniqueIndex(
        "(code, COALESCE(company_id, 0)) WHERE code IS NOT NULL",
        "Another location of this company has this code.",
    )

    @api.depends("name", "parent_id.complete_name")
    def _compute_complete_name(self):
        for location in self:
            parent = location.parent_id.complete_name
            location.complete_name = (
                f"{parent} / {location.name}" if parent else location.name
            )

    @api.constrains("parent_id")
    def _check_parent_cycle(self):
        if self._has_cycle():
            raise ValidationError(
                self.env._("A location cannot be placed inside itself.")
            )

    @api.constrains("parent_id", "company_id")
    def _check_parent_company(self):
        for location in self:
            company = location.parent_id.company_id
            if company and location.company_id != company:
                raise ValidationError(
                    self.env._(
                        "“%(location)s” is inside “%(parent)s” and must belong to the"
                        " same company.",
                        location=location.name,
                        parent=location.parent_id.complete_name,
                    )
                )
