from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..tools import releases
from .group_order import in_order

STATES = [
    (releases.PLANNED, "Planned"),
    (releases.BUILDING, "Building"),
    (releases.TESTING, "Testing"),
    (releases.READY, "Ready"),
    (releases.DEPLOYED, "Deployed"),
    (releases.ROLLED_BACK, "Rolled Back"),
    (releases.CANCELLED, "Cancelled"),
]
# What was tested stays what it was.
TESTED_FIELDS = frozenset({"application_id", "build_reference", "version"})


class ItsmRelease(models.Model):
    """A version of an application, with the changes that bring it into use.

    This file holds what a release *is*; what can be *done* with it stands in
    ``itsm_release_verbs``.
    """

    _name = "itsm.release"
    _description = "Release"
    _inherit = ["itsm.guarded.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "planned_date desc, id desc"
    _rec_names_search = ["version", "application_id.name"]
    _check_company_auto = True

    application_id = fields.Many2one(
        "itsm.ci",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
        tracking=True,
        help="The item of which this is a version.",
    )
    version = fields.Char(required=True, tracking=True)
    state = fields.Selection(
        STATES,
        required=True,
        default=releases.PLANNED,
        readonly=True,
        copy=False,
        tracking=True,
        index=True,
        group_expand=in_order(STATES),
    )
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company, index=True
    )
    goal = fields.Text(help="What is new, and why it is wanted.")
    planned_date = fields.Date(
        index=True, tracking=True, help="When it is to be in use."
    )
    change_ids = fields.One2many("itsm.change", "release_id", "Changes")
    change_count = fields.Integer("Number of Changes", compute="_compute_changes")
    progress_text = fields.Char("Now", compute="_compute_changes")

    # People
    manager_id = fields.Many2one(
        "res.users",
        "Release Manager",
        default=lambda self: self.env.user,
        index="btree_not_null",
        tracking=True,
    )
    builder_id = fields.Many2one(
        "res.users", index="btree_not_null", tracking=True, help="Who makes the build."
    )
    tester_id = fields.Many2one(
        "res.users",
        index="btree_not_null",
        tracking=True,
        help="Who tests it and signs off; not somebody who built it.",
    )

    # Build
    build_reference = fields.Char(
        tracking=True, copy=False, help="Tag, number or checksum of what was built."
    )
    build_file_ids = fields.Many2many(
        "ir.attachment",
        "itsm_release_build_file_rel",
        "release_id",
        "attachment_id",
        "Build Files",
        copy=False,
    )
    built_by_ids = fields.Many2many(
        "res.users",
        "itsm_release_built_by_rel",
        "release_id",
        "user_id",
        readonly=True,
        copy=False,
        help="Everybody who handed a build of it to the test.",
    )
    built_at = fields.Datetime(readonly=True, copy=False)

    # Test
    test_file_ids = fields.Many2many(
        "ir.attachment",
        "itsm_release_test_file_rel",
        "release_id",
        "attachment_id",
        "Test Reports",
        copy=False,
    )
    test_note = fields.Text("Result of the Test", readonly=True, copy=False)
    signed_off_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    signed_off_at = fields.Datetime(readonly=True, copy=False)

    # Use
    rollback_release_id = fields.Many2one(
        "itsm.release",
        "Rollback Version",
        copy=False,
        tracking=True,
        index="btree_not_null",
        check_company=True,
        domain="[('application_id', '=', application_id), ('id', '!=', id), "
        "('deployed_at', '!=', False)]",
        help="The version that is put back when this one does not work.",
    )
    deployed_at = fields.Datetime(readonly=True, copy=False, index=True)
    rolled_back_at = fields.Datetime(readonly=True, copy=False)
    rollback_change_id = fields.Many2one("itsm.change", readonly=True, copy=False)
    deployment_ids = fields.One2many(
        "itsm.release.deployment", "release_id", "Where It Runs", readonly=True
    )
    deployment_count = fields.Integer("Runs On", compute="_compute_deployment_count")

    _once = models.UniqueIndex(
        "(application_id, version)", "There is a release of this version already."
    )

    @api.model
    def _system_fields(self):
        return super()._system_fields() | {
            "built_at",
            "built_by_ids",
            "deployed_at",
            "deployment_ids",
            "rollback_change_id",
            "rolled_back_at",
            "signed_off_at",
            "signed_off_by_id",
            "state",
            "test_note",
        }

    @api.depends("application_id", "version")
    def _compute_display_name(self):
        # sudo: an item of a class that only some see has a name for those alone; the
        # record rule of releases asks for the same groups.
        for release in self.sudo():
            release.display_name = " ".join(
                filter(None, (release.application_id.name, release.version))
            )

    @api.depends("deployment_ids.until")
    def _compute_deployment_count(self):
        rows = self.env["itsm.release.deployment"]._read_group(
            [("release_id", "in", self.ids), ("until", "=", False)],
            ["release_id"],
            ["__count"],
        )
        counts = {release.id: count for release, count in rows}
        for release in self:
            release.deployment_count = counts.get(release.id, 0)

    @api.depends("change_ids.state", "change_ids.close_code")
    def _compute_changes(self):
        for release in self:
            changes = release.change_ids
            ended = changes.filtered(lambda one: one.state in ("closed", "cancelled"))
            release.change_count = len(changes)
            release.progress_text = (
                self.env._(
                    "%(done)s of %(all)s changes have ended.",
                    done=len(ended),
                    all=len(changes),
                )
                if changes
                else False
            )

    @api.constrains("rollback_release_id", "application_id")
    def _check_rollback_release(self):
        for release in self:
            back = release.rollback_release_id
            if not back:
                continue
            if back == release or back.application_id != release.application_id:
                raise ValidationError(
                    self.env._(
                        "The rollback version of %(release)s is another version of the "
                        "same application.",
                        release=release.display_name,
                    )
                )
            if not back.deployed_at:
                raise ValidationError(
                    self.env._(
                        "%(release)s was never in use, so nobody can go back to it.",
                        release=back.display_name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        records._adopt_files()
        return records

    def write(self, vals):
        if not self._is_system():
            self._refuse_tested(set(vals))
        result = super().write(vals)
        if {"build_file_ids", "test_file_ids"} & set(vals):
            self._adopt_files()
        return result

    def _refuse_tested(self, names):
        """Refuse to alter what was built or tested, as if it had always been so."""
        labels = dict(self._fields["state"]._description_selection(self.env))
        for release in self:
            settled = set()
            if release.state not in releases.OPEN_STATES:
                settled |= TESTED_FIELDS | {"build_file_ids"}
            if release.state not in releases.UNDEPLOYED_STATES:
                settled |= {"rollback_release_id"}
            if release.state not in (*releases.OPEN_STATES, releases.TESTING):
                settled |= {"test_file_ids"}
            if names & settled:
                raise UserError(
                    self.env._(
                        "%(release)s is “%(state)s”, so its “%(field)s” stays as it "
                        "is. Give it back to the build first.",
                        release=release.display_name,
                        state=labels[release.state],
                        field=self._fields[min(names & settled)]._description_string(
                            self.env
                        ),
                    )
                )

    def _adopt_files(self):
        """Let the files that the user just uploaded be read by all who read this."""
        for release in self:
            files = release.build_file_ids | release.test_file_ids
            loose = files.filtered(
                lambda file: not file.res_id and file.create_uid == self.env.user
            )
            if loose:
                loose.write({"res_model": self._name, "res_id": release.id})

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        """Only what was never begun is deleted."""
        used = self.filtered(
            lambda release: release.state != releases.PLANNED or release.change_ids
        )[:1]
        if used:
            raise UserError(
                self.env._(
                    "%(release)s has been begun, so it is kept. Cancel it instead.",
                    release=used.display_name,
                )
            )
