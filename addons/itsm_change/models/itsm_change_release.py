from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools import releases, states
from .itsm_ci_release import KEY


class ItsmChange(models.Model):
    """A change that brings a release into use: it may begin when that is tested."""

    _inherit = "itsm.change"

    release_id = fields.Many2one(
        "itsm.release",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        tracking=True,
        copy=False,
        domain="[('state', 'in', ('planned', 'building'))]",
    )
    deploy_ci_ids = fields.Many2many(
        "itsm.ci",
        "itsm_change_deploy_rel",
        "change_id",
        "ci_id",
        "Puts the Release On",
        check_company=True,
        copy=False,
        help="Hosts or instances on which the release runs after this change.",
    )

    @api.model
    def _content_fields(self):
        return super()._content_fields() | {"release_id", "deploy_ci_ids"}

    @api.model
    def _next_step_fields(self):
        return (*super()._next_step_fields(), "release_id", "deploy_ci_ids")

    @api.model_create_multi
    def create(self, vals_list):
        changes = super().create(vals_list)
        bundled = changes.filtered("release_id")
        bundled._refuse_bundling(bundled.release_id)
        bundled._plan_version()
        return changes

    def write(self, vals):
        if "release_id" in vals:
            moved = self.filtered(lambda one: one.release_id.id != vals["release_id"])
            moved._refuse_bundling(moved.release_id)
        result = super().write(vals)
        if "release_id" in vals:
            moved._refuse_bundling(moved.release_id)
        if {"release_id", "deploy_ci_ids"} & set(vals):
            self._plan_version()
        return result

    def _refuse_bundling(self, bundled):
        """Refuse to alter what belongs to releases that have been built and tested."""
        settled = bundled.filtered(lambda one: one.state not in releases.OPEN_STATES)
        if settled:
            labels = dict(bundled._fields["state"]._description_selection(self.env))
            raise UserError(
                self.env._(
                    "%(release)s is “%(state)s”, so its changes stay as they were "
                    "tested. Give it back to the build first.",
                    release=settled[0].display_name,
                    state=labels[settled[0].state],
                )
            )

    def _plan_version(self):
        """Write into the change which version its items will have."""
        Delta = self.env["itsm.change.delta"]
        for change in self:
            # sudo: the key is the system's; that the items may be read was checked.
            planned = change.sudo().delta_ids.filtered(
                lambda delta: delta.kind == "attribute" and delta.key == KEY
            )
            version = change.release_id.version
            items = change.deploy_ci_ids._with_version() if version else Delta.ci_id
            for delta in planned:
                if delta.ci_id in items and delta.new != version:
                    delta.with_env(self.env).new = version
            Delta.create(
                [
                    {
                        "change_id": change.id,
                        "kind": "attribute",
                        "ci_id": item.id,
                        "key": KEY,
                        "new": version,
                    }
                    for item in items
                    - planned.ci_id
                    - items._has_release_version(version)
                ]
            )

    # ------------------------------------------------------------------
    # Gate
    # ------------------------------------------------------------------

    def _gate_facts(self):
        problem = self._release_problem()
        holds = not problem if self.release_id else None
        return super()._gate_facts() | {"release": (holds, problem or "")}

    def _release_problem(self):
        """Return what is missing before the release of the change may be used."""
        self.ensure_one()
        release = self.release_id
        if not release or release.state == releases.READY:
            return False
        name = release.display_name
        if release.state in releases.UNDEPLOYED_STATES:
            return self.env._(
                "The release %(release)s has to be built, tested and signed off.",
                release=name,
            )
        if release.state == releases.DEPLOYED:
            return False
        return self.env._(
            "The release %(release)s was given up or rolled back: take the change out "
            "of it, or cancel the change.",
            release=name,
        )

    # ------------------------------------------------------------------
    # What follows
    # ------------------------------------------------------------------

    def _after_transition(self, verb):
        result = super()._after_transition(verb)
        if verb not in ("close", "cancel"):
            return result
        bundled = self.filtered("release_id")
        if verb == "close":
            bundled._put_releases()
        # sudo: a consequence of the verb, whoever may write releases.
        bundled.sudo().release_id._follow_changes()
        return result

    def _put_releases(self):
        """Note where the releases run since these changes were made."""
        Deployment = self.env["itsm.release.deployment"]
        for change in self.sudo():  # sudo: as above
            if change.close_code in states.DONE_CODES:
                since = change.actual_end or fields.Datetime.now()
                Deployment._put(change.release_id, change.deploy_ci_ids, change, since)

    def action_view_release(self):
        """Open the release."""
        self.ensure_one()
        return self.release_id.get_formview_action()
