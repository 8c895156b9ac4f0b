import base64

from odoo import models
from odoo.exceptions import UserError
from odoo.tools import format_list

from ..tools import ledger
from .itsm_ci_import_reader import MAX_WORDS, LedgerReader

tabular = ledger.tabular
# Workbooks have a few sheets; of one with hundreds only these are looked at.
_MAX_SHEETS = 60


class ItsmCiImport(models.Model):
    """Reading: from the file's bytes to the rows of a staging batch, one at a time."""

    _inherit = "itsm.ci.import"

    def _open(self):
        """Open the file, or say why it cannot be read.

        :rtype: tabular.Workbook
        """
        self.ensure_one()
        content = base64.b64decode(self.with_context(bin_size=False).content or b"")
        with self._reading():
            return tabular.open_table(content, self.filename or "")

    def _reading(self):
        """Return a context in which refusals of the engine become sentences."""
        return _Sentences(self.env["itsm.import"])

    def _vocabulary(self):
        field = ledger.LedgerField(ledger.CLASS_KEY, "", type="class")
        words = self.value_ids._meanings(field)
        return self.env["itsm.ci.import.vocabulary"]._vocabulary(words)

    # ------------------------------------------------------------------
    # Looking at the sheets
    # ------------------------------------------------------------------

    def _read_sheets(self, book):
        """Write down what each sheet that is not hidden holds."""
        vocabulary = self._vocabulary()
        Sheet = self.env["itsm.ci.import.sheet"]
        row = self.template_id.header_row
        vals_list = []
        for number, info in enumerate(self._shown(book)):
            look = self._look(
                book, vocabulary, info.name, header_row=row - 1 if row else None
            )
            vals_list.append(
                {
                    "import_id": self.id,
                    "sequence": number,
                    "name": info.name,
                    **Sheet._seen(look),
                    "column_ids": [(0, 0, values) for values in Sheet._columns(look)],
                }
            )
        Sheet.create(vals_list)
        self._give_class(self.sheet_ids)

    def _shown(self, book):
        """Return the sheets to look at: that of the profile, or all that are shown."""
        chosen = self.template_id.sheet
        if chosen:
            named = [info for info in book.sheets if info.name == chosen]
            if not named:
                error = tabular.TabularError("sheet_missing", sheet=chosen)
                raise UserError(self.env["itsm.import"]._error_text(error))
            return named
        shown = [info for info in book.sheets if not info.hidden]
        return (shown or list(book.sheets))[:_MAX_SHEETS]

    def _give_class(self, sheets):
        """Where nothing tells the class, it is the one chosen for that."""
        if self.class_id:
            sheets.filtered(
                lambda sheet: (
                    sheet.kind == ledger.ITEMS
                    and not sheet.class_id
                    and not sheet.has_class_column
                )
            ).class_id = self.class_id

    def _look(self, book, vocabulary, name, **known):
        """Look at one sheet; the profile's columns are not guessed."""
        told = {
            column.header: column.goes_to or ""
            for column in self.template_id.ci_column_ids
        }
        own = {tabular.normalize_header(self.env._("Reason")), "reason"}
        with self._reading():
            look = ledger.look_at_sheet(book, name, vocabulary, told=told, **known)
        # The columns that an error sheet adds feed nothing.
        columns = [
            column
            if tabular.normalize_header(column.header) not in own
            else ledger.ColumnLook(column.index, column.header, column.sample)
            for column in look.columns
        ]
        return ledger.SheetLook(
            look.name,
            look.kind,
            look.class_code,
            look.header_row,
            tuple(columns),
            look.problem,
        )

    def _remarks(self, book):
        """Return what is odd about the file, in words."""
        texts = self.env["itsm.import"]
        lines = [texts._error_text(notice) for notice in book.warnings[:20]]
        if len(book.sheets) > _MAX_SHEETS:
            lines.append(
                self.env._(
                    "Only the first %(count)s of the %(all)s sheets were looked at.",
                    count=_MAX_SHEETS,
                    all=len(book.sheets),
                )
            )
        hidden = [info.name for info in book.sheets if info.hidden]
        if hidden and len(hidden) < len(book.sheets):
            lines.append(
                self.env._(
                    "Hidden sheets are not read: %(names)s.",
                    names=format_list(self.env, (f"“{name}”" for name in hidden[:10])),
                )
            )
        return "\n".join(lines)

    # ------------------------------------------------------------------
    # From sheets to the batch
    # ------------------------------------------------------------------

    def _stage(self):
        """Put the rows into a batch and let it say what would become of them."""
        book, vocabulary = self._open(), self._vocabulary()
        reader = LedgerReader(self, book, vocabulary)
        used = self._used_sheets()
        items = used.filtered(lambda each: each.kind == ledger.ITEMS)
        relations = used - items
        with self._reading():
            batch = self.env["itsm.ci.batch"]._start_planned(
                self.source_id,
                self.filename or self.env._("Ledger"),
                reader.items(items, relations),
                reader.relations(relations),
                is_full=self.is_full,
                company_id=self.company_id.id,
            )
        self.batch_id = batch
        self._propose_values(reader.unknown)
        self.remarks = "\n".join(
            filter(None, [self._remarks(book), self._passed_over_text(reader)])
        )

    def _passed_over_text(self, reader):
        """Return a sentence on rows and cells that were no items, or nothing."""
        counts, lines = reader.passed_over.counts, []
        if counts:
            lines.append(
                self.env._(
                    "Rows that are no items were passed over: %(totals)s totals, "
                    "%(titles)s titles, %(headers)s repeated column names, "
                    "%(footers)s signatures and notes.",
                    totals=counts.get("total", 0),
                    titles=counts.get("title", 0),
                    headers=counts.get("header", 0),
                    footers=counts.get("footer", 0),
                )
            )
        lines += [
            self.env._(
                "%(count)s values of “%(column)s” were left out: the class of the row "
                "has no such attribute.",
                count=count,
                column=reader.labels[key],
            )
            for key, count in sorted(reader.foreign.items())
        ]
        lines += [
            self.env._(
                "%(count)s values of “%(column)s” were left out: nobody is called so "
                "here. The names are listed under Values.",
                count=count,
                column=reader.labels[key],
            )
            for key, count in sorted(reader.emptied.items())
        ]
        return "\n".join(lines)

    def _propose_values(self, unknown):
        """List words that nobody understood, to be given a meaning.

        :param unknown: ``{(key, word as it stands): number of rows}``
        """
        known = {
            (each.goes_to, tabular.normalize(each.source)): each
            for each in self.value_ids
        }
        new = []
        for (key, word), count in unknown.items():
            value = known.get((key, tabular.normalize(word)))
            if value:
                value.count = count
            elif len(new) < MAX_WORDS:
                new.append(
                    {
                        "import_id": self.id,
                        "goes_to": key,
                        "source": word,
                        "count": count,
                    }
                )
        self.env["itsm.ci.import.value"].create(new)

    def _converter(self, column, field):
        """Return the function from a cell of a column to a value."""
        order = self.date_order
        if order == "auto":
            order = column.date_order or ""
        return ledger.converter(
            field,
            ledger.Reading(
                column.unit or "",
                order,
                self.value_ids._meanings(field),
                tuple((self.unknown_marks or "").split()),
                self.env.user.tz or "UTC",
            ),
        )


class _Sentences:
    """Turns a refusal of the tabular engine into a sentence for people."""

    def __init__(self, texts):
        self._texts = texts

    def __enter__(self):
        return self

    def __exit__(self, kind, error, _trace):
        if isinstance(error, tabular.TabularError):
            raise UserError(self._texts._error_text(error)) from error
