from odoo import models
from odoo.fields import Domain

from odoo.addons.itsm_helpdesk.tools.form import definition as form_definition


class ItsmService(models.Model):
    """What a service offers to book, and its form filled in with what was chosen."""

    _inherit = "itsm.service"

    def _booking_offered(self):
        """Return the things that the published form lets the user book."""
        self.ensure_one()
        Bookable = self.env["itsm.bookable"].sudo()  # sudo: names and times only
        questions = form_definition.questions(self._portal_definition(False))
        what = next(
            (each for each in questions if each["key"] == self.booking_what_key), None
        )
        if what:
            _Model, domain = self.env["itsm.form.lookup"]._offered(what)
        else:
            domain = Bookable._offered_domain(self.env.user) & Domain(
                "desk_id", "=", self.desk_id.id
            )
        return Bookable.search(domain & Domain("kind", "=", self.booking_kind))

    def _portal_form(self, like=0, trying=False, is_new=False):
        form = super()._portal_form(like, trying, is_new)
        choice = self.env.context.get("itsm_booking_choice")
        if choice and self.booking_kind and not is_new:
            filled = self._booking_prefill(form["definition"], choice)
            form["raw"] = {**form["raw"], **filled}
        return form

    def _booking_prefill(self, definition, choice):
        """Return the answers that a choice of thing and times gives.

        :param choice: ``{"what": id, "from": UTC, "to": UTC, "persons": number}``
        """
        types = {
            each["key"]: each["type"] for each in form_definition.questions(definition)
        }
        Bookable, filled = self.env["itsm.bookable"], {}
        for part, value in choice.items():
            key = self[f"booking_{part}_key"]
            if not key or not value:
                continue
            if types.get(key) == "datetime":
                value = value.strftime("%Y-%m-%d %H:%M:%S")
            elif types.get(key) == "date":
                value = Bookable._local(value).date().isoformat()
            filled[key] = str(value)
        return filled

    def _portal_page(self):
        """The page of a service that books something leads to what is free."""
        return {
            **super()._portal_page(),
            "book_url": self.booking_kind and f"/my/desk/book?kind={self.booking_kind}",
        }
