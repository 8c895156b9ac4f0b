from functools import partial

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..models.itsm_change_notice import PHASES
from ..tools import states

# The dates of these are told.
OPEN = (states.SCHEDULED, states.IMPLEMENT)


class ItsmChangeTell(models.TransientModel):
    """What those affected would read, and how many they are, before it is sent."""

    _name = "itsm.change.tell"
    _description = "Tell Those Affected by a Change"
    _inherit = ["itsm.change.wizard", "itsm.change.notice.words"]

    change_id = fields.Many2one("itsm.change", required=True, readonly=True)
    partner_id = fields.Many2one(
        default=lambda self: self.env.user.partner_id, readonly=True
    )
    phase = fields.Selection(PHASES, compute="_compute_phase")
    to_tell_count = fields.Integer("People to Tell", compute="_compute_people")
    told_count = fields.Integer("Told Already", compute="_compute_people")
    unreachable_count = fields.Integer(related="change_id.unreachable_count")
    lang = fields.Selection(
        "_languages", "Language", default=lambda self: self.env.lang or "en_US"
    )
    subject = fields.Char(compute="_compute_mail")
    body = fields.Html(compute="_compute_mail", sanitize=False)
    has_note = fields.Boolean(compute="_compute_mail")

    @api.model
    def _languages(self):
        return self.env["res.lang"].get_installed()

    @api.depends("change_id")
    def _compute_phase(self):
        for wizard in self:
            wizard.phase = wizard.change_id._phase_by_hand()

    @api.depends("change_id")
    def _compute_people(self):
        for wizard in self:
            told, waiting = wizard._people()
            wizard.told_count = len(told)
            wizard.to_tell_count = len(waiting - told)

    def _people(self):
        """Return the ids of those who were told this, and of those it is for."""
        change, phase = self.change_id.sudo(), self.phase  # sudo: numbers of people
        if not phase:
            return set(), set()
        waiting = set(change._to_tell(phase).ids)
        if phase == "moved":
            return set(), waiting
        return change._told_partners((phase,)).get(change.id, set()), waiting

    @api.depends("change_id", "lang")
    def _compute_mail(self):
        for wizard in self:
            change = wizard.change_id
            wizard.has_note = bool(change.public_note and change.public_title)
            wizard.subject, wizard.body = wizard._sample() if wizard.phase else ("", "")

    def _has_dates(self):
        return self.change_id.state in OPEN

    def _sample(self):
        """Return subject and body of the mail as the user themselves would get it."""
        # The row as it is kept: what is typed into the form is its language only.
        kept = self._origin.with_context(lang=self.lang)
        if not kept:
            return "", ""
        template = self.env["itsm.change.notice"]._template(self.phase)
        template = template.with_context(lang=self.lang)
        render = partial(template._render_template, model=self._name, res_ids=kept.ids)
        return (
            render(template.subject, engine="inline_template")[kept.id],
            render(template.body_html, engine="qweb")[kept.id],
        )

    def action_send(self):
        """Tell those who were not told yet."""
        self.ensure_one()
        change = self.change_id
        change.check_access("write")
        phase = change._phase_by_hand()
        if not phase:
            raise UserError(self.env._("Nothing is left to tell of this change."))
        people = change._tell(phase, by=self.env.user)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._(
                    "Told: %(count)s people. The mails are on their way.",
                    count=len(people),
                ),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }
