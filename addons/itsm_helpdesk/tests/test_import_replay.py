import csv
import unittest
from datetime import datetime
from itertools import pairwise

from odoo.tests import tagged

from .history_common import HistoryCase
from .test_import_samples import SERVICENOW


@tagged("post_install", "-at_install")
@unittest.skipUnless(SERVICENOW.is_file(), f"{SERVICENOW} is not there")
class TestServiceNowReplay(HistoryCase):
    """The real ledger, replayed event by event."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.profile = cls.env.ref("itsm_helpdesk.import_profile_servicenow")
        cls.profile.with_user(cls.admin).run(SERVICENOW.read_bytes(), SERVICENOW.name)
        lines = SERVICENOW.read_text().splitlines()
        cls.rows = {}
        for row in csv.DictReader(lines):
            cls.rows.setdefault(row["number"], []).append(row)
        cls.tickets = cls.env["itsm.ticket"].search([("number", "in", [*cls.rows])])

    def test_each_incident_is_what_its_events_say(self):
        self.assertEqual(len(self.tickets), 600)
        self._check_agreement(self.tickets)

    def test_replay_is_identical_byte_by_byte(self):
        self._check_replay(self.tickets)

    def test_waiting_and_reopening_are_those_of_the_file(self):
        def entered(rows, wanted):
            states = ["", *(row["incident_state"] for row in rows)]
            pairs = pairwise(states)
            return sum(old != new and wanted(old, new) for old, new in pairs)

        events = self._event_rows(self.tickets)
        for ticket in self.tickets:
            rows = sorted(self.rows[ticket.number], key=self._updated)
            kinds = [event.kind for event in events[ticket.id]]
            self.assertEqual(
                (kinds.count("paused"), kinds.count("reopened")),
                (
                    entered(rows, lambda _old, new: new.startswith("Awaiting")),
                    entered(
                        rows, lambda old, new: old == "Resolved" and new != "Closed"
                    ),
                ),
                ticket.number,
            )

    @staticmethod
    def _updated(row):
        moment = datetime.strptime(row["sys_updated_at"], "%d-%m-%Y %H:%M")
        return int(row["sys_mod_count"]), moment

    def test_importing_again_adds_nothing(self):
        events = self.env["itsm.sla.event"].sudo().search_count([])
        profile = self.profile.with_user(self.admin)
        again = profile.run(SERVICENOW.read_bytes(), SERVICENOW.name)
        self.assertEqual((again.updated, again.unchanged), (0, 600))
        self.assertEqual(self.env["itsm.sla.event"].sudo().search_count([]), events)
