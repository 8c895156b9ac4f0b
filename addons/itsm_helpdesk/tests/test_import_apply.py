from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import tagged

from .common_import import ImportCase


@tagged("post_install", "-at_install")
class TestImportApply(ImportCase):
    def test_update_writes_and_shows_the_changes_only(self):
        self._apply([self._row("A-1", State="Active", Impact="2")])
        ticket = self._find("A-1")
        ticket.resolution = "by hand"
        job = self._plan([self._row("A-1", State="Closed", Impact="2")])
        self.assertEqual(self._counts(job), (0, 1, 0, 0))
        self.assertEqual(list(job.line_ids.values), ["state"])
        self.assertIn("→", job.line_ids.message)
        job._apply_all()
        self.assertEqual((ticket.state, ticket.resolution), ("closed", "by hand"))
        self.assertEqual(job.line_ids.res_id, ticket.id)

    def test_applying_twice_changes_nothing(self):
        rows = [
            self._row(
                f"A-{n}",
                State="Resolved",
                Requester=f"Person {n % 3}",
                Category="Net",
                Subcategory="Wifi",
                Opened="2026-01-01 10:00",
                Resolved="2026-01-02 10:00",
                Email=f"Person <p{n}@example.com>",
                Description="Two\nlines",
            )
            for n in range(6)
        ]
        self.assertEqual(self._counts(self._apply(rows)), (6, 0, 0, 0))
        stamps = self.Ticket.search([("number", "=like", "A-%")]).mapped("write_date")
        partners = self.env["res.partner"].search_count([])
        self.assertEqual(self._counts(self._apply(rows)), (0, 0, 6, 0))
        self.assertEqual(
            self.Ticket.search([("number", "=like", "A-%")]).mapped("write_date"),
            stamps,
        )
        self.assertEqual(self.env["res.partner"].search_count([]), partners)

    def test_number_is_known_in_any_spelling(self):
        self._apply([self._row("INC-A1")])
        job = self._apply([{"Number": "ｉnc-a1", "Subject": "Other"}])
        self.assertEqual(self._counts(job), (0, 1, 0, 0))
        self.assertEqual(self._find("INC-A1").name, "Other")

    def test_archived_tickets_are_known(self):
        self._apply([self._row("A-1")])
        self._find("A-1").active = False
        self.assertEqual(self._counts(self._plan([self._row("A-1")])), (0, 0, 1, 0))

    def test_numbers_of_other_desks_are_refused(self):
        other = self._create_ticket(desk_id=self.desk_other.id)
        job = self._apply([self._row(other.number.lower()), self._row("A-2")])
        self.assertEqual(self._counts(job), (1, 0, 0, 1))
        self.assertIn(other.number.lower(), job.line_ids[0].message)

    def test_error_sheet_holds_the_refused_rows(self):
        rows = [
            self._row("A-1", Opened="2026-01-01"),
            self._row("A-2", Opened="never", Reassignments="many"),
            self._row("", Opened="2026-01-01"),
        ]
        job = self._apply(rows)
        header, first, second = self._sheet(job)
        self.assertEqual(header[:4], ("Number", "Subject", "Opened", "Reassignments"))
        self.assertEqual(first[0], "A-2")
        self.assertEqual(first[4], 3)
        self.assertEqual(len(first[5].splitlines()), 2)
        self.assertEqual(second[4], 4)

    def test_mended_error_sheet_can_be_imported(self):
        job = self._apply([self._row("A-1", Opened="never")])
        header, row = self._sheet(job)
        mended = [*row]
        mended[2] = "2026-01-01 10:00"
        again = self._upload(
            self._xlsx(Errors=[list(header), mended]), "ledger-errors.xlsx"
        )
        # The columns that the error sheet added feed nothing.
        self.assertEqual(again.column_ids.mapped("field_name")[3:], [False, False])
        again.action_plan()
        again._apply_all()
        self.assertTrue(self._find("A-1"))

    # ------------------------------------------------------------------
    # What happens between preview and apply
    # ------------------------------------------------------------------

    def test_number_taken_since_the_preview_refuses_its_row_only(self):
        job = self._plan([self._row(f"A-{n}") for n in range(5)])
        self.Ticket._as_system().create(
            {"name": "Other", "number": "A-3", "desk_id": self.desk.id}
        )
        job._apply_all()
        self.assertEqual(self._counts(job), (4, 0, 0, 1))
        self.assertEqual(self._find("A-3").name, "Other")
        self.assertEqual(self._sheet(job)[1][0], "A-3")

    def test_number_taken_at_another_desk_is_refused_by_the_database(self):
        job = self._plan([self._row("A-1"), self._row("A-2")])
        self.Ticket._as_system().create(
            {"name": "Other", "number": "A-1", "desk_id": self.desk_other.id}
        )
        job._apply_all()
        self.assertEqual(self._counts(job), (1, 0, 0, 1))
        self.assertNotIn("duplicate key", job.line_ids[0].message)

    def test_ticket_changed_since_the_preview_is_left_alone(self):
        self._apply([self._row(f"A-{n}", State="Active") for n in range(3)])
        job = self._plan([self._row(f"A-{n}", State="Closed") for n in range(3)])
        self._find("A-1").cancel("Not needed.")
        self._find("A-2").name = "Another subject"
        job._apply_all()
        states = [self._find(f"A-{n}").state for n in range(3)]
        self.assertEqual(states, ["closed", "cancelled", "closed"])
        self.assertEqual(self._counts(job), (0, 2, 0, 1))
        # What the row did not speak of is left as the agent wrote it.
        self.assertEqual(self._find("A-2").name, "Another subject")

    def test_ticket_deleted_since_the_preview_is_refused(self):
        self._apply([self._row("A-1", State="New", Impact="2")])
        job = self._plan([self._row("A-1", State="New", Impact="1")])
        self._find("A-1").sudo().unlink()
        job._apply_all()
        self.assertEqual(self._counts(job), (0, 0, 0, 1))

    def test_value_the_database_cannot_hold_refuses_its_row_only(self):
        rows = [self._row("A-1", Reassignments=10**12), self._row("A-2")]
        job = self._apply(rows)
        self.assertEqual(self._counts(job), (1, 0, 0, 1))
        self.assertTrue(job.line_ids[0].message)

    def test_fault_in_one_row_never_stops_the_others(self):
        create = type(self.Ticket).create

        def faulty(records, vals_list):
            if any(vals.get("number") == "A-4" for vals in vals_list):
                raise KeyError("a fault of our own")
            return create(records, vals_list)

        job = self._plan([self._row(f"A-{n}") for n in range(9)])
        logger = "odoo.addons.itsm_helpdesk.models.itsm_import_line"
        with (
            patch.object(type(self.Ticket), "create", faulty),
            self.assertLogs(logger, "ERROR"),
        ):
            job._apply_all()
        self.assertEqual(self._counts(job), (8, 0, 0, 1))

    # ------------------------------------------------------------------
    # Batches
    # ------------------------------------------------------------------

    def test_batches_go_on_where_they_stopped(self):
        job = self._plan([self._row(f"A-{n}") for n in range(5)])
        self.assertEqual(
            job.apply_next(limit=2), {"done": 2, "total": 5, "finished": False}
        )
        self.assertEqual(job.state, "applying")
        self.assertTrue(self._find("A-1"))
        self.assertFalse(self._find("A-2"))
        job.apply_next(limit=2)
        self.assertTrue(job.apply_next(limit=2)["finished"])
        self.assertEqual(self.Ticket.search_count([("number", "=like", "A-%")]), 5)

    def test_batch_size_from_a_client_is_bounded(self):
        job = self._plan([self._row(f"A-{n}") for n in range(3)])
        self.assertEqual(job.apply_next(limit=-5)["done"], 1)

    def test_preview_does_not_query_row_by_row(self):
        def rows(count):
            return [
                self._row(
                    f"Q-{n}",
                    Requester=f"Person {n}",
                    Team=f"Team {n % 5}",
                    Category=f"Category {n % 7}",
                    Assignee=self.agent.name,
                    Opened="2026-01-01",
                )
                for n in range(count)
            ]

        def queries(count):
            job = self._upload(self._csv(rows(count)))
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            job.action_plan()
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        queries(5)
        few, many = queries(20), queries(400)
        # Lines are inserted 100 at a time; nothing else grows with the file.
        self.assertLessEqual(many, few + 10)

    def test_applying_does_not_query_row_by_row(self):
        def queries(prefix, count):
            job = self._plan(
                [
                    self._row(
                        f"{prefix}-{n}", State="Active", Requester="Ria Requester"
                    )
                    for n in range(count)
                ]
            )
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            job.apply_next(limit=1000)
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        queries("warm", 3)
        few, many = queries("few", 10), queries("many", 90)
        self.assertLessEqual(many, few + 15)

    # ------------------------------------------------------------------
    # What becomes of the tickets
    # ------------------------------------------------------------------

    def test_numbers_go_on_behind_the_imported_ones(self):
        sequence = self.env.ref("itsm_helpdesk.sequence_incident").sudo()
        high = sequence.number_next_actual + 5000
        number = sequence.get_next_char(high)
        self._apply([self._row(number)])
        self.assertEqual(sequence.number_next_actual, high + 1)
        self.assertEqual(self._create_ticket().number, sequence.get_next_char(high + 1))

    def test_nobody_gets_a_mail(self):
        rows = [
            self._row(
                f"A-{n}",
                State=state,
                Requester=self.requester.name,
                Assignee=self.agent.name,
            )
            for n, state in enumerate(("New", "Active", "Resolved", "Closed"))
        ]
        mails = self.env["mail.mail"].sudo().search_count([])
        messages = self.env["mail.message"].sudo().search_count([])
        self._apply(rows)
        self._apply([{**row, "State": "Closed"} for row in rows])
        self._flush_tracking()
        self.assertEqual(self.env["mail.mail"].sudo().search_count([]), mails)
        self.assertEqual(self.env["mail.message"].sudo().search_count([]), messages)

    def test_requesters_follow_their_open_tickets(self):
        rows = [
            self._row("A-1", State="Active", Requester=self.requester.name),
            self._row("A-2", State="Closed", Requester=self.requester.name),
        ]
        self._apply(rows)
        partner = self.requester.partner_id
        self.assertIn(partner, self._find("A-1").message_partner_ids)
        self.assertFalse(self._find("A-2").message_partner_ids)
        # Once more, where they follow already.
        self._apply([{**rows[0], "Subject": "Other"}])
        self.assertEqual(self._find("A-1").message_partner_ids, partner)

    def test_imported_tickets_are_worked_on_like_others(self):
        self._apply(
            [
                self._row(
                    "A-1",
                    State="Active",
                    Requester=self.requester.name,
                    Team=self.team1.name,
                    Opened="2025-12-01 08:00",
                )
            ]
        )
        ticket = self._find("A-1").with_user(self.agent)
        ticket.set_pending("requester")
        ticket.resume()
        ticket.resolve("solved", "Restarted.")
        ticket.close()
        self.assertEqual(ticket.state, "closed")
        with self.assertRaises(UserError):
            ticket.resolve("solved", "Again.")
        ticket.reopen("It came back.")
        self.assertEqual(ticket.reopen_count, 1)
