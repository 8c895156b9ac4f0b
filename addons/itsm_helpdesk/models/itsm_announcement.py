from odoo import api, fields, models
from odoo.fields import Domain

ANNOUNCEMENT_KINDS = [
    ("info", "Information"),
    ("disturbance", "Disturbance"),
    ("planned", "Planned work"),
]
ANNOUNCEMENT_STATES = [
    ("planned", "To come"),
    ("running", "Shown"),
    ("over", "Over"),
]


class ItsmAnnouncement(models.Model):
    """What staff should know now: a disturbance, planned work, news."""

    _name = "itsm.announcement"
    _description = "Announcement"
    _inherit = ["mail.thread"]
    _order = "date_from desc, id desc"

    name = fields.Char("Title", required=True, translate=True, tracking=True)
    body = fields.Html(translate=True)
    kind = fields.Selection(
        ANNOUNCEMENT_KINDS, required=True, default="info", tracking=True
    )
    active = fields.Boolean(default=True)
    date_from = fields.Datetime(
        "Shown From", required=True, default=fields.Datetime.now, tracking=True
    )
    date_to = fields.Datetime(
        "Shown Until", tracking=True, help="Empty: until you say."
    )
    desk_ids = fields.Many2many(
        "itsm.desk",
        "itsm_announcement_desk_rel",
        "announcement_id",
        "desk_id",
        string="Desks",
        help="Whose news it is. Empty: of all desks.",
    )
    state = fields.Selection(
        ANNOUNCEMENT_STATES, compute="_compute_state", search="_search_state"
    )

    _dates_in_order = models.Constraint(
        "CHECK (date_to IS NULL OR date_to > date_from)",
        "An announcement must end after it begins.",
    )

    @api.depends("date_from", "date_to")
    def _compute_state(self):
        now = fields.Datetime.now()
        for announcement in self:
            if announcement.date_from and announcement.date_from > now:
                announcement.state = "planned"
            elif announcement.date_to and announcement.date_to <= now:
                announcement.state = "over"
            else:
                announcement.state = "running"

    def action_end(self):
        """Show the announcements no more; what was not shown yet, never."""
        now = fields.Datetime.now()
        shown = self.filtered(lambda announcement: announcement.date_from < now)
        shown.write({"date_to": now})
        (self - shown).active = False
        return True

    def _search_state(self, operator, value):
        if operator != "in":
            return NotImplemented
        now = fields.Datetime.now()
        domains = {
            "planned": Domain("date_from", ">", now),
            "running": Domain("date_from", "<=", now)
            & (Domain("date_to", "=", False) | Domain("date_to", ">", now)),
            "over": Domain("date_from", "<=", now) & Domain("date_to", "<=", now),
        }
        return Domain.OR(domains[state] for state in value if state in domains)
