from odoo.tools import SQL

from ..tools import staging
from ..tools.ledger.engine import tabular
from .itsm_ci_batch_finder import Finder
from .itsm_ci_batch_names import CREATED, Names
from .itsm_ci_batch_specs import Specs
from .itsm_ci_batch_staging import reason

# What an item is called where a row gives it no name.
_NAMES = ("host_name", "asset_code", "serial_number")


class Staged:
    """A row while it is planned: what it says, and what was found out about it."""

    __slots__ = (
        "code",
        "id",
        "identities",
        "item_class",
        "place",
        "position",
        "raw",
        "reasons",
        "said",
        "specs",
        "stages",
    )

    def __init__(self, row):
        self.id, self.position, self.code, _ref, sheet, number, self.raw, found = row
        self.place = f"{sheet} {number}" if sheet else str(number)
        self.reasons = [each for each in found or () if each["code"] in _STAGING]
        self.item_class = None
        self.specs = {}
        self.said = {}
        self.stages = {}
        self.identities = []

    def refuse(self, code, key=None, **params):
        """Note why it is refused; a plan made anew may find what staging found."""
        why = reason(code, key, **params)
        if why not in self.reasons:
            self.reasons.append(why)


# Reasons found while staging stay; others are found anew with each plan.
_STAGING = frozenset(
    ("bad_row", "bad_value", "control_character", "too_long", "too_many_values")
) | {"bad_number", "unknown_key", "end_missing"}


class Reading:
    """Reads the rows of items of one batch, portion by portion, and what they mean."""

    def __init__(self, batch):
        self.batch = batch
        self.env = batch.env
        self.company = batch.company_id
        source = batch.source_id
        self.source = source
        self._source_id = source.id
        self.specs = Specs(self.env)
        self.names = Names(self.env, self.company, source.creates_names)
        self.finder = Finder(self.env, self.company)
        self.standings = source._standings()
        self.now = self.env.cr.now()
        self._classes = {}
        self._paths = {}
        # Rows that stand for an item without creating it, by token; and what rows of
        # this portion say.
        self._own = {}
        self._said = {}
        self._decisions = {}
        self._nevers = {}
        self._sources = {}
        self._taken_codes = set()
        self._identifying = self.env["itsm.ci.identifier"]._all_keys()
        self.states, self.facts, self.held = {}, {}, {}

    # ------------------------------------------------------------------
    # One portion
    # ------------------------------------------------------------------

    def plan(self, rows):
        """Return the columns that planning fills, for each row."""
        self._decisions.clear()
        staged = [Staged(row) for row in rows]
        self._convert_all(staged)
        for row in staged:
            if row.item_class:
                row.identities = self.finder.identities(
                    row.item_class, self.named(row.said)
                )
        self._load_codes(staged)
        self.load_items(self.finder.load([row.identities for row in staged]))
        self._recall(staged)
        return [self._outcome(row) for row in staged]

    @staticmethod
    def named(said):
        """Return the values with the name that a new item would get."""
        name = next((said[key] for key in _NAMES if said.get(key)), None)
        return {"name": name, **said} if name else said

    def _convert_all(self, staged):
        for row in staged:
            self._read(row)
        self._name_records(staged)

    def _recall(self, staged):
        """Read again what earlier rows said of the items of this portion."""
        self._said = {}
        tokens = self.finder.tokens([row.identities for row in staged])
        ids = [id_ for token in tokens for id_ in self._rows_of(token)]
        if not ids:
            return
        earlier = [Staged(row) for row in self.batch._staged_rows(ids)]
        self._convert_all(earlier)
        for row in earlier:
            self._said[row.id] = (row.said, row.place)

    def _first(self, token):
        """Return what earlier rows said of an item, and which; None if none did."""
        rows = self._rows_of(token)
        if not rows:
            return None
        said, places = {}, {}
        for id_ in rows:
            values, place = self._said[id_]
            for key, value in values.items():
                said.setdefault(key, value)
                places.setdefault(key, place)
        return said, places

    def _rows_of(self, token):
        """Return the rows that spoke of an item so far, its creator first."""
        later = self._own.get(token, ())
        return (-token, *later) if token < 0 else later

    def _stands_for(self, row, token):
        """Remember that a row speaks of an item."""
        if token != -row.id:
            self._own[token] = (*self._own.get(token, ()), row.id)
        self._said[row.id] = (row.said, row.place)
        self.finder.register(row.identities, token)

    def _load_codes(self, staged):
        """Look which codes of new items are taken, in whatever company."""
        codes = [row.said["code"] for row in staged if row.said.get("code")]
        self._taken_codes = set()
        if codes:
            rows = self.env.execute_query(
                SQL("SELECT code FROM itsm_ci WHERE code = ANY(%s)", codes)
            )
            self._taken_codes = {code for (code,) in rows}

    def item_class(self, code):
        """Return the class of a code, name or id of a class, or None."""
        if code not in self._classes:
            # sudo: rows name classes that the importer may not see; the items' own
            # rights are looked at later.
            found = self.env["itsm.ci.class"].sudo()._by_code(code)
            self._classes[code] = found if found and found.active else None
        return self._classes[code]

    def _read(self, row):
        row.item_class = self.item_class(row.code)
        if not row.item_class:
            row.refuse("unknown_class", value=row.code[:80])
            return
        row.specs = self.specs.of(row.item_class)
        for key, raw in row.raw.items():
            spec = row.specs.get(key)
            if spec is None:
                row.refuse("unknown_key", value=key[:80])
                continue
            try:
                self._convert(row, spec, raw)
            except tabular.TabularError as error:
                row.refuse(error.code, spec.key, **error.params)

    def _convert(self, row, spec, raw):
        if spec.key == "stage_id":
            if tabular.to_text(raw) is not None:
                stage_id, status = self.specs.stage(row.item_class, raw)
                row.said["stage_id"] = stage_id
                row.stages = {"status": status} if status else {}
            return
        value = staging.convert(spec, raw)
        if value is not None:
            row.said[spec.key] = value

    def _name_records(self, staged):
        """Put ids in the place of names."""
        wanted = {}
        for row in staged:
            for spec, texts in self._named(row):
                wanted.setdefault(spec.model, set()).update(texts)
        self.names.load(wanted)
        for row in staged:
            for spec, texts in list(self._named(row)):
                self._put_ids(row, spec, texts)

    def _named(self, row):
        for key, value in row.said.items():
            spec = row.specs[key]
            if spec.type in staging.RECORD_TYPES and key != "stage_id":
                yield spec, value if isinstance(value, list) else [value]

    def _put_ids(self, row, spec, texts):
        ids = []
        for text in texts:
            try:
                ids.append(self.names.match(spec.model, text))
            except tabular.TabularError as error:
                if (
                    error.code == "name_missing"
                    and spec.key in CREATED
                    and self.names.creates
                ):
                    # Created when the row is applied, so a dry run leaves nothing.
                    ids.append([0, text])
                else:
                    row.reasons.append(reason(error.code, spec.key, **error.params))
        if len(ids) == len(texts):
            row.said[spec.key] = ids[0] if spec.type == "many2one" else sorted(ids)
        else:
            row.said.pop(spec.key)

    # ------------------------------------------------------------------
    # What is known of the items that were found
    # ------------------------------------------------------------------

    def load_items(self, ids):
        """Read the present state of items, and who said what of them."""
        items = self.env["itsm.ci"].with_context(active_test=False).browse(ids)
        self.states, self.facts = {}, {}
        if not ids:
            return
        mine = set(items._filtered_access("write").ids)
        # sudo: items beyond the importer's rights are only told apart, never shown.
        held = items.sudo()._snapshot()
        self.facts = {
            item.id: {
                "class_id": item.class_id.id,
                "active": item.active,
                "provenance": item.provenance or {},
                "mine": item.id in mine,
                "name": item.name,
                "code": item.code,
                "status": item.status,
                "verified_at": item.verified_at,
            }
            for item in items.sudo()
        }
        self.states = {
            ci_id: {
                key: value[0]
                if isinstance(value, list) and value and isinstance(value[0], int)
                else value
                for key, value in state.items()
            }
            for ci_id, state in held.items()
        }
        self.held = held

    def path(self, class_id):
        """Return the ids of a class and those above it, the class first."""
        if class_id not in self._paths:
            # sudo: the tree of classes is no secret.
            item_class = self.env["itsm.ci.class"].sudo().browse(class_id)
            self._paths[class_id] = tuple(reversed(item_class._path_ids()))
        return self._paths[class_id]
