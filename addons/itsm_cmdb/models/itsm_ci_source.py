from datetime import datetime

from odoo import api, fields, models, tools
from odoo.exceptions import ValidationError

from ..tools import reconciliation


class ItsmCiSource(models.Model):
    """Where statements about items come from, and how far they are believed.

    The lower the rank, the more a source is believed. What a source said holds against
    sources of a worse rank for its days of freshness.
    """

    _name = "itsm.ci.source"
    _inherit = "itsm.cache.source"
    _description = "Item Source"
    _order = "rank, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True, help="Stable key for scripts and the feed.")
    kind = fields.Selection(
        [
            ("manual", "Entered by Hand"),
            ("stocktake", "Stock-Take"),
            ("ledger", "Ledger"),
            ("scan", "Scanner or Script"),
        ],
        required=True,
        default="ledger",
    )
    rank = fields.Integer(
        default=50, required=True, help="The lower, the more it is believed."
    )
    freshness_days = fields.Integer(
        "Holds For (Days)",
        default=90,
        help="So long its statements stand against sources of a worse rank. 0: never.",
    )
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company")
    rule_ids = fields.One2many(
        "itsm.ci.source.rule", "source_id", "Exceptions", copy=True
    )
    creates_names = fields.Boolean(
        "Create Unknown Makers, Models and Places",
        default=True,
        help="Manufacturers, suppliers, models and places that it names and nobody"
        " knows yet are created. Otherwise such rows are refused.",
    )
    mark_after_runs = fields.Integer(
        "Gone After (Runs)",
        default=3,
        help="An item that so many full runs in a row did not name is marked as gone.",
    )
    loss_limit_percent = fields.Float(
        "Loss Limit (%)",
        default=20.0,
        help="A full run that names so much less than the source named before is"
        " stopped until a manager allows it. 100: never.",
    )
    ends_relations = fields.Boolean(
        "End Relations It No Longer Names",
        help="A full run with relations ends those that the source began and that are"
        " not in it. Otherwise they are only reported.",
    )
    feed_user_ids = fields.Many2many(
        "res.users",
        "itsm_ci_source_feed_user_rel",
        "source_id",
        "user_id",
        "Feed Users",
        help="Whose API keys may send rows as this source.",
    )
    sighting_ids = fields.One2many("itsm.ci.sighting", "source_id", "Sightings")
    sighting_count = fields.Integer(compute="_compute_sighting_counts")
    lost_count = fields.Integer("Gone", compute="_compute_sighting_counts")

    _code_unique = models.UniqueIndex("(code)", "Another source has this code.")
    _freshness_positive = models.Constraint(
        "CHECK (freshness_days >= 0)", "A source cannot hold for less than no days."
    )
    _loss_limit_range = models.Constraint(
        "CHECK (loss_limit_percent BETWEEN 0 AND 100)",
        "The loss limit is between 0 and 100 percent.",
    )
    _runs_positive = models.Constraint(
        "CHECK (mark_after_runs > 0)",
        "An item is gone after one run without it at the soonest.",
    )

    @api.depends("sighting_ids.lost_at")
    def _compute_sighting_counts(self):
        counts = dict.fromkeys(self.ids, (0, 0))
        for source, lost, count in self.env["itsm.ci.sighting"]._read_group(
            [("source_id", "in", self.ids)], ["source_id", "is_lost"], ["__count"]
        ):
            seen, gone = counts[source.id]
            counts[source.id] = (seen + count, gone + (count if lost else 0))
        for source in self:
            source.sighting_count, source.lost_count = counts.get(source.id, (0, 0))

    @api.constrains("code", "kind")
    def _check_manual(self):
        """People's own edits must find their source."""
        manual = self.env.ref("itsm_cmdb.source_manual", raise_if_not_found=False)
        if manual and manual in self and (manual.code, manual.kind) != ("manual",) * 2:
            raise ValidationError(
                self.env._("The source of what is entered by hand keeps its code.")
            )

    @api.model
    @tools.ormcache("code")
    def _id_by_code(self, code):
        """Return the id of a source, archived or not; False if there is none."""
        # sudo: which sources there are is no secret, and every save asks.
        source = self.sudo().with_context(active_test=False)
        return source.search([("code", "=", code)], limit=1).id

    @api.model
    def _by_code(self, code):
        return self.browse(self._id_by_code(code) or ())

    @api.model
    def _standings(self):
        """Return how far each source is believed, with all exceptions."""
        # sudo: the rules hold for every save, whoever makes it.
        sources = (
            self.sudo()
            .with_context(active_test=False)
            .search_fetch([], ["rank", "freshness_days"])
        )
        return reconciliation.Standings(
            [
                reconciliation.Standing(source.id, source.rank, source.freshness_days)
                for source in sources
            ],
            [
                reconciliation.Rule(
                    rule.source_id.id,
                    rule.class_id.id or 0,
                    rule.key or "",
                    rule.policy == "never",
                    rule.rank if rule.policy == "rank" else None,
                    rule.freshness_days if rule.policy == "rank" else None,
                )
                for rule in sources.rule_ids
            ],
        )

    @api.model
    def _held(self, standings, path, key, statement):
        """Return who holds a value, for :func:`reconciliation.decide`.

        :param statement: ``[source id, ISO moment]`` of an item's provenance, or None
        """
        if not statement:
            return None
        source_id, moment = statement
        standing = standings.of(source_id, path, key)
        if standing is None:
            return None
        since = datetime.fromisoformat(moment).replace(tzinfo=None)
        return reconciliation.Held(standing, since)

    def action_view_batches(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Batches"),
            "res_model": "itsm.ci.batch",
            "view_mode": "list,form",
            "domain": [("source_id", "=", self.id)],
        }

    def action_view_sightings(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("What the Source Named"),
            "res_model": "itsm.ci.sighting",
            "view_mode": "list",
            "domain": [("source_id", "=", self.id)],
        }
