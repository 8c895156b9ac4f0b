from odoo import api, fields, models
from odoo.exceptions import AccessError


class ItsmCiRevision(models.Model):
    """What one save changed on an item: append-only.

    ``changes`` is ``{key: [old, new]}``. A key is the name of a field, or
    ``attributes.<key>``. Records are ``[id, name]``, dates and times ISO texts. A
    creation has no changes: the state it began with follows by undoing later ones.

    Rows are written by ``itsm.ci`` alone, in SQL (``itsm_ci_log.py``).
    """

    _name = "itsm.ci.revision"
    _description = "Item Revision"
    _order = "at desc, id desc"
    _rec_name = "ci_id"

    # The index of an item's revisions, below, serves this alone too.
    ci_id = fields.Many2one("itsm.ci", required=True, ondelete="cascade")
    at = fields.Datetime(required=True, index=True)
    user_id = fields.Many2one("res.users", "By", required=True, ondelete="restrict")
    kind = fields.Selection(
        [("created", "Created"), ("changed", "Changed")], required=True
    )
    source_id = fields.Many2one("itsm.ci.source", ondelete="restrict")
    res_model = fields.Char("Made Under Model", help="Model of what it was made under.")
    res_id = fields.Many2oneReference("Made Under", model_field="res_model")
    reason = fields.Char()
    changes = fields.Json()

    _of_item = models.Index("(ci_id, at DESC, id DESC)")
    _made_under = models.Index("(res_model, res_id) WHERE res_id IS NOT NULL")

    @api.model_create_multi
    def create(self, vals_list):  # pylint: disable=method-required-super
        self._refuse_forgery()

    def write(self, vals):  # pylint: disable=method-required-super
        self._refuse_forgery()

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        self._refuse_forgery()

    @api.model
    def _refuse_forgery(self):
        raise AccessError(
            self.env._(
                "The history of items is written by the system and never changed."
            )
        )
