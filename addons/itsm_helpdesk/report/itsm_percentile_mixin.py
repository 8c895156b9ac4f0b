from odoo import models
from odoo.models import parse_read_group_spec
from odoo.tools import SQL

# Aggregators beside Odoo's own, and the share of values that each one leaves below
# it. Letters only: the ORM orders groups by no aggregator with a digit in its name.
PERCENTILES = {"median": 0.5, "percentile_ninety": 0.9}


class ItsmPercentileMixin(models.AbstractModel):
    """Lets number fields of a model be aggregated as percentiles.

    ``fields.Float(aggregator="median")`` shows the median in pivots, graphs and group
    headers, computed by the database for each group and total of its own: medians
    cannot be summed up from the medians of smaller groups.
    """

    _name = "itsm.percentile.mixin"
    _description = "Percentile Aggregates"

    def _read_group_select(self, aggregate_spec, query):
        name, property_name, func = (
            (None, None, None)
            if aggregate_spec == "__count"
            else parse_read_group_spec(aggregate_spec)
        )
        if func not in PERCENTILES or property_name or name not in self._fields:
            return super()._read_group_select(aggregate_spec, query)
        return SQL(
            "PERCENTILE_CONT(%s) WITHIN GROUP (ORDER BY %s)",
            PERCENTILES[func],
            self._field_to_sql(self._table, name, query),
        )
