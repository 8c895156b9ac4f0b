from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tools import format_list, is_html_empty

from odoo.addons.itsm_helpdesk.models.row_lock import wait_for_rows

from ..tools import releases, states

COORDINATOR = "itsm_change.group_change_coordinator"


class ItsmRelease(models.Model):
    """The verbs that move a release: built, tested by another person, put into use.

    Nobody deploys by a button: a release is deployed when its changes were closed
    successfully. Every verb works on many, and refuses with a sentence.
    """

    _inherit = "itsm.release"

    # ------------------------------------------------------------------
    # Verbs
    # ------------------------------------------------------------------

    def start_building(self):
        """Begin to build."""
        self._begin("start_building")
        for release in self.filtered(lambda one: not one.builder_id):
            release._write_system({"builder_id": self.env.uid})
        self._move("start_building")
        return True

    def hand_to_test(self):
        """Give the build to those who test it."""
        self._begin("hand_to_test")
        for release in self:
            if not release.build_reference and not release.build_file_ids:
                raise UserError(
                    self.env._(
                        "Say what was built for %(release)s: a build reference, or a "
                        "file.",
                        release=release.display_name,
                    )
                )
        self._draft_missing_notes()
        builders = {
            release: release.builder_id | self.env.user
            if release.builder_id
            else self.env.user
            for release in self
        }
        for release, people in builders.items():
            release._write_system(
                {"built_by_ids": [Command.link(user_id) for user_id in people.ids]}
            )
        self._move("hand_to_test", {"built_at": fields.Datetime.now()})
        return True

    def reject(self, reason=None):
        """Give the releases back to the build; a sign-off is void then.

        :param reason: what has to be done
        """
        reason = self._words(reason, self.env._("Say what has to be done about it."))
        self._begin("reject")
        self._refuse_begun_changes()
        self._move(
            "reject",
            {"signed_off_by_id": False, "signed_off_at": False, "test_note": False},
            reason,
        )
        return True

    def sign_off(self, note=None):
        """State that the test went well; somebody does that who did not build it.

        :param note: what was tested, with which result
        """
        note = self._words(note, self.env._("Say what was tested, and the result."))
        self._begin("sign_off")
        for release in self:
            release._refuse_builder()
            missing = release._missing_for_use()
            if missing:
                raise UserError("\n".join(missing))
        self._move(
            "sign_off",
            {
                "signed_off_by_id": self.env.uid,
                "signed_off_at": fields.Datetime.now(),
                "test_note": note,
            },
        )
        return True

    def roll_back(self, reason=None, change=None):
        """Record that the version before is in use again.

        :param reason: why
        :param change: the change, or its id, by which it was undone
        """
        reason = self._words(reason, self.env._("Say why it was rolled back."))
        change = self.env["itsm.change"].browse(getattr(change, "id", change) or ())
        change = change.exists()
        self._begin("roll_back")
        for release in self:
            release._refuse_rollback(change)
        self._roll_back(change, reason)
        return True

    def cancel(self, reason=None):
        """Give the releases up.

        :param reason: why
        """
        reason = self._words(reason, self.env._("Say why the release is given up."))
        self._begin("cancel")
        self._refuse_begun_changes()
        self._move("cancel", reason=reason)
        return True

    # ------------------------------------------------------------------
    # What follows from the changes
    # ------------------------------------------------------------------

    def _follow_changes(self):
        """Let the releases follow what their changes have come to."""
        for release in self.sudo():  # sudo: a consequence of the verb of the change
            if release.state != releases.READY:
                continue
            changes = release.change_ids
            come_to = releases.outcome(
                (change.state, change.close_code) for change in changes
            )
            last = changes.filtered("closed_at").sorted("closed_at")[-1:]
            if come_to == releases.DONE:
                release._move("deploy", {"deployed_at": fields.Datetime.now()})
                release._write_version(release.version, last)
                release._send_notes_if_wanted()
            elif come_to == releases.UNDONE:
                release._roll_back(
                    last, self.env._("Its changes were rolled back, or failed.")
                )
            elif come_to == releases.MIXED:
                release._ask_manager()

    def _roll_back(self, change, reason):
        """Put the version before back on the record."""
        now = fields.Datetime.now()
        for release in self:
            back = release.rollback_release_id
            release.deployment_ids._replace(back, change, now)
            if release.state == releases.DEPLOYED and back:
                release._write_version(back.version, change)
        self._move(
            "roll_back",
            {"rolled_back_at": now, "rollback_change_id": change.id},
            reason,
        )

    def _write_version(self, version, change):
        """Write the version of the application, under the change that brought it."""
        for release in self:
            # sudo: the change was closed by those who may; the item follows.
            item = release.application_id.sudo()._under(origin=change)
            item._set_release_version(version)

    def _ask_manager(self):
        """Ask the manager what to do where some changes went well and others not."""
        for release in self:
            user = release.manager_id or self.env.ref("base.user_admin")
            release.activity_schedule(
                "mail.mail_activity_data_todo",
                summary=self.env._("Only a part of it is in use"),
                note=self.env._(
                    "Some of its changes were rolled back or failed. Roll the release "
                    "back, or give it back to the build and add a change."
                ),
                user_id=user.id,
            )

    def _draft_missing_notes(self):
        """Draft notes where nobody has written any."""
        for release in self.filtered(lambda one: is_html_empty(one.notes)):
            release._write_system({"notes": release._notes_draft()})

    # ------------------------------------------------------------------
    # What has to be true
    # ------------------------------------------------------------------

    def _missing_for_use(self):
        """Return the sentences that say what is missing before it may be used."""
        self.ensure_one()
        name = self.display_name
        missing = []
        if not self.test_file_ids:
            missing.append(
                self.env._("Add the report of the test of %(release)s.", release=name)
            )
        if self._needs_rollback() and not self.rollback_release_id:
            missing.append(
                self.env._(
                    "Name the version that is put back when %(release)s does not work.",
                    release=name,
                )
            )
        return missing

    def _needs_rollback(self):
        """Tell whether there is a version that people work with now."""
        self.ensure_one()
        # sudo: whether there is one does not depend on who asks.
        return bool(
            self.sudo().search_count(
                [
                    ("application_id", "=", self.application_id.id),
                    ("deployed_at", "!=", False),
                    ("id", "not in", self.ids),
                ],
                limit=1,
            )
        )

    def _refuse_builder(self):
        """Refuse the sign-off of those who built it, whatever else they are."""
        self.ensure_one()
        if self.env.user in self.built_by_ids | self.builder_id:
            raise UserError(
                self.env._(
                    "You built %(release)s, so somebody else has to sign off its test.",
                    release=self.display_name,
                )
            )

    def _refuse_begun_changes(self):
        """Refuse to take back a release of which a change was begun."""
        begun = self.change_ids.filtered(
            lambda change: change.state in (states.IMPLEMENT, states.REVIEW)
        )[:1]
        if begun:
            raise UserError(
                self.env._(
                    "%(change)s puts %(release)s into use just now. Finish and close "
                    "it first.",
                    change=begun.display_name,
                    release=begun.release_id.display_name,
                )
            )

    def _refuse_rollback(self, change):
        self.ensure_one()
        if not self.rollback_release_id and self._needs_rollback():
            raise UserError(
                self.env._(
                    "Nobody has named the version to which %(release)s goes back.",
                    release=self.display_name,
                )
            )
        self._refuse_begun_changes()
        runs = self.deployment_ids.filtered(lambda row: not row.until)
        if self.state == releases.READY and not runs:
            raise UserError(
                self.env._(
                    "%(release)s runs nowhere, so there is nothing to roll back.",
                    release=self.display_name,
                )
            )
        if (
            len(change) != 1
            or change.company_id != self.company_id
            or change.state not in (states.REVIEW, states.CLOSED)
            or not change.has_access("read")
        ):
            raise UserError(
                self.env._(
                    "Name the change by which %(release)s was rolled back; its work "
                    "has to be finished.",
                    release=self.display_name,
                )
            )

    # ------------------------------------------------------------------
    # The one way through the machine
    # ------------------------------------------------------------------

    def _begin(self, verb):
        """Check who asks and in which state, and hold the rows."""
        self._check_actor(verb)
        self.flush_recordset()
        wait_for_rows(self)
        sources, _target = releases.TRANSITIONS[verb]
        labels = dict(self._fields["state"]._description_selection(self.env))
        wrong = self.filtered(lambda release: release.state not in sources)[:1]
        if wrong:
            raise UserError(
                self.env._(
                    "%(release)s is “%(state)s”; this is possible only for: "
                    "%(states)s.",
                    release=wrong.display_name,
                    state=labels[wrong.state],
                    states=format_list(
                        self.env, (str(labels[source]) for source in sources)
                    ),
                )
            )

    def _check_actor(self, verb):
        """Refuse verbs to those who have nothing to do with the release."""
        if self.env.su:
            return
        self.check_access("write")
        user = self.env.user
        if verb != "roll_back" or user.has_group(COORDINATOR):
            return
        refused = self.filtered(lambda release: release.manager_id != user)[:1]
        if refused:
            raise AccessError(
                self.env._(
                    "Only the manager of %(release)s, or a change coordinator, can do "
                    "this.",
                    release=refused.display_name,
                )
            )

    def _move(self, verb, vals=None, reason=None):
        """Write the state that a verb leads to, and the words that belong to it."""
        _sources, target = releases.TRANSITIONS[verb]
        self._write_system({**(vals or {}), "state": target})
        if reason:
            self._message_log_batch(bodies=dict.fromkeys(self.ids, reason))

    @api.model
    def _words(self, text, refusal):
        """Return what somebody wrote, refused where it is nothing."""
        if not isinstance(text, str) or not text.strip():
            raise UserError(refusal)
        return text.strip()
