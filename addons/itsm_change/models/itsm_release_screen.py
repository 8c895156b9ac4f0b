from odoo import api, fields, models

from ..tools import releases


class ItsmRelease(models.Model):
    """The buttons of a release, and what is missing before the next one."""

    _inherit = "itsm.release"

    next_step = fields.Char(compute="_compute_next_step")
    missing = fields.Text("Still Missing", compute="_compute_next_step")
    can_sign_off = fields.Boolean(compute="_compute_next_step")

    @api.depends(
        "state",
        "build_reference",
        "build_file_ids",
        "test_file_ids",
        "rollback_release_id",
        "builder_id",
        "tester_id",
        "change_ids.state",
    )
    @api.depends_context("uid", "lang")
    def _compute_next_step(self):
        for release in self:
            release.next_step = release._next_step_text()
            missing = []
            if release.state == releases.TESTING:
                missing = release._missing_for_use()
            release.missing = "\n".join(missing)
            release.can_sign_off = self.env.user not in (
                release.built_by_ids | release.builder_id
            )

    def _next_step_text(self):
        """Return the sentence that says what comes next, and who does it."""
        self.ensure_one()
        builder = self.builder_id.name or self.env._("the builder")
        tester = self.tester_id.name or self.env._("somebody who did not build it")
        texts = {
            releases.PLANNED: self.env._("Next: begin to build it."),
            releases.BUILDING: self.env._(
                "Next: %(person)s hands the build to the test.", person=builder
            ),
            releases.TESTING: self.env._(
                "Next: %(person)s tests it and signs off.", person=tester
            ),
            releases.READY: self.env._(
                "Next: its changes are made. It is deployed when they were closed "
                "successfully."
            )
            if self.change_ids
            else self.env._(
                "It has no changes, so nothing brings it into use. Give it back to the "
                "build, and add some."
            ),
        }
        return texts.get(self.state, False)

    def action_start_building(self):
        """Begin to build."""
        return self.start_building()

    def action_hand_to_test(self):
        """Give the build to those who test it."""
        return self.hand_to_test()

    def action_reject(self):
        """Ask what has to be done, then give it back to the build."""
        return self._open_action("reject", self.env._("Back to the Build"))

    def action_sign_off(self):
        """Ask for the result of the test, then sign off."""
        return self._open_action("sign_off", self.env._("Sign Off the Test"))

    def action_roll_back(self):
        """Ask why and by which change, then record it."""
        return self._open_action("roll_back", self.env._("Roll Back"))

    def action_cancel(self):
        """Ask why it is given up, then cancel."""
        return self._open_action("cancel", self.env._("Cancel Release"))

    def action_view_deployments(self):
        """Open where the release runs, and ran."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "itsm_change.itsm_release_deployment_action"
        )
        return action | {"domain": [("release_id", "in", self.ids)], "context": {}}

    def _open_action(self, verb, title):
        """Open the form that asks for what a verb needs."""
        self.ensure_one()
        self.check_access("write")
        return {
            "type": "ir.actions.act_window",
            "name": title,
            "res_model": "itsm.release.action",
            "view_mode": "form",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_verb": verb, "default_release_id": self.id},
        }
