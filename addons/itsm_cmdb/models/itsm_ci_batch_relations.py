from odoo.tools import SQL

from ..tools import ledger
from ..tools.ledger import tabular
from .itsm_ci_batch_reading import Staged
from .itsm_ci_batch_staging import reason

_STRENGTHS = {
    tabular.normalize(word): key
    for key, words in ledger.STRENGTH_WORDS.items()
    for word in (key, *words)
}


class RelationPlanner:
    """Plans the rows of relations of one batch, after those of its items.

    An end is a token, as in :class:`Finder`: an item's id, or minus the id of the row
    that creates it.
    """

    def __init__(self, batch, planner):
        self.batch = batch
        self.env = batch.env
        self.planner = planner
        self._types = self._type_words()
        self._permitted = {}
        self._seen = set()
        self._classes = {}
        self._labels = {}

    def _type_words(self):
        """Return ``{word: (type, whether it reads from the target)}``."""
        # sudo: relation types are no secret.
        types = self.env["itsm.ci.relation.type"].sudo().search([])
        words = {}
        for code, _name in self.env["res.lang"].get_installed():
            for each in types.with_context(lang=code):
                plain = types.browse(each.id)
                words.setdefault(tabular.normalize(each.name), (plain, False))
                words.setdefault(tabular.normalize(each.inverse_name), (plain, True))
        for each in types:
            # What people say where no translation is installed.
            for inverse, said in enumerate(ledger.RELATION_WORDS.get(each.code, ())):
                for word in said:
                    words.setdefault(tabular.normalize(word), (each, bool(inverse)))
        words.update((tabular.normalize(each.code), (each, False)) for each in types)
        return words

    # ------------------------------------------------------------------
    # One portion
    # ------------------------------------------------------------------

    def plan(self, rows):
        """Return the columns that planning fills, for each row."""
        rows = [Staged(row) for row in rows]
        self._load_labels(rows)
        ends = [self._tokens(row) for row in rows]
        found = [
            (row, kind, source, target)
            for row, (source, target) in zip(rows, ends, strict=True)
            for kind, source, target in [self._read(row, source, target)]
        ]
        self._load_classes(
            {token for *_row, source, target in found for token in (source, target)}
        )
        present = self._present(found)
        return [self._outcome(*each, present) for each in found]

    def _load_labels(self, rows):
        """Look what the labels of a portion stand for, with one query each."""
        ends = (row.raw.get(end) for row in rows for end in ("source", "target"))
        labels = {end for end in ends if isinstance(end, str)}
        self._labels = {}
        for label, token, refused in self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT ref, COALESCE(ci_id, -COALESCE(same_as_id, id)),
                       outcome = 'refused' AND ci_id IS NULL
                  FROM itsm_ci_batch_row
                 WHERE batch_id = %s AND ref = ANY(%s) AND kind = 'item'
                """,
                self.batch.id,
                list(labels),
            )
        ):
            self._labels.setdefault(label, []).append((token, refused))
        self.planner.names.load({"itsm.ci": labels - self._labels.keys()})

    def _tokens(self, row):
        """Return the tokens of both ends; what is wrong becomes a reason."""
        return [self._token(row, row.raw.get(end)) for end in ("source", "target")]

    def _token(self, row, end):
        if not end:
            return None
        if isinstance(end, dict):
            return self._by_identity(row, end)
        return self._by_label(row, end)

    def _by_label(self, row, label):
        """Find an end by the label of a row of the batch, or as people know an item."""
        rows = self._labels.get(label, ())
        tokens = {token for token, refused in rows if not refused}
        if len(tokens) == 1:
            return tokens.pop()
        if rows:
            code = "end_ambiguous" if tokens else "end_refused"
            row.reasons.append(reason(code, None, value=label))
            return None
        return self._by_name(row, label)

    def _by_name(self, row, label):
        try:
            return self.planner.names.match("itsm.ci", label)
        except tabular.TabularError as error:
            code = "end_ambiguous" if error.code == "name_ambiguous" else "end_unknown"
            row.reasons.append(reason(code, None, value=label[:80]))
            return None

    def _by_identity(self, row, end):
        """Find an end by what identifies it."""
        planner = self.planner
        part = Staged((row.id, 0, end["class"], None, None, None, end["values"], None))
        if part.code:
            planner._convert_all([part])
        else:
            part.said = dict(part.raw)
            part.item_class = self.env["itsm.ci.class"]
        row.reasons += part.reasons
        if part.reasons:
            return None
        identities = part.identities = planner.finder.identities(
            part.item_class, part.said
        )
        planner.load_items(planner.finder.load([identities]))
        planner._recall([part])
        found = planner.finder.find(identities, planner._state)
        if found.token is None:
            code = "end_unknown" if found.kind == "new" else "end_ambiguous"
            shown = ", ".join(str(value) for value in end["values"].values())
            row.reasons.append(reason(code, None, value=shown[:80]))
        return found.token

    def _read(self, row, source, target):
        """Return the type and the ends, the right way round."""
        word = row.raw.get("type")
        kind, inverse = self._types.get(tabular.normalize(word), (None, False))
        if kind is None:
            row.reasons.append(reason("unknown_type", None, value=str(word)[:80]))
        row.said = {}
        for key, convert in (("weight", tabular.to_float), ("strength", str)):
            if row.raw.get(key) is not None:
                self._read_value(row, key, convert)
        return (kind, target, source) if inverse else (kind, source, target)

    def _read_value(self, row, key, convert):
        raw = row.raw[key]
        try:
            value = convert(raw)
            if key == "strength":
                value = _STRENGTHS.get(tabular.normalize(value), value)
        except tabular.TabularError as error:
            row.reasons.append(reason(error.code, key, **error.params))
            return
        if (
            key == "strength"
            and value not in _STRENGTHS.values()
            or key == "weight"
            and (value is not None and not 0.001 <= value <= 1e9)
        ):
            row.reasons.append(reason("bad_choice", key, value=str(raw)[:80]))
        elif value is not None:
            row.said[key] = value

    # ------------------------------------------------------------------
    # Outcomes
    # ------------------------------------------------------------------

    def _present(self, found):
        """Return ``{(source, type, target): (id, strength, weight)}`` there are."""
        triples = [
            (source, kind.id, target)
            for row, kind, source, target in found
            if kind and (source or 0) > 0 and (target or 0) > 0
        ]
        if not triples:
            return {}
        sources, kinds, targets = map(list, zip(*triples, strict=True))
        present = {}
        for source, kind, target, both, *facts in self.env.execute_query(
            SQL(
                """
                SELECT r.source_id, r.type_id, r.target_id, r.impact = 'both',
                       r.id, r.strength, r.weight
                  FROM unnest(%s::int[], %s::int[], %s::int[])
                       AS w (source_id, type_id, target_id)
                  JOIN itsm_ci_relation r ON r.active AND r.type_id = w.type_id
                   AND (r.source_id = w.source_id AND r.target_id = w.target_id
                        OR r.impact = 'both' AND r.source_id = w.target_id
                        AND r.target_id = w.source_id)
                """,
                sources,
                kinds,
                targets,
            )
        ):
            present[source, kind, target] = facts
            if both:
                present[target, kind, source] = facts
        return present

    def _outcome(self, row, kind, source, target, present):
        plan = {"id": row.id, "outcome": "refused", "reasons": row.reasons}
        if not row.reasons and source == target:
            row.reasons.append(reason("self_relation"))
        if row.reasons or not (source and target):
            return plan
        if not self._permits(kind, source, target):
            row.reasons.append(reason("not_permitted", None, value=kind.name))
            return plan
        triple = (source, kind.id, target)
        plan["ends"] = {"source": source, "type": kind.id, "target": target, **row.said}
        if triple in self._seen:
            return plan | {"outcome": "unchanged"}
        self._seen.add(triple)
        if kind.impact == "both":
            self._seen.add((target, kind.id, source))
        if triple not in present:
            return plan | {"outcome": "create"}
        relation_id, strength, weight = present[triple]
        held = {"strength": strength, "weight": weight}
        differs = any(held[key] != value for key, value in row.said.items())
        return plan | {
            "outcome": "update" if differs else "unchanged",
            "relation_id": relation_id,
        }

    def _permits(self, kind, source, target):
        case = (kind, self._classes[source], self._classes[target])
        if case not in self._permitted:
            self._permitted[case] = kind.rule_ids._permits(*case[1:])
        return self._permitted[case]

    def _load_classes(self, tokens):
        """Look of which classes items are; those of new items their rows say."""
        new = [token for token in tokens if token and token not in self._classes]
        rows = self.env.execute_query(
            SQL(
                "SELECT id, class_id FROM itsm_ci WHERE id = ANY(%s) UNION ALL"
                " SELECT -id, class_id FROM itsm_ci_batch_row WHERE id = ANY(%s)",
                [token for token in new if token > 0],
                [-token for token in new if token < 0],
            )
        )
        # sudo: the tree of classes is no secret.
        classes = self.env["itsm.ci.class"].sudo()
        self._classes.update((token, classes.browse(id_)) for token, id_ in rows)
