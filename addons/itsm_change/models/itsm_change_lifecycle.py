from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_list

from odoo.addons.itsm_helpdesk.models.row_lock import wait_for_rows

from ..tools import states
from .itsm_change import CLOSE_CODES

# Only verbs write these.
SYSTEM_FIELDS = frozenset(
    {
        "accepted_at",
        "accepted_by_id",
        "actual_end",
        "actual_start",
        "cancelled_at",
        "close_code",
        "closed_at",
        "closed_by_id",
        "finished_by_id",
        "number",
        "risk",
        "scheduled_at",
        "started_by_id",
        "state",
        "submitted_at",
        "submitted_by_id",
        "template_id",
        "transition_ids",
    }
)
# Which moment and which person a verb notes.
STAMPS = {
    "submit": ("submitted_at", "submitted_by_id"),
    "accept": ("accepted_at", "accepted_by_id"),
    "authorize": ("scheduled_at", None),
    "schedule": ("scheduled_at", "submitted_by_id"),
    "start": ("actual_start", "started_by_id"),
    "start_now": ("actual_start", "started_by_id"),
    "finish": ("actual_end", "finished_by_id"),
    "close": ("closed_at", "closed_by_id"),
    "cancel": ("cancelled_at", None),
}
COORDINATOR_VERBS = frozenset({"accept", "authorize"})
IMPLEMENTER_VERBS = frozenset({"start", "start_now", "finish"})
SYSTEM_VERBS = frozenset({"reauthorize"})
# For those who ask for changes only: they hand their drafts on, or give them up.
ASKER_VERBS = frozenset({"submit", "cancel"})
IMPLEMENTER = "itsm_change.group_change_user"
COORDINATOR = "itsm_change.group_change_coordinator"
MANAGER = "itsm_change.group_change_manager"


class ItsmChange(models.Model):
    """The verbs that move a change through its life.

    The table of verbs stands in ``tools/states.py``. Every verb works on many changes
    at once, refuses with a sentence, and can be called through RPC. All of them, also
    the system's, go through :meth:`_begin` and :meth:`_move`; features extend
    :meth:`_before_transition` and :meth:`_after_transition`.
    """

    _inherit = "itsm.change"

    submitted_at = fields.Datetime(readonly=True, copy=False)
    submitted_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    accepted_at = fields.Datetime(readonly=True, copy=False)
    accepted_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    scheduled_at = fields.Datetime(readonly=True, copy=False)
    started_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    finished_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    closed_at = fields.Datetime(readonly=True, copy=False, index="btree_not_null")
    closed_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    cancelled_at = fields.Datetime(readonly=True, copy=False)

    @api.model
    def _system_fields(self):
        return super()._system_fields() | SYSTEM_FIELDS

    # ------------------------------------------------------------------
    # Verbs
    # ------------------------------------------------------------------

    def submit(self):
        """Hand the drafts to a coordinator, who assesses them."""
        self._begin("submit")._move("submit")
        return True

    def accept(self):
        """Accept the assessment; whoever has to approve is asked."""
        changes = self._begin("accept")
        changes._claim()
        changes._move("accept")
        return True

    def proceed(self):
        """Go on after the decision, where something else was missing at that moment."""
        self._begin("authorize")._move("authorize")
        return True

    def send_back(self, reason=None):
        """Give the changes back as drafts.

        :param reason: what has to be done about them
        """
        reason = self._words(reason, self.env._("Say what has to be done about it."))
        self._begin("send_back")._move("send_back", reason=reason)
        return True

    def schedule(self):
        """Put standard changes on the calendar; their template was approved."""
        self._begin("schedule")._move("schedule")
        return True

    def start(self):
        """Begin the work."""
        self._begin("start")._move("start")
        return True

    def start_now(self, reason=None):
        """Begin an emergency before it was decided on; that is made up for later.

        :param reason: why it cannot wait
        """
        reason = self._words(reason, self.env._("Say why it cannot wait."))
        self._begin("start_now")._move("start_now", reason=reason)
        return True

    def finish(self):
        """End the work, however it went; the review says how."""
        self._begin("finish")._move("finish")
        return True

    def close(self, code=None, note=None):
        """End the changes with the result of their review.

        :param code: how they ended, one of ``tools.states.CLOSE_CODES``
        :param note: in words; needed where it did not go as planned
        """
        if code not in states.CLOSE_CODES:
            labels = dict(self._fields["close_code"]._description_selection(self.env))
            raise UserError(
                self.env._(
                    "Choose how the change ended: %(codes)s.",
                    codes=format_list(
                        self.env, (str(labels[key]) for key, _label in CLOSE_CODES)
                    ),
                )
            )
        if code != states.SUCCESSFUL or note:
            note = self._words(note, self.env._("Say what did not go as planned."))
        self._begin("close")._move("close", {"close_code": code}, note)
        return True

    def cancel(self, reason=None):
        """Give the changes up before they begin.

        :param reason: why
        """
        reason = self._words(reason, self.env._("Say why the change is given up."))
        self._begin("cancel")._move("cancel", reason=reason)
        return True

    # The system's own verbs: consequences of a decision.

    def _authorize(self):
        """Let approved changes go on; what still misses something waits for it."""
        ready = self.filtered(lambda change: not change._missing("authorize"))
        if ready:
            ready._begin("authorize")._move("authorize")
        return ready

    def _reauthorize(self, reason=None):
        """Ask again for changes whose scope, items or dates have changed."""
        self._begin("reauthorize")._move("reauthorize", reason=reason)

    # ------------------------------------------------------------------
    # The one way through the machine
    # ------------------------------------------------------------------

    def _begin(self, verb):
        """Check who asks, in which state, and that nothing is missing; hold the rows.

        Of two who come at the same moment the second one waits, and then sees what
        the first one did.
        """
        self._check_actor(verb)
        self.flush_recordset()
        wait_for_rows(self)
        self._refuse_state(verb)
        self._before_transition(verb)
        self._refuse_missing(verb)
        return self

    def _move(self, verb, vals=None, reason=None):
        """Write the state that a verb leads to, and what else follows from it.

        :param vals: further system fields
        :param reason: words that belong to it
        """
        transition = states.TRANSITIONS[verb]
        self._log_transition(verb, reason)
        self._write_system(
            {**self._stamp(verb), **(vals or {}), "state": transition.target}
        )
        if reason:
            self._message_log_batch(bodies=dict.fromkeys(self.ids, reason))
        self._after_transition(verb)

    def _before_transition(self, verb):
        """Hook: called for every verb, before its gates are looked at."""

    def _after_transition(self, verb):
        """Hook: called for every verb, when the changes are in their new state."""

    @api.model
    def _stamp(self, verb):
        """Return what is noted of when and by whom a verb is used."""
        moment, person = STAMPS.get(verb, (None, None))
        vals = {}
        if moment:
            vals[moment] = fields.Datetime.now()
        if person:
            vals[person] = self.env.uid
        return vals

    def _log_transition(self, verb, reason):
        """Hook: keep what was checked before a verb, before the state changes."""

    def _claim(self):
        """Make who accepts the coordinator, where nobody is named."""
        nobodys = self.filtered(lambda change: not change.coordinator_id)
        if nobodys:
            nobodys._write_system({"coordinator_id": self.env.uid})

    # ------------------------------------------------------------------
    # Who, and in which state
    # ------------------------------------------------------------------

    def _may_use(self, verb):
        """Tell whether the current user has the role that a verb of a change needs."""
        self.ensure_one()
        user = self.env.user
        if self.env.su:
            return True
        if verb in SYSTEM_VERBS or not self.has_access("write"):
            return False
        if not user.has_group(IMPLEMENTER):
            return verb in ASKER_VERBS
        if verb in IMPLEMENTER_VERBS:
            return user == self.implementer_id or user.has_group(MANAGER)
        if verb in COORDINATOR_VERBS:
            return user.has_group(COORDINATOR)
        if verb == "close":
            return user == self.implementer_id or user.has_group(COORDINATOR)
        return True

    def _check_actor(self, verb):
        """Refuse a verb to those who have not the role for it."""
        if self.env.su:
            return
        self.check_access("write")
        refused = self.filtered(lambda change: not change._may_use(verb))[:1]
        if not refused:
            return
        if verb in IMPLEMENTER_VERBS:
            text = self.env._(
                "Only the implementer of %(change)s, or a change manager, can do this.",
                change=refused.display_name,
            )
        elif verb in SYSTEM_VERBS:
            text = self.env._(
                "Nobody can do this with %(change)s: it follows from the approval.",
                change=refused.display_name,
            )
        else:
            text = self.env._(
                "Only a change coordinator can do this with %(change)s.",
                change=refused.display_name,
            )
        raise AccessError(text)

    def _refuse_state(self, verb):
        """Refuse a verb on changes whose type or state does not have it."""
        wrong = self.filtered(
            lambda change: not states.is_allowed(verb, change.state, change.type)
        )[:1]
        if not wrong:
            return
        transition = states.TRANSITIONS[verb]
        labels = dict(self._fields["state"]._description_selection(self.env))
        kinds = dict(self._fields["type"]._description_selection(self.env))
        if wrong.type not in transition.types:
            raise UserError(
                self.env._(
                    "%(change)s is of the type “%(type)s”, for which this is not done.",
                    change=wrong.display_name,
                    type=kinds[wrong.type],
                )
            )
        raise UserError(
            self.env._(
                "%(change)s is “%(state)s”; this is possible only for: %(states)s.",
                change=wrong.display_name,
                state=labels[wrong.state],
                states=format_list(
                    self.env,
                    (
                        str(labels[state])
                        for state in states.STATES
                        if state in transition.sources
                    ),
                ),
            )
        )

    @api.model
    def _words(self, text, refusal):
        """Return what somebody wrote, refused where it is nothing."""
        if not isinstance(text, str) or not text.strip():
            raise UserError(refusal)
        return text.strip()
