from odoo import api, fields, models
from odoo.tools import SQL

# Passed in the context by publishing, which RPC cannot forge.
_FREEZING = object()


class ItsmServiceRow(models.AbstractModel):
    """A row of what a service consists of: of its working copy, or of a version.

    Publishing copies the rows of the working copy to the new version. There they stay
    as they were: nobody makes, changes or deletes them in another way.
    """

    _name = "itsm.service.row"
    _description = "Row of a Service"

    version_id = fields.Many2one(
        "itsm.service.version",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="cascade",
        help="What it was published with. Empty: it is the working copy's.",
    )

    # ------------------------------------------------------------------
    # What nobody does by hand
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        rows = super().create(vals_list)
        rows._refuse_frozen()
        return rows

    def write(self, vals):
        self._refuse_frozen()
        result = super().write(vals)
        # Nor may a row come among those of a version.
        self._refuse_frozen()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_working_copy(self):
        self._refuse_frozen()

    def _refuse_frozen(self):
        if self._is_freezing():
            return
        versions = self.sudo().version_id  # sudo: whether there are any
        if versions:
            versions._refuse_change()

    @api.model
    def _is_freezing(self):
        """Tell whether the rows of a version are being made just now."""
        return self.env.context.get("itsm_freezing") is _FREEZING

    # ------------------------------------------------------------------
    # Publishing
    # ------------------------------------------------------------------

    def _freeze(self, version):
        """Return copies of these rows for a version, one each, in this order.

        The number of queries does not depend on the number of rows.
        """
        freezing = self.with_context(itsm_freezing=_FREEZING)
        copies = freezing.create(freezing.copy_data({"version_id": version.id}))
        self._copy_texts(copies)
        return copies

    def _copy_texts(self, copies):
        """Give the copies their texts in all languages.

        Odoo's own ``copy_translations`` goes text by text.

        :param copies: the copies of these rows, one each, in this order
        """
        names = [
            name
            for name, field in self._fields.items()
            if field.store and field.translate
        ]
        if not (self and names):
            return
        (self | copies).flush_recordset(names)
        self.env.cr.execute(
            SQL(
                "UPDATE %(table)s AS twin SET %(texts)s"
                " FROM unnest(%(rows)s, %(copies)s) AS pair (row_id, copy_id)"
                " JOIN %(table)s AS source ON source.id = pair.row_id"
                " WHERE twin.id = pair.copy_id",
                table=SQL.identifier(self._table),
                texts=SQL(", ").join(
                    SQL("%s = source.%s", SQL.identifier(name), SQL.identifier(name))
                    for name in names
                ),
                rows=list(self.ids),
                copies=list(copies.ids),
            )
        )
        copies.invalidate_recordset(names)
