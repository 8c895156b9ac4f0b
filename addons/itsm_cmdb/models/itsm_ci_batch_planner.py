from odoo.tools import SQL, html2plaintext, plaintext2html

from ..tools import staging
from ..tools.identification import normal_values
from ..tools.ledger.engine import tabular
from ..tools.reconciliation import decide
from .itsm_ci_batch_finder import Finder
from .itsm_ci_batch_names import CREATED, Names
from .itsm_ci_batch_specs import Specs
from .itsm_ci_batch_staging import reason

# What an item is called where a row gives it no name.
_NAMES = ("host_name", "asset_code", "serial_number")


class Staged:
    """A row while it is planned: what it says, and what was found out about it."""

    __slots__ = (
        "id",
        "position",
        "code",
        "place",
        "raw",
        "item_class",
        "said",
        "stages",
        "reasons",
        "identities",
    )

    def __init__(self, row):
        self.id, self.position, self.code, ref, sheet, number, self.raw, found = row
        self.place = f"{sheet} {number}" if sheet else str(number)
        self.reasons = [each for each in found or () if each["code"] in _STAGING]
        self.item_class = None
        self.said = {}
        self.stages = {}
        self.identities = []


# Reasons found while staging stay; others are found anew with each plan.
_STAGING = frozenset(
    ("bad_row", "bad_value", "control_character", "too_long", "too_many_values")
) | {"bad_number", "unknown_key", "end_missing"}


class Planner:
    """Plans the rows of items of one batch, portion by portion."""

    def __init__(self, batch):
        self.batch = batch
        self.env = batch.env
        self.company = batch.company_id
        source = batch.source_id
        self.source = source
        self.specs = Specs(self.env)
        self.names = Names(self.env, self.company, source.creates_names)
        self.finder = Finder(self.env, self.company)
        self.standings = source._standings()
        self.now = self.env.cr.now()
        self._classes = {}
        self._paths = {}
        # Rows that stand for an item, by token; and what rows of this portion say.
        self._own = {}
        self._said = {}
        self._sources = {}
        self._taken_codes = set()
        self._identifying = self.env["itsm.ci.identifier"]._all_keys()
        self.states, self.facts, self.held = {}, {}, {}

    # ------------------------------------------------------------------
    # One portion
    # ------------------------------------------------------------------

    def plan(self, rows):
        """Return the columns that planning fills, for each row."""
        staged = [Staged(row) for row in rows]
        self._convert_all(staged)
        for row in staged:
            if row.item_class:
                row.identities = self.finder.identities(row.item_class, row.said)
        self._load_codes(staged)
        self.load_items(self.finder.load([row.identities for row in staged]))
        self._recall(staged)
        return [self._outcome(row) for row in staged]

    def _convert_all(self, staged):
        for row in staged:
            self._read(row)
        self._name_records(staged)

    def _recall(self, staged):
        """Read again what earlier rows said of the items of this portion."""
        self._said = {}
        tokens = self.finder.tokens([row.identities for row in staged])
        ids = [id_ for token in tokens for id_ in self._own.get(token, ())]
        if not ids:
            return
        earlier = [Staged(row) for row in self.batch._staged_rows(ids)]
        self._convert_all(earlier)
        for row in earlier:
            self._said[row.id] = (row.said, row.place)

    def _first(self, token):
        """Return what earlier rows said of an item, and which; None if none did."""
        if token not in self._own:
            return None
        said, places = {}, {}
        for id_ in self._own[token]:
            values, place = self._said[id_]
            for key, value in values.items():
                said.setdefault(key, value)
                places.setdefault(key, place)
        return said, places

    def _stands_for(self, row, token):
        """Remember that a row speaks of an item."""
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
            row.reasons.append(reason("unknown_class", value=row.code[:80]))
            return
        specs = self.specs.of(row.item_class)
        for key, raw in row.raw.items():
            name = self.specs.key_of(row.item_class, key)
            if name is None:
                row.reasons.append(reason("unknown_key", None, value=key[:80]))
                continue
            try:
                self._convert(row, specs[name], raw)
            except tabular.TabularError as error:
                row.reasons.append(reason(error.code, name, **error.params))

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
        if not row.item_class:
            return
        specs = self.specs.of(row.item_class)
        for key, value in row.said.items():
            spec = specs[key]
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
            ci_id: {
                "class_id": class_id,
                "active": active,
                "provenance": provenance or {},
                "mine": ci_id in mine,
                "name": name,
                "code": code,
                "status": status,
                "verified_at": seen,
            }
            for ci_id, class_id, active, provenance, name, code, status, seen in (
                self.env.execute_query(
                    SQL(
                        "SELECT id, class_id, active, provenance, name, code, status,"
                        " verified_at FROM itsm_ci WHERE id = ANY(%s)",
                        ids,
                    )
                )
            )
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

    # ------------------------------------------------------------------
    # Outcomes
    # ------------------------------------------------------------------

    def _outcome(self, row):
        plan = {"id": row.id, "class_id": row.item_class.id if row.item_class else None}
        found = self.finder.find(row.identities, self._state)
        if row.reasons:
            # Whatever is wrong with it, its item is named by the source.
            ci_id = found.token if (found.token or 0) > 0 else None
            return plan | self._refused(row.reasons) | {"ci_id": ci_id}
        plan["identifier_id"] = found.rule.id if found.rule else None
        if found.kind in ("ambiguous", "conflict"):
            return plan | self._unclear(found)
        if found.kind == "new":
            return plan | self._created(row)
        return plan | self._matched(row, found.token)

    def _refused(self, reasons):
        return {"outcome": "refused", "reasons": reasons}

    def _state(self, token):
        """Return what an item holds, or is to hold by earlier rows of the batch."""
        first = self._first(token)
        return self.states.get(token, {}) | (first[0] if first else {})

    def _unclear(self, found):
        ids = [token for token in found.candidates if token > 0]
        names = [
            f"{self.facts[ci_id]['code']} {self.facts[ci_id]['name']}"
            if self.facts[ci_id]["mine"]
            else "…"
            for ci_id in ids
        ]
        rows = len(found.candidates) - len(ids)
        names += [self.env._("an earlier row of this batch")] * min(rows, 1)
        params = {"rule": found.rule.name, "names": names[:10], "candidates": ids}
        return self._refused([reason(found.kind, None, **params)])

    # ------------------------------------------------------------------
    # New items
    # ------------------------------------------------------------------

    def _created(self, row):
        said = dict(row.said)
        problems = self._creation_problems(row, said)
        if problems:
            return self._refused(problems)
        specs = self.specs.of(row.item_class)
        never = {
            key
            for key in said
            if self.standings.of(
                self.source.id, self.path(row.item_class.id), key
            ).never
        }
        notes = [reason("never", key) for key in sorted(never)]
        said = {key: value for key, value in said.items() if key not in never}
        row.said = said
        self._stands_for(row, -row.id)
        return {
            "outcome": "create",
            "differences": {
                key: [None, self._shown(specs[key], value)]
                for key, value in said.items()
            },
            "reasons": notes,
            "has_notes": bool(notes),
        }

    def _creation_problems(self, row, said):
        code = said.get("code")
        if code and (self.source.kind == "scan" or code in self._taken_codes):
            # It belongs to nobody, or to another company; a machine gives no codes.
            return [reason("unknown_code", None, value=code[:80])]
        if row.item_class.is_abstract:
            return [reason("abstract_class", None, value=row.code[:80])]
        if "name" not in said:
            name = next((said[key] for key in _NAMES if said.get(key)), None)
            if name is None:
                return [reason("nameless")]
            said["name"] = name
        return [
            reason("required", key)
            for key in self.specs.required[row.item_class.id]
            if key not in said
        ]

    # ------------------------------------------------------------------
    # Known items
    # ------------------------------------------------------------------

    def _matched(self, row, token):
        first = self._first(token)
        if token > 0:
            problem = self._item_problem(row, self.facts_of(token))
            if problem:
                return self._refused([problem]) | {"ci_id": token}
        if first and (clash := self._disagreement(row, *first)):
            return self._refused([clash]) | {"ci_id": token if token > 0 else None}
        changes, confirmed, notes = self._reconciled(row, token, first)
        self._stands_for(row, token)
        return {
            "outcome": "update" if changes else "unchanged",
            "ci_id": token if token > 0 else None,
            "same_as_id": -token if token < 0 else None,
            "differences": changes,
            "confirmed": confirmed,
            "reasons": notes,
            "has_notes": bool(notes),
        }

    def facts_of(self, ci_id):
        """Return what is known of an item, also of one only an earlier row found."""
        if ci_id not in self.facts:
            known = self.states, self.facts, self.held
            self.load_items([ci_id])
            for mine, earlier in zip(
                (self.states, self.facts, self.held), known, strict=True
            ):
                mine.update(earlier)
        return self.facts[ci_id]

    def _item_problem(self, row, facts):
        if not facts["mine"]:
            return reason("no_right")
        item = f"{facts['code']} {facts['name']}"
        if not facts["active"]:
            return reason("archived", None, item=item)
        # A row may name a class above the item's own; any other is a contradiction.
        if row.item_class.id not in self.path(facts["class_id"]):
            # sudo: the names of classes are no secret.
            known = self.env["itsm.ci.class"].sudo().browse(facts["class_id"])
            return reason(
                "class_differs",
                None,
                item=item,
                known=known.complete_name,
                said=row.item_class.complete_name,
            )
        return None

    def _disagreement(self, row, said, places):
        """Return the reason where an earlier row says otherwise of the same item."""
        specs = self.specs.of(row.item_class)
        for key, value in row.said.items():
            if key in said and not self._same(specs[key], said[key], value):
                return reason(
                    "disagrees",
                    key,
                    row=places[key],
                    first=self._text(specs[key], said[key]),
                    second=self._text(specs[key], value),
                )
        return None

    def _same(self, spec, one, other):
        """Whether two values are the same; those that identify may be spelt otherwise."""
        if staging.same(one, other, spec.type):
            return True
        return (
            spec.key in self._identifying
            and spec.type == "char"
            and normal_values(spec.key, one) == normal_values(spec.key, other)
        )

    def _reconciled(self, row, token, first):
        """Return the changes of a row that the source may make, and what it leaves."""
        specs = self.specs.of(row.item_class)
        if token < 0:
            news = {key: v for key, v in row.said.items() if key not in first[0]}
            return (
                {key: [None, self._shown(specs[key], v)] for key, v in news.items()},
                [],
                [],
            )
        facts, held = self.facts[token], self.held[token]
        said = self._as_known(row, facts, held)
        found = staging.difference(held, said, specs)
        # What the item holds need not be said by any row; other keys may differ.
        if first:
            found = {key: pair for key, pair in found.items() if key not in first[0]}
        changes, confirmed, notes = {}, [], []
        path = self.path(facts["class_id"])
        for key, value in said.items():
            decision = self._decision(path, key, facts["provenance"].get(key))
            if key in found and decision.may:
                changes[key] = [found[key][0], self._shown(specs[key], value)]
            elif key in found:
                notes.append(self._note(specs[key], value, decision))
            elif decision.may and not (first and key in first[0]):
                confirmed.append(key)
        return changes, confirmed, notes

    def _as_known(self, row, facts, held):
        """Return what a row says, in the item's own words where they mean the same."""
        specs = self.specs.of(row.item_class)
        said = {
            key: held[key] if key in held and self._same(specs[key], held[key], value)
            and specs[key].type == "char" else value
            for key, value in row.said.items()
        }
        status = row.stages.get("status")
        if status and facts["status"] == status and "stage_id" in said:
            said["stage_id"] = staging.plain(held.get("stage_id"), "many2one")
        if "note" in said:
            text = html2plaintext(held.get("note") or "").strip()
            said["note"] = (
                held["note"]
                if text == said["note"]
                else str(plaintext2html(said["note"]))
            )
        seen = facts["verified_at"]
        if seen and said.get("verified_at", "") <= seen.isoformat(" ", "seconds"):
            # What was seen earlier says nothing new.
            said.pop("verified_at", None)
        said.pop("code", None)
        return said

    def _decision(self, path, key, statement):
        speaker = self.standings.of(self.source.id, path, key)
        held = self.source._held(self.standings, path, key, statement)
        return decide(speaker, held, self.now)

    def _note(self, spec, value, decision):
        """Return why a value that differs is left alone."""
        if decision.reason == "never":
            return reason("never", spec.key)
        held = decision.held
        return reason(
            "held",
            spec.key,
            value=self._text(spec, value),
            by=self._source_name(held.standing.source_id),
            since=held.since.date().isoformat(),
            until=held.until.date().isoformat(),
        )

    def _source_name(self, source_id):
        if source_id not in self._sources:
            # sudo: who holds a value is part of the item's history.
            source = self.env["itsm.ci.source"].sudo().browse(source_id)
            self._sources[source_id] = source.name
        return self._sources[source_id]

    # ------------------------------------------------------------------
    # Values as the history shows them
    # ------------------------------------------------------------------

    def _shown(self, spec, value):
        """Return a value in the form of the history: records with their names."""
        if spec.type == "many2one":
            return (
                value if isinstance(value, list) else [value, self._name(spec, value)]
            )
        if spec.type == "many2many":
            return [[id_, self._name(spec, id_)] for id_ in value]
        return value

    def _name(self, spec, id_):
        if spec.key == "stage_id":
            return self._source_stage(id_)
        return self.names.shown(spec.model, id_)

    def _source_stage(self, stage_id):
        place = ("stage", stage_id)
        if place not in self._sources:
            self._sources[place] = (
                self.env["itsm.ci.stage"].sudo().browse(stage_id).name
            )
        return self._sources[place]

    def _text(self, spec, value):
        words = self.batch._words()
        return words.value(spec.key, self._shown(spec, value))
