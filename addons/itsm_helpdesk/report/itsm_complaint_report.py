from odoo import models


class ItsmSlaReport(models.Model):
    """Figures of hidden complaints are hidden with them."""

    _name = "itsm.sla.report"
    _inherit = ["itsm.sla.report", "itsm.complaint.part.mixin"]


class ItsmSlaTimeReport(models.Model):
    _name = "itsm.sla.time.report"
    _inherit = ["itsm.sla.time.report", "itsm.complaint.part.mixin"]
