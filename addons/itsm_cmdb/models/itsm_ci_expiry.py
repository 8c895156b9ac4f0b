from odoo import api, fields, models, tools

KINDS = [
    ("warranty", "Warranty"),
    ("contract", "Contract Ends"),
    ("notice", "Notice Period Ends"),
    ("attribute", "Attribute"),
    ("loan", "Loan Due"),
    ("repair", "Repair Due"),
]
BUCKETS = [
    ("expired", "Expired"),
    ("30", "Within 30 Days"),
    ("60", "Within 60 Days"),
    ("90", "Within 90 Days"),
    ("later", "Later"),
]


class ItsmCiExpiry(models.Model):
    """The expiry board: each date on which something ends, one row.

    Warranties, contracts, attributes that are marked as an expiry date (licences,
    certificates, circuits), and what is lent or in repair.
    """

    _name = "itsm.ci.expiry"
    _description = "Expiry"
    _auto = False
    _order = "date, id"

    name = fields.Char(readonly=True)
    kind = fields.Selection(KINDS, readonly=True)
    label = fields.Char("What Ends", compute="_compute_label")
    source = fields.Char("Key", readonly=True)
    ci_id = fields.Many2one("itsm.ci", "Item", readonly=True)
    class_id = fields.Many2one("itsm.ci.class", readonly=True)
    contract_id = fields.Many2one("itsm.ci.contract", readonly=True)
    event_id = fields.Many2one("itsm.ci.event", readonly=True)
    attribute_id = fields.Many2one("itsm.ci.attribute", readonly=True)
    date = fields.Date(readonly=True)
    days_left = fields.Integer(readonly=True, aggregator="min")
    title = fields.Char("What", compute="_compute_title")
    remaining = fields.Char("When", compute="_compute_remaining")
    bucket = fields.Selection(BUCKETS, "Expires", readonly=True, group_expand=True)
    owner_id = fields.Many2one("hr.employee", readonly=True)
    department_id = fields.Many2one("hr.department", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)

    def _compute_label(self):
        labels = dict(self._fields["kind"]._description_selection(self.env))
        for row in self:
            row.label = row.attribute_id.name or labels.get(row.kind)

    @api.depends_context("uid")
    @api.depends("name", "event_id")
    def _compute_title(self):
        """Name the items of a loan or repair, as far as the reader may see them."""
        events = self.event_id
        Line = self.env["itsm.ci.event.line"]
        lines = Line.search([("event_id", "in", events.ids)]) if events else Line
        readable = lines.ci_id._filtered_access("read")
        for row in self:
            items = lines.filtered(lambda line, row=row: line.event_id == row.event_id)
            names = (items.ci_id & readable).mapped("name") if row.event_id else []
            row.title = ", ".join([*names, row.name]) if names else row.name

    @api.depends_context("lang")
    @api.depends("days_left")
    def _compute_remaining(self):
        for row in self:
            row.remaining = row._remaining_words()

    def _remaining_words(self):
        """Say in words how long it still is, or has been."""
        self.ensure_one()
        days = self.days_left
        if not days:
            return self.env._("today")
        if abs(days) == 1:
            return self.env._("tomorrow") if days > 0 else self.env._("yesterday")
        if days > 0:
            return self.env._("in %(count)s days", count=days)
        return self.env._("%(count)s days ago", count=-days)

    def init(self):
        """Make the view. A key or date that is no date in the items is left out.

        An id is made of the row's parts, so that it stays the same. Dates are put
        together from numbers: a cast would fail on a single wrong value.
        """
        tools.drop_view_if_exists(self.env.cr, self._table)
        self.env.cr.execute(
            """
            CREATE VIEW itsm_ci_expiry AS
            WITH expiring AS (
                SELECT ci.id::bigint * 8 + 1 AS id, 'warranty' AS kind,
                       'warranty:' || ci.id AS source, ci.name AS name,
                       ci.id AS ci_id, ci.class_id, NULL::integer AS contract_id,
                       NULL::integer AS event_id, NULL::integer AS attribute_id,
                       ci.warranty_end AS date, ci.owner_id, ci.department_id,
                       ci.company_id
                  FROM itsm_ci ci
                 WHERE ci.warranty_end IS NOT NULL AND ci.active
                   AND COALESCE(ci.status, '') NOT IN ('retired', 'disposed')
                UNION ALL
                SELECT con.id::bigint * 8 + 2, 'contract', 'contract:' || con.id,
                       con.name, NULL, NULL, con.id, NULL, NULL, con.end_date,
                       con.owner_id, con.department_id, con.company_id
                  FROM itsm_ci_contract con
                 WHERE con.end_date IS NOT NULL AND con.active
                   AND con.ended_date IS NULL
                UNION ALL
                SELECT con.id::bigint * 8 + 3, 'notice', 'notice:' || con.id,
                       con.name, NULL, NULL, con.id, NULL, NULL, con.notice_date,
                       con.owner_id, con.department_id, con.company_id
                  FROM itsm_ci_contract con
                 WHERE con.notice_date IS NOT NULL AND con.active
                   AND con.ended_date IS NULL
                UNION ALL
                SELECT (att.id::bigint * 2147483648 + ci.id) * 8 + 4, 'attribute',
                       'attribute:' || att.id || ':' || ci.id, ci.name,
                       ci.id, ci.class_id, NULL, NULL, att.id,
                       (left(ci.attributes->>att.key, 4) || '-01-01')::date
                       + (substr(ci.attributes->>att.key, 6, 2)::integer - 1)
                         * interval '1 month'
                       + (substr(ci.attributes->>att.key, 9, 2)::integer - 1)
                         * interval '1 day',
                       ci.owner_id, ci.department_id, ci.company_id
                  FROM itsm_ci_attribute att
                  JOIN itsm_ci_class above ON above.id = att.class_id
                  JOIN itsm_ci_class cls
                    ON cls.parent_path LIKE above.parent_path || '%'
                  JOIN itsm_ci ci ON ci.class_id = cls.id
                 WHERE att.is_expiry AND att.active
                   AND att.type IN ('date', 'datetime') AND ci.active
                   AND COALESCE(ci.status, '') NOT IN ('retired', 'disposed')
                   AND ci.attributes->>att.key
                       ~ '^[12][0-9]{3}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])'
                UNION ALL
                SELECT evt.id::bigint * 8 + 5, evt.kind, evt.kind || ':' || evt.id,
                       evt.number, NULL, NULL, NULL, evt.id, NULL, evt.expected_back,
                       evt.custodian_id, evt.department_id, evt.company_id
                  FROM itsm_ci_event evt
                 WHERE evt.state = 'underway' AND evt.expected_back IS NOT NULL
            ), dated AS (
                SELECT expiring.*,
                       date::date - (now() AT TIME ZONE 'UTC')::date AS days_left
                  FROM expiring
            )
            SELECT id, kind, source, name, ci_id, class_id, contract_id, event_id,
                   attribute_id, date::date AS date, days_left, owner_id,
                   department_id, company_id,
                   CASE WHEN days_left < 0 THEN 'expired'
                        WHEN days_left <= 30 THEN '30'
                        WHEN days_left <= 60 THEN '60'
                        WHEN days_left <= 90 THEN '90'
                        ELSE 'later' END AS bucket
              FROM dated
            """
        )

    def action_open(self):
        """Open what expires."""
        self.ensure_one()
        record = self._thing()
        return {
            "type": "ir.actions.act_window",
            "res_model": record._name,
            "res_id": record.id,
            "views": [(False, "form")],
        }

    def _thing(self):
        """Return the record that the date belongs to."""
        self.ensure_one()
        return self.ci_id or self.contract_id or self.event_id
