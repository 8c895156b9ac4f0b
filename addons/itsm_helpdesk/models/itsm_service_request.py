from odoo import models
from odoo.exceptions import UserError


class ItsmService(models.Model):
    """What asking for a service sets in motion."""

    _inherit = "itsm.service"

    def _check_may_request(self):
        """Refuse a request for what is not offered to the user.

        The same sentence for what is hidden and for what is not there, so that
        nobody finds out which it is.
        """
        offered = self.exists()
        if offered and offered.has_access("read"):
            # sudo: the published version is not for requesters.
            version = offered.sudo().version_id
            if offered.state == "published" and offered.available_to_me and version:
                return
        raise UserError(
            self.env._(
                "This service is not offered to you, or not any more. Look in the "
                "catalogue for what there is."
            )
        )
