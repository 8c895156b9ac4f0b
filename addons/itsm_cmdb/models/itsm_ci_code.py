import secrets

from odoo import api, models


class ItsmCi(models.Model):
    """What a new item gets without being asked: code, token, stage."""

    _inherit = "itsm.ci"

    @api.model
    def _add_codes(self, vals_list):
        """Give a code and a token to those that have none, in one go."""
        given = [vals["code"] for vals in vals_list if vals.get("code")]
        Sequence = self.env["ir.sequence"]
        if given:
            Sequence._itsm_move_beyond("itsm.ci", given)
        missing = len(vals_list) - len(given)
        codes = iter(Sequence._itsm_next_numbers("itsm.ci", missing) if missing else ())
        for vals in vals_list:
            vals["code"] = vals.get("code") or next(codes)
            vals["token"] = secrets.token_urlsafe(16)

    @api.model
    def _add_stages(self, vals_list):
        """Give each the first stage of its status, or the one where items begin."""
        default_class = self.env.context.get("default_class_id")
        default_stage = self.env.context.get("default_stage_id")
        found = {}
        for vals in vals_list:
            status = vals.pop("status", None)
            stage = vals.get("stage_id") or (not status and default_stage)
            if not stage:
                key = vals.get("class_id") or default_class, status
                if key not in found:
                    found[key] = self._stage_of(*key)
                stage = found[key].id
            vals["stage_id"] = stage
        stages = self.env["itsm.ci.stage"].browse(
            {vals["stage_id"] for vals in vals_list if vals["stage_id"]}
        )
        status_of = {stage.id: stage.status for stage in stages.sudo()}
        for vals in vals_list:
            vals["status"] = status_of.get(vals["stage_id"])

    @api.model
    def _stage_of(self, class_id, status=None):
        """Return the stage of a class's life cycle for a status, or its first one."""
        # sudo: a class may be hidden from who moves its items.
        item_class = self.env["itsm.ci.class"].sudo().browse(class_id or [])
        lifecycle = item_class.effective_lifecycle_id
        if not lifecycle:
            return self.env["itsm.ci.stage"]
        stage = lifecycle._default_stage(status)
        if status and not stage:
            self._refuse_status(item_class, status)
        return stage
