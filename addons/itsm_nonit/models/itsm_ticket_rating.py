from odoo import api, models
from odoo.fields import Domain

# Work that goes on after a visit may be rated for the visit.
_OPEN = ("in_progress", "pending")


class ItsmTicket(models.Model):
    """Who scans an engineer's badge rates the last visit, not only what is solved."""

    _inherit = "itsm.ticket"

    @api.model
    def _rating_work_domain(self, user, finished, since):
        visited = Domain(
            "visit_ids",
            "any",
            Domain("user_id", "=", user.id)
            & Domain("state", "=", "done")
            & Domain("ended_at", ">=", since),
        )
        may_go_on = finished | Domain("state", "in", _OPEN)
        return super()._rating_work_domain(user, finished, since) | (
            visited & may_go_on
        )

    def _worked_on_by(self, user):
        return super()._worked_on_by(user) or bool(self._visits_done_by(user))

    def _rating_moment(self, user=None):
        visits = user and self._visits_done_by(user)
        ends = visits and [end for end in visits.mapped("ended_at") if end]
        return max(ends) if ends else super()._rating_moment(user)

    def _visits_done_by(self, user):
        # sudo: which work somebody did is asked for who scanned their badge.
        return self.sudo().visit_ids.filtered(
            lambda visit: visit.user_id == user and visit.state == "done"
        )
