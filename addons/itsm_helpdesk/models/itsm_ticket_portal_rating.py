from odoo import models

MAX_COMMENT = 2000
GRADES = ("1", "2", "3", "4", "5")
# A rating may be changed this long after the ticket is closed.
CHANGE_DAYS = 7


class ItsmTicket(models.Model):
    """How the person who asked rates what they got: one to five stars and a word."""

    _inherit = "itsm.ticket"

    def _portal_rating(self):
        """Return the rating of the reader and whether it may be given or changed.

        None where the reader is not asked: the ticket is under way, or another's.
        """
        self.ensure_one()
        if not self.sudo()._is_requester(self.env.user.partner_id):
            return None
        given, may_rate = self._portal_given_rating(), self._portal_may_rate()
        if not given and not may_rate:
            return None
        return {**self._rating_form(given), "may_rate": may_rate}

    def _rating_form(self, given=None):
        """Return what a form to rate shows, or a rating that was given."""
        self.ensure_one()
        # sudo: words that the desk offers to everybody who rates it.
        desk = self.sudo().desk_id
        return {
            "value": str(int(given.rating)) if given else "",
            "comment": given.feedback or "" if given else "",
            "chosen": given.itsm_reason_ids.ids if given else [],
            "reasons": [
                {"id": reason.id, "name": reason.name, "kind": reason.kind}
                for reason in self.env["itsm.rating.reason"]._offered(desk)
            ],
            "labels": {
                "1": self.env._("Very bad"),
                "2": self.env._("Bad"),
                "3": self.env._("Passable"),
                "4": self.env._("Good"),
                "5": self.env._("Very good"),
            },
            "max_comment": MAX_COMMENT,
            "touchpoints": self._rating_touchpoints(given),
        }

    def _rating_touchpoints(self, given=None):
        """Hook: return the moments of the service that a person may name, if any.

        What was sent of them is read by an extension of :meth:`_rating_values`.
        """
        return []

    def _portal_given_rating(self):
        return self._rating_of(self.env.user.partner_id)

    def _portal_may_rate(self):
        return self._may_be_rated(self.env.user.partner_id)

    def _portal_rate(self, form, way="portal", rated=None):
        """Keep the stars and the words of the requester; return the rating.

        The caller has checked that the user may read the ticket.

        :param form: ``grade``, ``comment`` and ``reasons`` as they were sent
        """
        return self._rate(self.env.user.partner_id, form, way, rated)
