from odoo import api, fields, models
from odoo.tools import html2plaintext, plaintext2html


class ItsmAnnouncementSendWords(models.TransientModel):
    """What the readers of one language read, beside those of the one who writes."""

    _name = "itsm.announcement.send.words"
    _description = "Words in Another Language"
    _order = "people_count desc, id"

    send_id = fields.Many2one(
        "itsm.announcement.send", required=True, readonly=True, ondelete="cascade"
    )
    lang = fields.Selection(
        selection=lambda self: self.env["res.lang"].get_installed(),
        string="Language",
        required=True,
        readonly=True,
    )
    people_count = fields.Integer("Readers", readonly=True)
    state = fields.Selection(
        [
            ("missing", "Not Written"),
            ("behind", "Older"),
            ("written", "Written"),
        ],
        readonly=True,
        help="Older: another language was changed since.",
    )
    preview = fields.Text("What They Read", compute="_compute_preview")
    words = fields.Text("What They Read Instead")
    ready_words = fields.Text(readonly=True)

    @api.depends("lang")
    def _compute_preview(self):
        for row in self:
            news = row.send_id.announcement_id.with_context(lang=row.lang)
            body = html2plaintext(news._text(), include_references=False)
            row.preview = f"{news._title()}\n{body.strip()}"


class ItsmAnnouncementSend(models.TransientModel):
    """Shows who reads another language, and what they read."""

    _inherit = "itsm.announcement.send"

    words_ids = fields.One2many("itsm.announcement.send.words", "send_id")
    has_gaps = fields.Boolean(compute="_compute_has_gaps")

    @api.depends("words_ids.state")
    def _compute_has_gaps(self):
        for wizard in self:
            states = wizard.words_ids.mapped("state")
            wizard.has_gaps = "missing" in states or "behind" in states

    @api.model_create_multi
    def create(self, vals_list):
        wizards = super().create(vals_list)
        for wizard in wizards:
            wizard.announcement_id._check_may_tell()
            self.env["itsm.announcement.send.words"].create(wizard._words_values())
        return wizards

    def _words_values(self):
        """Return the values of a row for each other language that people read."""
        news = self.announcement_id
        own = self.env.lang or "en_US"
        missing = news._missing_langs()
        behind = set(news.sudo().behind_langs or ())  # sudo: checked when it opened
        rows = []
        for lang, count in self._readers_by_language().items():
            if lang == own:
                continue
            ready = ""
            if self.kind == "all_clear":
                ready = html2plaintext(news.with_context(lang=lang)._clear_body())
            state = "behind" if lang in behind else "written"
            rows.append(
                {
                    "send_id": self.id,
                    "lang": lang,
                    "people_count": count,
                    "state": "missing" if lang in missing else state,
                    "words": ready.strip(),
                    "ready_words": ready.strip(),
                }
            )
        return rows

    def _readers_by_language(self):
        """Return how many of the people read which of the installed languages."""
        installed = {code for code, _name in self.env["res.lang"].get_installed()}
        company = self.env.company.partner_id.lang
        # sudo: only how many they are.
        groups = (
            self.env["res.partner"]
            .sudo()
            .with_context(active_test=False)
            ._read_group([("id", "in", self._people())], ["lang"], ["__count"])
        )
        readers = {}
        for lang, count in groups:
            read = lang or company or "en_US"
            read = read if read in installed else "en_US"
            readers[read] = readers.get(read, 0) + count
        return readers

    def _other_words(self):
        """Return what was written for other languages, ``{language: HTML}``."""
        return {
            row.lang: plaintext2html(row.words)
            for row in self.words_ids
            if (row.words or "").strip() and row.words != row.ready_words
        }
