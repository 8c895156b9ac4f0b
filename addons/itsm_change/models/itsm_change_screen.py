from markupsafe import Markup

from odoo import api, fields, models

from ..tools import gates, states
from .itsm_change_gate import VERBS

# What is shown as needed later, for each verb that is next.
LATER = {"submit": "accept", "accept": "start", "authorize": "start"}
LATER["schedule"] = "start"
# What nobody can prepare: it follows from a decision, or from who does the next step.
NOT_PREPARED = {
    "approval",
    "duties_accept",
    "duties_approve",
    "duties_review",
}


class ItsmChange(models.Model):
    """What the screens say: what comes next, whose turn it is, and what is missing."""

    _inherit = "itsm.change"

    next_verb = fields.Selection(VERBS, compute="_compute_next_step")
    next_step = fields.Char(compute="_compute_next_step")
    can_go_on = fields.Boolean(compute="_compute_next_step")
    missing_count = fields.Integer(compute="_compute_next_step")
    missing_html = fields.Html(
        "Before the Next Step", compute="_compute_next_step", sanitize=False
    )
    can_cancel = fields.Boolean(compute="_compute_next_step")
    can_start_now = fields.Boolean(compute="_compute_next_step")
    is_coordinator = fields.Boolean(compute="_compute_next_step")

    @api.model
    def _next_step_fields(self):
        """Hook: return the fields whose change shows at once in what is missing."""
        return (
            "state",
            "type",
            "risk",
            "has_outage",
            "implementer_id",
            "coordinator_id",
            "planned_start",
            "planned_end",
            "implementation_plan",
            "test_plan",
            "communication_plan",
            "backout_plan",
            "evidence_ids",
            "ci_link_ids",
            "approval_state",
        )

    @api.depends(lambda self: self._next_step_fields())
    @api.depends_context("uid", "lang")
    def _compute_next_step(self):
        for change in self:
            verb = gates.next_verb(change.state, change.type)
            rows = change._gate_list(verb) if verb else []
            change.next_verb = verb
            change.next_step = change._next_step_text(verb)
            change.can_go_on = bool(verb) and change._may_use_on_screen(verb)
            change.missing_count = sum(not row["holds"] for row in rows)
            change.missing_html = change._missing_as_html(
                rows, change._needed_later(verb, rows)
            )
            change.is_coordinator = change._may_use_on_screen("accept")
            change.can_cancel = states.is_allowed(
                "cancel", change.state, change.type
            ) and change._may_use_on_screen("cancel")
            change.can_start_now = states.is_allowed(
                "start_now", change.state, change.type
            ) and change._may_use_on_screen("start_now")

    def _may_use_on_screen(self, verb):
        """Tell whether a button is for the user; the system's rights do not count."""
        change = self.sudo(False)
        # A change that is being typed in has no rights of its own yet.
        return not change._origin.id or change._origin._may_use(verb)

    def _next_step_text(self, verb):
        """Return the sentence that says what comes next, and who does it."""
        self.ensure_one()
        who = self.sudo().implementer_id.name  # sudo: a colleague's name
        who = who or self.env._("the implementer")
        coordinator = self.sudo().coordinator_id.name  # sudo: a colleague's name
        coordinator = coordinator or self.env._("a change coordinator")
        texts = {
            "submit": self.env._("Next: submit it to a change coordinator."),
            "accept": self.env._(
                "Next: %(person)s assesses and accepts it.", person=coordinator
            ),
            "authorize": self.env._("Next: those who have to approve it decide."),
            "schedule": self.env._("Next: put it on the calendar."),
            "start": self.env._("Next: %(person)s starts the work.", person=who),
            "finish": self.env._("Next: %(person)s finishes the work.", person=who),
            "close": self.env._(
                "Next: %(person)s reviews and closes it.", person=coordinator
            ),
        }
        return texts.get(verb, False)

    def _needed_later(self, verb, rows):
        """Return what can be prepared already for the step after the next one."""
        self.ensure_one()
        later = LATER.get(verb)
        if not later or not states.TRANSITIONS[later].types & {self.type}:
            return []
        known = {row["key"] for row in rows} | NOT_PREPARED
        return [
            row
            for row in self._gate_list(later)
            if not row["holds"] and row["key"] not in known
        ]

    @api.model
    def _missing_as_html(self, rows, later=()):
        """Return the gates as a list, with what to do where one is not passed."""
        if not rows and not later:
            return False
        todo, done = self.env._("Missing"), self.env._("Done")
        items = Markup().join(
            Markup(
                '<li class="%s"><i class="fa fa-fw %s" role="img" title="%s"'
                ' aria-label="%s"></i> %s</li>'
            )
            % (
                ("text-success", "fa-check", done, done, row["label"])
                if row["holds"]
                else ("fw-bold", "fa-square-o text-danger", todo, todo, row["text"])
            )
            for row in sorted(rows, key=lambda row: row["holds"])
        )
        html = Markup('<ul class="list-unstyled mb-0">%s</ul>') % items
        if later:
            html += Markup(
                '<div class="mt-1 text-muted">%s</div>'
                '<ul class="list-unstyled mb-0 text-muted">%s</ul>'
            ) % (
                self.env._("Needed later:"),
                Markup().join(
                    Markup('<li><i class="fa fa-fw fa-circle-o"></i> %s</li>')
                    % row["text"]
                    for row in later
                ),
            )
        return html

    # ------------------------------------------------------------------
    # Buttons
    # ------------------------------------------------------------------

    def action_submit(self):
        """Hand the drafts to a coordinator."""
        return self.submit()

    def action_accept(self):
        """Accept the assessment."""
        return self.accept()

    def action_proceed(self):
        """Go on after the decision."""
        return self.proceed()

    def action_schedule(self):
        """Put standard changes on the calendar."""
        return self.schedule()

    def action_start(self):
        """Begin the work."""
        return self.start()

    def action_finish(self):
        """End the work."""
        return self.finish()

    def action_send_back(self):
        """Ask what has to be done, then give the changes back."""
        return self._open_action("send_back", self.env._("Send Back"))

    def action_start_now(self):
        """Ask why it cannot wait, then begin."""
        return self._open_action("start_now", self.env._("Start Now"))

    def action_close(self):
        """Ask how it ended, then close."""
        return self._open_action("close", self.env._("Close"))

    def action_cancel(self):
        """Ask why it is given up, then cancel."""
        return self._open_action("cancel", self.env._("Cancel Change"))

    def _open_action(self, verb, title):
        """Open the form that asks for what a verb needs."""
        return {
            "type": "ir.actions.act_window",
            "name": title,
            "res_model": "itsm.change.action",
            "view_mode": "form",
            "views": [(False, "form")],
            "target": "new",
            "context": {
                "default_verb": verb,
                "default_change_ids": [fields.Command.set(self.ids)],
            },
        }
