from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import is_html_empty

from .told_people import note_told

_TEMPLATE = "itsm_change.mail_template_release_notes"


class ItsmRelease(models.Model):
    """The release notes: drafted from the changes, sent to those affected, once."""

    _inherit = "itsm.release"

    notes = fields.Html("Release Notes", copy=False)
    send_notes = fields.Boolean(
        "Send the Notes",
        default=True,
        help="To those affected, by itself when the release is deployed.",
    )
    notes_sent_at = fields.Datetime(readonly=True, copy=False)
    reader_ids = fields.One2many(
        "itsm.release.reader", "release_id", "Notes Sent To", readonly=True, copy=False
    )
    reader_count = fields.Integer("Readers", compute="_compute_reader_count")

    @api.model
    def _system_fields(self):
        return super()._system_fields() | {"notes_sent_at", "reader_ids"}

    @api.depends("reader_ids")
    def _compute_reader_count(self):
        for release in self:
            release.reader_count = len(release.reader_ids)

    # ------------------------------------------------------------------
    # Draft
    # ------------------------------------------------------------------

    def action_draft_notes(self):
        """Write the notes anew, from what the changes say."""
        self.check_access("write")
        for release in self:
            release.notes = release._notes_draft()
        return True

    def _notes_draft(self):
        """Return notes made from the changes: what staff should know of each."""
        self.ensure_one()
        changes = self.change_ids.filtered(lambda change: change.state != "cancelled")
        rows = Markup().join(
            Markup("<li><strong>%s</strong>%s</li>")
            % (
                change.public_title or change.name,
                Markup("<br/>%s") % change.public_note if change.public_note else "",
            )
            for change in changes.sorted("id")
        )
        goal = Markup("<p>%s</p>") % self.goal if self.goal else Markup()
        heading = self.env._("What is new in %(release)s", release=self.display_name)
        return (
            Markup("<h3>%s</h3>") % heading
            + goal
            + (Markup("<ul>%s</ul>") % rows if rows else Markup())
        )

    # ------------------------------------------------------------------
    # Sending
    # ------------------------------------------------------------------

    def _affected_people(self):
        """Return the contacts whom the release affects: by its changes, or as users."""
        self.ensure_one()
        release = self.sudo()  # sudo: as whom changes affect
        changes = release.change_ids.filtered(lambda one: one.state != "cancelled")
        people = self.env["res.partner"].sudo()  # sudo: as above
        for partners in changes._affected_people().values():
            people |= partners
        return people

    def action_send_notes(self):
        """Show how many get the notes, and what they read, before they are sent."""
        self.ensure_one()
        self.check_access("write")
        self._refuse_empty_notes()
        wizard = self.env["itsm.release.send"].create({"release_id": self.id})
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Send Release Notes"),
            "res_model": wizard._name,
            "res_id": wizard.id,
            "view_mode": "form",
            "views": [(False, "form")],
            "target": "new",
        }

    def _refuse_empty_notes(self):
        if is_html_empty(self.notes):
            raise UserError(
                self.env._(
                    "%(release)s has no release notes yet.", release=self.display_name
                )
            )

    def _send_notes_if_wanted(self):
        """Send the notes of what was deployed just now."""
        for release in self.filtered("send_notes"):
            if not is_html_empty(release.notes):
                release._send_notes()

    def _send_notes(self):
        """Send the notes to those affected who did not get them yet.

        :return: the rows of those who get them now
        """
        self.ensure_one()
        release = self.sudo()  # sudo: who got the notes is written by the system alone
        readers = note_told(release, "reader_ids", release._affected_people())
        if readers:
            template = self.env.ref(_TEMPLATE).sudo()  # sudo: whoever may send them
            template.send_mail_batch(readers.ids, force_send=False)
        release._write_system({"notes_sent_at": fields.Datetime.now()})
        return readers


class ItsmReleaseReader(models.Model):
    """Somebody who got the release notes."""

    _name = "itsm.release.reader"
    _description = "Reader of Release Notes"
    _inherit = ["itsm.guarded.mixin"]
    _order = "id"
    _rec_name = "partner_id"

    release_id = fields.Many2one(
        "itsm.release", required=True, ondelete="cascade", index=True, readonly=True
    )
    partner_id = fields.Many2one(
        "res.partner",
        "Person",
        required=True,
        ondelete="cascade",
        index=True,
        readonly=True,
    )
    create_date = fields.Datetime("Sent On", readonly=True)

    _once = models.UniqueIndex("(release_id, partner_id)", "This person got the notes.")

    @api.model
    def _system_fields(self):
        return super()._system_fields() | {"release_id", "partner_id"}
