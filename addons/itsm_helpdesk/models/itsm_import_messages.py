# pylint: disable=prefer-env-translation
from odoo import models


class ItsmImport(models.Model):
    """The refusals and remarks of the tabular engine, in the user's language."""

    _inherit = "itsm.import"

    def _error_text(self, error):
        """Return the sentence for an error or notice of ``tools.tabular``.

        :param error: ``TabularError`` or ``Notice``; both have ``code`` and ``params``
        """
        text = self._error_texts().get(error.code)
        return text % _Params(error.params) if text else str(error)

    def _error_texts(self):
        """Return ``{code: sentence}``."""
        _ = self.env._
        return {
            "empty": _("The file is empty."),
            "too_large": _(
                "The file has %(size)s bytes; at most %(limit)s are accepted."
            ),
            "zip_bomb": _(
                "The file unpacks to far more data than it may. It was not read."
            ),
            "broken_file": _(
                "The file is damaged. Open it in your spreadsheet program, save it "
                "again and try once more."
            ),
            "encrypted": _("The file is protected by a password. Remove it first."),
            "not_a_workbook": _("This is not a workbook."),
            "wrong_type": _(
                "This is a %(found)s file. Save it as .xlsx, .xls or .csv."
            ),
            "forbidden_xml": _(
                "The file holds declarations that a workbook has no need of. It was "
                "not read."
            ),
            "too_many_sheets": _("The workbook has more than %(limit)s sheets."),
            "too_many_strings": _(
                "The workbook has more than %(limit)s different texts."
            ),
            "too_many_rows": _(
                "The sheet has more than %(limit)s rows. Divide it into several files."
            ),
            "too_many_columns": _("Row %(row)s has more than %(limit)s columns."),
            "too_slow": _("Reading the file takes longer than %(limit)s seconds."),
            "sheet_missing": _("The workbook has no sheet “%(sheet)s”."),
            "unknown_encoding": _(
                "The encoding of the text cannot be found out. Save it as UTF-8."
            ),
            "nul_bytes": _("The text file holds NUL characters. Save it again."),
            "field_too_long": _(
                "A field near row %(row)s never ends. Check the quotation marks."
            ),
            "header_missing": _(
                "No row at the top looks like column names. Give the row's number."
            ),
            "header_ambiguous": _("The column “%(header)s” is there twice."),
            "bad_delimiter": _("“%(delimiter)s” cannot separate columns."),
            "choice_overlap": _("“%(text)s” means several values."),
            "unreadable_row": _("this row cannot be read."),
            "required": _("a value is needed."),
            "bad_date": _("“%(value)s” is not a date in the expected form."),
            "ambiguous_date": _(
                "“%(value)s” may be read day first or month first. Choose the order of "
                "dates."
            ),
            "ambiguous_time": _("“%(value)s” happens twice when clocks go back."),
            "missing_time": _("“%(value)s” never was, as clocks went forward."),
            "bad_timezone": _("“%(tz)s” is not a time zone."),
            "bad_boolean": _("“%(value)s” is neither yes nor no."),
            "bad_number": _("“%(value)s” is not a number."),
            "bad_choice": _(
                "“%(value)s” is not a known value. Say what it means under Values."
            ),
            "choice_conflict": _("in “%(value)s” the number and the words disagree."),
            "key_missing": _("the cell that tells which record it is, is empty."),
            "key_duplicate": _("the same number is also on rows %(rows)s."),
            "name_missing": _("“%(value)s” does not exist here."),
            "name_no_right": _(
                "“%(value)s” does not exist here, and you have no right to create it. "
                "Choose “Leave empty” under Options or ask an administrator."
            ),
            "no_stage": _("the desk has no stage for “%(value)s”."),
            "name_ambiguous": _("“%(value)s” exists several times here."),
            "other_desk": _("%(value)s belongs to another desk."),
            "extension_mismatch": _("“%(filename)s” is in truth a %(kind)s file."),
            "undecodable_bytes": _("%(count)s damaged characters were replaced."),
            "error_cell": _("Cell %(cell)s holds the error %(value)s; read as empty."),
            "formula_without_value": _(
                "The formula in cell %(cell)s has no stored result; read as empty."
            ),
            "bad_cell": _("Cell %(cell)s cannot be read; taken as empty."),
            "cell_truncated": _("Cell %(cell)s was cut to %(limit)s characters."),
            "stopped_at_empty_rows": _(
                "Reading stopped after %(limit)s empty rows, at row %(row)s."
            ),
        }


class _Params(dict):
    """Parameters of a sentence; one that is missing leaves a gap, not an error."""

    def __missing__(self, key):
        return ""
