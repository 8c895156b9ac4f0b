from odoo import api, fields, models, tools
from odoo.exceptions import UserError
from odoo.tools import SQL


class ItsmCiStatement(models.Model):
    """Who said a value that an item has, since when, and until when it holds."""

    _name = "itsm.ci.statement"
    _description = "Statement About an Item"
    _auto = False
    _order = "ci_id, key"
    _depends = {"itsm.ci": ["provenance"], "itsm.ci.source": ["kind"]}
    _rec_name = "key"

    ci_id = fields.Many2one("itsm.ci", readonly=True)
    key = fields.Char("Technical Name", readonly=True)
    source_id = fields.Many2one("itsm.ci.source", readonly=True)
    said_at = fields.Datetime("Since", readonly=True)
    is_override = fields.Boolean("Entered by Hand", readonly=True)
    label = fields.Char("Attribute", compute="_compute_shown")
    value = fields.Char(compute="_compute_shown")
    held_until = fields.Datetime(
        compute="_compute_shown", help="Worse sources may not change it before."
    )
    holds = fields.Boolean("Holds Now", compute="_compute_shown")

    def init(self):
        tools.drop_view_if_exists(self.env.cr, self._table)
        # The id stays the same while the statement is about the same value: half of
        # a digest, which is a whole number that browsers know too.
        self.env.cr.execute(
            SQL(
                """
                CREATE VIEW %s AS
                SELECT ('x' || substr(md5(c.id || ' ' || e.key), 1, 13))
                           ::bit(52)::bigint AS id,
                       c.id AS ci_id,
                       e.key,
                       (e.value ->> 0)::int AS source_id,
                       (e.value ->> 1)::timestamp AS said_at,
                       s.kind = 'manual' AS is_override
                  FROM itsm_ci c
                 CROSS JOIN jsonb_each(c.provenance) e
                  JOIN itsm_ci_source s ON s.id::text = e.value ->> 0
                """,
                SQL.identifier(self._table),
            )
        )

    @api.depends("ci_id", "key")
    @api.depends_context("lang")
    def _compute_shown(self):
        words = self.env["itsm.ci.batch"]._words()
        Source = self.env["itsm.ci.source"]
        standings = Source._standings()
        states = self.ci_id._snapshot()
        now = fields.Datetime.now()
        for line in self:
            # sudo: the tree of classes is no secret.
            path = tuple(reversed(line.ci_id.sudo().class_id._path_ids()))
            statement = [line.source_id.id, line.said_at.isoformat()]
            held = Source._held(standings, path, line.key, statement)
            line.label = words.label(line.key)
            line.value = words.value(line.key, states[line.ci_id.id].get(line.key))
            line.held_until = held and held.until.replace(microsecond=0)
            line.holds = bool(held) and now < held.until

    def action_release(self):
        """Let other sources say the value again; the value itself stays."""
        items = self.ci_id
        items.check_access("write")
        for item, lines in self.grouped("ci_id").items():
            item._release_statements(lines.mapped("key"))
        return True


class ItsmCi(models.Model):
    """Shows where each value comes from, and whether sources still know the item."""

    _inherit = "itsm.ci"

    statement_ids = fields.One2many(
        "itsm.ci.statement", "ci_id", "Sources", readonly=True
    )
    sighting_ids = fields.One2many(
        "itsm.ci.sighting", "ci_id", "Named By", readonly=True
    )
    is_lost = fields.Boolean(
        "Gone From a Source",
        compute="_compute_is_lost",
        search="_search_is_lost",
        help="A source that named it does so no longer.",
    )

    @api.depends("sighting_ids.lost_at")
    def _compute_is_lost(self):
        # sudo: the flag is for all who may read the item.
        lost = (
            self.env["itsm.ci.sighting"]
            .sudo()
            ._read_group(
                [("ci_id", "in", self.ids), ("lost_at", "!=", False)], ["ci_id"]
            )
        )
        gone = {item.id for (item,) in lost}
        for item in self:
            item.is_lost = item.id in gone

    def _search_is_lost(self, operator, value):
        if operator != "in":
            return NotImplemented
        return [("sighting_ids", "any!", [("lost_at", "!=", False)])]

    def _release_statements(self, keys):
        """Forget who said the values of some keys, so that any source may say them."""
        self.ensure_one()
        self.check_access("write")
        if not keys:
            raise UserError(self.env._("There is nothing to release."))
        words = self.env["itsm.ci.batch"]._words()
        self.flush_recordset(["provenance"])
        self.env.cr.execute(
            SQL(
                "UPDATE itsm_ci SET provenance = provenance - %s::text[] WHERE id = %s",
                list(keys),
                self.id,
            )
        )
        self.invalidate_recordset(["provenance", "statement_ids"], flush=False)
        self.env["itsm.ci.statement"].invalidate_model()
        self._message_log(
            body=self.env._(
                "Released for other sources: %(names)s.",
                names=", ".join(words.label(key) for key in keys),
            )
        )
