from collections import defaultdict
from operator import attrgetter

from odoo import api, models
from odoo.tools import SQL

from .itsm_ci_history import COMPLETE
from .itsm_ci_incoming import MANY

# Kept elsewhere than in a column, or not read back as it was given.
_LISTS = frozenset({"one2many", "many2many"})
_NOT_CACHED = frozenset({"html", "binary"}) | _LISTS
# Values of these are no keys of a dict.
_JSON = frozenset({"json", "properties"})


class ItsmCi(models.Model):
    """Inserting many items: column by column, with what they have in common once.

    Odoo's own way turns each value of each item on its own, and fills the cache value
    by value. This does the same for all items of a save together: the columns, the
    cache, what is to be computed, the constraints, and the rights.
    """

    _inherit = "itsm.ci"

    @api.model
    def _create(self, data_list):
        if (
            len(data_list) <= MANY
            or self.env.context.get("itsm_ci_complete") is not COMPLETE
        ):
            return super()._create(data_list)
        stored = [data["stored"] for data in data_list]
        names = sorted({name for vals in stored for name in vals})
        fields = [self._fields[name] for name in names]
        columns = {
            field: self._column(field, stored) for field in fields if field.column_type
        }
        records = self.browse(self._insert_columns(columns, len(stored)))
        for data, record in zip(data_list, records, strict=True):
            data["record"] = record
        records._remember(fields, stored, columns)
        protected = [(data["protected"], data["record"]) for data in data_list]
        with self.env.protecting(protected):
            records.modified(self._fields, create=True)
            for name in self._empty_when_new():
                self.env.remove_to_compute(self._fields[name], records)
            records._create_lists(fields, stored)
        records._validate_fields(names)
        records.check_access("create")
        return records

    @api.model
    def _empty_when_new(self):
        """Return computed fields that are known to be empty on a new item."""
        return ()

    @api.model
    def _column(self, field, stored):
        """Return the values of a column; equal ones are turned only once."""
        known = {}
        currency = field.type == "monetary" and field.get_currency_field(self)
        found = []
        for vals in stored:
            value = vals.get(field.name)
            if value is None or field.type in _JSON:
                found.append(field.convert_to_column_insert(value, self, vals))
                continue
            mark = (value, vals.get(currency)) if currency else (type(value), value)
            if mark not in known:
                known[mark] = field.convert_to_column_insert(value, self, vals)
            found.append(known[mark])
        return found

    @api.model
    def _insert_columns(self, columns, count):
        """Insert the rows of these columns and return their ids."""
        same, varied = {}, {}
        for field, values in columns.items():
            if field.type in _JSON or any(each != values[0] for each in values):
                varied[field] = values
            elif values[0] is not None:
                same[field] = values[0]
        # Their number is a column too, so there always is one.
        arrays = [SQL("generate_series(1, %s)", count)]
        arrays += [
            # The type is one of Odoo's, never from outside.
            SQL(f"unnest(%s::{field.column_type[1]}[])", values)
            for field, values in varied.items()
        ]
        rows = self.env.execute_query(
            SQL(
                "INSERT INTO %s (%s) SELECT %s FROM ROWS FROM (%s) AS row (%s)"
                " RETURNING id",
                SQL.identifier(self._table),
                SQL(", ").join(SQL.identifier(each.name) for each in [*varied, *same]),
                SQL(", ").join(
                    [SQL.identifier("row", field.name) for field in varied]
                    + [
                        SQL(f"%s::{field.column_type[1]}", value)
                        for field, value in same.items()
                    ]
                ),
                SQL(", ").join(arrays),
                SQL(", ").join(
                    SQL.identifier(name)
                    for name in ["number", *(field.name for field in varied)]
                ),
            )
        )
        return [id_ for (id_,) in rows]

    def _remember(self, fields, stored, columns):
        """Put into the cache what was inserted, and new items into lists of others."""
        given = set(fields)
        for field in self._fields.values():
            if not field.store or field.name == "id":
                continue
            if field.type in _LISTS:
                field._update_cache(self, ())
            elif field not in given:
                field._update_cache(self, None)
        for field in fields:
            if field.type not in _NOT_CACHED:
                self._remember_column(field, stored, columns.get(field))

    def _remember_column(self, field, stored, column):
        """Put the values of one field into the cache, as Odoo would read them."""
        if field.type == "monetary":
            values = [float(value or 0.0) for value in column]
        elif field.type in _JSON:
            values = [vals.get(field.name) or None for vals in stored]
        else:
            known = {}
            values = []
            for vals in stored:
                value = vals.get(field.name)
                if value not in known:
                    known[value] = field.convert_to_cache(value, self, validate=False)
                values.append(known[value])
        field._get_cache(self.env).update(zip(self._ids, values, strict=True))
        if field.type == "many2one" and self.pool.field_inverses[field]:
            users = defaultdict(list)
            for id_, value in zip(self._ids, values, strict=True):
                users[value].append(id_)
            for value, ids in users.items():
                field._update_inverses(self.browse(ids), value)

    def _create_lists(self, fields, stored):
        """Save what is kept in other tables than that of the items."""
        names = []
        for field in sorted(fields, key=attrgetter("_sequence")):
            if field.column_type:
                continue
            pairs = [
                (record, vals[field.name])
                for record, vals in zip(self, stored, strict=True)
                if vals.get(field.name)
            ]
            if pairs:
                field.create(pairs)
                names.append(field.name)
        if names:
            self.modified(names, create=True)
