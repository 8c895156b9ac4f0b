from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.itsm_helpdesk.models.itsm_ticket import WORKERS

from ..tools import risk, states
from .itsm_change import RISKS

OUTCOMES = [
    ("reached", "Did What It Was For"),
    ("partly", "Did Part of It"),
    ("missed", "Did Not Do It"),
]
GAPS = [
    ("as_predicted", "As Predicted"),
    ("higher", "Riskier than Predicted"),
    ("lower", "Less Risky than Predicted"),
]
# Who writes these judges; the other words may be anybody's who takes part.
JUDGEMENT = frozenset({"actual_risk", "review_outcome"})
REVIEW = JUDGEMENT | {"lessons", "review_note"}
# Work that takes so much longer than planned was risky.
_LONGER = 1.5


class ItsmChange(models.Model):
    """The review: what came of a change, what was learnt, how risky it really was."""

    _inherit = "itsm.change"

    review_outcome = fields.Selection(
        OUTCOMES, "Outcome", copy=False, tracking=True, index="btree_not_null"
    )
    review_note = fields.Text(
        "What Went Wrong", copy=False, help="What did not go as planned, and why."
    )
    lessons = fields.Text(
        copy=False, help="What is to be done otherwise the next time."
    )
    actual_risk = fields.Selection(
        RISKS,
        copy=False,
        tracking=True,
        help="How risky the change turned out to be.",
    )
    suggested_risk = fields.Selection(
        RISKS,
        "Suggested Actual Risk",
        compute="_compute_suggested_risk",
        compute_sudo=True,
    )
    suggested_risk_text = fields.Char(
        "Because", compute="_compute_suggested_risk", compute_sudo=True
    )
    risk_gap = fields.Selection(
        GAPS, "Prediction", compute="_compute_risk_gap", store=True
    )
    reviewer_id = fields.Many2one("res.users", readonly=True, copy=False)
    reviewed_at = fields.Datetime(readonly=True, copy=False)

    caused_ticket_ids = fields.One2many(
        "itsm.ticket",
        "caused_by_change_id",
        "Caused Incidents",
        readonly=True,
        groups=WORKERS,
    )
    caused_count = fields.Integer(
        "Incidents It Caused", compute="_compute_caused_count", compute_sudo=True
    )

    # What follows
    follow_up_of_id = fields.Many2one(
        "itsm.change",
        "Follow-Up of",
        index="btree_not_null",
        copy=False,
        check_company=True,
        help="The change whose review asked for this one.",
    )
    follow_up_ids = fields.One2many(
        "itsm.change", "follow_up_of_id", "Follow-Up Changes", readonly=True
    )
    follow_up_ticket_ids = fields.One2many(
        "itsm.ticket",
        "follow_up_change_id",
        "Follow-Up Tickets",
        readonly=True,
        groups=WORKERS,
    )
    can_review = fields.Boolean(compute="_compute_can_review")

    @api.model
    def _system_fields(self):
        return super()._system_fields() | {"reviewed_at", "reviewer_id", "risk_gap"}

    # ------------------------------------------------------------------
    # Computed
    # ------------------------------------------------------------------

    @api.depends("risk", "actual_risk")
    def _compute_risk_gap(self):
        for change in self:
            if not (change.risk and change.actual_risk):
                change.risk_gap = False
                continue
            gap = risk.LEVELS.index(change.actual_risk)
            gap -= risk.LEVELS.index(change.risk)
            change.risk_gap = (
                "as_predicted" if not gap else "higher" if gap > 0 else "lower"
            )

    @api.depends("caused_ticket_ids")
    def _compute_caused_count(self):
        for change in self:
            change.caused_count = len(change.caused_ticket_ids)

    @api.depends("state")
    @api.depends_context("uid")
    def _compute_can_review(self):
        for change in self:
            change.can_review = change.state == states.REVIEW and change.has_access(
                "write"
            )

    @api.depends(
        "actual_start",
        "actual_end",
        "planned_start",
        "planned_end",
        "review_outcome",
        "close_code",
        "caused_ticket_ids.priority",
    )
    @api.depends_context("lang")
    def _compute_suggested_risk(self):
        for change in self:
            change.suggested_risk, change.suggested_risk_text = change._actual_facts()

    def _actual_facts(self):
        """Return how risky it was by what came of it, and why."""
        self.ensure_one()
        if not self.actual_end:
            return False, False
        # sudo: how much is broken counts, whoever may see it.
        caused = self.sudo().caused_ticket_ids
        grave = caused.filtered(lambda ticket: ticket.priority in ("1", "2"))
        if grave:
            return "high", self.env._(
                "It caused incidents of high priority: %(count)s.", count=len(grave)
            )
        if self.close_code in (states.ROLLED_BACK, states.FAILED):
            return "high", self.env._("It failed or was rolled back.")
        if self.review_outcome == "missed":
            return "high", self.env._("It did not do what it was for.")
        if caused:
            return "medium", self.env._(
                "It caused incidents: %(count)s.", count=len(caused)
            )
        if self.close_code == states.WITH_ISSUES or self.review_outcome == "partly":
            return "medium", self.env._("Not all of it went well.")
        if self._took_much_longer():
            return "medium", self.env._("It took much longer than planned.")
        return "low", self.env._("It went as planned and broke nothing.")

    def _took_much_longer(self):
        if not (self.planned_start and self.planned_end and self.actual_start):
            return False
        planned = self.planned_end - self.planned_start
        return self.actual_end - self.actual_start > planned * _LONGER

    # ------------------------------------------------------------------
    # Writing it
    # ------------------------------------------------------------------

    def write(self, vals):
        if self._is_system() or REVIEW.isdisjoint(vals):
            return super().write(vals)
        self._refuse_unreviewable()
        result = super().write(vals)
        if not JUDGEMENT.isdisjoint(vals):
            self._write_system(
                {"reviewer_id": self.env.uid, "reviewed_at": fields.Datetime.now()}
            )
        return result

    @api.model_create_multi
    def create(self, vals_list):
        if not self._is_system():
            # Nothing came of it yet.
            vals_list = [
                {name: value for name, value in vals.items() if name not in REVIEW}
                for vals in vals_list
            ]
        return super().create(vals_list)

    def _refuse_unreviewable(self):
        """Refuse to write the review before the work has ended, or after the end."""
        for change in self:
            if change.state != states.REVIEW:
                raise UserError(
                    self.env._(
                        "%(change)s is not under review: that is after the work has "
                        "ended and before the change is closed.",
                        change=change.display_name,
                    )
                )

    def action_take_suggested_risk(self):
        """Let the actual risk be what the facts suggest."""
        for change in self:
            change.actual_risk = change.suggested_risk
        return True

    # ------------------------------------------------------------------
    # Gates
    # ------------------------------------------------------------------

    def _gate_facts(self):
        facts = super()._gate_facts()
        missing = self._review_missing()
        holds, text = facts["duties_review"]
        if self.reviewer_id & self._implementers():
            holds = False
            text = self.env._(
                "%(person)s carried out this change, so somebody else has to judge the "
                "outcome and the actual risk.",
                person=self.reviewer_id.name,
            )
        return facts | {
            "review": (
                not missing,
                " ".join(missing) or self.env._("The review is written."),
            ),
            "duties_review": (holds, text),
        }

    def _review_missing(self):
        """Return sentences on what the review does not say yet."""
        missing = []
        if not self.review_outcome:
            missing.append(self.env._("Say on the page “Review” what came of it."))
        elif self.review_outcome != "reached" and not (self.review_note or "").strip():
            missing.append(self.env._("Say in the review what went wrong."))
        if not self.actual_risk:
            missing.append(self.env._("Say in the review how risky it really was."))
        if self._open_suggestions():
            missing.append(
                self.env._(
                    "Judge the incidents that the change may have caused: %(count)s.",
                    count=len(self._open_suggestions()),
                )
            )
        return missing

    @api.model
    def _next_step_fields(self):
        return (
            *super()._next_step_fields(),
            "actual_risk",
            "incident_ids.state",
            "review_note",
            "review_outcome",
        )

    # ------------------------------------------------------------------
    # What follows
    # ------------------------------------------------------------------

    def action_follow_up_change(self):
        """Open a new change that follows from this one."""
        self.ensure_one()
        self._refuse_reviewing()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Follow-Up Change"),
            "res_model": "itsm.change",
            "view_mode": "form",
            "context": {
                "default_follow_up_of_id": self.id,
                "default_category_id": self.category_id.id,
                "default_team_id": self.team_id.id,
                "default_reason": self.env._(
                    "Follows from the review of %(change)s.", change=self.display_name
                ),
            },
        }

    def action_follow_up_ticket(self):
        """Open a new ticket that follows from this change."""
        self.ensure_one()
        self._refuse_reviewing()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Follow-Up Ticket"),
            "res_model": "itsm.ticket",
            "view_mode": "form",
            "context": {
                "default_follow_up_change_id": self.id,
                "default_name": self.env._(
                    "Follow-up of %(change)s", change=self.display_name
                ),
            },
        }

    def action_open_caused(self):
        """Open the incidents that the change caused."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "itsm_helpdesk.itsm_ticket_action"
        )
        return action | {
            "domain": [("caused_by_change_id", "=", self.id)],
            "context": {"active_test": False, "create": False},
        }

    def _record_review(self):
        """Return the review as rows of the record of implementation."""
        self.ensure_one()
        return self._record_rows(
            (
                "review_outcome",
                "review_note",
                "lessons",
                "actual_risk",
                "risk_gap",
                "reviewer_id",
                "reviewed_at",
            )
        )
