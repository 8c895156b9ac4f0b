from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

# Room for the keys of one revision in the id of its rows.
_ROOM = 1000


class ItsmCiHistory(models.Model):
    """One row for each changed attribute of each revision, for screens and lists."""

    _name = "itsm.ci.history"
    _description = "Item History"
    _auto = False
    _order = "at desc, id desc"
    _rec_name = "key"

    revision_id = fields.Many2one("itsm.ci.revision", readonly=True)
    ci_id = fields.Many2one("itsm.ci", "Item", readonly=True)
    class_id = fields.Many2one("itsm.ci.class", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    at = fields.Datetime("When", readonly=True)
    user_id = fields.Many2one("res.users", "By", readonly=True)
    kind = fields.Selection(
        [("created", "Created"), ("changed", "Changed")], readonly=True
    )
    source_id = fields.Many2one("itsm.ci.source", readonly=True)
    res_model = fields.Char("Made Under Model", readonly=True)
    res_id = fields.Many2oneReference(
        "Made Under Record", model_field="res_model", readonly=True
    )
    reason = fields.Char(readonly=True)
    key = fields.Char(readonly=True, help="Name of the field, or attributes.<key>.")
    old_value = fields.Json(readonly=True)
    new_value = fields.Json(readonly=True)
    label = fields.Char("What", compute="_compute_texts", search="_search_label")
    old_text = fields.Char("Before", compute="_compute_texts")
    new_text = fields.Char("After", compute="_compute_texts")
    made_under = fields.Char(compute="_compute_made_under")

    @property
    def _table_query(self):
        """Rows of the keys; the status follows the stage and is not told twice."""
        return SQL(
            """
            SELECT revision.id::bigint * %(room)s + COALESCE(entry.number, 0) AS id,
                   revision.id AS revision_id, revision.ci_id, revision.at,
                   revision.user_id, revision.kind, revision.source_id,
                   revision.res_model, revision.res_id, revision.reason,
                   item.class_id, item.company_id,
                   entry.key, entry.pair -> 0 AS old_value, entry.pair -> 1 AS new_value
              FROM itsm_ci_revision AS revision
              JOIN itsm_ci AS item ON item.id = revision.ci_id
         LEFT JOIN LATERAL jsonb_each(revision.changes)
                   WITH ORDINALITY AS entry(key, pair, number) ON TRUE
             WHERE entry.key IS DISTINCT FROM 'status'
                OR NOT revision.changes ? 'stage_id'
            """,
            room=_ROOM,
        )

    @api.model
    def _search(self, domain, *args, **kwargs):
        """Let the index of the revisions serve a search for rows by their ids."""
        domain = Domain(domain).map_conditions(self._with_revision)
        return super()._search(domain, *args, **kwargs)

    @api.model
    def _with_revision(self, condition):
        if condition.field_expr != "id" or condition.operator != "in":
            return condition
        ids = {id_ // _ROOM for id_ in condition.value if isinstance(id_, int)}
        return condition & Domain("revision_id", "in", list(ids))

    @api.depends("key", "old_value", "new_value")
    @api.depends_context("lang", "tz")
    def _compute_texts(self):
        Ci = self.env["itsm.ci"]
        # sudo: a class may be hidden from who may read what its items say.
        classes = {row: row.sudo().class_id for row in self}
        for row in self:
            if not row.key:
                row.label = row._fields["kind"].convert_to_export(row.kind, row)
                row.old_text = row.new_text = False
                continue
            key, item_class = row.key, classes[row]
            row.label = Ci._key_label(key, item_class)
            row.old_text = Ci._value_text(key, row.old_value, item_class)
            row.new_text = Ci._value_text(key, row.new_value, item_class)

    @api.model
    def _search_label(self, operator, value):
        """Find rows by what the field or attribute is called on screens."""
        if operator not in ("ilike", "=", "in"):
            return NotImplemented
        texts = [value] if isinstance(value, str) else [each for each in value if each]
        if operator == "in":
            return Domain.OR(self._search_label("=", text) for text in texts)
        text = value.lower()
        fits = text.__eq__ if operator == "=" else lambda label: text in label
        Ci = self.env["itsm.ci"]
        keys = [
            name
            for name in Ci._tracked_fields()
            if fits(Ci._key_label(name).lower()) or fits(name)
        ]
        # sudo: whoever may read items reads what their attributes are called.
        attributes = (
            self.env["itsm.ci.attribute"]
            .sudo()
            .with_context(active_test=False)
            .search(
                Domain("name", operator if operator == "ilike" else "=ilike", value)
                | Domain("key", operator if operator == "ilike" else "=ilike", value)
            )
        )
        keys += [f"attributes.{key}" for key in attributes.mapped("key")]
        return [("key", "in", keys)]

    @api.depends("res_model", "res_id")
    def _compute_made_under(self):
        origins = self._origin_records()
        for row in self:
            record = origins.get((row.res_model, row.res_id))
            row.made_under = record.display_name if record else False

    def _origin_records(self):
        """Return ``{(model, id): record}`` of what changes were made under.

        What is no more, or what the reader may not see, is left out.
        """
        found = {}
        for model, rows in self.filtered("res_id").grouped("res_model").items():
            if model in self.env:
                ids = dict.fromkeys(rows.mapped("res_id"))
                records = self.env[model].browse(ids).exists()
                for record in records._filtered_access("read"):
                    found[model, record.id] = record
        return found

    def action_open_item(self):
        """Open the item that changed."""
        return self.ci_id._get_records_action()

    def action_open_origin(self):
        """Open what the change was made under."""
        self.ensure_one()
        record = self._origin_records().get((self.res_model, self.res_id))
        return record._get_records_action() if record else False
