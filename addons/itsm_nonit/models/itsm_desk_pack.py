import functools
import logging
from pathlib import Path

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from odoo.addons.itsm_helpdesk.models.row_lock import wait_for_rows
from odoo.addons.itsm_helpdesk.tools import service_file

from ..tools import pack_texts, packs

_logger = logging.getLogger(__name__)
FOLDER = Path(__file__).parents[1] / "packs"
STATES = [
    ("available", "Not installed"),
    ("installed", "Installed, not used yet"),
    ("in_use", "In use"),
]


@functools.cache
def shipped():
    """Return ``{key: pack}`` of the files that come with the addon."""
    found, refused = packs.read_all(FOLDER, service_file.validate)
    for line in refused:
        _logger.warning("A pack was left out. %s", line)
    return found


class ItsmDeskPack(models.Model):
    """A desk that is ready to use: teams, words, promises and catalogue.

    What a pack brings stands in its file (``tools.packs``). A row says whether it is
    installed. ``itsm_desk_pack_install`` makes the records of a file,
    ``itsm_desk_pack_removal`` takes them away, ``itsm_desk_pack_texts`` speaks them in
    languages that come later.
    """

    _name = "itsm.desk.pack"
    _description = "Desk Ready to Use"
    _inherit = ["itsm.guarded.mixin"]
    _order = "sequence, id"

    key = fields.Char(required=True, readonly=True)
    sequence = fields.Integer(readonly=True)
    desk_id = fields.Many2one("itsm.desk", readonly=True, ondelete="set null")
    installed_at = fields.Datetime(readonly=True)
    installed_by_id = fields.Many2one("res.users", readonly=True)
    languages = fields.Char(readonly=True, help="In which its texts were written.")
    item_ids = fields.One2many("itsm.desk.pack.item", "pack_id", readonly=True)

    name = fields.Char(compute="_compute_words", search="_search_name")
    summary = fields.Text(compute="_compute_words")
    services_text = fields.Text("Services", compute="_compute_words")
    teams_text = fields.Text("Teams", compute="_compute_words")
    icon = fields.Char(compute="_compute_facts")
    color = fields.Integer(compute="_compute_facts")
    service_count = fields.Integer("Number of Services", compute="_compute_facts")
    task_count = fields.Integer("Number of Tasks", compute="_compute_facts")
    bookable_count = fields.Integer("Number of Examples", compute="_compute_facts")
    ticket_count = fields.Integer("Number of Tickets", compute="_compute_state")
    state = fields.Selection(STATES, compute="_compute_state")
    is_installed = fields.Boolean(
        compute="_compute_state", search="_search_is_installed"
    )
    lacks_texts = fields.Boolean(
        compute="_compute_lacks_texts",
        help="A language was added after the desk was installed.",
    )
    may_install = fields.Boolean(
        compute="_compute_may_install", export_string_translation=False
    )

    _key_unique = models.UniqueIndex("(key)", "This pack is listed already.")

    @api.model
    def _system_fields(self):
        return super()._system_fields() | {
            *("key", "sequence", "desk_id", "item_ids"),
            *("installed_at", "installed_by_id", "languages"),
        }

    # ------------------------------------------------------------------
    # What the files say
    # ------------------------------------------------------------------

    def _data(self):
        """Return the content of the pack's file, nothing where it is gone."""
        self.ensure_one()
        return shipped().get(self.key) or {}

    @api.depends("key")
    @api.depends_context("lang")
    def _compute_words(self):
        for pack in self:
            data, say = (
                pack._data(),
                functools.partial(pack_texts.spoken, lang=self.env.lang),
            )
            pack.name = say(data["name"]) if data else pack.key
            pack.summary = data and say(data["summary"])
            services = packs.services(data) if data else ()
            pack.services_text = " · ".join(say(entry["name"]) for entry in services)
            teams = data.get("teams") or ()
            pack.teams_text = " · ".join(say(entry["name"]) for entry in teams)

    @api.depends("name")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for pack in self:
            pack.display_name = pack.name

    @api.model
    def _search_name(self, operator, value):
        """Find by the words in the reader's language."""
        if operator not in ("ilike", "in"):
            return NotImplemented
        words = [value] if isinstance(value, str) else list(value)
        found = [
            key
            for key, data in shipped().items()
            for name in [pack_texts.spoken(data["name"], self.env.lang).casefold()]
            if any(
                word.casefold() in name
                if operator == "ilike"
                else word.casefold() == name
                for word in filter(None, words)
            )
        ]
        return [("key", "in", found)]

    @api.model
    def _search_display_name(self, operator, value):
        return Domain(self._search_name(operator, value))

    @api.depends("key")
    def _compute_facts(self):
        for pack in self:
            data = pack._data()
            services = packs.services(data) if data else []
            pack.icon = data.get("icon")
            pack.color = data.get("color", 0)
            pack.service_count = len(services)
            pack.task_count = sum(len(entry.get("plan") or ()) for entry in services)
            pack.bookable_count = len(data.get("bookables") or ())

    @api.depends("desk_id")
    def _compute_state(self):
        # sudo: whether a desk is used, whoever sees its tickets.
        Ticket = self.env["itsm.ticket"].sudo()
        counts = dict(
            Ticket._read_group(
                [("desk_id", "in", self.desk_id.ids)], ["desk_id"], ["__count"]
            )
        )
        for pack in self:
            pack.is_installed = bool(pack.desk_id)
            pack.ticket_count = counts.get(pack.desk_id, 0)
            if not pack.desk_id:
                pack.state = "available"
            else:
                pack.state = "in_use" if pack.ticket_count else "installed"

    @api.model
    def _search_is_installed(self, operator, value):
        if operator != "in":
            return NotImplemented
        return [("desk_id", "!=" if True in value else "=", False)]

    @api.depends("languages", "desk_id")
    def _compute_lacks_texts(self):
        installed = {code for code, _name in self.env["res.lang"].get_installed()}
        wanted = installed.intersection(pack_texts.LANGUAGES)
        for pack in self:
            known = set((pack.languages or "").split(","))
            pack.lacks_texts = bool(pack.desk_id) and not wanted <= known

    @api.depends_context("uid")
    def _compute_may_install(self):
        self.may_install = self.has_access("write")

    @api.model
    def _sync_packs(self):
        """List each pack that is shipped; forget those that are not any more."""
        Packs = self.sudo()._as_system()  # sudo: rows are nobody's to make
        known = {pack.key: pack for pack in Packs.search([])}
        for key, data in shipped().items():
            if key not in known:
                Packs.create({"key": key, "sequence": data["sequence"]})
            elif known[key].sequence != data["sequence"]:
                known[key].sequence = data["sequence"]
        Packs.union(
            *(
                pack
                for key, pack in known.items()
                if key not in shipped() and not pack.desk_id
            )
        ).unlink()

    # ------------------------------------------------------------------
    # Verbs
    # ------------------------------------------------------------------

    def install(self):
        """Make the desks with all that belongs to them, and offer their services."""
        self._each_alone(lambda pack: pack._install())
        return self._opened()

    def install_with_examples(self):
        """Install the desks with examples of what is booked there."""
        self._each_alone(lambda pack: pack._install(with_examples=True))
        return self._opened()

    def remove(self):
        """Take away desks that nobody used, with all that was made for them."""
        self._each_alone(lambda pack: pack._remove())
        return True

    def refresh_texts(self):
        """Say in languages that came later what nobody has said in his own words."""
        self._each_alone(lambda pack: pack._refresh_texts())
        return True

    def open_desk(self):
        """Open the tickets of the desk."""
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "itsm_helpdesk.itsm_ticket_action"
        )
        action["domain"] = [("desk_id", "=", self.desk_id.id)]
        action["context"] = {"default_desk_id": self.desk_id.id}
        return action

    def configure_desk(self):
        """Open the desk itself, where its people are named."""
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "res_model": "itsm.desk",
            "res_id": self.desk_id.id,
            "views": [(False, "form")],
        }

    def _opened(self):
        """Return what to show after an installation: the desk, where it is one."""
        return self.configure_desk() if len(self) == 1 else True

    def _each_alone(self, verb):
        """Run a verb on each pack with the rights of the system; two at once wait.

        Administrators of the service desk have this right: a pack makes records of
        kinds that nobody else may make.
        """
        self.check_access("write")
        if not self:
            return
        wait_for_rows(self)
        # The other one may have installed it meanwhile.
        self.invalidate_recordset()
        for pack in self.sudo():  # sudo: checked above
            verb(pack._as_system())
            # What is computed later counts as a change by who caused it.
            pack.env.flush_all()

    def _must_be_installed(self):
        if not self.desk_id:
            raise UserError(
                self.env._("“%(pack)s” is not installed.", pack=self.display_name)
            )
