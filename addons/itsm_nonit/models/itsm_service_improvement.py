from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from odoo.addons.itsm_helpdesk.models.itsm_ticket import WORKERS

from ..tools import improvement
from .itsm_improvement_rule import FINDINGS

OPEN_STATES = ("found", "doing")


class ItsmServiceImprovement(models.Model):
    """Something to improve with a service: found, decided, done, and with what result.

    What rules find comes by ``itsm_service_improvement_finder``; leaders and managers
    add what they see themselves.
    """

    _name = "itsm.service.improvement"
    _description = "Improvement of a Service"
    _inherit = ["itsm.guarded.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "state_sequence, cases desc, id desc"

    service_id = fields.Many2one(
        "itsm.service", required=True, index=True, ondelete="restrict", tracking=True
    )
    desk_id = fields.Many2one(
        related="service_id.desk_id", store=True, index=True, precompute=True
    )
    company_id = fields.Many2one(
        related="service_id.company_id", store=True, index=True, precompute=True
    )
    kind = fields.Selection(
        [*FINDINGS, ("other", "Own observation")],
        "Why",
        required=True,
        readonly=True,
        default="other",
    )
    observation = fields.Text(help="What is to be improved, in one's own words.")
    finding = fields.Char("What Was Found", compute="_compute_finding")
    value = fields.Float(
        "Measure", digits=(16, 1), readonly=True, copy=False, aggregator="avg"
    )
    limit = fields.Float(digits=(16, 1), readonly=True, copy=False, aggregator=None)
    cases = fields.Integer(
        readonly=True, copy=False, help="Tickets or ratings that it is taken from."
    )
    days = fields.Integer("Looked Back (Days)", readonly=True, copy=False)
    found_on = fields.Date(
        readonly=True, copy=False, default=fields.Date.context_today, index=True
    )
    last_found_on = fields.Date(readonly=True, copy=False)
    is_gone = fields.Boolean(
        "No Longer Found",
        readonly=True,
        copy=False,
        help="The last look did not find it any more.",
    )
    state = fields.Selection(
        [
            ("found", "To Be Decided"),
            ("doing", "Being Improved"),
            ("done", "Done"),
            ("dismissed", "Left as It Is"),
        ],
        required=True,
        readonly=True,
        default="found",
        copy=False,
        tracking=True,
    )
    state_sequence = fields.Integer(
        compute="_compute_state_sequence", store=True, export_string_translation=False
    )
    decision = fields.Text(tracking=True, help="What is going to be done about it.")
    owner_id = fields.Many2one(
        "res.users",
        tracking=True,
        index="btree_not_null",
        domain="[('share', '=', False)]",
        ondelete="restrict",
        help="Who sees to it.",
    )
    due_date = fields.Date("Due", tracking=True)
    result = fields.Text(
        tracking=True, help="What came of it, or why it is left as it is."
    )
    ended_on = fields.Date(readonly=True, copy=False)
    is_late = fields.Boolean(compute="_compute_is_late", search="_search_is_late")

    _one_open = models.UniqueIndex(
        "(service_id, kind) WHERE kind <> 'other' AND state IN ('found', 'doing')",
        "This is on the list already.",
    )

    @api.depends("service_id", "kind")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for each in self:
            each.display_name = self.env._(
                "%(service)s: %(what)s",
                service=each.service_id.name or "",
                what=kinds.get(each.kind, ""),
            )

    @api.depends("state")
    def _compute_state_sequence(self):
        order = [state for state, _label in self._fields["state"].selection]
        for each in self:
            each.state_sequence = order.index(each.state or "found")

    @api.depends("kind", "value", "limit", "cases", "days", "observation")
    def _compute_finding(self):
        texts = self._finding_texts()
        for each in self:
            text = texts.get(each.kind)
            each.finding = (
                text(
                    {
                        "value": round(each.value, 1),
                        "limit": round(each.limit, 1),
                        "cases": each.cases,
                        "days": each.days,
                    }
                )
                if text
                else (each.observation or "").split("\n")[0]
            )

    @api.model
    def _finding_texts(self):
        """Return a sentence of its figures for each kind of finding."""
        env = self.env
        return {
            improvement.BREACH: lambda of: env._(
                "%(value)s %% of %(cases)s tickets broke a promise; the limit is "
                "%(limit)s %%.",
                **of,
            ),
            improvement.WRONG_DESK: lambda of: env._(
                "%(value)s %% of %(cases)s tickets belonged to another desk; the limit "
                "is %(limit)s %%.",
                **of,
            ),
            improvement.REOPEN: lambda of: env._(
                "%(value)s %% of %(cases)s solutions did not hold; the limit is "
                "%(limit)s %%.",
                **of,
            ),
            improvement.RATING: lambda of: env._(
                "%(value)s of 5 stars in %(cases)s ratings; %(limit)s are expected.",
                **of,
            ),
            improvement.WAIT: lambda of: env._(
                "%(cases)s people waited %(value)s hours for an answer on average; the "
                "limit is %(limit)s hours.",
                **of,
            ),
            improvement.DUPLICATES: lambda of: env._(
                "%(value)s further reports for a hundred of %(cases)s tickets; the "
                "limit is %(limit)s.",
                **of,
            ),
            improvement.UNUSED: lambda of: env._(
                "Asked for %(cases)s times in %(days)s days.", **of
            ),
        }

    @api.depends("due_date", "state")
    def _compute_is_late(self):
        today = fields.Date.context_today(self)
        for each in self:
            each.is_late = bool(
                each.state == "doing" and each.due_date and each.due_date < today
            )

    def _search_is_late(self, operator, value):
        if operator != "in":
            return NotImplemented
        today = fields.Date.context_today(self)
        return [("state", "=", "doing"), ("due_date", "<", today)]

    # ------------------------------------------------------------------
    # Constraints
    # ------------------------------------------------------------------

    @api.model
    def _system_fields(self):
        return super()._system_fields() | {
            "cases",
            "days",
            "ended_on",
            "found_on",
            "is_gone",
            "kind",
            "last_found_on",
            "limit",
            "state",
            "value",
        }

    @api.constrains("owner_id", "service_id")
    def _check_owner(self):
        for each in self:
            # sudo: who works for the desk; the rule is about the owner.
            if each.owner_id and each.owner_id not in each.desk_id.sudo().agent_ids:
                raise ValidationError(
                    self.env._(
                        "%(person)s does not work for the desk “%(desk)s” and would "
                        "not see this. Choose somebody of the desk.",
                        person=each.owner_id.name,
                        desk=each.desk_id.name,
                    )
                )

    @api.constrains("kind", "observation")
    def _check_observation(self):
        for each in self:
            if each.kind == "other" and not (each.observation or "").strip():
                raise ValidationError(self.env._("Say what is to be improved."))

    def write(self, vals):
        if not self._is_system():
            if "service_id" in vals:
                raise UserError(
                    self.env._("It stays with its service. Make another one.")
                )
            if {"decision", "due_date", "observation", "owner_id"}.intersection(vals):
                self._refuse_state(OPEN_STATES)
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_decided(self):
        if any(each.state != "found" for each in self):
            raise UserError(
                self.env._("What was decided stays on record. It cannot be deleted.")
            )

    def _refuse_state(self, allowed):
        wrong = self.filtered(lambda each: each.state not in allowed)[:1]
        if wrong:
            labels = dict(self._fields["state"]._description_selection(self.env))
            raise UserError(
                self.env._(
                    "“%(name)s” is in the state “%(state)s”, so this is not possible.",
                    name=wrong.display_name,
                    state=labels[wrong.state],
                )
            )

    # ------------------------------------------------------------------
    # Verbs
    # ------------------------------------------------------------------

    def action_decide(self):
        """Begin to improve it: what is done, who sees to it and until when are set."""
        self.check_access("write")
        self._refuse_state(("found",))
        for each in self:
            decided = (each.decision or "").strip()
            if not decided or not each.owner_id or not each.due_date:
                raise UserError(
                    self.env._(
                        "Before “%(name)s” begins, fill in the decision, the owner and "
                        "the date.",
                        name=each.display_name,
                    )
                )
        self._write_system({"state": "doing"})
        for each in self:
            each.activity_schedule(
                "mail.mail_activity_data_todo",
                date_deadline=each.due_date,
                summary=each.display_name,
                user_id=each.owner_id.id,
            )
        return True

    def action_done(self):
        """End it; the result says what came of it."""
        self.check_access("write")
        self._refuse_state(("doing",))
        return self._end("done")

    def action_dismiss(self):
        """Leave it as it is; the result says why."""
        self.check_access("write")
        self._refuse_state(OPEN_STATES)
        return self._end("dismissed")

    def _end(self, state):
        for each in self:
            if not (each.result or "").strip():
                raise UserError(
                    self.env._(
                        "Fill in the result of “%(name)s” first: what came of it, or "
                        "why it is left as it is.",
                        name=each.display_name,
                    )
                )
        self._write_system(
            {"state": state, "ended_on": fields.Date.context_today(self)}
        )
        self.activity_unlink(["mail.mail_activity_data_todo"])
        return True

    def action_view_tickets(self):
        """Show the figures of the service, by month."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "itsm_helpdesk.itsm_ticket_report_action_services"
        )
        action["domain"] = [("service_id", "=", self.service_id.id)]
        action["context"] = {"search_default_group_month": 1, "fill_temporal": 0}
        return action


class ItsmService(models.Model):
    """What there is to improve with a service."""

    _inherit = "itsm.service"

    improvement_count = fields.Integer(
        "To Improve", compute="_compute_improvement_count", groups=WORKERS
    )

    def _compute_improvement_count(self):
        counts = dict(
            self.env["itsm.service.improvement"]._read_group(
                [("service_id", "in", self.ids), ("state", "in", OPEN_STATES)],
                ["service_id"],
                ["__count"],
            )
        )
        for service in self:
            service.improvement_count = counts.get(service, 0)

    def action_view_improvements(self):
        """Show what was found and decided about the service."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "itsm_nonit.itsm_service_improvement_action"
        )
        action["domain"] = [("service_id", "=", self.id)]
        action["context"] = {"default_service_id": self.id, "search_default_open": 1}
        return action
