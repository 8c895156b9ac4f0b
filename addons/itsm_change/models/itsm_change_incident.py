from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, format_list

from odoo.addons.itsm_cmdb.models.itsm_ci_impact import id_array

from ..tools import states

# Incidents about what the change touched, that began with it or soon after.
_SUSPECTS = """
    SELECT span.change_id, link.ticket_id, array_agg(DISTINCT link.ci_id)
      FROM unnest(%(changes)s::int[], %(starts)s::timestamp[], %(ends)s::timestamp[])
           AS span (change_id, began, until)
      JOIN unnest(%(owners)s::int[], %(items)s::int[]) AS touched (change_id, ci_id)
        ON touched.change_id = span.change_id
      JOIN itsm_ticket_ci AS link
        ON link.ci_id = touched.ci_id AND link.role IN ('affected', 'cause')
       AND link.excluded IS NOT TRUE
      JOIN itsm_ticket AS ticket
        ON ticket.id = link.ticket_id AND ticket.type = 'incident'
       AND ticket.active AND ticket.state != 'cancelled'
       AND ticket.opened_at BETWEEN span.began AND span.until
     WHERE ticket.caused_by_change_id IS NULL
     GROUP BY span.change_id, link.ticket_id
"""


class ItsmChangeIncident(models.Model):
    """An incident that a change may have caused, until somebody has judged it.

    Found by itself: on an item that the change touched, from its start until so many
    days after its end. What was judged is not suggested again.
    """

    _name = "itsm.change.incident"
    _description = "Incident after a Change"
    _order = "change_id, id"

    change_id = fields.Many2one(
        "itsm.change", required=True, readonly=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="change_id.company_id", store=True, index=True)
    # People read the words: not everybody who reviews a change reads all tickets.
    ticket_id = fields.Many2one(
        "itsm.ticket",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,
        groups="base.group_system",
    )
    ci_ids = fields.Many2many(
        "itsm.ci",
        "itsm_change_incident_ci_rel",
        "incident_id",
        "ci_id",
        readonly=True,
        groups="base.group_system",
    )
    name = fields.Char("Incident", compute="_compute_words", compute_sudo=False)
    items = fields.Char(compute="_compute_words", compute_sudo=False)
    opened_at = fields.Datetime(readonly=True)
    state = fields.Selection(
        [
            ("suggested", "Suggested"),
            ("accepted", "Caused by the Change"),
            ("rejected", "Not Caused by It"),
        ],
        required=True,
        readonly=True,
        default="suggested",
        index=True,
    )
    judged_by_id = fields.Many2one("res.users", readonly=True)
    judged_at = fields.Datetime(readonly=True)

    _once = models.UniqueIndex("(change_id, ticket_id)")

    @api.depends("ticket_id", "ci_ids")
    @api.depends_context("uid", "lang")
    def _compute_words(self):
        """Name tickets and items as far as the reader may know them."""
        # sudo: which ticket it is; its words are the reader's. On a form that is being
        # edited the rows are copies of what is saved.
        rows = self._origin.sudo()
        tickets = rows.ticket_id.with_env(self.env)
        readable = tickets.sudo(False)._filtered_access("read")
        Item = self.env["itsm.ci"].sudo(False)
        names = Item._impact_names(Item.browse(rows.ci_ids.ids))
        for row in self:
            saved = row._origin.sudo()  # sudo: as above
            ticket = saved.ticket_id
            row.name = (
                ticket.display_name
                if ticket.id in readable.ids
                else self.env._("%(number)s (you may not see it)", number=ticket.number)
            )
            row.items = format_list(self.env, (names[item.id] for item in saved.ci_ids))

    # ------------------------------------------------------------------
    # Judging
    # ------------------------------------------------------------------

    def accept(self):
        """Say that the change caused these incidents; it stands on their forms too."""
        self._judge("accepted")
        return True

    def reject(self):
        """Say that the change did not cause these incidents."""
        self._judge("rejected")
        return True

    def action_accept(self):
        """Accept, by one click."""
        return self.accept()

    def action_reject(self):
        """Reject, by one click."""
        return self.reject()

    def _judge(self, state):
        self.check_access("read")
        self.change_id._refuse_reviewing()
        rows = self.sudo()  # sudo: the right to review the change was checked
        for change, mine in rows.grouped("change_id").items():
            tickets = mine.ticket_id
            if state == "accepted":
                tickets._mark_caused_by(change)
            else:
                tickets.filtered(
                    lambda ticket, change=change: ticket.caused_by_change_id == change
                )._mark_caused_by(change.browse())
        rows.write(
            {
                "state": state,
                "judged_by_id": self.env.uid,
                "judged_at": fields.Datetime.now(),
            }
        )

    def action_open_ticket(self):
        """Open the incident."""
        self.ensure_one()
        ticket = self.sudo().ticket_id.with_env(self.env)  # sudo: which one it is
        ticket.check_access("read")
        return ticket._get_records_action()


class ItsmChange(models.Model):
    """Incidents that a change may have caused, found by what it touched."""

    _inherit = "itsm.change"

    incident_ids = fields.One2many(
        "itsm.change.incident", "change_id", "Incidents Afterwards", readonly=True
    )
    suggested_count = fields.Integer(
        "Incidents to Judge", compute="_compute_suggested_count"
    )

    @api.model
    def _system_fields(self):
        return super()._system_fields() | {"incident_ids"}

    @api.depends("incident_ids.state")
    def _compute_suggested_count(self):
        for change in self:
            change.suggested_count = len(change._open_suggestions())

    def _open_suggestions(self):
        return self.incident_ids.filtered(lambda row: row.state == "suggested")

    def _incident_time(self):
        """Return from when until when incidents may be the change's doing."""
        self.ensure_one()
        end = self.actual_end or fields.Datetime.now()
        return self.actual_start, end + timedelta(
            days=self.company_id.change_incident_days
        )

    def _suggest_incidents(self):
        """List the incidents that the changes may have caused; return the new ones."""
        # sudo: who caused what does not depend on who looks.
        changes = self.sudo().filtered("actual_start")
        touched = changes._touched()
        pairs = [(key, item) for key, items in touched.items() for item in items]
        if not pairs:
            return self.env["itsm.change.incident"]
        self.env["itsm.ticket"].flush_model()
        self.env["itsm.ticket.ci"].flush_model()
        times = [change._incident_time() for change in changes]
        rows = self.env.execute_query(
            SQL(
                _SUSPECTS,
                changes=id_array(changes.ids),
                starts=[start for start, _end in times],
                ends=[end for _start, end in times],
                owners=id_array([key for key, _item in pairs]),
                items=id_array([item for _key, item in pairs]),
            )
        )
        Incident = self.env["itsm.change.incident"].sudo()
        known = {
            (row.change_id.id, row.ticket_id.id)
            for row in Incident.search([("change_id", "in", changes.ids)])
        }
        opened = {
            ticket.id: ticket.opened_at
            for ticket in self.env["itsm.ticket"]
            .sudo()
            .browse({ticket for _change, ticket, _items in rows})
        }
        return Incident.create(
            [
                {
                    "change_id": change,
                    "ticket_id": ticket,
                    "ci_ids": [fields.Command.set(items)],
                    "opened_at": opened[ticket],
                }
                for change, ticket, items in rows
                if (change, ticket) not in known
            ]
        )

    def action_suggest_incidents(self):
        """Look for incidents again."""
        self.check_access("read")
        self._refuse_reviewing()
        self._suggest_incidents()
        return True

    def _before_transition(self, verb):
        if verb == "close":
            self._suggest_incidents()
        return super()._before_transition(verb)

    def _after_transition(self, verb):
        result = super()._after_transition(verb)
        if verb == "finish":
            self._suggest_incidents()
        return result

    @api.model
    def _cron_suggest_incidents(self):
        """Look for incidents after changes; tell who answers for what was closed."""
        longest = max(
            self.env["res.company"]
            .search(fields.Domain.TRUE)
            .mapped("change_incident_days"),
            default=0,
        )
        since = fields.Datetime.now() - timedelta(days=longest + 1)
        changes = self.search(
            [
                ("state", "in", (states.REVIEW, states.CLOSED)),
                ("actual_end", ">=", since),
            ]
        )
        new = changes._suggest_incidents()
        for change, rows in new.grouped("change_id").items():
            person = change.coordinator_id
            if change.state == states.CLOSED and person.active:
                change.activity_schedule(
                    "mail.mail_activity_data_todo",
                    summary=self.env._("Incidents after the change"),
                    note=self.env._(
                        "%(count)s new incidents on what the change touched: did it "
                        "cause them?",
                        count=len(rows),
                    ),
                    user_id=person.id,
                )
        return new

    def _refuse_reviewing(self):
        """Refuse to judge what came of changes before, or to those who may not."""
        self.check_access("write")
        early = self.filtered(
            lambda change: change.state not in (states.REVIEW, states.CLOSED)
        )[:1]
        if early:
            raise UserError(
                self.env._(
                    "%(change)s has not ended yet: it is reviewed afterwards.",
                    change=early.display_name,
                )
            )
