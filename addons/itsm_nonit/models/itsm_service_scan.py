from odoo import api, fields, models
from odoo.fields import Domain

from odoo.addons.itsm_helpdesk.models.itsm_ticket import WORKERS
from odoo.addons.itsm_helpdesk.models.itsm_ticket_portal_form import PortalFormError
from odoo.addons.itsm_helpdesk.tools.form import definition as form_definition
from odoo.addons.itsm_helpdesk.tools.form import reading

from ..tools import scan_form


class ItsmService(models.Model):
    """Services that are a tile on the page behind a scanned label."""

    _inherit = "itsm.service"

    scan_kind_ids = fields.Many2many(
        "itsm.scan.kind",
        string="Reported by Label At",
        help="Who scans the label of such a place or thing finds this service there.",
    )
    is_quick_report = fields.Boolean(
        "Reported by Label", compute="_compute_is_quick_report", store=True
    )
    # Known by its key, which stays the same from version to version and in copies.
    scan_thing_key = fields.Char(export_string_translation=False)
    scan_thing_id = fields.Many2one(
        "itsm.question",
        "Question for the Label",
        compute="_compute_scan_thing_id",
        inverse="_inverse_scan_thing_id",
        groups=WORKERS,
        domain="[('service_id', '=', id), ('type', '=', 'char')]",
        help="Answered with the code or name on the label, such as the number plate of"
        " a car.",
    )

    @api.depends("scan_kind_ids")
    def _compute_is_quick_report(self):
        for service in self:
            service.is_quick_report = bool(service.scan_kind_ids)

    @api.depends("question_ids.key", "scan_thing_key")
    def _compute_scan_thing_id(self):
        for service in self:
            asked = {question.key: question for question in service.question_ids}
            service.scan_thing_id = asked.get(service.scan_thing_key, False)

    def _inverse_scan_thing_id(self):
        for service in self:
            service.scan_thing_key = service.scan_thing_id.key

    def _pack_setting_quick_report(self, settings):
        """Say at which labels the service is a tile, as ready desks describe it.

        :param settings: codes of kinds, or ``{"kinds": codes, "thing": key of the
            question that takes the name on the label}``
        """
        self.ensure_one()
        if not isinstance(settings, dict):
            settings = {"kinds": settings}
        self.write(
            {
                "scan_kind_ids": self.env["itsm.scan.kind"].search(
                    [("code", "in", settings["kinds"])]
                ),
                "scan_thing_key": settings.get("thing") or False,
            }
        )

    # ------------------------------------------------------------------
    # The page behind a label
    # ------------------------------------------------------------------

    @api.model
    def _scan_domain(self, kind):
        """Return the domain of the tiles at a label of a kind."""
        # sudo: staff have no right on kinds.
        kinds = self.env["itsm.scan.kind"].sudo().search([("code", "=", kind)])
        return (
            self._portal_domain()
            & Domain("is_quick_report", "=", True)
            & Domain("scan_kind_ids", "in", kinds.ids)
        )

    @api.model
    def _scan_tiles(self, kind):
        """Return the services that can be reported at a label, as plain values."""
        found = self.search(self._scan_domain(kind), order="sequence, name, id")
        return [
            {"id": service.id, "name": service.name, "icon": service.icon}
            for service in found
        ]

    def _scan_form(self, thing):
        """Return the short form of a service at a place or thing.

        :param thing: location or bookable of a label, with the system's rights
        :return: what the form page needs; ``known`` has the answers that are not asked
        """
        self.ensure_one()
        definition = self._portal_definition(False)
        answered = self._scan_answers(thing, definition)
        titles = {
            scan_form.PHOTOS: self.env._("Photo"),
            scan_form.WORDS: self.env._("In your words"),
        }
        return {
            "definition": scan_form.shorten(definition, answered, titles),
            "known": answered,
            "raw": answered,
            "currency": self._answer_currency().name,
            "files": {},
        }

    def _scan_whole_form(self, thing):
        """Return the whole form of a service with what the label answers."""
        self.ensure_one()
        form = self._portal_form(is_new=True)
        form["raw"] = self._scan_answers(thing, form["definition"])
        return form

    def _scan_answers(self, thing, definition):
        """Return what a new form starts with at a place or thing."""
        facts = thing._scan_facts()
        # sudo: key of a question; the portal has no right on how services are set up.
        name_key = self.sudo().scan_thing_key or ""
        return {
            **reading.defaults(
                definition, self._portal_facts(), fields.Date.context_today(self)
            ),
            **scan_form.known(
                definition,
                thing._scan_place().id or 0,
                thing.id if thing._name == "itsm.bookable" else 0,
                name_key,
                facts["code"] or facts["name"],
            ),
        }

    def _scan_send(self, thing, form, portal_key):
        """Open the ticket that a short form asks for; return it.

        :raise PortalFormError: with a sentence for each answer that is wrong
        """
        Ticket = self.env["itsm.ticket"]
        own = form_definition.file_keys(self._portal_definition(False))
        files = {key: form["files"][key] for key in form["files"] if key in own}
        photos = form["files"].get(scan_form.PHOTOS, [])
        photos, refusal = Ticket._portal_read_files(photos)
        if refusal:
            raise PortalFormError({scan_form.PHOTOS: refusal})
        scan = Scan(thing, form["raw"].get(scan_form.WORDS))
        ticket = Ticket.with_context(itsm_scan=scan)._request_submit(
            self,
            {**form["known"], **form["raw"]},
            files,
            portal_key=portal_key,
        )
        ticket = Ticket.browse(ticket.id)
        ticket._scan_keep(photos)
        return ticket


class Scan:
    """The label that was scanned: an object in the context, which no client can send.

    :param thing: location or bookable
    :param words: what somebody wrote, where the form has no question for it
    :param form: definition of the whole form, where that is what is sent
    """

    def __init__(self, thing, words, form=None):
        # A form that asks for the place was filled in with it; the answer counts.
        asked = form and scan_form.asks_place(form)
        self.place_id = not asked and thing._scan_place().id
        self.thing_id = thing.id if thing._name == "itsm.bookable" else False
        self.words = words if isinstance(words, str) else ""
