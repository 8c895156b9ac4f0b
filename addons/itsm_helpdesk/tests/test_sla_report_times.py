from datetime import datetime
from statistics import mean, median, quantiles

from .sla_report_common import MONDAY, SlaReportCase

APRIL = datetime(2026, 4, 6, 8)


def ninetieth(values):
    """Return the 90th percentile with linear interpolation, as the database does."""
    return quantiles(values, n=10, method="inclusive")[8]


class TestPercentiles(SlaReportCase):
    """Medians and percentiles, of groups and of totals."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.hours = {
            ("incident", MONDAY): [1, 2, 3, 10],
            ("incident", APRIL): [5],
            ("request", MONDAY): [4, 6, 30],
            ("request", APRIL): [0.5, 7, 9, 11, 100],
        }
        for (type_, start), found in cls.hours.items():
            for hours in found:
                cls._solved(hours, start, type=type_)
        # What still runs has taken no time yet.
        with cls._at(0):
            cls._create_ticket(type="request")

    def _hours(self, type_=None, start=None):
        return [
            hours
            for key, found in self.hours.items()
            if type_ in (None, key[0]) and start in (None, key[1])
            for hours in found
        ]

    def test_by_hand(self):
        domain = [
            *self._domain(),
            ("type", "=", "incident"),
            ("started_at", "<", "2026-04-01"),
        ]
        average, middle, nine_of_ten = self._total(
            "elapsed_hours", "elapsed_median", "elapsed_p90", domain=domain
        )
        # Of 1, 2, 3, 10: between 2 and 3; seven tenths of the way from 3 to 10.
        self.assertEqual((average, middle), (4.0, 2.5))
        self.assertAlmostEqual(nine_of_ten, 7.9)

    def test_total(self):
        average, middle, nine_of_ten = self._total(
            "elapsed_hours", "elapsed_median", "elapsed_p90"
        )
        self.assertAlmostEqual(average, mean(self._hours()))
        self.assertAlmostEqual(middle, median(self._hours()))
        self.assertAlmostEqual(nine_of_ten, ninetieth(self._hours()))

    def test_pivot(self):
        """Every cell and every total of a pivot is a median of its own clocks."""
        aggregates = ["elapsed_median:median", "elapsed_p90:percentile_ninety"]
        sets = [[], ["type"], ["started_at:month"], ["type", "started_at:month"]]
        found = self.Report.formatted_read_grouping_sets(
            self._domain(), sets, aggregates
        )
        starts = {"2026-03-01": MONDAY, "2026-04-01": APRIL}
        seen = 0
        for groupby, groups in zip(sets, found, strict=True):
            for group in groups:
                month = group.get("started_at:month")
                hours = self._hours(group.get("type"), month and starts[month[0][:10]])
                middle, nine_of_ten = (group[spec] for spec in aggregates)
                self.assertAlmostEqual(middle, median(hours), msg=groupby)
                if len(hours) > 1:
                    self.assertAlmostEqual(nine_of_ten, ninetieth(hours), msg=groupby)
                seen += 1
        self.assertEqual(seen, 1 + 2 + 2 + 4)

    def test_group_headers_of_a_list(self):
        found = self.Report.web_read_group(
            self._domain(),
            ["type"],
            ["elapsed_median:median"],
            order="elapsed_median desc",
        )
        self.assertEqual(
            [(g["type"], g["elapsed_median:median"]) for g in found["groups"]],
            [
                ("request", median(self._hours("request"))),
                ("incident", median(self._hours("incident"))),
            ],
        )

    def test_order_by_percentile(self):
        found = self.Report._read_group(
            self._domain(),
            ["type"],
            order="elapsed_p90:percentile_ninety desc",
        )
        self.assertEqual(found, [("request",), ("incident",)])

    def test_only_for_fields_that_there_are(self):
        for spec in ("nothing:median", "elapsed_median:mode", "elapsed_median"):
            with self.subTest(spec), self.assertRaises(ValueError):
                self.Report._read_group(self._domain(), [], [spec])


class TestTimeReport(SlaReportCase):
    """Where the time of a ticket went."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        reason = cls.env.ref("itsm_helpdesk.pending_reason_requester")
        cls.waiting = reason
        cls.parts = cls.env.ref("itsm_helpdesk.pending_reason_parts")
        with cls._at(0):
            cls.ticket = cls._create_ticket()
        with cls._at(1):
            cls.ticket.set_pending("requester")
        with cls._at(3):
            cls.ticket.resume()
        with cls._at(4):
            cls.ticket.write({"team_id": cls.team2.id})
        with cls._at(6):
            cls.ticket.set_pending("parts")
        with cls._at(11):
            cls.ticket.resume()
        with cls._at(12):
            cls.ticket.resolve("solved", "Toner replaced.")

    def _groups(self, *groupby):
        found = self.TimeReport._read_group(
            self._domain(), groupby, ["hours:sum"], order=",".join(groupby)
        )
        return {group[:-1]: group[-1] for group in found}

    def test_by_reason_and_team(self):
        none = self.env["itsm.pending.reason"]
        self.assertEqual(
            self._groups("team_id", "phase", "pending_reason_id"),
            {
                (self.team1, "running", none): 2.0,
                (self.team1, "paused", self.waiting): 2.0,
                (self.team2, "running", none): 3.0,
                (self.team2, "paused", self.parts): 5.0,
            },
        )

    def test_pauses_are_those_of_the_clock(self):
        clock = self._clock(self.ticket)
        phases = self._groups("phase")
        self.assertEqual(phases["paused",] * 3600, clock.paused)
        self.assertEqual(phases["running",] * 3600, clock.elapsed)
        report = self.Report.search(self._domain())
        self.assertEqual(report.paused_hours, 7.0)
        self.assertEqual(report.elapsed_hours, 5.0)

    def test_cause_that_is_no_reason(self):
        segments = self.env["itsm.sla.segment"].search(
            [("clock_id", "=", self._clock(self.ticket).id), ("phase", "=", "paused")]
        )
        segments[0].sudo().cause = "True"
        segments[1].sudo().cause = "99999999999999"
        rows = self.TimeReport.search([*self._domain(), ("phase", "=", "paused")])
        self.assertEqual(len(rows), 2)
        self.assertFalse(rows.pending_reason_id)
        self.assertEqual(sum(rows.mapped("hours")), 7.0)

    def test_hours_count_once(self):
        """A policy beside others can be left out, as its hours are counted twice."""
        rows = self.TimeReport.search([("ticket_id", "=", self.ticket.id)])
        own = rows.filtered(lambda row: row.policy_id == self.policy)
        self.assertTrue(all(own.mapped("is_parallel")))
        main = self._make_policy("First that fits", resolution=8)
        main.write({"in_parallel": False, "sequence": -100})
        ticket = self._solved(2)
        rows = self.TimeReport.search(
            [("ticket_id", "=", ticket.id), ("is_parallel", "=", False)]
        )
        self.assertEqual(rows.policy_id, main)
        self.assertEqual(sum(rows.mapped("hours")), 2.0)
