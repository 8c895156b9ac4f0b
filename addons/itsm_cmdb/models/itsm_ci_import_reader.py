from functools import partial
from itertools import islice

from ..tools import ledger
from .itsm_ci_batch_names import Names

tabular = ledger.tabular
# So many words that nobody understood are asked for.
MAX_WORDS = 200
_PORTION = 1000
# By these a row is called, the surest first.
_LABELS = ("code", "asset_code", "serial_number", "host_name", "name")
# Columns that name records which an import never makes.
_NAMED = {
    "owner_id": "hr.employee",
    "custodian_id": "hr.employee",
    "department_id": "hr.department",
}


class LedgerReader:
    """Reads the sheets of an import as rows for a batch, and notes what was odd.

    ``unknown``: words for choices that mean nothing here, with the number of rows.
    ``foreign``: values whose class has no such attribute, by key. ``emptied``: names
    that were left out as nobody has them.
    """

    def __init__(self, job, book, vocabulary):
        self._job, self._book, self._vocabulary = job, book, vocabulary
        self.labels = {field.key: field.label for field in vocabulary.fields}
        self.passed_over = ledger.PassedOver()
        self.unknown, self.foreign, self.emptied = {}, {}, {}
        self._refs = {}
        words = job.env["itsm.ci.import.vocabulary"]
        self._statuses, self._stages = words._status_map(), words._stage_names()
        self._status_of = {}
        self._names = Names(job.env, job.company_id, False)
        self._policies = {
            "owner_id": job.people_policy,
            "custodian_id": job.people_policy,
            "department_id": job.department_policy,
        }

    def items(self, sheets, relation_sheets):
        """Yield the rows of the sheets as a batch takes them.

        :param relation_sheets: they name items by words that are remembered here
        """
        self._note_ends(relation_sheets)
        for sheet in sheets:
            rows = self._items_of(sheet, sheet.class_id.code or None)
            while portion := list(islice(rows, _PORTION)):
                self._look_up(portion)
                if self._refs:
                    self._note_refs(portion)
                yield from portion

    def _note_ends(self, sheets):
        """Remember by which words the relations name items."""
        for relation in self._told(sheets):
            for end in ("source", "target"):
                self._refs[tabular.normalize(relation.get(end))] = set()
        self._refs.pop("", None)

    def _note_refs(self, portion):
        """Note for the words of relations which rows they may mean."""
        for row in portion:
            for key in _LABELS:
                word = tabular.normalize(row["values"].get(key))
                if word in self._refs:
                    self._refs[word].add(row["ref"])

    def _look_up(self, portion):
        """Note names that nobody has here; leave out those that may stay empty."""
        wanted = {}
        for row in portion:
            for key in _NAMED.keys() & row["values"].keys():
                wanted.setdefault(_NAMED[key], set()).add(str(row["values"][key]))
        self._names.load(wanted)
        for row in portion:
            values = row["values"]
            for key in [key for key in _NAMED if key in values]:
                if self._is_known(key, str(values[key])):
                    continue
                self._note(key, values[key])
                if self._policies.get(key) == "blank":
                    del values[key]
                    self.emptied[key] = self.emptied.get(key, 0) + 1

    def _is_known(self, key, text):
        """Tell whether a name may stand; one that several have is refused later."""
        try:
            self._names.match(_NAMED[key], text)
        except tabular.TabularError as error:
            return error.code != "name_missing"
        return True

    def _items_of(self, sheet, default):
        name, classes = sheet.name, self._vocabulary.classes
        fields = {field.key: field for field in self._vocabulary.fields}
        choices = {key: field.options for key, field in fields.items() if field.options}
        find = partial(self._class_of, classes)
        for row in self._rows(sheet, fields):
            values, code = row.values, default
            if row.word is not None:
                code = find(row.word)
            self._note_words(values, choices)
            self._drop_foreign(values, code)
            if "status" in values:
                values["status"] = self._status(code, str(values["status"]))
            yield {
                "class": code or "",
                "values": values,
                "ref": next((str(values[k]) for k in _LABELS if values.get(k)), ""),
                "sheet": name,
                "row": row.number,
            }

    def _class_of(self, classes, word):
        """Return the code of a class; a word that means none stays and is refused."""
        code = classes.find(word) or classes.within(str(word))
        if code is None:
            self._note(ledger.CLASS_KEY, word)
        return code or str(word)

    def _status(self, code, word):
        """Return the name of a stage of the class, or the status that a word means."""
        place = (code, word)
        if place not in self._status_of:
            found = word
            if tabular.normalize(word) not in self._stages.get(code, ()):
                try:
                    found = self._statuses.resolve(word) or word
                except tabular.TabularError:
                    found = None
            self._status_of[place] = found
        found = self._status_of[place]
        if found is None:
            self._note("status", word)
        return found or word

    def _note_words(self, values, choices):
        """Keep words for choices that mean nothing here."""
        for key in choices.keys() & values.keys():
            if values[key] not in choices[key]:
                self._note(key, values[key])

    def _note(self, key, word):
        place = (key, str(word))
        if place in self.unknown or len(self.unknown) < MAX_WORDS:
            self.unknown[place] = self.unknown.get(place, 0) + 1

    def _drop_foreign(self, values, code):
        """Leave out values of attributes that the class of the row does not have."""
        own = self._vocabulary.class_keys.get(code)
        if own is None:
            return
        foreign = [
            key for key in values if key.startswith("attributes.") and key not in own
        ]
        for key in foreign:
            del values[key]
            self.foreign[key] = self.foreign.get(key, 0) + 1

    def relations(self, sheets):
        """Yield the relations that the sheets tell, once the items were read."""
        for relation in self._told(sheets):
            for end in ("source", "target"):
                refs = self._refs.get(tabular.normalize(relation.get(end)), ())
                if len(refs) == 1:
                    relation[end] = next(iter(refs))
            yield relation

    def _told(self, sheets):
        fields = {field.key: field for field in self._vocabulary.relation_fields}
        for sheet in sheets:
            for row in self._rows(sheet, fields):
                yield {**row.values, "sheet": sheet.name, "row": row.number}

    def _rows(self, sheet, fields):
        columns = [
            ledger.FedColumn(
                column.sequence,
                column.goes_to,
                self._job._converter(column, fields[column.goes_to]),
            )
            for column in sheet.column_ids
            if column.goes_to in fields
        ]
        return ledger.read_rows(
            self._book,
            sheet.name,
            sheet.header_row - 1,
            columns,
            passed_over=self.passed_over,
        )
