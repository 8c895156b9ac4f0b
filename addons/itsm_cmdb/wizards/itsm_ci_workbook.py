import base64

from odoo import api, fields, models
from odoo.exceptions import UserError

# So many items fit into a workbook that the import reads.
_MAX_ITEMS = 200_000


class ItsmCiWorkbook(models.TransientModel):
    """Download a workbook to fill in, or one of items as they stand."""

    _name = "itsm.ci.workbook"
    _description = "Item Workbook"

    kind = fields.Selection(
        [("template", "Empty, to fill in"), ("items", "With the items as they stand")],
        "Workbook",
        required=True,
        default="template",
    )
    class_ids = fields.Many2many(
        "itsm.ci.class", string="Classes", help="With the classes below them."
    )
    ci_ids = fields.Many2many("itsm.ci", string="Items", readonly=True)
    with_relations = fields.Boolean("Relations Between Them", default=True)
    content = fields.Binary(readonly=True, attachment=False)
    filename = fields.Char(readonly=True)

    @api.model
    def default_get(self, fields):  # pylint: disable=redefined-outer-name
        """Take the items or classes from which it was opened."""
        values = super().default_get(fields)
        ids = self.env.context.get("active_ids")
        model = self.env.context.get("active_model")
        if model == "itsm.ci" and ids:
            values.update(kind="items", ci_ids=[(6, 0, ids)])
        elif model == "itsm.ci.class" and ids:
            values["class_ids"] = [(6, 0, ids)]
        return values

    def action_download(self):
        """Make the workbook and send it to the browser."""
        self.ensure_one()
        writer = self.env["itsm.ci.ledger.writer"]
        if self.kind == "template":
            content = writer._template(self._classes())
            name = self.env._("item ledger")
        else:
            content = writer._export(self._items(), self.with_relations)
            name = self.env._("items")
        self.write({"content": base64.b64encode(content), "filename": f"{name}.xlsx"})
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{self._name}/{self.id}/content/"
            f"{self.filename}?download=true",
            "target": "self",
        }

    def _classes(self):
        """Return the classes chosen, with those below them that have items."""
        if not self.class_ids:
            raise UserError(self.env._("Choose at least one class."))
        return self.class_ids._descendants().filtered(
            lambda each: each.active and not each.is_abstract
        )

    def _items(self):
        """Return the items chosen, or all of the classes."""
        items = self.ci_ids or self.env["itsm.ci"].search(
            [("class_id", "in", self._classes().ids)], limit=_MAX_ITEMS + 1
        )
        if not items:
            raise UserError(self.env._("There are no items of these classes."))
        if len(items) > _MAX_ITEMS:
            raise UserError(
                self.env._(
                    "These are more than %(limit)s items. Choose fewer classes.",
                    limit=_MAX_ITEMS,
                )
            )
        return items
