import logging

from markupsafe import Markup
from psycopg2 import OperationalError

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..tools import escalation
from .itsm_sla_target import METRICS

_logger = logging.getLogger(__name__)

ROLES = ("assignee", "leader", "manager", "requester")


class ItsmSlaEscalation(models.Model):
    """What happens by itself when a clock comes near its deadline, or passes it."""

    _name = "itsm.sla.escalation"
    _description = "Service Level Escalation"
    _inherit = ["itsm.cache.source"]
    _order = "policy_id, sequence, id"

    policy_id = fields.Many2one(
        "itsm.sla.policy", required=True, index=True, ondelete="cascade"
    )
    res_model = fields.Selection(related="policy_id.res_model")
    sequence = fields.Integer(default=10)
    name = fields.Char(
        required=True, translate=True, help="Stands in the note and in the message."
    )
    active = fields.Boolean(default=True)
    metric = fields.Selection(METRICS, help="Empty: each metric of the policy.")
    basis = fields.Selection(
        [
            (escalation.PERCENT, "% of the time used"),
            (escalation.BEFORE, "minutes before the deadline"),
            (escalation.AFTER, "minutes after the deadline"),
        ],
        required=True,
        default=escalation.PERCENT,
        help="Counted as the clock counts: in working time, where it does.",
    )
    amount = fields.Integer("When", required=True, default=75)

    notify_assignee = fields.Boolean()
    notify_leader = fields.Boolean("Notify Team Leader")
    notify_manager = fields.Boolean()
    notify_requester = fields.Boolean()
    notify_partner_ids = fields.Many2many(
        "res.partner",
        "itsm_sla_escalation_partner_rel",
        "escalation_id",
        "partner_id",
        string="Also Notify",
    )
    raise_priority = fields.Boolean(help="By one step; the clock then has less time.")
    activity_type_id = fields.Many2one(
        "mail.activity.type",
        string="Create Activity",
        ondelete="set null",
        help="For the assignee, else for the first person notified who is a user.",
    )
    server_action_id = fields.Many2one(
        "ir.actions.server",
        domain="[('model_id.model', '=', res_model), "
        "('usage', '=', 'ir_actions_server')]",
        ondelete="restrict",
        groups="base.group_system",
        help="Runs with the rights of the system on the records.",
    )
    summary = fields.Char("Due", compute="_compute_summary")
    effects = fields.Char("What Happens", compute="_compute_effects")

    _amount_range = models.Constraint(
        "CHECK (amount >= 0 AND (basis != 'percent' OR amount BETWEEN 1 AND 1000))",
        "Give minutes of 0 or more, or a percentage of 1 to 1000.",
    )

    @api.depends("basis", "amount")
    def _compute_summary(self):
        for rule in self:
            if rule.basis == escalation.PERCENT:
                text = self.env._("at %(amount)s %% of the time", amount=rule.amount)
            elif rule.basis == escalation.BEFORE:
                text = self.env._(
                    "%(amount)s minutes before the deadline", amount=rule.amount
                )
            else:
                text = self.env._(
                    "%(amount)s minutes after the deadline", amount=rule.amount
                )
            rule.summary = text

    @api.depends(lambda self: self._action_fields())
    def _compute_effects(self):
        """Name what the rule does, by the labels of what is set."""
        for rule in self:
            chosen = rule.sudo()  # sudo: that an action is run is no secret
            rule.effects = ", ".join(
                self._fields[name]._description_string(self.env)
                for name in self._action_fields()
                if chosen[name]
            )

    def _action_fields(self):
        """Hook: return the names of the fields that make a rule do something."""
        return (
            "notify_assignee",
            "notify_leader",
            "notify_manager",
            "notify_requester",
            "notify_partner_ids",
            "raise_priority",
            "activity_type_id",
            "server_action_id",
        )

    # The policy is always given, so that a rule without any action is seen too.
    @api.constrains(lambda self: ("policy_id", *self._action_fields()))
    def _check_does_something(self):
        for rule in self.sudo():
            if not any(rule[name] for name in rule._action_fields()):
                raise ValidationError(
                    self.env._(
                        "Escalation “%(rule)s” does nothing yet: choose whom it tells "
                        "or what it does.",
                        rule=rule.name,
                    )
                )

    @api.constrains("server_action_id", "policy_id")
    def _check_server_action(self):
        for rule in self.sudo():
            action = rule.server_action_id
            if action and action.model_id.model != rule.policy_id.res_model:
                raise ValidationError(
                    self.env._(
                        "Server action “%(action)s” is for other records than the "
                        "policy.",
                        action=action.name,
                    )
                )

    def _as_rule(self):
        """Return the rule as the pure engine knows it."""
        self.ensure_one()
        return escalation.Rule(self.id, self.metric or None, self.basis, self.amount)

    # ------------------------------------------------------------------
    # When rules change, clocks look out for them anew
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        rules = super().create(vals_list)
        rules._wake_clocks()
        return rules

    def write(self, vals):
        result = super().write(vals)
        if {"active", "amount", "basis", "metric"}.intersection(vals):
            self._wake_clocks()
        return result

    def _wake_clocks(self):
        self.env["itsm.sla.clock"]._wake([("policy_id", "in", self.policy_id.ids)])

    # ------------------------------------------------------------------
    # Firing
    # ------------------------------------------------------------------

    def _fire(self, clocks):
        """Do what the rule says for clocks of one model, once for each.

        The rows that say so are written first, in the same transaction: whatever
        crashes, either both are there or none.

        :return: the rows
        """
        self.ensure_one()
        fired = self.env["itsm.sla.escalation.fired"].create(
            [{"clock_id": clock.id, "escalation_id": self.id} for clock in clocks]
        )
        records = self.env[clocks[0].res_model].browse(
            dict.fromkeys(clocks.mapped("res_id"))
        )
        for name in self._steps():
            self._try(name, records, clocks, fired)
        return fired

    def _steps(self):
        """Hook: return the names of the methods that do what the rule says."""
        self.ensure_one()
        steps = ["_step_note"]
        if self.raise_priority:
            steps.append("_step_raise_priority")
        if self.activity_type_id:
            steps.append("_step_activity")
        if self.server_action_id:
            steps.append("_step_server_action")
        return [*steps, "_step_notify"]

    def _try(self, name, records, clocks, fired):
        """Run a step; what one refuses is kept and does not stop the others.

        That goes for errors in the code of server actions too.
        """
        try:
            with self.env.cr.savepoint():
                getattr(self, name)(records, clocks)
        except OperationalError:
            raise  # of the database, not of the rule: all is tried again
        except Exception as error:
            if len(records) > 1:
                for record in records:
                    mine = clocks.filtered(lambda c, id_=record.id: c.res_id == id_)
                    self._try(
                        name,
                        record,
                        mine,
                        fired.filtered(lambda f, own=mine: f.clock_id in own),
                    )
                return
            refused = isinstance(error, UserError)
            _logger.warning("Escalation %s: %s", self.name, error, exc_info=not refused)
            fired.write({"error": str(error)})

    def _reason(self):
        return self.env._(
            "Escalation “%(rule)s” (%(when)s)", rule=self.name, when=self.summary
        )

    def _step_note(self, records, clocks):
        records._message_log_batch(bodies=dict.fromkeys(records.ids, self._reason()))

    def _step_raise_priority(self, records, clocks):
        records._sla_raise_priority(self._reason())

    def _step_server_action(self, records, clocks):
        # sudo: the field is the system administrators'; the sweep runs for them.
        action = self.server_action_id.sudo()
        action.with_context(
            active_model=records._name,
            active_ids=records.ids,
            active_id=records[:1].id,
        ).run()

    def _step_activity(self, records, clocks):
        people = {record: self._people(record) for record in records}
        for record in records:
            users = record._sla_people("assignee").user_ids | people[record].user_ids
            internal = users.filtered(lambda user: not user.share)[:1]
            if not internal:
                raise UserError(
                    self.env._(
                        "There is nobody to do “%(activity)s” for %(record)s.",
                        activity=self.activity_type_id.name,
                        record=record.display_name,
                    )
                )
            record.activity_schedule(
                activity_type_id=self.activity_type_id.id,
                summary=self.name,
                user_id=internal.id,
            )

    def _people(self, record):
        """Return the contacts that the rule tells about a record."""
        partners = self.notify_partner_ids
        for role in ROLES:
            if self[f"notify_{role}"]:
                partners |= record._sla_people(role)
        return partners

    def _step_notify(self, records, clocks):
        """Tell people: each gets one message, however many records are late.

        A flood of single mails is read by nobody.
        """
        told = {}
        for record in records:
            for partner in self._people(record):
                told.setdefault(partner, []).append(record.id)
        by_record = clocks.grouped("res_id")
        for partner, ids in told.items():
            theirs = clocks.browse().concat(*(by_record[id_] for id_ in ids))
            self._notify_person(partner, records.browse(ids), theirs)

    def _notify_person(self, partner, records, clocks):
        lang = partner.lang or self.env.lang
        rule = self.with_context(lang=lang)
        records = records.with_context(lang=lang)
        # In the reader's zone, else in that of the hours.
        zone = partner.tz or clocks.calendar_id[:1].tz
        by_record = clocks.with_context(lang=lang, tz=zone).grouped("res_id")
        lines = Markup("").join(
            rule._notice_line(record, by_record[record.id]) for record in records
        )
        subject = rule.env._(
            "%(rule)s: %(records)s",
            rule=rule.name,
            records=records.display_name
            if len(records) == 1
            else rule.env._("%(count)s records", count=len(records)),
        )
        target = records if len(records) == 1 else self.env["mail.thread"]
        target.message_notify(
            partner_ids=partner.ids,
            subject=subject,
            body=Markup("<p>%s</p><ul>%s</ul>") % (rule._reason(), lines),
            email_layout_xmlid="mail.mail_notification_light",
        )

    def _notice_line(self, record, clocks):
        """Return the line of a notice about a record and its clocks."""
        return Markup("<li><a href='%s'>%s</a>: %s</li>") % (
            record._sla_url(),
            record.display_name,
            ", ".join(clock._standing() for clock in clocks),
        )
