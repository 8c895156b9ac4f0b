from odoo import api, models, tools
from odoo.fields import Command, Domain
from odoo.tools.mail import html2plaintext, plaintext2html

from ..tools import lifecycle, subject_pattern, tabular
from .itsm_import_fields import ticket_fields

QUIET = {
    "mail_create_nolog": True,
    "mail_create_nosubscribe": True,
    "mail_notrack": True,
    "tracking_disable": True,
}
_SIMPLE = (
    "name",
    "type",
    "impact",
    "urgency",
    "partner_id",
    "requested_for_id",
    "department_id",
    "team_id",
    "user_id",
    "category_id",
    "channel_id",
    "opened_at",
    "first_response_at",
    "resolved_at",
    "closed_at",
    "due_at",
    "resolution_code_id",
    "closure_code_id",
    "reassignment_count",
    "reopen_count",
    "phone",
    "email_from",
    "number",
)
# Every ticket has these: an empty cell says nothing about them.
_NEVER_EMPTY = (
    "impact",
    "name",
    "opened_at",
    "priority",
    "reassignment_count",
    "reopen_count",
    "state",
    "team_id",
    "type",
    "urgency",
)
# What the ticket would fill in by itself after a change, against what the row says.
_FOLLOWED_BY = {
    "impact": ("priority",),
    "urgency": ("priority",),
    "partner_id": ("requested_for_id", "department_id", "email_from", "phone"),
    "requested_for_id": ("department_id",),
}
_END_DATES = {"resolved_at", "closed_at"}
_COMPUTED = {name for names in _FOLLOWED_BY.values() for name in names}


class ItsmImportTargetTicket(models.AbstractModel):
    """Tickets from a ledger: original numbers, states, dates and counters."""

    _name = "itsm.import.target.ticket"
    _description = "Import Target: Tickets"
    _inherit = "itsm.import.target"

    @api.model
    def _import_fields(self):
        return ticket_fields(self.env)

    @api.model
    def _key_fields(self):
        return ["number"]

    # ------------------------------------------------------------------
    # Planning
    # ------------------------------------------------------------------

    @api.model
    def _complete_rows(self, profile, rows, headers):
        """Give each row its subject and its full category; refuse foreign numbers."""
        wanted = set(subject_pattern.placeholders(profile.subject_pattern or ""))
        places = [(name, at) for at, name in enumerate(headers) if name in wanted]
        foreign = self._numbers_of_other_desks(profile, rows)
        stageless = self._states_without_stage(profile.desk_id)
        return [
            self._complete_row(profile, row, places, foreign, stageless) for row in rows
        ]

    @api.model
    def _complete_row(self, profile, row, places, foreign, stageless):
        values, reasons = dict(row.values), list(row.reasons)
        sub = values.pop("subcategory", None)
        if sub:
            main = values.get("category_id")
            values["category_id"] = f"{main} / {sub}" if main else sub
        if not values.get("name"):
            values["name"] = self._subject(profile, row, places)
        values = {
            name: value
            for name, value in values.items()
            if value is not None or name not in _NEVER_EMPTY
        }
        if foreign and tabular.make_key([values.get("number")]) in foreign:
            error = tabular.TabularError("other_desk", value=values["number"])
            reasons.append(tabular.Reason(error, "number"))
        state = (values.get("state") or "").partition(":")[0]
        if state in lifecycle.OPEN_STATES:
            # Dates of an earlier solution: the ticket was reopened since.
            values |= dict.fromkeys(_END_DATES & values.keys())
        if state in stageless:
            error = tabular.TabularError("no_stage", value=stageless[state])
            reasons.append(tabular.Reason(error, "state"))
        return tabular.SourceRow(row.number, values, tuple(reasons), row.cells)

    @api.model
    def _subject(self, profile, row, places):
        """Return the subject by the profile's pattern, else the number."""
        unknown = tuple((profile.unknown_marks or "").split())
        texts = {
            name: tabular.to_text(row.cells[at], unknown=unknown)
            for name, at in places
            if at < len(row.cells)
        }
        subject = subject_pattern.fill(profile.subject_pattern or "", texts)
        return subject or row.values.get("number")

    @api.model
    def _states_without_stage(self, desk):
        """Return ``{state: label}`` of the states in which the desk has no stage."""
        Stage = self.env["itsm.stage"]
        labels = Stage._fields["state"]._description_selection(self.env)
        return {
            state: label
            for state, label in labels
            if not Stage._first_id(desk.id, state)
        }

    @api.model
    def _numbers_of_other_desks(self, profile, rows):
        """Return the keys that tickets of the same company's other desks have."""
        numbers = {row.values.get("number") for row in rows} - {None}
        # sudo: the importer may not see the other desk; only its numbers matter.
        others = (
            self.env["itsm.ticket"]
            .sudo()
            .with_context(active_test=False)
            ._read_group(
                Domain("number", "in", self._spellings(numbers))
                & Domain("desk_id", "!=", profile.desk_id.id)
                & Domain("company_id", "=", profile.desk_id.company_id.id),
                ["number"],
            )
        )
        return {tabular.make_key([number]) for (number,) in others}

    @api.model
    def _existing(self, profile, rows):
        by_key = {
            tabular.make_key([row.values["number"]]): row.values
            for row in rows
            if row.values.get("number")
        }
        tickets = self._tickets(profile, {v["number"] for v in by_key.values()})
        return {
            tabular.make_key([ticket.number]): self._comparable(
                ticket, by_key.get(tabular.make_key([ticket.number]), {})
            )
            for ticket in tickets
        }

    @api.model
    def _tickets(self, profile, numbers):
        """Return the desk's tickets with these numbers, archived ones too."""
        return (
            self.env["itsm.ticket"]
            .with_context(active_test=False)
            .search(
                Domain("number", "in", self._spellings(numbers))
                & Domain("desk_id", "=", profile.desk_id.id)
            )
        )

    @api.model
    def _spellings(self, numbers):
        """Return numbers as they stand and as they are usually written."""
        plain = {tabular.normalize(number) for number in numbers}
        return sorted({*numbers, *plain, *(number.upper() for number in plain)})

    @api.model
    def _comparable(self, ticket, incoming):
        """Return what the ticket has, in the form in which rows say it."""
        values = {
            name: ticket[name].id if ticket._fields[name].relational else ticket[name]
            for name in _SIMPLE
        }
        values["state"] = self._state_word(ticket)
        values["priority"] = ticket.priority
        values["description"] = ticket.description and _plain(ticket.description)
        values["resolution"] = ticket.resolution
        for name, same in _SAME:
            new, old = incoming.get(name), values[name]
            if new and old and same(new) == same(old):
                values[name] = new
        if incoming.get("name") == incoming.get("number"):
            # Nobody wrote a subject: the number stood in for it.
            values["name"] = incoming.get("name")
        return {name: None if v is False else v for name, v in values.items()}

    @api.model
    def _stored_names(self, profile, row):
        """Write also what would otherwise follow from the changes by itself."""
        values, names = row.row.values, dict.fromkeys(row.changes)
        for name in list(names):
            for follower in _FOLLOWED_BY.get(name, ()):
                if values.get(follower) is not None:
                    names[follower] = None
        if row.outcome == "create" and profile.blank == "clear":
            names.update(dict.fromkeys(_COMPUTED.intersection(values)))
        return list(names)

    @api.model
    def _state_word(self, ticket):
        reason = ticket.pending_reason_id.code
        return f"pending:{reason}" if reason else ticket.state

    # ------------------------------------------------------------------
    # Applying
    # ------------------------------------------------------------------

    @api.model
    def _create_records(self, profile, values_list):
        Ticket = self._quietly(self.env["itsm.ticket"])
        desk = profile.desk_id
        created = Ticket.create(
            [
                {
                    "desk_id": desk.id,
                    "team_id": False,
                    **self._ticket_values(desk, values, Ticket),
                }
                for values in values_list
            ]
        )
        return self.env["itsm.ticket"].browse(created.ids)

    @api.model
    def _quietly(self, tickets):
        """Return tickets to write without mails, notes and events of today."""
        return tickets._as_system()._without_sla_log().with_context(**QUIET)

    @api.model
    def _update_records(self, profile, keyed_values):
        tickets = {
            tabular.make_key([ticket.number]): ticket
            for ticket in self._tickets(profile, {key for key, _values in keyed_values})
        }
        changed = self.env["itsm.ticket"]
        for key, values in keyed_values:
            ticket = tickets[tabular.make_key([key])]
            values.pop("number", None)
            if values:
                self._quietly(ticket).write(
                    self._ticket_values(profile.desk_id, values, ticket)
                )
            changed += ticket
        return changed

    @api.model
    def _ticket_values(self, desk, values, ticket):
        """Return field values for a ticket, from what a row says."""
        result = {name: values[name] or False for name in _SIMPLE if name in values}
        for name in ("reassignment_count", "reopen_count"):
            if name in result:
                result[name] = result[name] or 0
        if "description" in values:
            result["description"] = plaintext2html(values["description"] or "")
        if "resolution" in values:
            result["resolution"] = values["resolution"]
        if values.get("state"):
            result.update(self._state_values(desk, values["state"]))
        if values.get("priority"):
            result.update(self._priority_values(desk, values, ticket))
        return result

    @api.model
    def _state_values(self, desk, word):
        state, _colon, reason = word.partition(":")
        Reason = self.env["itsm.pending.reason"].with_context(active_test=False)
        emptied = set()
        if state != "pending":
            emptied |= {"pending_since", "pending_until"}
        if state in lifecycle.OPEN_STATES:
            emptied |= _END_DATES
        return {
            **dict.fromkeys(emptied, False),
            "stage_id": self.env["itsm.stage"]._for_state(desk, state).id,
            "pending_reason_id": Reason.search([("code", "=", reason)], limit=1).id
            if reason
            else False,
        }

    @api.model
    def _priority_values(self, desk, values, ticket):
        """Keep a ledger's priority that the matrix does not give, with the reason."""
        levels = [values.get(n) or ticket[n] or "2" for n in ("impact", "urgency")]
        expected = self.env["itsm.priority.rule"]._priority_for(desk, *levels)
        differs = values["priority"] != expected
        return {
            "priority_override": values["priority"] if differs else False,
            "priority_override_reason": self.env._("As in the imported ledger")
            if differs
            else False,
        }

    @api.model
    def _after_apply(self, profile, records):
        """Requesters follow their open tickets; new numbers go on behind the old."""
        self._subscribe(records.filtered(lambda t: t.state in t._open_states()))
        self.env["ir.sequence"]._itsm_move_beyond(
            "itsm.ticket.", records.mapped("number")
        )

    @api.model
    def _subscribe(self, tickets):
        """Let requesters follow their tickets as if they had just asked.

        In one go: ``message_subscribe`` gives all people to all tickets.
        """
        # sudo: followers are nobody's to write; the tickets were just written.
        Follower = self.env["mail.followers"].sudo()
        present = {
            (follower.res_id, follower.partner_id.id)
            for follower in Follower.search(
                [("res_model", "=", tickets._name), ("res_id", "in", tickets.ids)]
            )
        }
        comment = self.env["ir.model.data"]._xmlid_to_res_id("mail.mt_comment")
        wanted = {
            (ticket.id, partner.id): None
            for ticket in tickets
            for partner in ticket.partner_id | ticket.requested_for_id
        }
        Follower.create(
            [
                {
                    "res_model": tickets._name,
                    "res_id": ticket_id,
                    "partner_id": partner_id,
                    "subtype_ids": [Command.link(comment)],
                }
                for ticket_id, partner_id in wanted
                if (ticket_id, partner_id) not in present
            ]
        )


def _plain(html):
    return html2plaintext(html, include_references=False)


# Text that differs only in blanks, or an address only in its dress, is the same to
# people; a description comes back from its HTML slightly changed.
_SAME = (
    ("description", lambda text: tabular.normalize(_plain(plaintext2html(text)))),
    ("resolution", tabular.normalize),
    ("name", lambda text: " ".join(text.split())),
    ("email_from", lambda text: tools.email_normalize(text) or text),
)
