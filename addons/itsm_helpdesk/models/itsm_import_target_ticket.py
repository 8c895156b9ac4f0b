import re

from odoo import api, models, tools
from odoo.fields import Domain
from odoo.tools.mail import html2plaintext, plaintext2html

from ..tools import subject_pattern, tabular
from .itsm_import_fields import ticket_fields

_QUIET = {
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

    @api.model
    def _choices(self, profile, field_name):
        Ticket = self.env["itsm.ticket"]
        if field_name == "state":
            words = self._selection_words("itsm.stage", "state")
            for reason in self.env["itsm.pending.reason"].search(Domain.TRUE):
                words[f"pending:{reason.code}"] = [reason.name]
            return words
        return self._selection_words(Ticket._name, field_name)

    @api.model
    def _selection_words(self, model, field_name):
        """Return ``{key: labels}`` in English and in the user's language."""
        field = self.env[model]._fields[field_name]
        words = {}
        for env in (self.env(context={"lang": "en_US"}), self.env):
            for key, label in field._description_selection(env):
                words.setdefault(key, set()).add(label)
        return {key: sorted(labels) for key, labels in words.items()}

    # ------------------------------------------------------------------
    # Planning
    # ------------------------------------------------------------------

    @api.model
    def _complete_rows(self, profile, rows, headers):
        """Give each row its subject and its full category; refuse foreign numbers."""
        names = [tabular.as_text(header) for header in headers]
        foreign = self._numbers_of_other_desks(profile, rows)
        return [self._complete_row(profile, row, names, foreign) for row in rows]

    @api.model
    def _complete_row(self, profile, row, headers, foreign):
        values, reasons = dict(row.values), list(row.reasons)
        sub = values.pop("subcategory", None)
        if sub:
            main = values.get("category_id")
            values["category_id"] = f"{main} / {sub}" if main else sub
        if not values.get("name"):
            values["name"] = self._subject(profile, row, headers)
        if values.get("number") in foreign:
            error = tabular.TabularError("other_desk", value=values["number"])
            reasons.append(tabular.Reason(error, "number"))
        return tabular.SourceRow(row.number, values, tuple(reasons), row.cells)

    @api.model
    def _subject(self, profile, row, headers):
        """Return the subject by the profile's pattern, else the number."""
        unknown = tuple((profile.unknown_marks or "").split())
        texts = {
            header: tabular.to_text(cell, unknown=unknown)
            for header, cell in zip(headers, row.cells)
        }
        subject = subject_pattern.fill(profile.subject_pattern or "", texts)
        return subject or row.values.get("number")

    @api.model
    def _numbers_of_other_desks(self, profile, rows):
        """Return the numbers that tickets of the same company's other desks have."""
        numbers = [row.values.get("number") for row in rows if row.values.get("number")]
        # sudo: the importer may not see the other desk; only its numbers matter.
        others = (
            self.env["itsm.ticket"]
            .sudo()
            ._read_group(
                Domain("number", "in", numbers)
                & Domain("desk_id", "!=", profile.desk_id.id)
                & Domain("company_id", "=", profile.desk_id.company_id.id),
                ["number"],
            )
        )
        return {number for (number,) in others}

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
        spellings = {s for number in numbers for s in (number, number.upper())}
        return (
            self.env["itsm.ticket"]
            .with_context(active_test=False)
            .search(
                Domain("number", "in", sorted(spellings))
                & Domain("desk_id", "=", profile.desk_id.id)
            )
        )

    @api.model
    def _comparable(self, ticket, incoming):
        """Return what the ticket has, in the form in which rows say it."""
        values = {
            name: ticket[name].id if ticket._fields[name].relational else ticket[name]
            for name in _SIMPLE
        }
        values["state"] = self._state_word(ticket)
        values["priority"] = ticket.priority
        values["description"] = html2plaintext(ticket.description or "")
        values["resolution"] = ticket.resolution
        # Text that differs only in blanks, or an address only in its dress, is the
        # same to people.
        for name, plain in (
            ("description", tabular.normalize),
            ("resolution", tabular.normalize),
            ("email_from", lambda text: tools.email_normalize(text or "")),
        ):
            new = incoming.get(name)
            if new and plain(values[name] or "") == plain(new):
                values[name] = new
        return {name: None if v is False else v for name, v in values.items()}

    @api.model
    def _state_word(self, ticket):
        reason = ticket.pending_reason_id.code
        return f"pending:{reason}" if reason else ticket.state

    # ------------------------------------------------------------------
    # Names
    # ------------------------------------------------------------------

    @api.model
    def _known_names(self, profile, field, names):
        Model = self.env[field.model].with_context(active_test=False)
        domain = Domain.TRUE
        if field.model == "res.partner":
            # Too many to load all: those with the spelling of the file.
            Model = Model.with_context(active_test=True)
            domain = Domain("name", "in", sorted(names)) | Domain(
                "email_normalized", "in", [n.lower() for n in names if "@" in n]
            )
        elif field.model == "itsm.team":
            domain = Domain("desk_id", "=", profile.desk_id.id)
        return tabular.Directory(
            tabular.Entry(record.id, self._entry_name(record), self._entry_keys(record))
            for record in Model.search(domain)
        )

    @api.model
    def _entry_name(self, record):
        return record.complete_name if "complete_name" in record else record.name

    @api.model
    def _entry_keys(self, record):
        """Return what else a record is called: code, mail address, login."""
        names = ("code", "email", "login", "name")
        if record._name in ("itsm.category", "hr.department", "itsm.team"):
            names = ("code",)
        return tuple(
            record[name] for name in names if name in record._fields and record[name]
        )

    @api.model
    def _create_named(self, profile, field, names):
        create = getattr(self, f"_create_{field.model.replace('.', '_')}", None)
        records = (
            create(profile, names) if create else self._create_code(field.model, names)
        )
        return dict(zip(names, records.ids, strict=True))

    @api.model
    def _create_res_partner(self, profile, names):
        # sudo: whoever may import a ledger may bring in the people in it.
        Partner = self.env["res.partner"].sudo().with_context(**_QUIET)
        return Partner.create(
            [{"name": name, "email": name if "@" in name else False} for name in names]
        )

    @api.model
    def _create_res_users(self, profile, names):
        """Create archived users: former agents who are named but cannot sign in."""
        Users = self.env["res.users"].with_context(no_reset_password=True, **_QUIET)
        return Users.create(
            [
                {
                    "name": name,
                    "login": f"imported-{_code(name)}",
                    "active": False,
                }
                for name in names
            ]
        )

    @api.model
    def _create_itsm_team(self, profile, names):
        return self.env["itsm.team"].create(
            [{"name": name, "desk_id": profile.desk_id.id} for name in names]
        )

    @api.model
    def _create_itsm_category(self, profile, names):
        """Create categories by path; what stands before “ / ” is the parent."""
        Category = self.env["itsm.category"]
        known = {c.complete_name: c.id for c in Category.search(Domain.TRUE)}
        paths = {name: name.split(" / ") for name in names}
        depth = max(len(path) for path in paths.values())
        for level in range(1, depth + 1):
            new = sorted(
                {" / ".join(p[:level]) for p in paths.values() if len(p) >= level}
                - known.keys()
            )
            created = Category.create(
                [
                    {
                        "name": path.rpartition(" / ")[2],
                        "parent_id": known.get(path.rpartition(" / ")[0], False),
                    }
                    for path in new
                ]
            )
            known.update(zip(new, created.ids, strict=True))
        return Category.browse(known[name] for name in names)

    @api.model
    def _create_hr_department(self, profile, names):
        return self.env["hr.department"].create([{"name": name} for name in names])

    @api.model
    def _create_code(self, model, names):
        # sudo: codes are an administrator's; the profile says that a ledger's own
        # codes may come in.
        Model = self.env[model].sudo()
        return Model.create([{"name": name, "code": _code(name)} for name in names])

    # ------------------------------------------------------------------
    # Applying
    # ------------------------------------------------------------------

    @api.model
    def _create_records(self, profile, values_list):
        Ticket = self.env["itsm.ticket"]._as_system().with_context(**_QUIET)
        desk = profile.desk_id
        return Ticket.create(
            [
                {
                    "desk_id": desk.id,
                    "team_id": False,
                    **self._ticket_values(desk, values, Ticket),
                }
                for values in values_list
            ]
        )

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
            ticket._as_system().with_context(**_QUIET).write(
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
        return {
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
        still_open = records.filtered(lambda t: t.state in t._open_states())
        for partner, tickets in still_open.grouped("partner_id").items():
            if partner:
                tickets.message_subscribe(partner_ids=partner.ids)
        self.env["ir.sequence"]._itsm_move_beyond(
            "itsm.ticket.", records.mapped("number")
        )


def _code(name):
    """Return a code for a name, which codes and logins can be made of.

    >>> _code("Code 6 / A")
    'code-6-a'
    """
    return re.sub(r"[^\w]+", "-", name.strip().lower()).strip("-")
