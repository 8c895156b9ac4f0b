from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command

from ..tools import risk, states
from .itsm_change_lifecycle import COORDINATOR

# With these a decision is made on the risk, so it is assessed, and kept.
DECISIVE = ("submit", "accept", "schedule", "start_now")
# A coordinator may say that it is another; from the start on it is what it was.
OVERRIDABLE = (states.ASSESS, states.AUTHORIZE, states.SCHEDULED)
# What a change is assessed by, beside what others know.
INPUTS = frozenset(
    {
        "answer_ids",
        "backout_plan",
        "category_id",
        "chosen_link_ids",
        "ci_ids",
        "ci_link_ids",
        "has_outage",
        "outage_end",
        "outage_start",
        "planned_end",
        "planned_start",
        "team_id",
        "touched_link_ids",
    }
)


class ItsmChange(models.Model):
    """The risk of a change: assessed with each decision, kept with what it was from.

    The score is likelihood × consequence, see ``tools/risk.py``. What the factors are
    worth is data; where their values come from stands in
    ``itsm_change_risk_likelihood`` and ``itsm_change_risk_consequence``.
    """

    _inherit = "itsm.change"

    assessment_ids = fields.One2many(
        "itsm.change.assessment", "change_id", "Assessments", readonly=True, copy=False
    )
    assessment_id = fields.Many2one(
        "itsm.change.assessment",
        "Last Assessment",
        readonly=True,
        copy=False,
        index="btree_not_null",
    )
    risk_score = fields.Float(
        readonly=True,
        copy=False,
        digits=(16, 1),
        aggregator="avg",
        help="Likelihood times consequence, 0 to 100.",
    )
    risk_line_ids = fields.One2many(
        related="assessment_id.line_ids", string="Factors of the Risk"
    )
    risk_text = fields.Char(
        "How Risky", compute="_compute_risk_text", compute_sudo=True
    )
    can_assess = fields.Boolean(compute="_compute_risk_rights")
    can_override_risk = fields.Boolean(compute="_compute_risk_rights")

    @api.model
    def _system_fields(self):
        return super()._system_fields() | {
            "assessment_id",
            "assessment_ids",
            "risk_score",
        }

    @api.depends("assessment_id", "risk")
    @api.depends_context("lang")
    def _compute_risk_text(self):
        labels = dict(self._fields["risk"]._description_selection(self.env))
        for change in self:
            row = change.assessment_id
            if not row:
                change.risk_text = self.env._("Not assessed yet.")
                continue
            change.risk_text = self.env._(
                "Likelihood %(likelihood)s × consequence %(consequence)s = %(score)s: "
                "%(risk)s (medium from %(medium)s, high from %(high)s).",
                likelihood=f"{row.likelihood:.1f}",
                consequence=f"{row.consequence:.1f}",
                score=f"{row.score:g}",
                risk=labels[row.computed_risk],
                medium=f"{row.medium_from:g}",
                high=f"{row.high_from:g}",
            )

    @api.depends("state", "requester_id", "implementer_id")
    @api.depends_context("uid")
    def _compute_risk_rights(self):
        for change in self:
            known = change._origin
            planned = change.state in states.PLANNED_STATES
            may = bool(known.id) and known.sudo(False).has_access("write")
            change.can_assess = planned and may
            change.can_override_risk = (
                may and change.state in OVERRIDABLE and not known._override_problem()
            )

    # ------------------------------------------------------------------
    # Assessing
    # ------------------------------------------------------------------

    def assess_risk(self):
        """Assess the risk as things are now, and keep that."""
        self.check_access("write")
        settled = self.filtered(
            lambda change: change.state not in states.PLANNED_STATES
        )
        if settled:
            raise UserError(
                self.env._(
                    "The work on %(change)s has begun, so its risk stays as it was "
                    "assessed.",
                    change=settled[0].display_name,
                )
            )
        self._assess_risk()
        return True

    def action_assess_risk(self):
        """Assess the risk, from a button."""
        return self.assess_risk()

    def _assess_risk(self, occasion="asked", override=None):
        """Assess the risk of changes and keep it with all that it was found from.

        :param occasion: one of ``itsm_change_assessment.OCCASIONS``
        :param override: ``{"risk", "override_reason"}`` of who says otherwise
        :return: the new assessments
        """
        # sudo: how risky a change is does not depend on who looks.
        changes = self.sudo()
        changes._complete_answers()
        facts = changes._risk_facts()
        Factor = self.env["itsm.change.risk.factor"]
        medium, high = self.env["itsm.change.risk.level"]._thresholds()
        Assessment = changes.env["itsm.change.assessment"]
        made = Assessment.browse()
        for change in changes:
            mine = facts[change.id]
            values = {key: value for key, (value, _source) in mine.items()}
            result = risk.assess(Factor._factors(), values, medium, high)
            if occasion == "altered" and change._is_assessed_as(result):
                continue
            vals = change._assessment_vals(result, mine, occasion)
            vals |= {"medium_from": medium, "high_from": high}
            vals |= change._override_vals(result, override)
            row = Assessment._as_system().create(vals)
            change._write_system(
                {
                    "assessment_id": row.id,
                    "risk": row.risk,
                    "risk_score": row.score,
                }
            )
            made |= row
        return made.with_env(self.env)

    def _risk_facts(self):
        """Return ``{change id: {factor: (value, source in words)}}``."""
        found = {
            key: getattr(self, f"_risk_{key}")()
            for key in (*risk.FACTORS[risk.LIKELIHOOD], "working_time", "freeze")
        }
        found |= self._risk_impact()
        return {
            change.id: {key: facts[change.id] for key, facts in found.items()}
            for change in self
        }

    def _assessment_vals(self, result, facts, occasion):
        self.ensure_one()
        return {
            "change_id": self.id,
            "occasion": occasion,
            "date": fields.Datetime.now(),
            "user_id": self.env.uid,
            "likelihood": result.likelihood,
            "consequence": result.consequence,
            "score": result.score,
            "computed_risk": result.level,
            "risk": result.level,
            "answers": [
                {
                    "question": answer.question_id.name,
                    "answer": answer.option_id.name or "",
                    "points": answer.option_id.points
                    if answer.option_id
                    else answer.question_id.most_points,
                    "most": answer.question_id.most_points,
                    "note": answer.note or "",
                }
                for answer in self._asked()
            ],
            "line_ids": [
                Command.create(
                    {
                        "sequence": number,
                        "key": line.key,
                        "side": risk.SIDE_OF[line.key],
                        "is_known": line.value is not None,
                        "value": line.value or 0.0,
                        "weight": line.weight,
                        "points": line.points,
                        "share": line.share,
                        "source": facts[line.key][1],
                    }
                )
                for number, line in enumerate(result.lines)
            ],
        }

    def _is_assessed_as(self, result):
        """Tell whether the last assessment came to the same, factor by factor."""
        known = [
            (line.key, line.is_known, line.value, line.points)
            for line in self.assessment_id.line_ids
        ]
        return self.assessment_id.score == result.score and known == [
            (line.key, line.value is not None, line.value or 0.0, line.points)
            for line in result.lines
        ]

    def _follow_risk(self):
        """Assess anew what was altered after it was handed on."""
        followed = self.filtered(
            lambda change: change.state in OVERRIDABLE and change.assessment_id
        )
        if followed:
            followed._assess_risk("altered")

    def write(self, vals):
        result = super().write(vals)
        if not self._is_system():
            if not INPUTS.isdisjoint(vals):
                self._follow_risk()
            elif "evidence_ids" in vals:
                # Later it is what was asked for, not what is decided on.
                self.filtered(lambda one: one.state == states.ASSESS)._follow_risk()
        return result

    # ------------------------------------------------------------------
    # Overriding
    # ------------------------------------------------------------------

    def override_risk(self, level=None, reason=None):
        """Say that the risk is another one than what was found.

        :param level: one of low, medium and high
        :param reason: why
        """
        self.check_access("write")
        if level not in risk.LEVELS:
            raise UserError(self.env._("Choose which risk it is: low, medium or high."))
        reason = self._words(reason, self.env._("Say why the risk is another one."))
        for change in self:
            problem = change._override_problem()
            if problem:
                raise AccessError(problem)
            if change.state not in OVERRIDABLE:
                raise UserError(
                    self.env._(
                        "The risk of %(change)s is judged after it was submitted and "
                        "before the work begins.",
                        change=change.display_name,
                    )
                )
        self._assess_risk("override", {"risk": level, "override_reason": reason})
        labels = dict(self._fields["risk"]._description_selection(self.env))
        body = self.env._(
            "Risk overridden: %(risk)s. %(reason)s", risk=labels[level], reason=reason
        )
        self._message_log_batch(bodies=dict.fromkeys(self.ids, body))
        return True

    def action_override_risk(self):
        """Ask which risk it is, and why."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Override the Risk"),
            "res_model": "itsm.change.risk.override",
            "view_mode": "form",
            "target": "new",
            "context": {"default_change_id": self.id},
        }

    def _override_problem(self):
        """Return why the user may not say that the risk is another one."""
        self.ensure_one()
        user = self.env.user
        change = self.sudo()
        if not user.has_group(COORDINATOR):
            return self.env._("Only a change coordinator can override the risk.")
        if user.partner_id in change._requesters() or user in change._implementers():
            return self.env._(
                "You asked for %(change)s, or carry it out, so somebody else has to "
                "judge its risk.",
                change=change.display_name,
            )
        return False

    def _override_vals(self, result, override):
        """Return what is said otherwise: now, or before and still for the same.

        An override is about what was found. Where something else is found later, it
        does not hold any more.
        """
        self.ensure_one()
        if override:
            return {
                **override,
                "is_override": True,
                "override_user_id": self.env.uid,
            }
        last = self.assessment_id
        if not last.is_override:
            return {}
        if last.computed_risk == result.level:
            return {
                "is_override": True,
                "risk": last.risk,
                "override_reason": last.override_reason,
                "override_user_id": last.override_user_id.id,
            }
        labels = dict(self._fields["risk"]._description_selection(self.env))
        self._message_log(
            body=self.env._(
                "The risk is now found to be “%(found)s”, so it is not overridden any "
                "more.",
                found=labels[result.level],
            )
        )
        return {}

    # ------------------------------------------------------------------
    # Life cycle
    # ------------------------------------------------------------------

    def _before_transition(self, verb):
        if verb in DECISIVE:
            self._assess_risk(verb)
        return super()._before_transition(verb)

    def _gate_facts(self):
        asked = self._asked().filtered(lambda answer: not answer.option_id)
        texts = []
        if asked:
            texts.append(
                self.env._(
                    "Answer the questions about the risk: %(questions)s",
                    questions=" · ".join(asked.question_id.mapped("name")),
                )
            )
        elif not self.assessment_id:
            texts.append(self.env._("Assess the risk."))
        return super()._gate_facts() | {
            "assessment": (not texts, " ".join(texts) or self.env._("It is assessed."))
        }

    def _needed_later(self, verb, rows):
        """Ask for answers in time; the assessment itself comes with the next step."""
        asked = self._asked().filtered(lambda answer: not answer.option_id)
        return [
            row
            for row in super()._needed_later(verb, rows)
            if row["key"] != "assessment" or asked
        ]

    @api.model
    def _next_step_fields(self):
        return (*super()._next_step_fields(), "answer_ids.option_id", "assessment_id")
