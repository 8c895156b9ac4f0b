from functools import partial
from typing import Any, NamedTuple

from odoo import api, models
from odoo.exceptions import UserError

from ..tools import tabular


class Source(NamedTuple):
    """A read file: the workbook, the rows of the sheet, and the records in them."""

    book: Any
    rows: list
    records: list


class ItsmImport(models.Model):
    """Reading: from the file's bytes to rows of named values, with all reasons."""

    _inherit = "itsm.import"

    def _open(self):
        """Open the file, or say why it cannot be read.

        :rtype: tabular.Workbook
        """
        self.ensure_one()
        try:
            return tabular.open_table(self._bytes(), self.filename or "")
        except tabular.TabularError as error:
            raise UserError(self._error_text(error)) from error

    def _rows(self, book):
        """Return all rows of the chosen sheet as a list."""
        try:
            return list(book.rows(self.profile_id.sheet or None))
        except tabular.TabularError as error:
            raise UserError(self._error_text(error)) from error

    def _header_index(self, rows):
        """Return the 0-based index of the header row."""
        chosen = self.profile_id.header_row
        if chosen:
            if not 0 < chosen <= len(rows):
                raise UserError(
                    self.env._(
                        "The sheet has %(rows)s rows, so row %(row)s cannot hold the "
                        "column names.",
                        rows=len(rows),
                        row=chosen,
                    )
                )
            return chosen - 1
        try:
            return tabular.find_header_row(rows[:50])
        except tabular.TabularError as error:
            raise UserError(self._error_text(error)) from error

    @api.model
    def _header_names(self, headers):
        """Return the names of the columns, each of them different.

        A column without a name goes by its letters, the second “Note” is “Note #2”.
        """
        names, seen = [], {}
        for index, header in enumerate(headers):
            name = tabular.as_text(header) or tabular.column_letters(index)
            text = tabular.normalize_header(name)
            seen[text] = seen.get(text, 0) + 1
            names.append(f"{name} #{seen[text]}" if seen[text] > 1 else name)
        return names

    def _column_values(self, headers, body):
        """Return the values of the columns: header, sample and guessed field."""
        specs = [spec.spec() for spec in self.profile_id._target()._import_fields()]
        own = {tabular.normalize(text) for text in self._error_labels().values()}
        guesses = tabular.guess_mapping(
            # The columns that an error sheet adds feed nothing.
            [None if tabular.normalize(h) in own else h for h in headers],
            specs,
        )
        samples = self._samples(body)
        return [
            {
                "sequence": index,
                "header": name,
                "field_name": guesses[index].field if index in guesses else False,
                "sample": samples.get(index, False),
                "in_file": True,
            }
            for index, name in enumerate(self._header_names(headers))
        ]

    @api.model
    def _samples(self, body):
        """Return ``{column index: first text}`` of the first rows."""
        samples = {}
        for row in body[:200]:
            for index, cell in enumerate(row):
                if cell is not None and index not in samples:
                    samples[index] = tabular.as_text(cell)[:80]
        return samples

    def _mapped_columns(self, headers, body):
        """Return the engine's columns for the mapped fields.

        :raise UserError: when a mapped header is missing from the file
        """
        target = self.profile_id._target()
        index_by_header = {
            tabular.normalize_header(name): index
            for index, name in enumerate(self._header_names(headers))
        }
        mapped = self.profile_id.column_ids.filtered("field_name")
        self._refuse_missing_columns(mapped, index_by_header)
        columns = []
        for column in mapped:
            index = index_by_header[tabular.normalize_header(column.header)]
            field = target._field(column.field_name)
            convert = self._converter(field, partial(self._cells, body, index))
            columns.append(tabular.Column(index, field.name, convert))
        return columns

    def _refuse_missing_columns(self, mapped, index_by_header):
        missing = [
            column.header
            for column in mapped
            if tabular.normalize_header(column.header) not in index_by_header
        ]
        if missing:
            raise UserError(
                self.env._(
                    "The file does not have these columns, which are to be read: "
                    "%(columns)s. Choose the row with the column names again, or "
                    "delete those lines under Columns.",
                    columns=", ".join(f"“{name}”" for name in missing),
                )
            )

    @api.model
    def _cells(self, body, index):
        return [row[index] for row in body if index < len(row)]

    def _unknown(self):
        """Return the texts that mean “not known”."""
        return tuple((self.profile_id.unknown_marks or "").split())

    def _converter(self, field, cells):
        """Return the function that makes a value of a cell of ``field``.

        :param cells: function that gives all cells of the column
        """
        unknown = self._unknown()
        text = partial(tabular.to_text, unknown=unknown)
        if field.type == "lines":
            return partial(tabular.to_text, unknown=unknown, multiline=True)
        if field.type == "integer":
            return self._or_none(text, tabular.to_integer)
        if field.type == "datetime":
            return self._or_none(text, self._moment_converter(cells()))
        if field.type == "choice":
            return self._or_none(text, self._choice_map(field).resolve)
        if field.type == "relation":
            return self._or_none(text, self._name_converter(field, text))
        if field.type == "order":
            return self._or_none(text, self._order_value)
        return text

    def _name_converter(self, field, text):
        """Return the function from a cell to the name it stands for here."""
        names = {
            tabular.normalize(value.source): value.value
            for value in self.profile_id.value_ids
            if value.field_name == field.name
        }
        return lambda cell: names.get(tabular.normalize(cell)) or text(cell)

    @api.model
    def _order_value(self, cell):
        """Return a counter as a number, anything else as it is."""
        try:
            return tabular.to_float(cell)
        except tabular.TabularError:
            return cell if not isinstance(cell, str) else cell.strip()

    @api.model
    def _or_none(self, text, convert):
        """Return a converter that gives None for cells that say “not known”."""
        return lambda cell: None if text(cell) is None else convert(cell)

    def _moment_converter(self, cells):
        """Return the function from a cell to naive UTC time, whole seconds."""
        order, zone = self.profile_id.date_order, self.profile_id.tz or "UTC"
        unknown = self._unknown()
        undecided = False
        forms = [tabular.DateFormat("ymd", serial=True)]
        if order == "auto":
            known = [c for c in cells if tabular.to_text(c, unknown=unknown)]
            guess = tabular.guess_date_format(known)
            undecided = guess.reason in ("ambiguous", "conflict")
            forms = [guess.format] if guess.format else forms
        else:
            forms = [tabular.DateFormat(order, serial=True)]

        def convert(cell):
            if undecided and not self._year_first(cell):
                raise tabular.TabularError(
                    "ambiguous_date", value=tabular.as_text(cell)
                )
            moment = tabular.parse_datetime(cell, forms)
            return moment and tabular.to_utc(moment, zone).replace(microsecond=0)

        return convert

    @api.model
    def _year_first(self, cell):
        """Tell whether a date can be read in one way only."""
        try:
            return bool(tabular.parse_datetime(cell))
        except tabular.TabularError:
            return False

    def _choice_map(self, field):
        """Return the words that mean the values of a choice field.

        The profile's own words win over what they mean elsewhere.
        """
        profile = self.profile_id
        choices = profile._target()._choices(profile, field.name)
        plain = tabular.ChoiceMap(choices)
        own = {}
        for value in profile.value_ids:
            # A word without a meaning was proposed and not decided yet.
            if value.field_name != field.name or not value.value:
                continue
            try:
                own[value.source] = plain.resolve(value.value)
            except tabular.TabularError:
                raise UserError(
                    self.env._(
                        "Under Values, “%(value)s” is not a value of “%(field)s”. "
                        "Possible are: %(choices)s.",
                        value=value.value,
                        field=field.label,
                        choices=", ".join(choices),
                    )
                ) from None
        return tabular.ChoiceMap(choices, own)

    def _read_source(self):
        """Read the file into records with values and reasons."""
        book = self._open()
        rows = self._rows(book)
        index = self._header_index(rows)
        headers = rows[index]
        columns = self._mapped_columns(headers, rows[index + 1 :])
        records = list(tabular.read_records(rows, columns, header_row=index))
        target = self.profile_id._target()
        names = self._header_names(headers)
        records = target._complete_rows(self.profile_id, records, names)
        return Source(book, rows, records)
