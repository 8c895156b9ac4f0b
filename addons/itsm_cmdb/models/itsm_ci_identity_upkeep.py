from odoo import api, models
from odoo.tools import SQL

from ..tools.identification import identity_values

_PORTION = 5000
# Fields that decide which rules serve an item, beside those the rules name.
_PLACE = frozenset({"class_id"})


class ItsmCi(models.Model):
    """Keeps the identities of items: the values by which rows find them."""

    _inherit = "itsm.ci"

    def _refresh_identities(self, keys=None):
        """Bring the identities of these items in line with their values.

        :param keys: keys that were saved, in the naming of the history; None: all
        """
        Identifier = self.env["itsm.ci.identifier"]
        used = Identifier._all_keys()
        if keys is not None and not (used | _PLACE).intersection(keys):
            return
        values = self._identifying_values(sorted(used))
        rules, junk = Identifier._rules_by_class(), Identifier._junk()
        wanted = {
            (ci_id, rule.id, value)
            for ci_id, (class_id, found) in values.items()
            for rule in rules.get(class_id, ())
            for value in identity_values(rule, found, junk)
        }
        self._store_identities(wanted)

    def _store_identities(self, wanted):
        known = {
            tuple(row): id_
            for id_, *row in self.env.execute_query(
                SQL(
                    "SELECT id, ci_id, identifier_id, value FROM itsm_ci_identity"
                    " WHERE ci_id = ANY(%s)",
                    self.ids,
                )
            )
        }
        gone = [id_ for row, id_ in known.items() if row not in wanted]
        if gone:
            self.env.cr.execute(
                SQL("DELETE FROM itsm_ci_identity WHERE id = ANY(%s)", gone)
            )
        new = sorted(wanted - known.keys())
        if new:
            ci_ids, identifier_ids, values = zip(*new, strict=True)
            self.env.cr.execute(
                SQL(
                    "INSERT INTO itsm_ci_identity (ci_id, identifier_id, value)"
                    " SELECT * FROM unnest(%s::int[], %s::int[], %s::text[])",
                    list(ci_ids),
                    list(identifier_ids),
                    list(values),
                )
            )
        if gone or new:
            self.env["itsm.ci.identity"].invalidate_model()

    def _identifying_values(self, keys):
        """Return ``{item id: (class id, {key: value})}`` with few queries."""
        columns = [key for key in keys if "." not in key and key in self._fields]
        attributes = [key for key in keys if key.startswith("attributes.")]
        self.flush_model(["class_id", "attributes", *columns])
        terms = [SQL.identifier("id"), SQL.identifier("class_id")]
        terms += [SQL.identifier(name) for name in columns]
        terms += [
            SQL("attributes ->> %s", key.removeprefix("attributes."))
            for key in attributes
        ]
        names = columns + attributes
        return {
            ci_id: (class_id, dict(zip(names, row, strict=True)))
            for ci_id, class_id, *row in self.env.execute_query(
                SQL(
                    "SELECT %s FROM itsm_ci WHERE id = ANY(%s)",
                    SQL(", ").join(terms),
                    self.ids,
                )
            )
        }

    @api.model
    def _rebuild_identities(self, classes=None):
        """Identify all items anew, or those of some classes and what is below them."""
        domain = [("class_id", "child_of", classes.ids)] if classes else []
        # sudo: identities are the same for everybody.
        items = self.sudo().with_context(active_test=False, prefetch_fields=False)
        ids = list(items._search(domain, order="id"))
        for start in range(0, len(ids), _PORTION):
            items.browse(ids[start : start + _PORTION])._refresh_identities()


class ItsmCiClass(models.Model):
    """A class that moves in the tree has other identification rules."""

    _inherit = "itsm.ci.class"

    def write(self, vals):
        result = super().write(vals)
        if "parent_id" in vals:
            self.env.flush_all()
            self.env["itsm.ci"]._rebuild_identities(self)
        return result
