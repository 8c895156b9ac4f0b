from odoo import fields, models

_HELP = "Desks that use this word. Empty: all desks."


class ItsmPendingReason(models.Model):
    """A facilities desk waits for other things than an IT desk."""

    _inherit = "itsm.pending.reason"

    desk_ids = fields.Many2many(
        "itsm.desk",
        "itsm_pending_reason_desk_rel",
        "reason_id",
        "desk_id",
        string="Desks",
        help=_HELP,
    )


class ItsmClosureCode(models.Model):
    """Why a desk closes its tickets."""

    _inherit = "itsm.closure.code"

    desk_ids = fields.Many2many(
        "itsm.desk",
        "itsm_closure_code_desk_rel",
        "code_id",
        "desk_id",
        string="Desks",
        help=_HELP,
    )


class ItsmResolutionCode(models.Model):
    """How a desk solves its tickets."""

    _inherit = "itsm.resolution.code"

    desk_ids = fields.Many2many(
        "itsm.desk",
        "itsm_resolution_code_desk_rel",
        "code_id",
        "desk_id",
        string="Desks",
        help=_HELP,
    )
