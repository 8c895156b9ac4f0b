from contextlib import contextmanager

from odoo import api, models
from odoo.models import parse_read_group_spec
from odoo.tools import SQL

from ..tools.roll_up import finish, parts_of, roll_up

# Sums of a million rows are worked out in memory, group by group. The database takes
# each moment for a month of its own, and would sort all rows on disk instead.
_ROOM = SQL("SET LOCAL work_mem = '64MB'; SET LOCAL jit = off")
_NO_SORTING = SQL("SET LOCAL enable_sort = off; SET LOCAL hash_mem_multiplier = 8")
_AS_BEFORE = SQL(
    "SET LOCAL work_mem TO DEFAULT; SET LOCAL jit TO DEFAULT; "
    "SET LOCAL enable_sort TO DEFAULT; SET LOCAL hash_mem_multiplier TO DEFAULT"
)


class ItsmQuickGroupMixin(models.AbstractModel):
    """Groups of many rows, quickly.

    - Odoo groups by all that linked records are sorted by: a service's desk, its
      place and its name in the reader's language, worked out for each row. Here the
      database groups by ids alone; the few groups are put in order afterwards.
    - The totals of a pivot are summed up from its cells, not from the rows again,
      where they follow from them (medians do not).
    """

    _name = "itsm.quick.group.mixin"
    _description = "Quick Groups"

    @api.model
    def _read_group(
        self,
        domain,
        groupby=(),
        aggregates=(),
        having=(),
        offset=0,
        limit=None,
        order=None,
    ):
        terms = self._order_of_groups(groupby, order)
        with self._room_to_group(aggregates):
            if not self._is_slow_to_sort(terms):
                return super()._read_group(
                    domain, groupby, aggregates, having, offset, limit, order
                )
            rows = super()._read_group(domain, groupby, aggregates, having)
        end = None if limit is None else offset + limit
        return self._in_order(rows, list(groupby), terms)[offset:end]

    @api.model
    def _read_grouping_sets(self, domain, grouping_sets, aggregates=(), order=None):
        specs = list(dict.fromkeys(spec for each in grouping_sets for spec in each))
        parts = parts_of(aggregates)
        terms = self._order_of_groups(specs, order or ", ".join(specs))
        has_cells = any(len(each) == len(specs) for each in grouping_sets)
        if parts is not None and has_cells and len(grouping_sets) > 1 and terms:
            cells = self._read_group(domain, specs, parts)
            found = [
                self._from_cells(cells, specs, parts, each, aggregates)
                for each in grouping_sets
            ]
        else:
            with self._room_to_group(aggregates):
                # What can be put in order here is not sorted by the database as well.
                found = super()._read_grouping_sets(
                    domain, grouping_sets, aggregates, None if terms else order
                )
        return [
            self._in_order(rows, list(each), terms)
            for each, rows in zip(grouping_sets, found, strict=True)
        ]

    @api.model
    def _from_cells(self, cells, specs, parts, group_by, aggregates):
        """Return the rows of one of several groupings, made of the finest one's."""
        rows = roll_up(cells, specs, parts, group_by)
        if not rows and not group_by:
            # The total of nothing is a row, too.
            rows = [tuple(map(self._read_group_empty_value, parts))]
        return finish(rows, len(group_by), parts, aggregates)

    # ------------------------------------------------------------------
    # Order
    # ------------------------------------------------------------------

    @api.model
    def _order_of_groups(self, specs, order):
        """Return ``[(spec, is descending)]`` to put groups in order by.

        Nothing if only the database knows how: by aggregates, by the week's first day
        or by fields of linked records.
        """
        terms = []
        for part in order.split(",") if order else ():
            spec, *direction = part.split()
            _name, path, function = parse_read_group_spec(spec)
            if spec not in specs or path or function == "day_of_week" or direction[1:]:
                return []
            terms.append((spec, "DESC" in map(str.upper, direction)))
        return terms

    @api.model
    def _is_slow_to_sort(self, terms):
        names = (parse_read_group_spec(spec)[0] for spec, _is_descending in terms)
        return any(self._fields[name].type == "many2one" for name in names)

    @api.model
    def _in_order(self, rows, specs, terms):
        """Return rows of groups sorted, as the database would sort them."""
        for spec, is_descending in reversed(terms):
            if spec in specs:
                place = specs.index(spec)
                ranks = self._ranks(spec, {row[place] for row in rows})
                rows = sorted(
                    rows, key=lambda row: ranks[row[place]], reverse=is_descending
                )
        return rows

    @api.model
    def _ranks(self, spec, values):
        """Return ``{value: what to sort it by}``; no value comes last."""
        field = self._fields[parse_read_group_spec(spec)[0]]
        if field.type == "many2one":
            records = self.env[field.comodel_name].union(*values)
            # sudo: groups are in order whether or not the reader may open the records.
            everything = records.sudo().with_context(active_test=False)
            ordered = everything.search([("id", "in", records.ids)]).ids
            places = {id_: place for place, id_ in enumerate(ordered)}
            return {each: places.get(each.id, len(places)) for each in values}
        if field.type == "boolean":
            return {each: each for each in values}
        return {
            each: (1, 0) if each is None or each is False else (0, each)
            for each in values
        }

    @contextmanager
    def _room_to_group(self, aggregates):
        """Let the database work in memory for as long as this lasts.

        After an error the transaction is over, and so are its settings.
        """
        self.env.cr.execute(_ROOM)
        if parts_of(aggregates) is not None:
            self.env.cr.execute(_NO_SORTING)
        yield
        self.env.cr.execute(_AS_BEFORE)
