from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools import SQL

from .whole_html import WholeHtml

ANNOUNCEMENT_KINDS = [
    ("info", "Information"),
    ("disturbance", "Disturbance"),
    ("planned", "Planned work"),
]
ANNOUNCEMENT_STATES = [
    ("draft", "Draft"),
    ("planned", "To come"),
    ("running", "Shown"),
    ("over", "Over"),
]


class ItsmAnnouncement(models.Model):
    """What staff should know now: a disturbance, planned work, news."""

    _name = "itsm.announcement"
    _description = "Announcement"
    _inherit = ["itsm.guarded.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "date_from desc, id desc"

    name = fields.Char("Title", required=True, translate=True, tracking=True)
    body = WholeHtml()
    kind = fields.Selection(
        ANNOUNCEMENT_KINDS, required=True, default="info", tracking=True
    )
    active = fields.Boolean(default=True)
    is_draft = fields.Boolean(
        "Draft",
        default=True,
        readonly=True,
        copy=False,
        help="Nobody is shown or sent it before it is sent.",
    )
    date_from = fields.Datetime(
        "Shown From",
        required=True,
        default=fields.Datetime.now,
        tracking=True,
        copy=False,
        help="Mails are sent at this moment, too.",
    )
    date_to = fields.Datetime(
        "Shown Until", tracking=True, copy=False, help="Empty: until you say."
    )
    begins_at = fields.Datetime(
        "It Begins", tracking=True, help="When it happens, not when it is told."
    )
    ends_at = fields.Datetime("It Ends", tracking=True)
    cleared_at = fields.Datetime("All Clear", readonly=True, copy=False)
    desk_ids = fields.Many2many(
        "itsm.desk",
        "itsm_announcement_desk_rel",
        "announcement_id",
        "desk_id",
        string="Desks",
        default=lambda self: self._default_desks(),
        help="Whose news it is. Empty: of all desks.",
    )
    service_ids = fields.Many2many(
        "itsm.service",
        "itsm_announcement_service_rel",
        "announcement_id",
        "service_id",
        string="Services",
        help="What it is about. It stands on the forms of these services, too.",
    )
    state = fields.Selection(
        ANNOUNCEMENT_STATES, compute="_compute_state", search="_search_state"
    )

    _dates_in_order = models.Constraint(
        "CHECK (date_to IS NULL OR date_to > date_from)",
        "An announcement must end after it begins.",
    )
    _times_in_order = models.Constraint(
        "CHECK (ends_at IS NULL OR begins_at IS NULL OR ends_at > begins_at)",
        "What is announced must end after it begins.",
    )

    @api.model
    def _default_desks(self):
        """Return the desks for which a team leader writes; managers may for all."""
        if self._announces_for_all():
            return self.env["itsm.desk"]
        return self.env["itsm.desk"].search([("team_ids.leader_id", "=", self.env.uid)])

    @api.model
    def _announces_for_all(self):
        """Tell whether the user may announce something for all desks."""
        return self.env.su or not (
            self.env.user.has_group("itsm_helpdesk.group_itsm_leader")
            and not self.env.user.has_group("itsm_helpdesk.group_itsm_manager")
        )

    @api.model
    def _complete_new(self, vals_list):
        if not self._announces_for_all():
            for vals in vals_list:
                self._refuse_without_desk(vals)
        return super()._complete_new(vals_list)

    @api.model
    def _refuse_without_desk(self, vals):
        """Say what a team leader has to choose; the rule of records says less."""
        if "desk_ids" in vals and not self.new({"desk_ids": vals["desk_ids"]}).desk_ids:
            raise AccessError(
                self.env._(
                    "Choose the desk whose news “%(announcement)s” is: only managers "
                    "announce something for all desks.",
                    announcement=vals.get("name") or "",
                )
            )

    def _init_column(self, column_name):
        """What was shown before there were drafts is none."""
        if column_name == "is_draft":
            self.env.cr.execute(
                SQL("UPDATE %s SET is_draft = FALSE", SQL.identifier(self._table))
            )
            return
        super()._init_column(column_name)

    @api.model
    def _system_fields(self):
        return super()._system_fields() | {"cleared_at", "is_draft"}

    @api.depends("date_from", "date_to", "is_draft")
    def _compute_state(self):
        now = fields.Datetime.now()
        for announcement in self:
            if announcement.is_draft:
                announcement.state = "draft"
            elif announcement.date_from and announcement.date_from > now:
                announcement.state = "planned"
            elif announcement.date_to and announcement.date_to <= now:
                announcement.state = "over"
            else:
                announcement.state = "running"

    def action_end(self):
        """Show the announcements no more; what was not shown yet, never."""
        self.check_access("write")
        now = fields.Datetime.now()
        shown = self.filtered(lambda announcement: announcement.date_from < now)
        shown.write({"date_to": now})
        (self - shown).active = False
        return True

    def _search_state(self, operator, value):
        if operator != "in":
            return NotImplemented
        now = fields.Datetime.now()
        told = Domain("is_draft", "=", False)
        begun = told & Domain("date_from", "<=", now)
        domains = {
            "draft": Domain("is_draft", "=", True),
            "planned": told & Domain("date_from", ">", now),
            "running": begun
            & (Domain("date_to", "=", False) | Domain("date_to", ">", now)),
            "over": begun & Domain("date_to", "<=", now),
        }
        return Domain.OR(domains[state] for state in value if state in domains)
