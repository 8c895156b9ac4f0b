from odoo import api, fields, models
from odoo.tools import SQL

from .itsm_ci_expiry import KINDS
from .itsm_ci_expiry_digest import MAX_ROWS

# The threshold of what is over already.
EXPIRED = -1
_DEFAULT_DAYS = (90, 60, 30)
# Of loans and repairs nobody wants to hear three months before.
_DEFAULT_SHORT_DAYS = (3,)
_SHORT = ("loan", "repair")


class ItsmCiExpiryNotice(models.Model):
    """That somebody was told of an expiry: once for each thing, date and threshold.

    The row and the mail are written in one transaction, and a unique key stands for
    “once”: neither a crash nor two workers make a second mail.
    """

    _name = "itsm.ci.expiry.notice"
    _description = "Notice of an Expiry"
    _order = "id desc"

    source = fields.Char(required=True, readonly=True)
    kind = fields.Selection(KINDS, required=True, readonly=True)
    date = fields.Date(required=True, readonly=True)
    threshold = fields.Integer(
        required=True, readonly=True, help="Days before the date; −1: it is over."
    )
    owner_id = fields.Many2one("hr.employee", readonly=True, ondelete="set null")
    told_at = fields.Datetime(readonly=True)

    _once = models.UniqueIndex("(source, date, threshold)")

    # ------------------------------------------------------------------
    # Thresholds
    # ------------------------------------------------------------------

    @api.model
    def _thresholds(self, kind):
        """Return the days before a date at which owners are told, falling."""
        name, default = ("expiry_days", _DEFAULT_DAYS)
        if kind in _SHORT:
            name, default = ("loan_days", _DEFAULT_SHORT_DAYS)
        # sudo: a setting that everybody's notices follow.
        text = self.env["ir.config_parameter"].sudo().get_param(f"itsm_cmdb.{name}")
        days = {
            int(part)
            for part in (text or "").replace(";", ",").split(",")
            if part.strip().isdecimal() and int(part) < 10_000
        }
        return sorted(days or default, reverse=True)

    @api.model
    def _threshold(self, kind, days_left):
        """Return the threshold that a date has come to; None: none yet."""
        if days_left < 0:
            return EXPIRED
        reached = [days for days in self._thresholds(kind) if days_left <= days]
        return min(reached) if reached else None

    # ------------------------------------------------------------------
    # The daily job
    # ------------------------------------------------------------------

    @api.model
    def _cron_tell(self):
        """Tell owners what expires; one mail for each owner and threshold."""
        groups = self._due()
        Cron = self.env["ir.cron"]
        Cron._commit_progress(remaining=len(groups))
        for (owner, threshold), rows in groups.items():
            self._tell(owner, threshold, rows)
            if not Cron._commit_progress(1):
                break

    @api.model
    def _due(self):
        """Return ``{(owner, threshold): rows}`` of what nobody was told yet."""
        latest = max(max(self._thresholds(kind)) for kind, _label in KINDS)
        rows = self.env["itsm.ci.expiry"].search([("days_left", "<=", latest)])
        told = self._told(rows)
        groups = {}
        for row in rows:
            threshold = self._threshold(row.kind, row.days_left)
            if threshold is None or (row.source, row.date, threshold) in told:
                continue
            key = (row.owner_id, threshold)
            groups[key] = groups.get(key, rows.browse()) | row
        return groups

    @api.model
    def _told(self, rows):
        """Return the (source, date, threshold) that were told of."""
        found = self.search_fetch(
            [("source", "in", rows.mapped("source"))], ["source", "date", "threshold"]
        )
        return {(one.source, one.date, one.threshold) for one in found}

    @api.model
    def _tell(self, owner, threshold, rows):
        """Note that the rows were told of, and tell; what another did is left out."""
        rows = self._note(owner, threshold, rows)
        if not rows:
            return
        partner = self._mail_partner(owner)
        if partner:
            self._send(partner, threshold, rows)
        else:
            self._ask_managers(owner, threshold, rows)

    @api.model
    def _note(self, owner, threshold, rows):
        """Write the notices; return the rows that nobody else had written."""
        now = fields.Datetime.now()
        values = SQL(", ").join(
            SQL(
                "(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
                row.source,
                row.kind,
                row.date,
                threshold,
                owner.id or None,
                now,
                self.env.uid,
                now,
                self.env.uid,
                now,
            )
            for row in rows
        )
        written = self.env.execute_query(
            SQL(
                """
                INSERT INTO itsm_ci_expiry_notice
                    (source, kind, date, threshold, owner_id, told_at,
                     create_uid, create_date, write_uid, write_date)
                VALUES %s
                ON CONFLICT (source, date, threshold) DO NOTHING
                RETURNING source
                """,
                values,
            )
        )
        mine = {source for (source,) in written}
        return rows.filtered(lambda row: row.source in mine)

    @api.model
    def _mail_partner(self, owner):
        """Return the contact to whom an employee's mail goes, or none."""
        # sudo: the job tells people whatever it may read of them.
        person = self.env["hr.employee.public"].sudo().browse(owner.ids)
        contacts = person.user_id.partner_id | person.work_contact_id
        return contacts.filtered("email")[:1]

    # ------------------------------------------------------------------
    # Telling
    # ------------------------------------------------------------------

    @api.model
    def _send(self, partner, threshold, rows):
        """Queue the mail: it leaves when the transaction is kept."""
        template = self.env.ref("itsm_cmdb.mail_template_expiry")
        template.with_context(
            itsm_rows=rows.with_context(lang=partner.lang)._digest(),
            itsm_more=max(0, len(rows) - MAX_ROWS),
            itsm_threshold=threshold,
            itsm_summary=self.with_context(lang=partner.lang)._summary(
                threshold, len(rows)
            ),
        ).send_mail(partner.id, force_send=False)

    @api.model
    def _ask_managers(self, owner, threshold, rows):
        """Plan an activity for a configuration manager of each company."""
        for company, mine in rows.grouped("company_id").items():
            manager = self.env["itsm.ci"]._configuration_manager(company)
            if not manager:
                continue
            mine = mine.with_context(lang=manager.lang)
            record = mine[0]._thing()
            record.activity_schedule(
                "itsm_cmdb.mail_activity_type_expiry",
                summary=self.with_context(lang=manager.lang)._summary(
                    threshold, len(mine)
                ),
                note=self.env["ir.qweb"]._render(
                    "itsm_cmdb.expiry_digest",
                    {
                        "rows": mine._digest(),
                        "more": max(0, len(mine) - MAX_ROWS),
                        "owner": owner.name,
                    },
                ),
                user_id=manager.id,
            )

    @api.model
    def _summary(self, threshold, count):
        """Return the subject of a digest."""
        if threshold == EXPIRED:
            return self.env._("Expired: %(count)s", count=count)
        return self.env._(
            "Expires within %(days)s days: %(count)s", days=threshold, count=count
        )
