from odoo import api, fields, models
from odoo.exceptions import ValidationError

MINUTES_A_DAY = 24 * 60


class ItsmWorkLog(models.Model):
    """Time that somebody of a desk spent, on a ticket or on other work.

    Tickets are not all that a team does. What is logged here shows the rest too:
    meetings, rounds through the wards, projects, training, being on call.
    """

    _name = "itsm.work.log"
    _description = "Logged Work"
    _order = "date desc, id desc"
    _rec_name = "note"

    user_id = fields.Many2one(
        "res.users",
        string="Who",
        required=True,
        index=True,
        default=lambda self: self.env.uid,
        domain="[('share', '=', False)]",
    )
    date = fields.Date(required=True, default=fields.Date.context_today)
    minutes = fields.Integer(required=True, help="Working time, in minutes.")
    hours = fields.Float(
        "Time",
        compute="_compute_hours",
        inverse="_inverse_hours",
        store=True,
        help="Working time; 1:30 and 1.5 are an hour and a half.",
    )
    kind_id = fields.Many2one(
        "itsm.work.kind",
        required=True,
        index=True,
        ondelete="restrict",
        default=lambda self: self._default_kind(),
    )
    note = fields.Char("What Was Done")
    ticket_id = fields.Many2one(
        "itsm.ticket",
        compute="_compute_ticket_id",
        store=True,
        readonly=False,
        precompute=True,
        index="btree_not_null",
        ondelete="set null",
    )
    task_id = fields.Many2one(
        "itsm.task",
        index="btree_not_null",
        ondelete="set null",
        domain="[('ticket_id', '=', ticket_id)]",
    )
    team_id = fields.Many2one(
        "itsm.team",
        compute="_compute_team_id",
        store=True,
        readonly=False,
        precompute=True,
        index="btree_not_null",
        ondelete="restrict",
        help="For which of their teams. Its leader and the desk managers see it.",
    )
    desk_id = fields.Many2one(
        "itsm.desk",
        compute="_compute_desk_id",
        store=True,
        precompute=True,
        index="btree_not_null",
    )
    company_id = fields.Many2one(
        "res.company",
        compute="_compute_desk_id",
        store=True,
        precompute=True,
        index=True,
    )
    itsm_readable = fields.Boolean(
        compute="_compute_itsm_readable",
        search="_search_itsm_readable",
        export_string_translation=False,
    )

    _minutes_of_a_day = models.Constraint(
        "CHECK (minutes > 0 AND minutes <= 1440)",
        "Logged time is more than nothing and at most a day.",
    )
    _user_date_index = models.Index("(user_id, date)")
    _team_date_index = models.Index("(team_id, date)")

    # ------------------------------------------------------------------
    # What follows from what
    # ------------------------------------------------------------------

    @api.model
    def _default_kind(self):
        on_ticket = bool(
            self.env.context.get("default_ticket_id")
            or self.env.context.get("default_task_id")
        )
        return self.env["itsm.work.kind"].search(
            [("is_ticket", "=", on_ticket)], limit=1
        )

    @api.depends("minutes")
    def _compute_hours(self):
        for log in self:
            log.hours = log.minutes / 60

    def _inverse_hours(self):
        for log in self:
            log.minutes = self._to_minutes(log.hours)

    @api.model
    def _to_minutes(self, hours):
        return round((hours or 0) * 60)

    @api.onchange("hours")
    def _onchange_hours(self):
        # Only the inverse of a saved row sets it otherwise, and a form shows both.
        self.minutes = self._to_minutes(self.hours)

    @api.depends("task_id")
    def _compute_ticket_id(self):
        for log in self:
            log.ticket_id = log.task_id.ticket_id or log.ticket_id

    @api.depends("user_id", "ticket_id")
    def _compute_team_id(self):
        led = dict(
            self.env["itsm.team"]._read_group(
                [("leader_id", "in", self.user_id.ids)],
                ["leader_id"],
                ["id:recordset"],
            )
        )
        for log in self:
            # sudo: the teams of a colleague, for whoever corrects their entry.
            user = log.user_id.sudo()
            teams = user.itsm_team_ids | led.get(log.user_id, user.itsm_team_ids)
            log.team_id = log._team_among(teams.sudo(False))

    def _team_among(self, teams):
        """Return for which of their teams somebody did this, as far as one can tell."""
        ticket = self.ticket_id.sudo()
        if ticket.team_id in teams:
            return ticket.team_id
        of_desk = teams.filtered(lambda team: team.desk_id == ticket.desk_id)
        return (of_desk or teams)[:1]

    @api.depends("team_id", "ticket_id")
    def _compute_desk_id(self):
        for log in self:
            # sudo: who registered a ticket for another desk may not read its company.
            desk = (log.team_id.desk_id or log.ticket_id.desk_id).sudo()
            log.desk_id = desk
            log.company_id = desk.company_id or log.user_id.sudo().company_id

    # ------------------------------------------------------------------
    # Who reads it
    # ------------------------------------------------------------------

    @api.depends("ticket_id", "user_id")
    @api.depends_context("uid")
    def _compute_itsm_readable(self):
        # Not the rights of the rule that asks: the tickets are those the user reads.
        tickets = self.env["itsm.ticket"].sudo(False).browse(self.ticket_id.ids)
        readable = tickets._filtered_access("read")
        for log in self:
            log.itsm_readable = (
                log.user_id == self.env.user
                or not log.ticket_id
                or log.ticket_id in readable
            )

    def _search_itsm_readable(self, operator, value):
        """Rows whose ticket one may not read would tell what it is about."""
        if operator != "in":
            return NotImplemented
        tickets = self.env["itsm.ticket"].sudo(False)
        return [
            "|",
            "|",
            ("user_id", "=", self.env.uid),
            ("ticket_id", "=", False),
            ("ticket_id", "in", tickets._search([], active_test=False)),
        ]

    # ------------------------------------------------------------------
    # What is refused
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        logs = super().create([self._with_minutes(vals) for vals in vals_list])
        logs._refuse_hidden_tickets()
        return logs

    def write(self, vals):
        result = super().write(self._with_minutes(vals))
        # Rules are asked before, so an entry could be made that of somebody else.
        self.check_access("write")
        if {"ticket_id", "task_id"}.intersection(vals):
            self._refuse_hidden_tickets()
        return result

    @api.model
    def _with_minutes(self, vals):
        """Return values in which hours became minutes, which are what is stored."""
        if "hours" not in vals:
            return vals
        hours = vals["hours"]
        rest = {name: value for name, value in vals.items() if name != "hours"}
        return {**rest, "minutes": self._to_minutes(hours)}

    def _refuse_hidden_tickets(self):
        """Refuse tickets and tasks that whoever logs the time may not read."""
        self.ticket_id.check_access("read")
        self.task_id.check_access("read")

    @api.constrains("minutes", "date", "user_id")
    def _check_day(self):
        """A day has 24 hours, and none of them is worked before it comes."""
        today = fields.Date.context_today(self)
        for log in self:
            # A day ahead is still allowed: somewhere it is tomorrow already.
            if (log.date - today).days > 1:
                raise ValidationError(
                    self.env._(
                        "%(date)s has not come yet. Log time after the work is done.",
                        date=log.date,
                    )
                )
        days = self.sudo()._read_group(
            [
                ("user_id", "in", self.user_id.ids),
                ("date", "in", list(set(self.mapped("date")))),
            ],
            ["user_id", "date:day"],
            ["minutes:sum"],
            having=[("minutes:sum", ">", MINUTES_A_DAY)],
        )
        if days:
            user, date, _minutes = days[0]
            raise ValidationError(
                self.env._(
                    "%(user)s would have worked more than 24 hours on %(date)s.",
                    user=user.name,
                    date=date,
                )
            )

    @api.constrains("user_id", "team_id")
    def _check_team(self):
        """Nobody's time is put on a team that they do not work for."""
        for log in self.sudo():
            if log.team_id and log.user_id not in log.team_id._agents():
                raise ValidationError(
                    self.env._(
                        "%(user)s does not work for team “%(team)s”. Choose one of"
                        " their own teams.",
                        user=log.user_id.name,
                        team=log.team_id.name,
                    )
                )

    @api.constrains("task_id", "ticket_id")
    def _check_task(self):
        for log in self.sudo():
            if log.task_id.ticket_id and log.task_id.ticket_id != log.ticket_id:
                raise ValidationError(
                    self.env._(
                        "Task “%(task)s” belongs to another ticket.",
                        task=log.task_id.name,
                    )
                )

    @api.depends("user_id", "date", "kind_id")
    def _compute_display_name(self):
        for log in self:
            log.display_name = log.note or self.env._(
                "%(kind)s, %(date)s", kind=log.kind_id.name, date=log.date
            )
