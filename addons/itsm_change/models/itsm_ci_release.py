from odoo import api, fields, models

VERSION = "version"
KEY = f"attributes.{VERSION}"


class ItsmCi(models.Model):
    """The versions of an application, and what runs where."""

    _inherit = "itsm.ci"

    release_ids = fields.One2many("itsm.release", "application_id", "Releases")
    release_count = fields.Integer(
        "Number of Releases", compute="_compute_release_counts"
    )
    running_count = fields.Integer("What Runs Where", compute="_compute_release_counts")

    @api.depends("release_ids")
    @api.depends_context("uid")
    def _compute_release_counts(self):
        releases = self._release_counts("itsm.release", "application_id")
        own = self._release_counts("itsm.release.deployment", "application_id")
        hosted = self._release_counts("itsm.release.deployment", "ci_id")
        for item in self:
            ci_id = item._origin.id
            item.release_count = releases.get(ci_id, 0)
            item.running_count = own.get(ci_id, 0) or hosted.get(ci_id, 0)

    def _release_counts(self, model, name):
        """Return ``{item id: rows}`` of releases, or of what runs now."""
        Model = self.env[model]
        if not Model.has_access("read"):
            return {}
        domain = [(name, "in", self.ids)]
        if name in Model._fields and "is_current" in Model._fields:
            domain.append(("is_current", "=", True))
        return {
            item.id: count
            for item, count in Model._read_group(domain, [name], ["__count"])
        }

    def action_view_releases(self):
        """Open the versions of the application."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "itsm_change.itsm_release_action"
        )
        return action | {
            "domain": [("application_id", "=", self.id)],
            "context": {"default_application_id": self.id},
        }

    def action_what_runs_where(self):
        """Open where the item's versions run, and what runs on the item."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "itsm_change.itsm_release_deployment_action"
        )
        return action | {
            "domain": ["|", ("application_id", "=", self.id), ("ci_id", "=", self.id)],
            "context": {"search_default_current": 1},
        }

    # ------------------------------------------------------------------
    # The version as an attribute
    # ------------------------------------------------------------------

    def _with_version(self):
        """Return the items whose class says which version they have."""
        # sudo: what a class knows does not depend on who asks.
        return self.filtered(
            lambda item: any(
                one.get("name") == VERSION
                for one in item.sudo().class_id.attribute_definition or ()
            )
        )

    def _has_release_version(self, version):
        """Return the items that are said to have a version."""
        return self._with_version().filtered(
            lambda item: (item.attributes or {}).get(VERSION) == version
        )

    def _set_release_version(self, version):
        """Write the version of the items whose class has one.

        :param self: with the rights of the system, under the change that brought it
        """
        different = self._with_version() - self._has_release_version(version)
        if different:
            different._write_values({item.id: {KEY: version} for item in different})
