from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.itsm_helpdesk.models.row_lock import wait_for_rows
from odoo.addons.itsm_helpdesk.tools import signature as signatures

_MAX_NAME = 100


class ItsmGoodsIssue(models.Model):
    """The signature of who received the goods: given once, and kept."""

    _inherit = "itsm.goods.issue"

    signature = fields.Image(copy=False, max_width=1024, max_height=1024)
    signed_by = fields.Char(copy=False, help="The name that was written with it.")
    signed_at = fields.Datetime(readonly=True, copy=False)

    @api.model
    def _system_fields(self):
        return super()._system_fields() | {"signature", "signed_at"}

    def write(self, vals):
        """What is signed in the form goes through the verb."""
        if self._is_system() or not vals.get("signature"):
            if "signed_by" in vals and not self._is_system():
                self._refuse_signed()
            return super().write(vals)
        others = {k: v for k, v in vals.items() if k not in ("signature", "signed_by")}
        result = self.write(others) if others else True
        for issue in self:
            issue.sign(vals["signature"], vals.get("signed_by"))
        return result

    def sign(self, signature, name=None):
        """Keep the signature of who receives the goods.

        :param signature: PNG in base64
        :param name: as the person wrote it; default: who is to receive them
        """
        self.ensure_one()
        self.check_access("write")
        wait_for_rows(self)
        self._refuse_signed()
        if self.state == "cancelled" or not self.line_ids.filtered("quantity"):
            raise UserError(
                self.env._(
                    "%(issue)s is cancelled or empty, so there is nothing to sign.",
                    issue=self.number,
                )
            )
        # sudo: the name of the receiver, who may be nobody's colleague.
        name = name or self.signed_by or self.sudo().receiver_id.name
        name = " ".join(str(name or "").split())[:_MAX_NAME]
        if not name:
            raise UserError(self.env._("Write the name of the person who signs."))
        self._write_system(
            {
                "signature": self._checked_signature(signature),
                "signed_by": name,
                "signed_at": fields.Datetime.now(),
            }
        )
        self.ticket_id.message_post(
            body=self.env._(
                "%(issue)s was signed by %(name)s.", issue=self.number, name=name
            ),
            subtype_xmlid="mail.mt_note",
        )
        return True

    def _refuse_signed(self):
        if any(self.mapped("signed_at")):
            raise UserError(self.env._("What was signed stays as it was signed."))

    def _checked_signature(self, signature):
        """Return the picture, or refuse what is no picture of a signature."""
        picture = signatures.checked(signature)
        if picture is None:
            raise UserError(self.env._("Please sign in the box first."))
        return picture

    def action_print(self):
        """Print the record, with the signature or a line for one."""
        self.check_access("read")
        return self.env.ref("itsm_nonit.action_report_itsm_goods_issue").report_action(
            self
        )
