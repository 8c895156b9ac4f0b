import secrets

from odoo import fields, models
from odoo.exceptions import UserError

from odoo.addons.itsm_helpdesk.models.row_lock import wait_for_rows
from odoo.addons.itsm_helpdesk.tools import signature as signatures

# Their forms are signed by the person who gets the items, or gives them back.
SIGNED_KINDS = ("hand_over", "loan", "return")
REPORT = "itsm_cmdb.itsm_ci_event_report"
_MAX_NAME = 100


class ItsmCiEvent(models.Model):
    """The form of a hand-over or return: printed, and signed once.

    What was signed stays: see ``itsm_ci_event_guard.py``.
    """

    _inherit = "itsm.ci.event"

    signature = fields.Image(
        copy=False, max_width=1024, max_height=1024, help="Of the person at the desk."
    )
    signed_by = fields.Char(copy=False, help="The name that was written with it.")
    signed_at = fields.Datetime(readonly=True, copy=False)
    signed_user_id = fields.Many2one(
        "res.users", "Signed Under Login", readonly=True, copy=False
    )
    signed_via = fields.Selection(
        [("desk", "In the Back Office"), ("portal", "On the Portal")],
        readonly=True,
        copy=False,
    )
    desk_signature = fields.Image(
        "Signature of the Responsible", copy=False, max_width=1024, max_height=1024
    )
    document_id = fields.Many2one(
        "ir.attachment",
        "Signed Form",
        readonly=True,
        copy=False,
        help="As it was when it was signed.",
    )
    signature_token = fields.Char(
        copy=False,
        readonly=True,
        groups="base.group_system",
        help="Unguessable part of the address at which the person signs.",
    )
    to_sign = fields.Boolean(
        "Not Signed Yet", compute="_compute_to_sign", search="_search_to_sign"
    )

    _signature_token_unique = models.UniqueIndex(
        "(signature_token) WHERE signature_token IS NOT NULL"
    )

    def _compute_to_sign(self):
        for event in self:
            event.to_sign = event._may_be_signed()

    def _search_to_sign(self, operator, value):
        if operator != "in" or set(value) != {True}:
            return NotImplemented
        return [
            ("kind", "in", SIGNED_KINDS),
            ("state", "in", ("underway", "done")),
            ("signed_at", "=", False),
            ("reverses_id", "=", False),
            ("is_reversed", "=", False),
        ]

    def _may_be_signed(self):
        """Tell whether a signature is still missing on what has happened."""
        self.ensure_one()
        return (
            self.kind in SIGNED_KINDS
            and self.state in ("underway", "done")
            and not self.signed_at
            and not self.reverses_id
            and not self.is_reversed
        )

    def _signatory(self):
        """Return the employee who signs: who gets the items, or gives them back."""
        self.ensure_one()
        if self.kind == "return":
            return self.from_custodian_id
        return self.custodian_id

    def _sign(self, signature, name, via="desk"):
        """Keep a signature, and the form as it was signed.

        :param signature: PNG in base64
        :param name: as the person wrote it
        """
        self.ensure_one()
        wait_for_rows(self)
        if self.signature or self.signed_at:
            raise UserError(self.env._("What was signed stays as it was signed."))
        if self.kind not in SIGNED_KINDS:
            raise UserError(
                self.env._("%(event)s needs no signature.", event=self.display_name)
            )
        if self.state == "cancelled" or not self.line_ids:
            raise UserError(
                self.env._(
                    "%(event)s is cancelled or has no items, so there is nothing to "
                    "sign.",
                    event=self.display_name,
                )
            )
        # sudo: who signs gets no other right; the name may be asked of employees.
        own_name = self.sudo()._signatory().name
        name = " ".join(str(name or own_name or "").split())
        if not name:
            raise UserError(self.env._("Write the name of the person who signs."))
        self._as_system().write(
            {
                "signature": self._checked_signature(signature),
                "signed_by": name[:_MAX_NAME],
                "signed_at": fields.Datetime.now(),
                "signed_user_id": self.env.uid,
                "signed_via": via,
            }
        )
        self._keep_document()
        self._message_log(
            body=self.env._("Signed by %(name)s.", name=name[:_MAX_NAME]),
            author_id=self.env.user.partner_id.id,
        )

    def _checked_signature(self, signature):
        """Return the picture, or refuse what is no picture of a signature."""
        picture = signatures.checked(signature)
        if picture is None:
            raise UserError(self.env._("Please sign in the box first."))
        return picture

    def _keep_document(self):
        """Attach the form as it is now; as HTML where no PDF can be made."""
        self.ensure_one()
        content, kind = self._render_form()
        # sudo: who signs on the portal may not create files on events.
        document = (
            self.env["ir.attachment"]
            .sudo()
            .create(
                {
                    "name": f"{self.number}.{kind}",
                    "raw": content,
                    "res_model": self._name,
                    "res_id": self.id,
                    "mimetype": "application/pdf" if kind == "pdf" else "text/html",
                }
            )
        )
        self._as_system().write({"document_id": document.id})

    def _render_form(self):
        """Return the form's bytes and their kind, ``pdf`` or ``html``."""
        self.ensure_one()
        # sudo: rendered for who signs, too; callers have checked who that is.
        Report = self.env["ir.actions.report"].sudo()
        if Report.get_wkhtmltopdf_state() in ("ok", "workers"):
            return Report._render_qweb_pdf(REPORT, self.ids)
        return Report._render_qweb_html(REPORT, self.ids)

    def _ensure_signature_tokens(self):
        """Give the events an address for signing."""
        # sudo: the token is no value of the record that anybody may set.
        for event in self.sudo().filtered(lambda event: not event.signature_token):
            event._as_system().write({"signature_token": secrets.token_urlsafe(24)})

    def action_print_form(self):
        """Show the signed form, or print it as it stands."""
        self.check_access("read")
        if len(self) == 1 and self.document_id:
            return {
                "type": "ir.actions.act_url",
                "url": f"/web/content/{self.document_id.id}?download=1",
            }
        return self.env.ref("itsm_cmdb.action_report_itsm_ci_event").report_action(self)

    def _form_language(self):
        """Return the language of who signs; without any that of who prints."""
        # sudo: the language of a person, for those without HR rights.
        person = self._signatory().sudo()
        languages = (person.user_id.lang, person.work_contact_id.lang, self.env.lang)
        return next(filter(None, languages), None)

    def _form_values(self):
        """Return what the form says beyond the fields: headings and parties."""
        self.ensure_one()
        desk = self.user_id.name or ""
        # sudo: name and department of who signs, for those without HR rights.
        person = self._signatory().sudo()
        other = {"name": person.name or "", "department": person.department_id.name}
        giver, taker = ({"name": desk}, other)
        if self.kind == "return":
            giver, taker = other, {"name": desk}
        titles = {
            "hand_over": self.env._("Hand-Over Form"),
            "loan": self.env._("Loan Form"),
            "return": self.env._("Return Form"),
        }
        return {
            "title": titles.get(self.kind) or self._label(self, "kind"),
            "giver": giver,
            "taker": taker,
            "signatory_gives": self.kind == "return",
        }
