import re

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import plaintext2html

from odoo.addons.itsm_approval.tools import like

MAX_SUBJECT = 200
MAX_DESCRIPTION = 20_000
MAX_PHONE = 40
# Fewer characters than this find too many colleagues to be of use, and would let
# somebody list the whole staff.
MIN_SEARCH = 2
MAX_PEOPLE = 10
# The order in which the form shows its fields, and in which errors are listed.
_FORM_ORDER = (
    "desk_id",
    "type",
    "name",
    "description",
    "category_id",
    "urgency",
    "impact",
    "attachments",
    "requested_for",
    "phone",
)
_PHONE = re.compile(r"[\d\s()+./#*x-]+", re.IGNORECASE)
_KEY = re.compile(r"[0-9a-f]{32}")


class PortalFormError(UserError):
    """A form that cannot be taken as it is.

    :param errors: ``{name of the field: sentence for the person who typed}``
    """

    def __init__(self, errors):
        super().__init__("\n".join(errors.values()))
        self.errors = errors


class ItsmTicket(models.Model):
    """How a requester opens a ticket on the portal.

    The form offers a handful of fields in plain words. Only what stands in
    ``_portal_read_form`` reaches the ticket, whatever else a client sends.
    """

    _inherit = "itsm.ticket"

    portal_key = fields.Char(
        "Portal Form",
        readonly=True,
        copy=False,
        groups="base.group_system",
        help="Mark of the form this ticket was sent with, so that a form that is "
        "sent twice makes one ticket.",
    )

    _portal_key_unique = models.UniqueIndex(
        "(create_uid, portal_key) WHERE portal_key IS NOT NULL",
        "This form was sent already.",
    )

    # ------------------------------------------------------------------
    # What the form offers
    # ------------------------------------------------------------------

    @api.model
    def _portal_types(self):
        """Return the ticket types in a requester's words.

        Complaints have a form of their own, which asks whom they must not reach.
        """
        return [
            ("incident", self.env._("Something is broken")),
            ("request", self.env._("I need something")),
            ("inquiry", self.env._("I have a question")),
        ]

    @api.model
    def _portal_urgencies(self):
        """Return the answers to “How much does it stop you?”."""
        return [
            ("1", self.env._("I cannot work")),
            ("2", self.env._("I can work, but with trouble")),
            ("3", self.env._("It can wait")),
        ]

    @api.model
    def _portal_impacts(self):
        """Return the answers to “Who is hit?”."""
        return [
            ("3", self.env._("Only me")),
            ("2", self.env._("Several people or my team")),
            ("1", self.env._("Many people or a whole department")),
        ]

    @api.model
    def _portal_desks(self):
        """Return the desks that the user may send tickets to."""
        return self.env["itsm.desk"].search(
            Domain("portal_published", "=", True)
            & Domain("company_id", "in", [False, self.env.user.company_id.id])
        )

    @api.model
    def _portal_categories(self, desk):
        """Return the categories of ``desk`` as (id, name with its parents)."""
        categories = self.env["itsm.category"].search(
            Domain("desk_ids", "=", False) | Domain("desk_ids", "in", desk.ids)
        )
        return sorted(
            ((category.id, category._portal_path_name()) for category in categories),
            key=lambda choice: choice[1],
        )

    # ------------------------------------------------------------------
    # Asking for a colleague
    # ------------------------------------------------------------------

    @api.model
    def _portal_may_ask_for_others(self):
        """Tell whether the user may open tickets for colleagues.

        Only staff may: an outsider with a portal login has no colleagues here, and
        must not learn the names of those who work here.
        """
        user = self.env.user
        return user._is_internal() or bool(
            self.env["res.partner"]._itsm_employee_by_partner(user.partner_id)
        )

    @api.model
    def _portal_people(self, domain):
        """Return the colleagues of the user that ``domain`` describes."""
        # sudo: requesters have no rights on employees; names and departments of
        # their own company's staff are all that leaves the callers.
        return (
            self.env["hr.employee.public"]
            .sudo()
            .search(
                Domain("company_id", "=", self.env.user.company_id.id)
                & (
                    Domain("user_id", "!=", False)
                    | Domain("work_contact_id", "!=", False)
                )
                & domain,
                limit=MAX_PEOPLE,
                order="name, id",
            )
        )

    @api.model
    def _portal_contact(self, person):
        """Return the contact by whom a colleague is known: of the login, or at work."""
        return person.user_id.partner_id or person.work_contact_id

    @api.model
    def _portal_find_people(self, term):
        """Return colleagues by a part of their name; the detail is the department."""
        term = (term if isinstance(term, str) else "").strip()
        if len(term) < MIN_SEARCH or not self._portal_may_ask_for_others():
            return []
        return [
            {
                "id": person.id,
                "name": person.name,
                "detail": person.department_id.name or "",
            }
            for person in self._portal_people(
                Domain("name", "ilike", like.literal(term))
            )
        ]

    # ------------------------------------------------------------------
    # Sending
    # ------------------------------------------------------------------

    @api.model
    def _portal_submit(self, values, files=(), key=None):
        """Open a ticket for the current user from what they typed.

        :param values: ``{name: text}`` as it came from the form
        :param files: list of ``(name, binary stream)``
        :param key: mark of the form; see ``portal_key``
        :return: the ticket, with the user's own rights
        :raise PortalFormError: with a sentence for each field that is wrong
        """
        vals, errors = self._portal_read_form(values)
        files, file_error = self._portal_read_files(files)
        if file_error:
            errors["attachments"] = file_error
        if errors:
            raise PortalFormError(
                {name: errors[name] for name in _FORM_ORDER if name in errors}
            )
        if key and _KEY.fullmatch(key):
            vals["portal_key"] = key
        # sudo: requesters may not create tickets but by this form; all values were
        # checked above. The requester follows by being the requester.
        ticket = self.sudo().with_context(mail_create_nosubscribe=True).create(vals)
        for name, stream in files:
            # One after the other, so that only one file is in memory at a time.
            # sudo: for the same reason; the files stay the user's own.
            self.env["ir.attachment"].sudo().create(
                {
                    "name": name,
                    "raw": stream.read(),
                    "res_model": self._name,
                    "res_id": ticket.id,
                }
            )
        return self.browse(ticket.id)

    @api.model
    def _portal_sent(self, key):
        """Return the user's ticket that was sent with the form ``key``."""
        if not _KEY.fullmatch(key or ""):
            return self.browse()
        # sudo: the key is not for reading; the user finds their own tickets only.
        found = self.sudo().search(
            [("portal_key", "=", key), ("create_uid", "=", self.env.uid)], limit=1
        )
        return self.browse(found.id)

    @api.model
    def _portal_read_form(self, values):
        """Return the ticket values of a form, and what is wrong with it."""
        errors = {}
        user = self.env.user
        desk = self._portal_read_desk(values, errors)
        person = self._portal_read_person(values, errors)
        vals = {
            "partner_id": user.partner_id.id,
            "channel_id": self.env.ref("itsm_helpdesk.channel_portal").sudo().id,
            "desk_id": desk.id,
            "category_id": self._portal_read_category(values, desk, errors),
            **self._portal_read_texts(values, errors),
            **self._portal_read_choices(values, errors),
        }
        if person:
            vals["requested_for_id"] = self._portal_contact(person).id
        return vals, errors

    @api.model
    def _portal_read_texts(self, values, errors):
        """Return subject, description and telephone number."""
        subject = " ".join(_as_text(values.get("name")).split())
        description = _as_text(values.get("description")).strip()
        phone = " ".join(_as_text(values.get("phone")).split())
        if not subject:
            errors["name"] = self.env._("Subject: say in a few words what it is about.")
        elif len(subject) > MAX_SUBJECT:
            errors["name"] = self.env._(
                "Subject: at most %(count)s characters. Put the rest into the "
                "description.",
                count=MAX_SUBJECT,
            )
        if not description:
            errors["description"] = self.env._(
                "Description: tell us what happened or what you need."
            )
        elif len(description) > MAX_DESCRIPTION:
            errors["description"] = self.env._(
                "Description: at most %(count)s characters. Attach a longer text as a "
                "file.",
                count=MAX_DESCRIPTION,
            )
        if phone and (len(phone) > MAX_PHONE or not _PHONE.fullmatch(phone)):
            errors["phone"] = self.env._(
                "Telephone: use digits, spaces and + ( ) - / only."
            )
        texts = {"name": subject, "description": plaintext2html(description)}
        return {**texts, "phone": phone} if phone else texts

    @api.model
    def _portal_read_choices(self, values, errors):
        """Return type, impact and urgency, each of the offered ones."""
        choices = {
            "type": (
                self._portal_types(),
                self.env._("Kind: choose what fits best."),
            ),
            "urgency": (
                self._portal_urgencies(),
                self.env._("How much does it stop you: choose one of the answers."),
            ),
            "impact": (
                self._portal_impacts(),
                self.env._("Who is hit: choose one of the answers."),
            ),
        }
        vals = {}
        for name, (offered, sentence) in choices.items():
            vals[name] = values.get(name)
            if vals[name] not in dict(offered):
                errors[name] = sentence
        return vals

    @api.model
    def _portal_read_desk(self, values, errors):
        """Return the chosen desk, or the only one."""
        desks = self._portal_desks()
        chosen = _as_id(values.get("desk_id"))
        desk = desks.filtered(lambda desk: desk.id == chosen)
        if not chosen and len(desks) == 1:
            return desks
        if not desk:
            errors["desk_id"] = self.env._("Desk: choose one of the desks offered.")
        return desk

    @api.model
    def _portal_read_category(self, values, desk, errors):
        """Return the id of the chosen category, or False."""
        chosen = values.get("category_id")
        if not chosen:
            return False
        if _as_id(chosen) not in dict(self._portal_categories(desk)):
            errors["category_id"] = self.env._(
                "Category: choose one of the categories offered."
            )
        return _as_id(chosen)

    @api.model
    def _portal_read_person(self, values, errors):
        """Return the colleague the ticket is for, if it is not for the user."""
        chosen = values.get("requested_for")
        nobody = self.env["hr.employee.public"]
        if not chosen:
            if _as_text(values.get("requested_for_name")).strip():
                errors["requested_for"] = self.env._(
                    "For somebody else: choose a person from the list, or leave it "
                    "empty."
                )
            return nobody
        person = (
            self._portal_people(Domain("id", "=", _as_id(chosen)))
            if self._portal_may_ask_for_others()
            else nobody
        )
        if not person:
            errors["requested_for"] = self.env._(
                "For somebody else: choose a colleague of your own company."
            )
        return person


def _as_text(value):
    """Return what a form sent as text, without the characters nobody can type."""
    text = value if isinstance(value, str) else ""
    return "".join(char for char in text if char.isprintable() or char in "\n\r\t")


def _as_id(value):
    """Return the id that a form sent, or 0 when it is none."""
    text = value if isinstance(value, str) else str(value or "")
    # Ten digits at most: PostgreSQL refuses larger integers loudly.
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0
