from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.itsm_helpdesk.models.itsm_ticket import WORKERS
from odoo.addons.itsm_helpdesk.tools.form import definition as form_definition

from .itsm_bookable import KINDS

# What each part of a booking is asked by: the types of questions that can.
QUESTION_TYPES = {
    "what": ("record",),
    "from": ("date", "datetime"),
    "to": ("date", "datetime"),
    "quantity": ("number",),
    "persons": ("number",),
}
# Without these there is no booking.
_NEEDED = ("from", "to")
_WIRING = frozenset(
    {
        *("booking_kind", "booking_any"),
        *(f"booking_{part}_key" for part in QUESTION_TYPES),
    }
)


class ItsmService(models.Model):
    """Services by which things are booked: which answers say what, from when, to when.

    Questions are known by their keys, which stay the same from version to version, in
    copies and in service files.
    """

    _inherit = "itsm.service"

    booking_kind = fields.Selection(
        KINDS,
        "Books",
        tracking=True,
        help="Sending the form holds a thing of this kind at once.",
    )
    booking_what_key = fields.Char(export_string_translation=False)
    booking_from_key = fields.Char(export_string_translation=False)
    booking_to_key = fields.Char(export_string_translation=False)
    booking_quantity_key = fields.Char(export_string_translation=False)
    booking_persons_key = fields.Char(export_string_translation=False)
    booking_any = fields.Boolean(
        "Any Free One",
        help="Who chooses none gets the first that is free.",
    )

    booking_what_id = fields.Many2one(
        "itsm.question",
        "Question: What",
        compute="_compute_booking_questions",
        inverse="_inverse_booking_questions",
        groups=WORKERS,
        domain="[('service_id', '=', id), ('type', '=', 'record')]",
    )
    booking_from_id = fields.Many2one(
        "itsm.question",
        "Question: From",
        compute="_compute_booking_questions",
        inverse="_inverse_booking_questions",
        groups=WORKERS,
        domain="[('service_id', '=', id), ('type', 'in', ('date', 'datetime'))]",
    )
    booking_to_id = fields.Many2one(
        "itsm.question",
        "Question: To",
        compute="_compute_booking_questions",
        inverse="_inverse_booking_questions",
        groups=WORKERS,
        domain="[('service_id', '=', id), ('type', 'in', ('date', 'datetime'))]",
    )
    booking_quantity_id = fields.Many2one(
        "itsm.question",
        "Question: How Many",
        compute="_compute_booking_questions",
        inverse="_inverse_booking_questions",
        groups=WORKERS,
        domain="[('service_id', '=', id), ('type', '=', 'number')]",
    )
    booking_persons_id = fields.Many2one(
        "itsm.question",
        "Question: Persons",
        compute="_compute_booking_questions",
        inverse="_inverse_booking_questions",
        groups=WORKERS,
        domain="[('service_id', '=', id), ('type', '=', 'number')]",
    )

    @api.depends(
        "question_ids.key", *(f"booking_{part}_key" for part in QUESTION_TYPES)
    )
    def _compute_booking_questions(self):
        for service in self:
            questions = {each.key: each for each in service.question_ids}
            for part in QUESTION_TYPES:
                key = service[f"booking_{part}_key"]
                service[f"booking_{part}_id"] = questions.get(key, False)

    def _inverse_booking_questions(self):
        for service in self:
            for part in QUESTION_TYPES:
                service[f"booking_{part}_key"] = service[f"booking_{part}_id"].key

    def _pack_setting_booking(self, settings):
        """Say what the service books, as ready desks describe it.

        :param settings: ``{"kind", "what", "from", "to", "quantity", "persons",
            "any"}``; keys of questions
        """
        self.write(
            {
                "booking_kind": settings["kind"],
                "booking_any": bool(settings.get("any")),
                **{
                    f"booking_{part}_key": settings.get(part) or False
                    for part in QUESTION_TYPES
                },
            }
        )

    def write(self, vals):
        result = super().write(vals)
        if _WIRING.intersection(vals):
            self._check_when_written()
        return result

    def _check_form(self):
        """The form is checked with what it books; without questions it is begun."""
        result = super()._check_form()
        for service in self.filtered("question_ids"):
            problems = service._booking_problems(service._form_definition())
            if problems:
                raise ValidationError("\n".join(problems))
        return result

    def _publishing_problems(self):
        definition = self._form_definition()
        return [*super()._publishing_problems(), *self._booking_problems(definition)]

    def _booking_problems(self, definition):
        """Return a sentence for each part of the booking that no question asks."""
        if not self.booking_kind:
            return []
        labels = {
            part: self._fields[f"booking_{part}_id"]._description_string(self.env)
            for part in QUESTION_TYPES
        }
        types = {
            each["key"]: each["type"] for each in form_definition.questions(definition)
        }
        problems = []
        for part, allowed in QUESTION_TYPES.items():
            key = self[f"booking_{part}_key"]
            if key and types.get(key) not in allowed or part in _NEEDED and not key:
                problems.append(
                    self.env._(
                        "“%(service)s” books something: choose its question for "
                        "“%(part)s”.",
                        service=self.name,
                        part=labels[part],
                    )
                )
        if not (self.booking_what_key or self.booking_any):
            problems.append(
                self.env._(
                    "“%(service)s” books something: choose the question that asks "
                    "what, or let it take any free one.",
                    service=self.name,
                )
            )
        return problems
