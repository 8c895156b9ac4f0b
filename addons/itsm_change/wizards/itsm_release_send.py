from odoo import api, fields, models


class ItsmReleaseSend(models.TransientModel):
    """What those affected would read of a release, and how many they are."""

    _name = "itsm.release.send"
    _description = "Send Release Notes"
    _inherit = ["itsm.change.wizard"]
    _about = ("release_id",)

    release_id = fields.Many2one("itsm.release", required=True, readonly=True)
    to_send_count = fields.Integer("People to Tell", compute="_compute_people")
    sent_count = fields.Integer("Sent Already", related="release_id.reader_count")
    notes = fields.Html(related="release_id.notes")

    @api.depends("release_id")
    def _compute_people(self):
        for wizard in self:
            release = wizard.release_id
            people = release._affected_people() if release else ()
            got = set(release.sudo().reader_ids.partner_id.ids)  # sudo: how many
            wizard.to_send_count = len({person.id for person in people} - got)

    def action_send(self):
        """Send the notes to those who did not get them yet."""
        self.ensure_one()
        self.release_id.check_access("write")
        self.release_id._refuse_empty_notes()
        readers = self.release_id._send_notes()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._(
                    "Sent to %(count)s people. The mails are on their way.",
                    count=len(readers),
                ),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }
