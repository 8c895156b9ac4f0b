from odoo import api, fields, models


class ItsmReleaseDeployment(models.Model):
    """What runs where, and since when: one row for each spell of a version on an item.

    Rows are written by the changes alone that put a release there, or take it away.
    """

    _name = "itsm.release.deployment"
    _description = "Release in Use"
    _inherit = ["itsm.guarded.mixin"]
    _order = "since desc, id desc"
    _rec_name = "release_id"

    release_id = fields.Many2one(
        "itsm.release", required=True, ondelete="restrict", index=True, readonly=True
    )
    application_id = fields.Many2one(
        related="release_id.application_id", store=True, index=True
    )
    version = fields.Char(related="release_id.version", store=True)
    company_id = fields.Many2one(
        related="release_id.company_id", store=True, index=True
    )
    ci_id = fields.Many2one(
        "itsm.ci",
        "Runs On",
        required=True,
        ondelete="restrict",
        index=True,
        readonly=True,
        help="The host or instance.",
    )
    environment = fields.Selection(related="ci_id.environment")
    change_id = fields.Many2one(
        "itsm.change", "Put There By", index="btree_not_null", readonly=True
    )
    since = fields.Datetime(required=True, readonly=True, index=True)
    until = fields.Datetime(readonly=True, help="Empty: it runs there now.")
    ended_by_id = fields.Many2one(
        "itsm.change", "Replaced By", index="btree_not_null", readonly=True
    )
    is_current = fields.Boolean("Runs Now", compute="_compute_is_current", store=True)
    days = fields.Integer(
        "Days in Use", compute="_compute_days", help="Until now, where it runs still."
    )

    _one_at_a_time = models.UniqueIndex(
        "(application_id, ci_id) WHERE until IS NULL",
        "One version of an application runs on an item at a time.",
    )
    _in_order = models.Constraint(
        "CHECK (until IS NULL OR until >= since)", "It must end after it began."
    )

    @api.model
    def _system_fields(self):
        return super()._system_fields() | {
            "change_id",
            "ci_id",
            "ended_by_id",
            "release_id",
            "since",
            "until",
        }

    @api.depends("until")
    def _compute_is_current(self):
        for row in self:
            row.is_current = not row.until

    def _compute_days(self):
        now = fields.Datetime.now()
        for row in self:
            row.days = ((row.until or now) - row.since).days if row.since else 0

    @api.model
    def _put(self, release, items, change, since):
        """Note that a release runs on items from now on, instead of what ran there."""
        Deployment = self.sudo()._as_system()  # sudo: the system's own rows
        running = Deployment.search(
            [
                ("application_id", "=", release.application_id.id),
                ("ci_id", "in", items.ids),
                ("until", "=", False),
            ]
        )
        same = running.filtered(lambda row: row.release_id == release)
        replaced = running - same
        replaced.write({"until": since, "ended_by_id": change.id})
        # The index allows one at a time: the old ones have to be ended by now.
        replaced.flush_recordset()
        return Deployment.create(
            [
                {
                    "release_id": release.id,
                    "ci_id": item.id,
                    "change_id": change.id,
                    "since": since,
                }
                for item in items - same.ci_id
            ]
        )

    def _replace(self, release, change, since):
        """End the spells that go on, and begin some of another release if there is one.

        :param release: what is put back on the same items, or none
        """
        running = self.sudo()._as_system().filtered(lambda row: not row.until)
        items = running.ci_id
        version = running.release_id.version
        running.write({"until": since, "ended_by_id": change.id})
        running.flush_recordset()
        if release and items:
            self._put(release, items, change, since)
            has_it = items._has_release_version(version)
            has_it._under(origin=change)._set_release_version(release.version)
