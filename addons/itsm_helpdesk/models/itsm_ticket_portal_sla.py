from datetime import datetime

from odoo import api, fields, models
from odoo.fields import Domain

from odoo.addons.itsm_sla.tools import terms

from ..tools import promise_bar

_METRICS = (terms.RESPONSE, terms.RESOLUTION)
RUNNING, PAUSED, LATE, KEPT, BROKEN = "running", "paused", "late", "kept", "broken"
# Colour and icon of each state on the portal.
_LOOKS = {
    RUNNING: ("info", "fa-clock-o"),
    PAUSED: ("muted", "fa-pause-circle"),
    LATE: ("danger", "fa-exclamation-circle"),
    KEPT: ("success", "fa-check-circle"),
    BROKEN: ("muted", "fa-exclamation-circle"),
}


class ItsmTicket(models.Model):
    """What was promised to the requester and where it stands, in plain language.

    Only promises to customers are told, never those of teams and suppliers, nor who
    excused what. Where time was excused, or the promise called off, nothing is said.
    """

    _inherit = "itsm.ticket"

    # ------------------------------------------------------------------
    # Which promises
    # ------------------------------------------------------------------

    def _sla_promises(self):
        """Return ``{ticket id: [promise]}``, the first answer before the solution.

        A promise is a dict of ``metric``, ``state``, ``text``, ``short`` (a few words
        for lists; empty once it is over), ``note`` (why it stands still), ``deadline``,
        ``tone``, ``icon`` and ``clock_id``.
        """
        result = {ticket.id: [] for ticket in self}
        if not self._sla_is_used():
            return result
        self.check_access("read")
        for (ticket_id, _metric), clock in self._sla_told_clocks().items():
            ticket = self.browse(ticket_id)
            result[ticket_id].append(ticket._sla_promise(clock))
        for promises in result.values():
            promises.sort(key=lambda promise: _METRICS.index(promise["metric"]))
            # Why it stands still is said once, under the last one.
            paused = [promise for promise in promises if promise["state"] == PAUSED]
            for promise in paused[:-1]:
                promise["note"] = ""
        return result

    @api.model
    def _sla_is_used(self):
        """Tell whether anything is promised at all; answered from the cache."""
        return bool(self.env["itsm.sla.policy"]._cards(self._name))

    def _sla_told_clocks(self):
        """Return ``{(ticket id, metric): clock}``: the one that counts for each.

        Of several that go on, that is the one due first; of those that are over, the
        one of the last run.
        """
        # sudo: requesters have no right on clocks; the caller checked that they may
        # read the tickets, and only the customer's own promises are taken.
        clocks = (
            self.env["itsm.sla.clock"]
            .sudo()
            .search(self._sla_told_domain() & Domain("res_id", "in", self.ids))
        )
        told = {}
        for key, found in clocks.grouped(lambda c: (c.res_id, c.metric)).items():
            going = found.filtered("is_unfinished")
            told[key] = (
                min(going, key=lambda c: (c.deadline or datetime.max, c.id))
                if going
                else max(found, key=lambda c: (c.spell, c.breached, c.id))
            )
        return told

    @api.model
    def _sla_counted_domain(self):
        """Return the domain of the promises to customers that were not called off."""
        return (
            Domain("res_model", "=", self._name)
            & Domain("kind", "=", terms.SLA)
            & Domain("metric", "in", _METRICS)
            & Domain("state", "!=", "cancelled")
        )

    @api.model
    def _sla_told_domain(self):
        """Return the domain of the promises that requesters hear of."""
        excused = Domain("breached", "=", True) & Domain(
            "adjusted_breached", "=", False
        )
        return self._sla_counted_domain() & ~excused

    @api.model
    def _sla_late_domain(self):
        """Return the domain of the promises that are late and still to be kept.

        Whether a deadline has just passed is not yet in the row of the clock.
        """
        return (
            self._sla_told_domain()
            & Domain("is_unfinished", "=", True)
            & Domain("deadline", "<=", fields.Datetime.now())
        )

    @api.model
    def _sla_state_told(self, clock):
        """Return how a clock stands at this moment, in the portal's few states."""
        if not clock.is_unfinished:
            return BROKEN if clock.breached else KEPT
        if clock.deadline and clock.deadline <= fields.Datetime.now():
            return LATE
        return PAUSED if clock.state == "paused" else RUNNING

    # ------------------------------------------------------------------
    # In words
    # ------------------------------------------------------------------

    def _sla_promise(self, clock):
        self.ensure_one()
        state = self._sla_state_told(clock)
        tone, icon = _LOOKS[state]
        return {
            "metric": clock.metric,
            "state": state,
            "text": self._sla_promise_text(clock, state),
            "short": self._sla_promise_short(clock, state),
            "note": self._sla_pause_text() if state == PAUSED else "",
            "deadline": clock.deadline,
            "tone": tone,
            "icon": icon,
            "clock_id": clock.id,
        }

    def _sla_promise_text(self, clock, state):
        """Return what was promised and what became of it, in a sentence or two."""
        values = {
            "deadline": self._portal_moment(clock.deadline),
            "stop": self._portal_moment(clock.stopped_at),
            "since": self._portal_moment(self.sudo().pending_since),
        }
        answer = clock.metric == terms.RESPONSE
        if state == RUNNING:
            if answer:
                return self.env._(
                    "We promised a first answer by %(deadline)s.", **values
                )
            return self.env._("We promised a solution by %(deadline)s.", **values)
        if state == LATE:
            if answer:
                return self.env._(
                    "We are late: the first answer was promised for %(deadline)s. We "
                    "are sorry.",
                    **values,
                )
            return self.env._(
                "We are late: the solution was promised for %(deadline)s. We are "
                "sorry.",
                **values,
            )
        if state == KEPT:
            if answer:
                return self.env._(
                    "You had our first answer on %(stop)s, in time.", **values
                )
            return self.env._("You had our solution on %(stop)s, in time.", **values)
        if state == BROKEN:
            if answer:
                return self.env._(
                    "You had our first answer on %(stop)s. We had promised it by "
                    "%(deadline)s, so it was late. We are sorry.",
                    **values,
                )
            return self.env._(
                "You had our solution on %(stop)s. We had promised it by %(deadline)s, "
                "so it was late. We are sorry.",
                **values,
            )
        if answer:
            return self.env._(
                "The time for our first answer has stood still since %(since)s.",
                **values,
            )
        return self.env._(
            "The time for the solution has stood still since %(since)s.", **values
        )

    def _sla_pause_text(self):
        """Return why the promised time stands still, and when it goes on."""
        # sudo: the words of the reason, for whoever may see the ticket.
        ticket = self.sudo()
        reason = ticket.pending_reason_id
        if reason.waits_for != "requester":
            return self.env._(
                "%(reason)s The promise goes on after that.",
                reason=self._sla_reason_told(reason),
            )
        if ticket._is_requester(self.env.user.partner_id):
            return self.env._(
                "%(reason)s The promise goes on when you have answered.",
                reason=self._sla_reason_told(reason),
            )
        return self.env._(
            "We are waiting for an answer of the requester. The promise goes on after "
            "that."
        )

    @api.model
    def _sla_reason_told(self, reason):
        """Return why a ticket waits, as a sentence for its requester."""
        return reason.requester_text or self.env._(
            "It waits: %(reason)s.", reason=reason.name or ""
        )

    def _sla_promise_short(self, clock, state):
        """Return the promise in a few words, for lists; empty when it is over."""
        if state == PAUSED:
            return self.env._(
                "Stands still since %(moment)s",
                moment=self._portal_moment_short(self.sudo().pending_since),
            )
        if state not in (RUNNING, LATE):
            return ""
        moment = self._portal_moment_short(clock.deadline)
        if state == LATE:
            return self.env._("Late since %(moment)s", moment=moment)
        if clock.metric == terms.RESPONSE:
            return self.env._("First answer by %(moment)s", moment=moment)
        return self.env._("Solution by %(moment)s", moment=moment)

    def _sla_next_promises(self):
        """Return ``{ticket id: promise}``: the one to be kept next, for lists."""
        result = {}
        for ticket_id, promises in self._sla_promises().items():
            going = [promise for promise in promises if promise["short"]]
            result[ticket_id] = min(
                going,
                key=lambda p: (p["deadline"] or datetime.max, p["clock_id"]),
                default=None,
            )
        return result

    # ------------------------------------------------------------------
    # The bar
    # ------------------------------------------------------------------

    def _sla_promises_with_bars(self):
        """Return the promises of one ticket; those still to be kept with a bar."""
        self.ensure_one()
        promises = self._sla_promises()[self.id]
        going = [p for p in promises if p["state"] in (RUNNING, PAUSED, LATE)]
        # sudo: as above; of the explanation only amounts of time leave here.
        clocks = self.env["itsm.sla.clock"].sudo()
        explained = clocks.browse(p["clock_id"] for p in going)._explained()
        for promise in promises:
            found = explained.get(promise["clock_id"])
            promise["bar"] = found and found["budget"] and self._sla_bar(found)
        return promises

    def _sla_bar(self, explained):
        bar = promise_bar.draw(
            ((s["phase"], s["working"]) for s in explained["segments"]),
            explained["budget"],
        )
        return {
            "pieces": bar.pieces,
            "mark": bar.mark,
            "text": self._sla_bar_text(bar.seconds, explained["budget"]),
        }

    def _sla_bar_text(self, seconds, budget):
        """Say in words what the bar shows."""
        values = {
            kind: self._portal_duration(amount) for kind, amount in seconds.items()
        }
        values["budget"] = self._portal_duration(budget)
        if seconds[promise_bar.LATE] >= 60:
            parts = [self.env._("%(budget)s promised, %(late)s over it", **values)]
        else:
            parts = [self.env._("%(used)s of %(budget)s used", **values)]
        if seconds[promise_bar.PAUSED] >= 60:
            parts.append(self.env._("stood still for %(paused)s", **values))
        return " · ".join(parts)

    # ------------------------------------------------------------------
    # In the first mail
    # ------------------------------------------------------------------

    def _sla_promise_sentence(self):
        """Return one sentence with what is promised, for the mail to the requester.

        In the requester's time zone, whoever registered the ticket.
        """
        self.ensure_one()
        if not self._sla_is_used():
            return ""
        ticket = self.with_context(tz=self._portal_zone(self.partner_id))
        deadlines = {
            metric: ticket._portal_moment(clock.deadline)
            for (_id, metric), clock in ticket._sla_told_clocks().items()
            if self._sla_state_told(clock) == RUNNING
        }
        answer, solution = map(deadlines.get, _METRICS)
        if answer and solution:
            return self.env._(
                "We promise a first answer by %(answer)s and a solution by "
                "%(solution)s.",
                answer=answer,
                solution=solution,
            )
        if answer:
            return self.env._("We promise a first answer by %(answer)s.", answer=answer)
        if solution:
            return self.env._("We promise a solution by %(day)s.", day=solution)
        return ""
