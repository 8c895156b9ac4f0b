from odoo import api, fields, models
from odoo.exceptions import UserError


class ItsmServiceVersion(models.Model):
    """A service as it was published: what requests refer to. Never changed."""

    _name = "itsm.service.version"
    _description = "Version of a Service"
    _inherit = ["itsm.snapshot.mixin"]
    _order = "service_id, number desc"

    service_id = fields.Many2one(
        "itsm.service", required=True, index=True, ondelete="cascade"
    )
    number = fields.Integer(required=True)
    published_at = fields.Datetime(
        required=True, default=fields.Datetime.now, readonly=True
    )
    published_by_id = fields.Many2one(
        "res.users", default=lambda self: self.env.user, readonly=True
    )
    note = fields.Char(help="What is new in it.")
    definitions = fields.Json(help="The form in each language.")
    answer_definition = fields.PropertiesDefinition()
    table_ids = fields.One2many("itsm.service.version.table", "version_id", "Tables")
    plan_task_ids = fields.One2many("itsm.plan.task", "version_id", "Plan")
    order_ids = fields.One2many("itsm.service.order", "version_id", "Parts")
    approval_policy_id = fields.Many2one("itsm.approval.policy", ondelete="restrict")
    data = fields.Json(help="The whole service, as it was.")
    is_published = fields.Boolean(compute="_compute_is_published")

    _number_unique = models.UniqueIndex(
        "(service_id, number)", "A version with this number exists already."
    )

    @api.depends("service_id.name", "number")
    def _compute_display_name(self):
        for version in self:
            version.display_name = self.env._(
                "%(service)s, version %(number)s",
                service=version.service_id.name,
                number=version.number,
            )

    @api.depends("service_id.version_id", "service_id.state")
    def _compute_is_published(self):
        for version in self:
            service = version.service_id
            version.is_published = (
                service.state == "published" and service.version_id == version
            )

    def _definition(self, lang=None):
        """Return the form in a language, else in English, else as it is."""
        self.ensure_one()
        definitions = self.definitions or {}
        wanted = lang or self.env.lang
        for code in (wanted, "en_US", *definitions):
            if code in definitions:
                return definitions[code]
        return {"questions": []}

    def _freeze_work(self):
        """Keep the plan and the parts that the service has now."""
        self.ensure_one()
        self.service_id.plan_task_ids._freeze(self)
        self.service_id.order_ids._freeze(self)

    def _plans_work(self):
        """Tell whether a request needs approval, has parts or a plan."""
        return bool(self.approval_policy_id or self.order_ids or self.plan_task_ids)

    # ------------------------------------------------------------------
    # Comparing and restoring
    # ------------------------------------------------------------------

    def _compare(self, other=None):
        """Return the differences to a later version, or to the service as it is now.

        :param other: a version; none for the working copy
        :return: list of sentences
        """
        self.ensure_one()
        self.check_access("read")
        now = other.data if other else self.service_id._snapshots()[self.service_id.id]
        return self.env["itsm.service"]._differences(self.data or {}, now or {})

    def compare(self, other_id=None):
        """Return the differences to another version of the service, by its id, or to
        the service as it is now; see ``_compare``."""
        other = self.browse(other_id or ()).exists()
        other.check_access("read")
        if other.service_id != self.service_id and other:
            raise UserError(self.env._("Compare versions of one service."))
        return self._compare(other)

    def action_restore(self):
        """Make the service what it was in this version, to be published again."""
        self.ensure_one()
        self.service_id.check_access("write")
        self.service_id._restore(self.data or {})
        self.service_id.message_post(
            body=self.env._(
                "Version %(number)s was restored into the working copy.",
                number=self.number,
            )
        )
        return True


class ItsmServiceVersionTable(models.Model):
    """The columns of a table question in a version; rows of answers refer to it."""

    _name = "itsm.service.version.table"
    _description = "Table of a Service Version"
    _order = "version_id, id"

    version_id = fields.Many2one(
        "itsm.service.version", required=True, index=True, ondelete="cascade"
    )
    key = fields.Char(required=True)
    name = fields.Char(required=True)
    row_definition = fields.PropertiesDefinition()

    def write(self, vals):
        self.version_id._refuse_change()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        self.version_id._refuse_change()
