from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ItsmLocation(models.Model):
    """A place where things stand and where work is done; a tree from site to rack."""

    _name = "itsm.location"
    _description = "Location"
    _inherit = ["itsm.tree.mixin"]
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
    child_ids = fields.One2many("itsm.location", "parent_id", "Contains")
    company_id = fields.Many2one("res.company", index=True)
    partner_id = fields.Many2one("res.partner", "Address")
    work_location_id = fields.Many2one(
        "hr.work.location",
        index="btree_not_null",
        help="Forms offer this place first to employees who work there.",
    )
    note = fields.Text(help="How to get there, who has the key.")
    open_ticket_count = fields.Integer(
        "Open Tickets",
        compute="_compute_open_ticket_count",
        groups="itsm_helpdesk.group_itsm_agent,itsm_helpdesk.group_itsm_auditor",
        help="Here and in what it contains.",
    )

    _code_unique = models.UniqueIndex(
        "(code, COALESCE(company_id, 0)) WHERE code IS NOT NULL",
        "Another location of this company has this code.",
    )

    @api.model
    def _of_work_location(self, work_location):
        """Return the place that is known as a work location of employees, or none."""
        if not work_location:
            return self.browse()
        return self.search([("work_location_id", "=", work_location.id)], limit=1)

    def _compute_open_ticket_count(self):
        """Count for each location what is open in it, at any depth."""
        inside = self.with_context(active_test=False).search(
            [("id", "child_of", self.ids)]
        )
        counts = self.env["itsm.ticket"]._read_group(
            [("location_id", "in", inside.ids), ("state", "in", self._open_states())],
            ["location_id"],
            ["__count"],
        )
        totals = dict.fromkeys(self.ids, 0)
        for location, count in counts:
            for ancestor in location.parent_path.split("/"):
                if ancestor and int(ancestor) in totals:
                    totals[int(ancestor)] += count
        for location in self:
            location.open_ticket_count = totals.get(location.id, 0)

    @api.model
    def _open_states(self):
        return sorted(self.env["itsm.ticket"]._open_states())

    def action_view_open_tickets(self):
        """Open the tickets that are open here and in what the location contains."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Open Tickets: %(location)s", location=self.name),
            "res_model": "itsm.ticket",
            "view_mode": "list,kanban,form",
            "domain": [
                ("location_id", "child_of", self.id),
                ("state", "in", self._open_states()),
            ],
            "context": {"default_location_id": self.id},
        }

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
