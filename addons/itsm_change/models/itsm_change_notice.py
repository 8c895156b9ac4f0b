from odoo import api, fields, models

from ..tools import notices
from .told_people import note_told

PHASES = [
    (notices.PLANNED, "Before"),
    (notices.STARTED, "At the Start"),
    (notices.ENDED, "At the End"),
    (notices.MOVED, "Moved"),
    (notices.CANCELLED, "Cancelled"),
]
TEMPLATE = "itsm_change.mail_template_notice_%s"


class ItsmChangeNotice(models.Model):
    """What those affected by a change were told once: when, which dates, how many.

    Rows are only added, by the job or by whoever sends a notice early. A unique key
    makes sure that of two who tell at the same moment one does.
    """

    _name = "itsm.change.notice"
    _description = "Notice of a Change"
    _inherit = ["itsm.guarded.mixin"]
    _order = "sent_at desc, id desc"
    _rec_name = "phase"

    change_id = fields.Many2one(
        "itsm.change", required=True, ondelete="cascade", index=True, readonly=True
    )
    company_id = fields.Many2one(related="change_id.company_id", store=True, index=True)
    phase = fields.Selection(PHASES, required=True, readonly=True)
    occasion = fields.Integer(readonly=True, help="How often it was moved before.")
    sent_at = fields.Datetime(required=True, readonly=True)
    sent_by_id = fields.Many2one("res.users", readonly=True, help="Empty: by the job.")
    start = fields.Datetime("Start as Told", readonly=True)
    end = fields.Datetime("End as Told", readonly=True)
    person_ids = fields.One2many("itsm.change.notice.person", "notice_id", "People")
    count = fields.Integer("People Told", compute="_compute_count")
    announcement_id = fields.Many2one("itsm.announcement", readonly=True)

    _once = models.UniqueIndex(
        "(change_id, phase, occasion)", "People were told of this already."
    )

    @api.model
    def _system_fields(self):
        return super()._system_fields() | {
            "announcement_id",
            "change_id",
            "end",
            "occasion",
            "person_ids",
            "phase",
            "sent_at",
            "sent_by_id",
            "start",
        }

    @api.depends("person_ids")
    def _compute_count(self):
        rows = self.env["itsm.change.notice.person"]._read_group(
            [("notice_id", "in", self.ids)], ["notice_id"], ["__count"]
        )
        counts = {notice.id: count for notice, count in rows}
        for notice in self:
            notice.count = counts.get(notice.id, 0)

    def _told(self):
        """Return the notices as the pure function takes them, oldest first."""
        return [
            notices.Told(row.phase, row.start or None, row.end or None)
            for row in self.sorted("id")
        ]

    def _tell(self, partners):
        """Tell contacts who were not told by this notice yet; return those.

        Mails are queued in the same transaction: either somebody is told and noted, or
        neither.

        :param partners: contacts with an address, with the rights of the system
        """
        self.ensure_one()
        # sudo: nobody may write who was told.
        people = note_told(self.sudo(), "person_ids", partners)
        if people:
            self._template(self.phase).send_mail_batch(people.ids, force_send=False)
        return people

    @api.model
    def _template(self, phase):
        """Return the template of the mails of a phase, for the system to use."""
        # sudo: whoever may tell people need not be able to read templates.
        return self.env.ref(TEMPLATE % phase).sudo()


class ItsmChangeNoticePerson(models.Model):
    """Somebody who was told, and what their mail says."""

    _name = "itsm.change.notice.person"
    _description = "Person Told of a Change"
    _inherit = ["itsm.guarded.mixin", "itsm.change.notice.words"]
    _order = "id"
    _rec_name = "partner_id"

    notice_id = fields.Many2one(
        "itsm.change.notice",
        required=True,
        ondelete="cascade",
        index=True,
        readonly=True,
    )
    change_id = fields.Many2one(related="notice_id.change_id")
    partner_id = fields.Many2one(
        "res.partner",
        "Person",
        required=True,
        ondelete="cascade",
        index=True,
        readonly=True,
    )

    _once = models.UniqueIndex("(notice_id, partner_id)", "This person was told.")

    @api.model
    def _system_fields(self):
        return super()._system_fields() | {"notice_id", "partner_id"}

    def _has_dates(self):
        return bool(self.notice_id.end)
