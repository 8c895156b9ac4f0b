from datetime import timedelta

from pytz import timezone, utc

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL

from ..tools import delegation as pure


class ItsmApprovalDelegation(models.Model):
    """While somebody is absent, another person may decide for them.

    The absent person may still decide themselves. What a delegate decides shows both
    names.
    """

    _name = "itsm.approval.delegation"
    _description = "Approval Delegation"
    _order = "date_from desc, id desc"
    _rec_name = "delegate_id"

    # What says who could decide, since when, and on what.
    _EVIDENCE = frozenset({"partner_id", "delegate_id", "date_from", "policy_ids"})

    partner_id = fields.Many2one(
        "res.partner",
        "Absent Person",
        required=True,
        index=True,
        ondelete="cascade",
        default=lambda self: self.env.user.partner_id,
    )
    delegate_id = fields.Many2one(
        "res.partner", required=True, index=True, ondelete="cascade"
    )
    date_from = fields.Date(
        "From", required=True, default=lambda self: fields.Date.context_today(self)
    )
    date_to = fields.Date("Until", required=True, help="This day included.")
    policy_ids = fields.Many2many(
        "itsm.approval.policy",
        "itsm_approval_delegation_policy_rel",
        "delegation_id",
        "policy_id",
        string="Policies",
        help="Only for approvals of these policies. Empty: for all.",
    )
    note = fields.Char()
    is_active = fields.Boolean(
        "In Force", compute="_compute_is_active", search="_search_is_active"
    )

    _date_order = models.Constraint(
        "CHECK (date_from <= date_to)", "A delegation ends on or after its first day."
    )
    _no_self = models.Constraint(
        "CHECK (partner_id != delegate_id)", "Nobody can be their own delegate."
    )

    @api.depends("date_from", "date_to")
    def _compute_is_active(self):
        today = fields.Date.context_today(self)
        for delegation in self:
            start, end = delegation.date_from, delegation.date_to
            delegation.is_active = bool(start and end and start <= today <= end)

    def _search_is_active(self, operator, value):
        if operator != "in":
            return NotImplemented
        today = fields.Date.context_today(self)
        active = Domain("date_from", "<=", today) & Domain("date_to", ">=", today)
        if True in value and False in value:
            return Domain.TRUE
        return active if True in value else ~active

    @api.constrains("delegate_id")
    def _check_delegate(self):
        # sudo: portal users have no rights on people; only names are shown.
        delegations = self.sudo()
        gone = self.env["itsm.approval"]._gone(delegations.delegate_id)
        for delegation in delegations.filtered(lambda one: one.delegate_id.id in gone):
            raise ValidationError(
                self.env._(
                    "%(name)s has left, so they cannot decide for anybody. Choose "
                    "another delegate.",
                    name=delegation.delegate_id.name,
                )
            )

    @api.model_create_multi
    def create(self, vals_list):
        delegations = super().create(vals_list)
        delegations._refuse_strangers()
        return delegations

    def write(self, vals):
        # Rules are asked before a write, not after it: without this, people could
        # make their own delegation into somebody else's.
        if "partner_id" in vals and not self._is_for_all():
            others = self.filtered(lambda one: one.partner_id.id != vals["partner_id"])
            if others:
                raise AccessError(
                    self.env._(
                        "A delegation stays with whom it was made for. Make a new one."
                    )
                )
        if not self._EVIDENCE.isdisjoint(vals) and not self._is_for_all():
            self._refuse_begun(
                self.env._(
                    "A delegation that has begun shows who could decide when. End it "
                    "by its last day, and make a new one."
                )
            )
        result = super().write(vals)
        self._refuse_strangers()
        return result

    def _refuse_begun(self, sentence):
        today = fields.Date.context_today(self)
        if any(delegation.date_from < today for delegation in self):
            raise UserError(sentence)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_begun(self):
        self._refuse_begun(
            self.env._(
                "A delegation that has begun shows who could decide when. End it by "
                "its last day instead of deleting it."
            )
        )

    def _refuse_strangers(self):
        """Let portal users name only those whom their page offers, for all policies.

        Whoever is named gets mails about the approvals, and their name is shown.
        """
        if self.env.su or not self.env.user.share:
            return
        # sudo: portal users have no rights on people and policies.
        delegations = self.sudo()
        named = delegations.delegate_id
        offered = self._portal_colleagues(Domain("id", "in", named.ids))
        if named - offered or delegations.policy_ids:
            raise AccessError(
                self.env._("Choose one of the colleagues whom the page offers.")
            )

    @api.model
    def _is_for_all(self):
        return self.env.su or self.env.user.has_group(
            "itsm_approval.group_approval_manager"
        )

    @api.depends("partner_id", "delegate_id")
    def _compute_display_name(self):
        for delegation in self.sudo():  # sudo: names of people only
            delegation.display_name = bool(delegation.delegate_id) and self.env._(
                "%(delegate)s for %(absent)s",
                delegate=delegation.delegate_id.name or "",
                absent=delegation.partner_id.name or "",
            )

    # ------------------------------------------------------------------
    # Who may act for whom now
    # ------------------------------------------------------------------

    @api.model
    def _mandates(self, partner_ids, upwards):
        """Return the mandates of today that are reachable from some people.

        Asks the database once for each link of the chain, not for each person.

        :param upwards: from delegates to the absent; else from the absent down
        """
        self.flush_model()
        self.env["res.partner"].flush_model(["tz"])
        here = "delegate_id" if upwards else "partner_id"
        now = fields.Datetime.now()
        seen, frontier, found = set(), set(partner_ids), []
        while frontier:
            seen |= frontier
            rows = self.env.execute_query(
                SQL(
                    """
                    SELECT d.partner_id, d.delegate_id, d.date_from, d.date_to, p.tz,
                           ARRAY_AGG(r.policy_id) FILTER (WHERE r.policy_id > 0)
                      FROM itsm_approval_delegation d
                      JOIN res_partner p ON p.id = d.partner_id
                      LEFT JOIN itsm_approval_delegation_policy_rel r
                             ON r.delegation_id = d.id
                     WHERE d.%(here)s = ANY(%(people)s)
                       AND d.date_from <= %(tomorrow)s
                       AND d.date_to >= %(yesterday)s
                     GROUP BY d.id, p.tz
                    """,
                    here=SQL.identifier(here),
                    people=list(frontier),
                    tomorrow=now.date() + timedelta(days=1),
                    yesterday=now.date() - timedelta(days=1),
                )
            )
            reached = set()
            for absent, delegate, start, end, tz, only in rows:
                if not pure.in_force(start, end, self._day_in(tz, now)):
                    continue
                scope = frozenset(only) if only else None
                found.append(pure.Mandate(absent, delegate, scope))
                reached.add(absent if upwards else delegate)
            frontier = reached - seen
        return found

    @api.model
    def _day_in(self, tz, now):
        """Return the day it is where the absent person lives."""
        zone = timezone(tz or self.env.company.partner_id.tz or "UTC")
        return utc.localize(now).astimezone(zone).date()

    @api.model
    def _represented(self, partner_id):
        """Return ``{absent person: policies or None}`` a person may act for now."""
        mandates = self._mandates([partner_id], upwards=True)
        return pure.represented(partner_id, mandates)
