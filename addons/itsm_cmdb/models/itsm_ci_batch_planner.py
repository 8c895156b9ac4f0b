from odoo.tools import html2plaintext, plaintext2html

from ..tools import staging
from ..tools.identification import normal_values
from ..tools.reconciliation import decide
from .itsm_ci_batch_reading import Reading
from .itsm_ci_batch_staging import reason


class Planner(Reading):
    """Plans the rows of items of one batch, portion by portion."""

    # ------------------------------------------------------------------
    # Outcomes
    # ------------------------------------------------------------------

    def _outcome(self, row):
        plan = {
            "id": row.id,
            "class_id": row.item_class._ids[0] if row.item_class else None,
        }
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
        specs = row.specs
        never = said.keys() & self._never_said(row)
        notes = [reason("never", key) for key in sorted(never)]
        said = {key: value for key, value in said.items() if key not in never}
        row.said = said
        if never or not row.identities:
            row.identities = self.finder.identities(row.item_class, said)
        if not row.identities:
            return self._refused([self._unidentified(row)])
        self._stands_for(row, -row.id)
        return {
            "outcome": "create",
            "differences": {
                key: [None, self._written(specs[key], value)]
                for key, value in said.items()
            },
            "reasons": notes,
            "has_notes": bool(notes),
        }

    def _never_said(self, row):
        """Return the keys that the source may not say of items of the row's class."""
        class_id = row.item_class._ids[0]
        if class_id not in self._nevers:
            path = self.path(class_id)
            self._nevers[class_id] = {
                spec.key
                for spec in row.specs.values()
                if self._standing(path, spec.key).never
            }
        return self._nevers[class_id]

    def _unidentified(self, row):
        """Return why a row is refused that no later run would find again."""
        rules = self.finder.rules.get(row.item_class._ids[0], ())
        names = [rule.name for rule in rules if rule.keys != ("code",)]
        return reason("unidentified", None, rules=", ".join(names)[:300])

    def _creation_problems(self, row, said):
        code = said.get("code")
        if code and (self.source.kind == "scan" or code in self._taken_codes):
            # It belongs to nobody, or to another company; a machine gives no codes.
            return [reason("unknown_code", None, value=code[:80])]
        if row.item_class.is_abstract:
            return [reason("abstract_class", None, value=row.code[:80])]
        if "name" not in said:
            said |= self.named(said)
            if "name" not in said:
                return [reason("nameless")]
        return [
            reason("required", key)
            for key in self.specs.required[row.item_class._ids[0]]
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
        if row.item_class._ids[0] not in self.path(facts["class_id"]):
            # sudo: the names of classes are no secret.
            known = self.env["itsm.ci.class"].sudo().browse(facts["class_id"])
            return reason(
                "class_differs",
                None,
                item=item,
                known=known.display_name,
                said=row.item_class.display_name,
            )
        return None

    def _disagreement(self, row, said, places):
        """Return the reason where an earlier row says otherwise of the same item."""
        specs = row.specs
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
        """Whether values are the same; those that identify may be spelt otherwise."""
        if staging.same(one, other, spec.type):
            return True
        return (
            spec.key in self._identifying
            and spec.type == "char"
            and normal_values(spec.key, one) == normal_values(spec.key, other)
        )

    def _reconciled(self, row, token, first):
        """Return the changes of a row that the source may make, and what it leaves."""
        specs = row.specs
        if token < 0:
            news = {key: v for key, v in row.said.items() if key not in first[0]}
            return (
                {key: [None, self._written(specs[key], v)] for key, v in news.items()},
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
        specs = row.specs
        said = {
            key: held[key]
            if key in held
            and self._same(specs[key], held[key], value)
            and specs[key].type == "char"
            else value
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

    def _standing(self, path, key):
        return self.standings.of(self._source_id, path, key)

    def _decision(self, path, key, statement):
        """Decide; the items of a portion have their values from few statements."""
        case = (path, key, *(statement or ()))
        if case not in self._decisions:
            speaker = self._standing(path, key)
            held = self.source._held(self.standings, path, key, statement)
            self._decisions[case] = decide(speaker, held, self.now)
        return self._decisions[case]

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

    def _written(self, spec, value):
        """Return a value of a new item: text from outside is no markup."""
        if spec.type == "html":
            return str(plaintext2html(value))
        return self._shown(spec, value)

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
