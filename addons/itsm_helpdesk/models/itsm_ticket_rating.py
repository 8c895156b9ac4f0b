from datetime import timedelta

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from .itsm_ticket_portal_rating import CHANGE_DAYS, GRADES, MAX_COMMENT
from .row_lock import take_turn

# Work that may be rated though its ticket is open: the work itself was done.
_AT_THE_WORK = ("work_sheet", "qr_badge", "receipt")
_WORKED_ON = ("in_progress", "pending", "resolved")


class ItsmTicket(models.Model):
    """How a rating is kept, whichever way it came."""

    _inherit = "itsm.ticket"

    rating_turn = fields.Integer(
        readonly=True,
        copy=False,
        export_string_translation=False,
        groups="base.group_system",
    )

    @api.model
    def _system_fields(self):
        return super()._system_fields() | {"rating_turn"}

    # ------------------------------------------------------------------
    # Whether
    # ------------------------------------------------------------------

    def _may_be_rated(self, partner, way="portal"):
        """Tell whether a person may rate the ticket now.

        The desk's work is done, and not so long ago that it changes old figures.
        Nobody rates their own work.
        """
        self.ensure_one()
        ticket = self.sudo()  # sudo: a state and a date, for who asked for it
        if not ticket._is_requester(partner) or ticket.merged_into_id:
            return False
        if partner == ticket.user_id.partner_id:
            return False
        if ticket.state == "resolved":
            return True
        if ticket.state == "closed":
            since = ticket.closed_at or fields.Datetime.now()
            return fields.Datetime.now() <= since + timedelta(days=CHANGE_DAYS)
        return way in _AT_THE_WORK and ticket.state in _WORKED_ON

    def _rating_of(self, partner):
        """Return the rating that a person gave."""
        # sudo: ratings are not for requesters; this one is the person's own.
        return self.sudo().rating_ids.filtered(
            lambda rating: rating.partner_id == partner and rating.consumed
        )[:1]

    # ------------------------------------------------------------------
    # Which
    # ------------------------------------------------------------------

    @api.model
    def _rating_last(self, partner, desk=None, user=None):
        """Return the last finished ticket of a person that they have not rated.

        :param desk: of this desk
        :param user: that this engineer worked on
        """
        tickets = self.sudo().search(
            self._rateable_domain(partner, desk, user),
            order="write_date desc",
            limit=50,
        )
        way = "qr_badge" if user else "qr_desk"
        return tickets.filtered(
            lambda ticket: (
                ticket._may_be_rated(partner, way) and not ticket._rating_of(partner)
            )
        ).sorted(lambda ticket: ticket._rating_moment(user), reverse=True)[:1]

    def _rating_moment(self, user=None):
        """Hook: return when the work was done, of an engineer if one is given."""
        self.ensure_one()
        return self.resolved_at or self.closed_at or self.opened_at

    @api.model
    def _rateable_domain(self, partner, desk=None, user=None):
        since = fields.Datetime.now() - timedelta(days=CHANGE_DAYS)
        mine = Domain("partner_id", "=", partner.id) | Domain(
            "requested_for_id", "=", partner.id
        )
        finished = Domain("state", "=", "resolved") | (
            Domain("state", "=", "closed") & Domain("closed_at", ">=", since)
        )
        domain = mine & Domain("is_part", "=", False)
        if desk:
            domain &= Domain("desk_id", "=", desk.id)
        if user:
            return domain & self._rating_work_domain(user, finished, since)
        return domain & finished

    @api.model
    def _rating_work_domain(self, user, finished, since):
        """Hook: return the domain of the work of an engineer that can be rated."""
        return finished & Domain("user_id", "=", user.id)

    # ------------------------------------------------------------------
    # The rating
    # ------------------------------------------------------------------

    def _rate(self, partner, form, way, rated=None):
        """Keep what a person thinks of the ticket; return the rating.

        Of two that come at the same moment the second is asked again after the
        first is kept.

        :param form: ``grade``, ``comment``, ``reasons`` as they were sent
        :param rated: the engineer who is meant; default: the assignee
        :raise UserError: it cannot be rated (any more), or not so
        """
        self.ensure_one()
        take_turn(self.sudo(), "rating_turn")
        self.invalidate_recordset()
        if not self._may_be_rated(partner, way):
            raise UserError(
                self.env._(
                    "This cannot be rated any more, or not by you. The ticket as it "
                    "stands now is shown here."
                )
            )
        values = self._rating_values(form)
        ticket = self._rating_as(partner)
        rating = ticket._rating_of(partner)
        token = rating.access_token or ticket._rating_get_access_token(partner)
        rating = ticket.rating_apply(
            int(form["grade"]),
            token=token,
            feedback=values.pop("feedback"),
            subtype_xmlid="mail.mt_note",
        )
        if rated:
            values["rated_partner_id"] = rated.partner_id.id
        rating.write({**values, "itsm_way": way})
        ticket._after_rating(rating)
        return rating

    def _rating_as(self, partner):
        """Return the ticket with the login of who rates, or the system's.

        With all rights: everything was checked, and what follows needs them.
        """
        users = partner.sudo().user_ids.filtered("active")
        return self.with_user(users[:1].id or SUPERUSER_ID).sudo()

    def _rating_values(self, form):
        """Return the values of a rating from what was sent.

        :raise UserError: it has no stars
        """
        if form.get("grade") not in GRADES:
            raise UserError(self.env._("Choose one to five stars."))
        comment = "".join(
            char
            for char in (form.get("comment") or "")[:MAX_COMMENT]
            if char.isprintable() or char == "\n"
        ).strip()
        chosen = {value for value in form.get("reasons") or () if value.isascii()}
        offered = self.env["itsm.rating.reason"]._offered(self.sudo().desk_id)
        reasons = offered.filtered(lambda reason: str(reason.id) in chosen)
        return {
            "feedback": comment,
            "itsm_reason_ids": [fields.Command.set(reasons.ids)],
        }

    def _after_rating(self, rating):
        """Hook: called after a rating was given or changed."""
        self.ensure_one()
        keys = self.env["itsm.rating.invitation"].sudo()
        keys.search(
            [
                ("ticket_id", "=", self.id),
                ("partner_id", "=", rating.partner_id.id),
                ("used_at", "=", False),
            ]
        )._end(rating)
        self._write_system({"rating_due_at": False, "rating_decision": "rated"})
        self.env["itsm.rating.followup"]._follow(rating)
