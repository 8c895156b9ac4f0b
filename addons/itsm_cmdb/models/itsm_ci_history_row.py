from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

# Room for the keys of one revision in the id of its rows.
_ROOM = 1000
# From here on the rooms are of relations: an even number at its source, an odd one
# at its target.
_RELATION_ROWS = 990
# Key of the rows of relations.
RELATION = "relation"


class ItsmCiHistory(models.Model):
    """One row for each changed attribute of each revision, for screens and lists.

    And two rows for each beginning and end of a relation: both items tell of it.
    """

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
        [
            ("created", "Created"),
            ("changed", "Changed"),
            ("began", "Relation Began"),
            ("ended", "Relation Ended"),
        ],
        readonly=True,
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
    relation_id = fields.Many2one("itsm.ci.relation", readonly=True)
    type_id = fields.Many2one("itsm.ci.relation.type", readonly=True)
    is_inverse = fields.Boolean(
        "Read from the Target", readonly=True, help="Whether its item is the target."
    )
    other_ci_id = fields.Many2one("itsm.ci", "Other Item", readonly=True)
    other_class_id = fields.Many2one("itsm.ci.class", readonly=True)
    other_company_id = fields.Many2one("res.company", readonly=True)
    label = fields.Char("What", compute="_compute_texts", search="_search_label")
    old_text = fields.Char("Before", compute="_compute_texts")
    new_text = fields.Char("After", compute="_compute_texts")
    made_under = fields.Char(compute="_compute_made_under")

    @property
    def _table_query(self):
        """Rows of the keys of revisions, and of relations at each of their items."""
        parts = self._parts()
        only = self.env.context.get("itsm_ci_history_part")
        return parts[only] if only in parts else SQL(" UNION ALL ").join(parts.values())

    @api.model
    def _parts(self):
        """Return ``{number: query}`` of what the rows come from."""
        begun, ended = (
            {"source": SQL("relation.source_ref_id"), "at": SQL("started_at")},
            {"source": SQL("relation.end_source_ref_id"), "at": SQL("ended_at")},
        )
        begun |= {"kind": "began", "by": SQL("create_uid"), "end": SQL()}
        ended |= {"kind": "ended", "by": SQL("ended_by_id"), "end": SQL("end_")}
        source, target = SQL("source_id"), SQL("target_id")
        relations = {
            slot: self._relation_query(slot, own, other, facts)
            for slot, (facts, own, other) in enumerate(
                (
                    (begun, source, target),
                    (begun, target, source),
                    (ended, source, target),
                    (ended, target, source),
                ),
                _RELATION_ROWS,
            )
        }
        return {0: self._revision_query(), **relations}

    @api.model
    def _revision_query(self):
        """Rows of the keys; the status follows the stage and is not told twice."""
        return SQL(
            """
            (SELECT revision.id::bigint * %(room)s + COALESCE(entry.number, 0) AS id,
                    revision.id AS revision_id, revision.ci_id, revision.at,
                    revision.user_id, revision.kind, revision.source_id,
                    revision.res_model, revision.res_id, revision.reason,
                    item.class_id, item.company_id, entry.key,
                    entry.pair -> 0 AS old_value, entry.pair -> 1 AS new_value,
                    NULL::int AS relation_id, NULL::int AS type_id,
                    NULL::bool AS is_inverse, NULL::int AS other_ci_id,
                    NULL::int AS other_class_id, NULL::int AS other_company_id
               FROM itsm_ci_revision AS revision
               JOIN itsm_ci AS item ON item.id = revision.ci_id
          LEFT JOIN LATERAL jsonb_each(revision.changes)
                    WITH ORDINALITY AS entry(key, pair, number) ON TRUE
              WHERE entry.key IS DISTINCT FROM 'status'
                 OR NOT revision.changes ? 'stage_id')
            """,
            room=_ROOM,
        )

    @api.model
    def _relation_query(self, slot, own, other, facts):
        """Rows of how relations began or ended, as one of the two items reads it."""
        manual = self.env["itsm.ci.source"]._id_by_code("manual") or None
        return SQL(
            """
            (SELECT relation.id::bigint * %(room)s + %(slot)s AS id,
                    NULL::int AS revision_id, relation.%(own)s AS ci_id,
                    relation.%(at)s AS at, relation.%(by)s AS user_id,
                    %(kind)s::varchar AS kind,
                    COALESCE(%(source)s, %(manual)s::int) AS source_id,
                    relation.%(end)sorigin_model AS res_model,
                    relation.%(end)sorigin_id AS res_id,
                    relation.%(end)sreason AS reason,
                    item.class_id, item.company_id, %(key)s::text AS key,
                    NULL::jsonb AS old_value, NULL::jsonb AS new_value,
                    relation.id AS relation_id, relation.type_id,
                    %(is_inverse)s::bool AS is_inverse, other.id AS other_ci_id,
                    other.class_id AS other_class_id,
                    other.company_id AS other_company_id
               FROM itsm_ci_relation AS relation
               JOIN itsm_ci AS item ON item.id = relation.%(own)s
               JOIN itsm_ci AS other ON other.id = relation.%(other)s
              WHERE relation.%(at)s IS NOT NULL)
            """,
            room=_ROOM,
            slot=slot,
            own=own,
            other=other,
            key=RELATION,
            manual=manual,
            is_inverse=slot % 2 == 1,
            **facts,
        )

    @api.model
    def _search(self, domain, offset=0, limit=None, order=None, **kwargs):
        """Let the indexes of the tables serve a search, by ids and for the latest.

        PostgreSQL would read all rows of a union to find the first of them. So the
        first ones of each part are looked up, and the first of these are the result.
        """
        domain = Domain(domain).map_conditions(self._with_table)
        in_part = "itsm_ci_history_part" in self.env.context
        if limit and order and not in_part:
            ids = []
            for part in self._parts():
                rows = self.with_context(itsm_ci_history_part=part)
                ids += rows._search(domain, 0, offset + limit, order, **kwargs)
            domain = Domain("id", "in", ids).map_conditions(self._with_table)
        return super()._search(domain, offset, limit, order, **kwargs)

    @api.model
    def _with_table(self, condition):
        if condition.field_expr != "id" or condition.operator != "in":
            return condition
        ids = [divmod(id_, _ROOM) for id_ in condition.value if isinstance(id_, int)]
        revisions = {id_ for id_, slot in ids if slot < _RELATION_ROWS}
        relations = {id_ for id_, slot in ids if slot >= _RELATION_ROWS}
        return condition & (
            Domain("revision_id", "in", list(revisions))
            | Domain("relation_id", "in", list(relations))
        )

    @api.depends("key", "old_value", "new_value", "relation_id")
    @api.depends_context("lang", "tz")
    def _compute_texts(self):
        Ci = self.env["itsm.ci"]
        # sudo: a class may be hidden from who may read what its items say.
        classes = {row: row.sudo().class_id for row in self}
        of_relations = self.filtered("relation_id")
        of_relations._fill_relation_texts()
        for row in self - of_relations:
            if not row.key:
                row.label = row._fields["kind"].convert_to_export(row.kind, row)
                row.old_text = row.new_text = False
                continue
            key, item_class = row.key, classes[row]
            row.label = Ci._key_label(key, item_class)
            row.old_text = Ci._value_text(key, row.old_value, item_class)
            row.new_text = Ci._value_text(key, row.new_value, item_class)

    def _fill_relation_texts(self):
        """Say “Depends on: X”, as the row's item reads it, and what of it changed."""
        for row in self:
            # sudo: a name that the reader may not read is replaced.
            name = row.sudo().other_ci_id.display_name
            kind = row.type_id
            row.label = self.env._(
                "%(relation)s: %(item)s",
                relation=kind.inverse_name if row.is_inverse else kind.name,
                item=name,
            )
            # sudo: who may read the row may read what the relation says.
            terms = row.sudo().relation_id._terms_text()
            if row.kind == "began":
                row.old_text = False
                row.new_text = self.env._("Began (%(terms)s)", terms=terms)
            else:
                row.old_text = terms
                row.new_text = self.env._("Ended")

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
        Type = self.env["itsm.ci.relation.type"].with_context(active_test=False)
        like = operator if operator == "ilike" else "=ilike"
        reading = Domain.OR(
            Domain("type_id", "in", Type.search([(name, like, value)]).ids)
            & Domain("is_inverse", "=", name == "inverse_name")
            for name in ("name", "inverse_name")
        )
        return Domain("key", "in", keys) | reading

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
