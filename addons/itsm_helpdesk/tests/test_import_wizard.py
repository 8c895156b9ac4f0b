import base64
import io

import openpyxl

from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from .common_import import ImportCase

TABLE = [
    ["IT tickets", None, None],
    ["printed 2026-03-01", None, None],
    ["Ticket ID", "Title", "Status"],
    ["W-1", "Mouse", "Closed"],
    ["W-2", "Screen", "Closed"],
]


@tagged("post_install", "-at_install")
class TestImportWizard(ImportCase):
    def _mapping(self, job):
        return {column.header: column.field_name for column in job.column_ids}

    def test_columns_are_guessed_with_samples(self):
        job = self._upload(self._csv([self._row("W-1", 状态="已关闭", Colour="red")]))
        self.assertEqual(job.state, "mapped")
        self.assertEqual(
            self._mapping(job),
            {"Number": "number", "Subject": "name", "状态": "state", "Colour": False},
        )
        self.assertEqual(job.column_ids.mapped("sample")[-1], "red")

    def test_titles_above_the_header_are_passed_over(self):
        job = self._upload(self._xlsx(Sheet=TABLE), "ledger.xlsx")
        self.assertEqual(job.header_row, 3)
        job.action_plan()
        self.assertEqual(self._counts(job), (2, 0, 0, 0))
        self.assertEqual(job.line_ids.mapped("row_number"), [4, 5])

    def test_another_header_row_reads_the_columns_again(self):
        rows = [["Old", "Names"], ["Number", "Subject"], ["W-1", "Mouse"]]
        job = self._upload(self._xlsx(Sheet=rows), "ledger.xlsx")
        self.assertEqual(job.header_row, 1)
        job.header_row = 2
        self.assertEqual(self._mapping(job), {"Number": "number", "Subject": "name"})

    def test_header_row_beyond_the_sheet_is_refused(self):
        job = self._upload(self._xlsx(Sheet=TABLE), "ledger.xlsx")
        for row in (99, -1):
            with self.subTest(row=row), self.assertRaises(UserError):
                job.header_row = row

    def test_another_sheet_can_be_chosen(self):
        content = self._xlsx(Notes=[["read", "me"], ["x", "y"]], Tickets=TABLE)
        job = self._upload(content, "ledger.xlsx")
        self.assertEqual(job.sheet_ids.mapped("name"), ["Notes", "Tickets"])
        with Form(job) as form:
            form.sheet_id = job.sheet_ids[1]
            self.assertEqual(form.header_row, 0)
        self.assertEqual(job.header_row, 3)
        self.assertIn("Ticket ID", self._mapping(job))
        job.action_plan()
        self.assertEqual(job.create_count, 2)

    def test_hidden_sheets_are_not_offered(self):
        book = openpyxl.Workbook()
        book.active.title = "Secret"
        book.active.sheet_state = "hidden"
        sheet = book.create_sheet("Tickets")
        sheet.append(["Number", "Subject"])
        sheet.append(["W-1", "Mouse"])
        output = io.BytesIO()
        book.save(output)
        job = self._upload(output.getvalue(), "ledger.xlsx")
        self.assertEqual(job.sheet_ids.mapped("name"), ["Tickets"])
        self.assertEqual(job.sheet_id.name, "Tickets")

    def test_columns_can_be_mapped_by_hand(self):
        job = self._upload(self._csv([{"Nr": "W-1", "Was": "Mouse"}]))
        with self.assertRaises(UserError):
            job.action_plan()
        with Form(job) as form:
            with form.column_ids.edit(0) as column:
                column.field_name = "number"
            with form.column_ids.edit(1) as column:
                column.field_name = "name"
        job.action_plan()
        self.assertEqual(job.line_ids.mapped("key"), ["W-1"])

    def test_two_columns_for_one_field_are_refused(self):
        job = self._upload(self._csv([self._row(Note="x")]))
        job.column_ids[-1].field_name = "name"
        with self.assertRaises(UserError):
            job.action_plan()

    def test_columns_of_one_name_and_without_a_name(self):
        rows = [["Number", "Note", "Note", None, "x"], ["W-1", "one", "two", "three"]]
        job = self._upload(self._xlsx(Sheet=rows), "ledger.xlsx")
        job.header_row = 1
        self.assertEqual(
            job.column_ids.mapped("header"), ["Number", "Note", "Note #2", "D", "x"]
        )
        job.column_ids[1].field_name = "name"
        job.column_ids[2].field_name = "resolution"
        job.action_plan()
        job._apply_all()
        ticket = self._find("W-1")
        self.assertEqual((ticket.name, ticket.resolution), ("one", "two"))

    def test_back_throws_the_preview_away(self):
        job = self._plan([self._row(), self._row("")])
        self.assertTrue(job.error_file)
        job.action_back()
        self.assertEqual(job.state, "mapped")
        self.assertFalse(job.line_ids)
        self.assertFalse(job.error_file)

    def test_steps_out_of_order_are_refused(self):
        job = self._plan([self._row()])
        with self.assertRaises(UserError):
            job.action_read()
        job._apply_all()
        for step in ("action_read", "action_plan", "action_back", "apply_next"):
            with self.subTest(step=step), self.assertRaises(UserError):
                getattr(job, step)()
        self.assertEqual(job.state, "done")

    def test_import_without_a_file_is_refused(self):
        for content in (False, ""):
            with self.subTest(content=content), self.assertRaises(UserError):
                self.Import.create({"filename": "x.csv", "content": content})

    def test_another_file_starts_over(self):
        job = self._plan([self._row("W-1")])
        own = job.profile_id
        content = self._csv([self._row("W-2"), self._row("W-3")])
        job.write({"content": base64.b64encode(content)})
        self.assertEqual(job.state, "new")
        self.assertFalse(job.line_ids)
        self.assertFalse(own.exists())
        job.desk_id = self.desk
        job.action_plan()
        self.assertEqual(job.create_count, 2)

    def test_file_of_a_finished_import_stays(self):
        job = self._apply([self._row()])
        with self.assertRaises(UserError):
            job.content = b"eHl6"

    def test_half_done_import_can_be_given_up(self):
        job = self._plan([self._row(f"W-{n}") for n in range(3)])
        job.apply_next(limit=1)
        with self.assertRaises(UserError):
            job.unlink()
        job.action_give_up()
        self.assertEqual(job.state, "done")
        self.assertTrue(self._find("W-0"))
        self.assertFalse(self._find("W-1"))

    def test_deleting_takes_the_own_settings_along(self):
        job = self._plan([self._row()])
        own = job.profile_id
        job.unlink()
        self.assertFalse(own.exists())

    def test_unknown_words_are_listed_under_values(self):
        rows = [self._row("W-1", State="Zombie"), self._row("W-2", State="Zombie")]
        job = self._plan(rows)
        self.assertEqual(job.refused_count, 2)
        self.assertEqual(job.value_ids.mapped("source"), ["Zombie"])
        job.action_back()
        job.value_ids.value = "cancelled"
        job.action_plan()
        self.assertEqual(self._counts(job), (2, 0, 0, 0))

    def test_meaning_that_does_not_exist_is_refused(self):
        job = self._upload(self._csv([self._row(State="Zombie")]))
        job.value_ids = [
            (0, 0, {"field_name": "state", "source": "Zombie", "value": "undead"})
        ]
        with self.assertRaises(UserError):
            job.action_plan()

    def test_preview_names_what_it_would_create(self):
        job = self._plan([self._row(Requester="Nobody Known", Team="No Such Team")])
        self.assertIn("1", job.remarks)
        self.assertFalse(
            self.env["res.partner"].search([("name", "=", "Nobody Known")])
        )

    def test_figures_open_their_rows(self):
        job = self._plan([self._row(), self._row("")])
        action = job.with_context(outcome="refused").action_view_lines()
        lines = self.env["itsm.import.line"].search(action["domain"])
        self.assertEqual(lines.mapped("outcome"), ["refused"])


@tagged("post_install", "-at_install")
class TestImportProfile(ImportCase):
    def _saved(self, rows=None):
        job = self._upload(self._csv(rows or [{"Nr": "P-1", "Was": "Mouse"}]))
        job.column_ids[0].field_name = "number"
        job.column_ids[1].field_name = "name"
        job.keep = "refuse"
        action = job.action_save_profile()
        return self.env[action["res_model"]].browse(action["res_id"])

    def test_saved_profile_reads_a_second_file(self):
        profile = self._saved()
        self.assertTrue(profile.saved)
        content = self._csv([["Keyboard", "x", "P-2"]], ["Was", "Title", "Nr"])
        job = self._upload(content, template_id=profile.id)
        # What the profile does not read is not guessed beside it.
        self.assertEqual(
            {c.header: c.field_name for c in job.column_ids},
            {"Was": "name", "Title": False, "Nr": "number"},
        )
        job.action_plan()
        job._apply_all()
        self.assertEqual(self._find("P-2").name, "Keyboard")

    def test_saved_profile_keeps_no_content(self):
        profile = self._saved()
        self.assertFalse(any(profile.column_ids.mapped("sample")))
        self.assertEqual(profile.header_row, 0)
        self.assertFalse(profile.sheet)

    def test_profile_of_a_workbook_reads_a_text_file(self):
        content = self._xlsx(Notes=[["read", "me"], ["x", "y"]], Tickets=TABLE)
        job = self._upload(content, "ledger.xlsx")
        job.sheet_id = job.sheet_ids[1]
        action = job.action_save_profile()
        profile = self.env[action["res_model"]].browse(action["res_id"])
        self.assertEqual((profile.sheet, profile.header_row), ("Tickets", 0))
        profile.header_row = 3
        other = self._csv([["New", "P-1", "Mouse"]], ["Status", "Ticket ID", "Title"])
        job = self._upload(other, template_id=profile.id)
        job.action_plan()
        self.assertEqual(self._counts(job), (1, 0, 0, 0))

    def test_import_does_not_change_its_profile(self):
        profile = self._saved()
        job = self._upload(
            self._csv([["P-2", "x"]], ["Nr", "Was"]), template_id=profile.id
        )
        job.keep = "first"
        job.column_ids.field_name = False
        self.assertEqual(profile.keep, "refuse")
        self.assertEqual(profile.column_ids.mapped("field_name"), ["number", "name"])

    def test_missing_column_is_refused_by_name(self):
        profile = self._saved()
        job = self._upload(self._csv([["P-2"]], ["Nr"]), template_id=profile.id)
        missing = job.column_ids.filtered(lambda column: not column.in_file)
        self.assertEqual(missing.header, "Was")
        with self.assertRaisesRegex(UserError, "Was"):
            job.action_plan()
        missing.unlink()
        job.action_plan()
        self.assertEqual(job.create_count, 1)

    def test_other_profile_starts_over(self):
        profile = self._saved()
        job = self._upload(self._csv([["P-2", "x"]], ["Nr", "Was"]))
        self.assertFalse(any(job.column_ids.mapped("field_name")))
        job.template_id = profile
        self.assertEqual(job.state, "new")
        job.action_read()
        self.assertEqual(job.column_ids.mapped("field_name"), ["number", "name"])

    def test_run_from_a_script(self):
        profile = self._saved()
        content = self._csv([["P-1", "a"], ["", "b"], ["P-2", "c"]], ["Nr", "Was"])
        profiles = self.env["itsm.import.profile"].search_count([])
        tickets = self.Ticket.search_count([])
        dry = profile.run(content, "ledger.csv", dry_run=True)
        self.assertEqual((dry.created, dry.refused), (2, 1))
        self.assertEqual(dry.errors[0][0], 3)
        self.assertTrue(dry.errors[0][1])
        self.assertEqual(self.Ticket.search_count([]), tickets)
        self.assertFalse(self.Import.search([("template_id", "=", profile.id)]))
        self.assertEqual(self.env["itsm.import.profile"].search_count([]), profiles)
        first = profile.run(content, "ledger.csv")
        self.assertEqual((first.created, first.updated, first.refused), (2, 0, 1))
        again = profile.run(content, "ledger.csv")
        self.assertEqual((again.created, again.updated, again.unchanged), (0, 0, 2))

    def test_run_refuses_a_file_that_is_none(self):
        with self.assertRaises(UserError):
            self._saved().run(b"", "ledger.csv")
