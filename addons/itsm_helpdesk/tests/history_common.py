import json
import random
from unittest.mock import patch

from odoo.addons.itsm_sla.tools import life

from .common_import import ImportCase
from .sla_common import SlaCase

# Priority and hours.
TARGETS = (("1", 4), ("2", 8), ("3", 24), ("4", 72))


class HistoryCase(ImportCase, SlaCase):
    """Ledgers with a policy “resolution” by priority, on the desk's hours."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Who may bring in former agents.
        for group in ("base.group_erp_manager", "base.group_partner_manager"):
            cls.admin.group_ids += cls.env.ref(group).sudo()

    @classmethod
    def _make_policies(cls):
        targets = [("resolution", hours, level) for level, hours in TARGETS]
        cls.policy = cls._policy(*targets)

    def _log_of(self, ticket):
        """Return the events of a ticket as ``[(moment, kind, data)]``."""
        events = self._event_rows(ticket)[ticket.id]
        return [
            (event.at.strftime("%d %H:%M"), event.kind, dict(event.data))
            for event in life.effective(events)
        ]

    def _event_rows(self, tickets):
        return self.env["itsm.sla.event"]._events_of(tickets._name, tickets.ids)

    def _check_agreement(self, tickets):
        """Check that events, tickets and clocks say the same."""
        for id_, events in self._event_rows(tickets).items():
            ticket = tickets.browse(id_)
            moments = life.live(life.effective(events))
            situation = moments[-1][1]
            state = ticket.state if ticket.state in life.KINDS else None
            self.assertEqual(
                (situation.ended, situation.priority, situation.team, situation.user),
                (
                    state,
                    ticket.priority,
                    ticket.team_id.id or None,
                    ticket.user_id.id or None,
                ),
                ticket.number,
            )
            self.assertEqual(moments[0][0], ticket.opened_at, ticket.number)
            clock = self._clocks(ticket)
            self.assertEqual(len(clock), 1, ticket.number)
            if state in ("resolved", "closed"):
                stopped = ticket.resolved_at or ticket.closed_at
                self.assertEqual(clock.stopped_at, stopped, ticket.number)

    def _explained(self, tickets):
        """Return all clocks of tickets explained, as bytes."""
        explained = self._clocks(tickets).sorted("res_id")._explained()
        return json.dumps([*explained.values()], sort_keys=True).encode()

    def _figures(self, tickets):
        """Return what the rows of clocks show."""
        names = ("state", "deadline", "stopped_at", "elapsed", "paused", "breached")
        return [
            (clock.res_id, *(clock[name] for name in names))
            for clock in self._clocks(tickets).sorted("res_id")
        ]

    def _check_replay(self, tickets):
        """Check that the clocks are what their events give, each time anew."""
        figures, told = self._figures(tickets), self._explained(tickets)
        self.Clock._follow(tickets, match="turn")
        self.env.flush_all()
        self.assertEqual(self._figures(tickets), figures)
        self.assertEqual(self._explained(tickets), told)
        # As after a restart: nothing is remembered.
        self.env.invalidate_all()
        self.env.registry.clear_all_caches()
        self.Clock._follow(tickets, match="turn")
        self.assertEqual(self._explained(tickets), told)
        # From nothing but the events.
        self.Clock._of(tickets).unlink()
        self.Clock._follow(tickets, match="renew")
        self.assertEqual(self._explained(tickets), told)
        with self._shuffled_events():
            self.Clock._follow(tickets, match="turn")
            self.assertEqual(self._explained(tickets), told)
        self.assertEqual(self._figures(tickets), figures)

    def _shuffled_events(self):
        """Let events come from the database in any order."""
        Event = type(self.env["itsm.sla.event"])
        read = Event._events_of

        def shuffled(records, res_model, res_ids):
            found = read(records, res_model, res_ids)
            for events in found.values():
                random.Random(7).shuffle(events)
            return found

        return patch.object(Event, "_events_of", shuffled)
