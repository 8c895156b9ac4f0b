from odoo import api, models

from ..tools.history import is_empty, same


class ItsmCi(models.Model):
    """What differs between two states: of two moments, or of two items."""

    _inherit = "itsm.ci"

    @api.model
    def _compare(self, pairs, left_at=None, right_at=None, relations=True, full=False):
        """Return rows of what differs between items, in words.

        :param pairs: ``(left item, right item)``, the same twice to compare moments
        :param left_at: moment at which the left items are looked at; None: now
        :param full: also rows of what is the same
        :return: ``{"left_id", "right_id", "section", "key", "label", "left", "right",
            "is_different"}``
        """
        left = self.browse(dict.fromkeys(left.id for left, _right in pairs))
        right = self.browse(dict.fromkeys(right.id for _left, right in pairs))
        old, new = left._state_at(left_at), right._state_at(right_at)
        rows = []
        for one, other in pairs:
            rows += self._compare_states(one, other, old[one.id], new[other.id])
        if relations:
            before = left._related_at(left_at)
            after = right._related_at(right_at)
            for one, other in pairs:
                rows += self._compare_related(
                    one, other, before[one.id], after[other.id]
                )
        return [row for row in rows if full or row["is_different"]]

    @api.model
    def _compare_states(self, left, right, old, new):
        rows = []
        if (old is None) != (new is None):
            texts = {True: self.env._("Not there yet"), False: self.env._("There")}
            rows.append(
                self._comparison_row(
                    (left, right),
                    ("item", "exists", self.env._("Item")),
                    (texts[old is None], texts[new is None]),
                )
            )
        old, new = old or {}, new or {}
        # The stage says it in the words of the organisation.
        keys = [key for key in dict.fromkeys([*old, *new]) if key != "status"]
        for key in sorted(keys, key=self._key_order):
            values = old.get(key), new.get(key)
            if all(is_empty(value) for value in values):
                continue
            rows.append(
                self._comparison_row(
                    (left, right),
                    ("attribute", key, self._label_of(key, left, right)),
                    (
                        self._value_text(key, values[0], left.sudo().class_id),
                        self._value_text(key, values[1], right.sudo().class_id),
                    ),
                    same(*values),
                )
            )
        return rows

    @api.model
    def _label_of(self, key, left, right):
        # sudo: a class may be hidden from who may read what its items say.
        classes = left.sudo().class_id | right.sudo().class_id
        labels = [self._key_label(key, item_class) for item_class in classes]
        plain = key.removeprefix("attributes.")
        return next((label for label in labels if label != plain), plain)

    @api.model
    def _key_order(self, key):
        """Sort fields by their names, attributes behind them."""
        return key.startswith("attributes."), key

    @api.model
    def _comparison_row(self, items, what, texts, is_same=False):
        section, key, label = what
        return {
            "left_id": items[0].id,
            "right_id": items[1].id,
            "section": section,
            "key": key,
            "label": label,
            "left": texts[0],
            "right": texts[1],
            "is_different": not is_same,
        }

    # ------------------------------------------------------------------
    # Relations
    # ------------------------------------------------------------------

    def _related_at(self, moment=None):
        """Return ``{item id: {(name of the type, other item's id): (name, terms)}}``.

        The terms are strength, capacity and group, in words.
        """
        found = {id_: {} for id_ in self._ids}
        relations = self._relations_at(moment)
        items = relations.source_id | relations.target_id
        # sudo: a name that the reader may not read is replaced.
        names = {item.id: item.display_name for item in items.sudo()}
        for relation in relations:
            ends = (
                (relation.source_id.id, relation.target_id.id, relation.type_id.name),
                (
                    relation.target_id.id,
                    relation.source_id.id,
                    relation.type_id.inverse_name,
                ),
            )
            for own, other, label in ends:
                if own in found:
                    found[own][label, other] = names[other], relation._terms_text()
        return found

    @api.model
    def _compare_related(self, left, right, before, after):
        """Tell relations of one side only by their items, others by what differs."""
        rows = []
        for label, other in sorted({*before, *after}):
            sides = before.get((label, other)), after.get((label, other))
            texts = [side[0] if side else "" for side in sides]
            if all(sides) and sides[0] != sides[1]:
                texts = [
                    self.env._("%(item)s (%(terms)s)", item=name, terms=terms)
                    for name, terms in sides
                ]
            rows.append(
                self._comparison_row(
                    (left, right),
                    ("relation", f"{label}:{other}", label),
                    texts,
                    sides[0] == sides[1],
                )
            )
        return rows
