from markupsafe import Markup, escape

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..tools import placeholders
from .itsm_ticket import WORKERS

PLACEHOLDERS = ("service", "desk", "from", "to", "ticket")


class ItsmAnnouncementWordsMixin(models.AbstractModel):
    """Texts with placeholders: a name that stands for nothing is refused at once."""

    _name = "itsm.announcement.words.mixin"
    _description = "Texts With Placeholders"

    @api.model
    def _worded_fields(self):
        """Return the names of the fields with placeholders."""
        return ("name", "body")

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        records._check_placeholders()
        return records

    def write(self, vals):
        result = super().write(vals)
        if not self._worded_set().isdisjoint(vals):
            self._check_placeholders()
        return result

    @api.model
    def _worded_set(self):
        return frozenset(self._worded_fields())

    def _check_placeholders(self):
        """Refuse placeholders that nothing is known for.

        Words that the system takes over from elsewhere stop no job; such placeholders
        stay as they are.
        """
        if self.env.su:
            return
        for record in self:
            texts = (record[name] for name in self._worded_fields())
            for name in placeholders.names(*texts):
                if name not in PLACEHOLDERS:
                    self._refuse_placeholder(name)

    def _refuse_placeholder(self, name):
        raise ValidationError(
            self.env._(
                "“%(unknown)s” stands for nothing. You can use: %(known)s.",
                unknown=placeholders.written(name),
                known=", ".join(map(placeholders.written, PLACEHOLDERS)),
            )
        )


class ItsmAnnouncement(models.Model):
    """What each reader reads: in their language, with times of their time zone."""

    _name = "itsm.announcement"
    _inherit = ["itsm.announcement", "itsm.announcement.words.mixin"]

    template_id = fields.Many2one(
        "itsm.announcement.template",
        index="btree_not_null",
        ondelete="set null",
        groups=WORKERS,
        help="Its words in all languages are taken over.",
    )

    @api.onchange("template_id")
    def _onchange_template_id(self):
        if self.template_id:
            self.update(self.template_id._announcement_values())

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        records._take_over_translations()
        return records

    def write(self, vals):
        result = super().write(vals)
        if vals.get("template_id"):
            self._take_over_translations()
        return result

    def _take_over_translations(self):
        """Take the template's words in the other languages, where they fit.

        They fit where the words in the language of the screen are the template's.
        """
        for news in self.filtered("template_id"):
            template = news.template_id
            for name, source in (("name", "subject"), ("body", "body")):
                if (news[name] or "") == (template[source] or ""):
                    news._copy_words(name, template, source)

    def _copy_words(self, name, source, source_name):
        """Copy a translated text from another record, in each language."""
        together = self._words_together()
        for code, _name in self.env["res.lang"].get_installed():
            words = source.with_context(lang=code)[source_name]
            together.with_context(lang=code)[name] = words

    # ------------------------------------------------------------------
    # Reading
    # ------------------------------------------------------------------

    def _placeholder_values(self):
        """Return what the placeholders stand for, in the environment's language."""
        self.ensure_one()
        # sudo: names that whoever reads the text may read in it.
        news = self.sudo()
        moment = self.env["itsm.ticket"]._portal_moment
        return {
            "service": ", ".join(news.service_ids.mapped("name")),
            "desk": ", ".join(news.desk_ids.mapped("name")),
            "ticket": news.ticket_id.number or "",
            "from": moment(news.begins_at),
            "to": moment(news.ends_at),
        }

    @api.depends("name", "service_ids", "desk_ids", "begins_at", "ends_at")
    @api.depends_context("lang", "tz")
    def _compute_display_name(self):
        """Name it as it is read; a placeholder stays until something is known."""
        for news in self:
            values = news._placeholder_values()
            known = {name: value for name, value in values.items() if value}
            news.display_name = placeholders.fill(news.name, known)

    def _title(self):
        """Return the title as the reader reads it."""
        return placeholders.fill(self.name, self._placeholder_values())

    def _text(self, body=None):
        """Return the body, or the one of an update, as the reader reads it."""
        body = self.body if body is None else body
        return Markup(placeholders.fill(body, self._placeholder_values(), escape))

    def _check_words(self, *texts):
        """Refuse to tell words with gaps: placeholders nothing was said for."""
        self.ensure_one()
        values = self._placeholder_values()
        gaps = [
            name
            for name in placeholders.names(*(texts or (self.name, self.body)))
            if not values.get(name)
        ]
        if gaps:
            raise UserError(
                self.env._(
                    "The text speaks of %(placeholder)s, but that is not said yet. "
                    "Fill in the field, or write it in the text.",
                    placeholder=placeholders.written(gaps[0]),
                )
            )
