from odoo import fields, models


class ItsmChangeNoticeWords(models.AbstractModel):
    """The placeholders of the mails to those affected.

    They are methods of the row of whoever is told, so that an administrator can use
    them in the templates; each gives text in the reader's language and zone.
    """

    _name = "itsm.change.notice.words"
    _description = "Words of a Notice"

    change_id = fields.Many2one("itsm.change")
    partner_id = fields.Many2one("res.partner")

    def _has_dates(self):
        """Hook: tell whether the notice says when the work is."""
        return True

    def _title(self):
        """Return the subject of the work."""
        return self.change_id._public_title()

    def _note(self):
        """Return what staff should know; empty where nothing was written."""
        return self.change_id.public_note or ""

    def _when(self):
        """Return from when to when the work is; empty where that was left open."""
        change = self.change_id
        return self._span(change.planned_start, change.planned_end)

    def _outage(self):
        """Return from when to when something stands still; empty without an outage."""
        return self._span(*self.change_id._outage_window())

    def _link(self):
        """Return the address of the work on the portal."""
        change = self.change_id
        return f"{change.get_base_url()}/my/changes/{change.id}"

    def _span(self, start, end):
        """Return two moments as the reader of the mail says them."""
        if not start or not end or not self._has_dates():
            return ""
        zone = self.partner_id.tz or self.change_id.company_id.partner_id.tz or "UTC"
        return self.env["itsm.change"].with_context(tz=zone)._portal_span(start, end)
