from odoo import api, models
from odoo.fields import Domain

_LOOKS = {
    "info": ("info", "fa-info-circle"),
    "disturbance": ("danger", "fa-exclamation-triangle"),
    "planned": ("warning", "fa-wrench"),
}
# What does not work now comes before what will not work, and that before news.
_ORDER = ("disturbance", "planned", "info")


class ItsmAnnouncement(models.Model):
    """News on the home of the staff."""

    _inherit = "itsm.announcement"

    @api.model
    def _portal_rows(self):
        """Return what is announced now by the desks that the user may turn to."""
        desks = self.env["itsm.ticket"]._portal_desks()
        running = self.search(
            Domain("state", "in", ["running"])
            & (Domain("desk_ids", "=", False) | Domain("desk_ids", "in", desks.ids))
        )
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        return [
            {
                "name": news.name,
                "body": news.body,
                "kind": kinds[news.kind],
                "tone": _LOOKS[news.kind][0],
                "icon": _LOOKS[news.kind][1],
                "when": news._portal_when(),
            }
            for news in running.sorted(lambda news: _ORDER.index(news.kind))
        ]

    def _portal_when(self):
        if not self.date_to:
            return ""
        return self.env._(
            "Until %(moment)s",
            moment=self.env["itsm.ticket"]._portal_moment(self.date_to),
        )
