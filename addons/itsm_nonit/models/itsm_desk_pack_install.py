"""The records of a pack."""

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from odoo.addons.itsm_helpdesk.models.itsm_service_exchange_texts import (
    create_values,
    write_texts,
)

from ..tools import pack_texts, packs
from ..tools.pack_texts import SOURCE_LANGUAGE

# What several packs use, and what goes with the last of them.
SHARED = (
    "itsm.pending.reason",
    "itsm.closure.code",
    "itsm.resolution.code",
    "itsm.approval.policy",
    "itsm.question.set",
    "itsm.service.category",
)
_WORDS = {
    "pending_reasons": "itsm.pending.reason",
    "closure_codes": "itsm.closure.code",
    "resolution_codes": "itsm.resolution.code",
}
# Before the policies that are for every desk.
_SLA_SEQUENCE = 5


class ItsmDeskPack(models.Model):
    """Installing."""

    _inherit = "itsm.desk.pack"

    def _install(self, with_examples=False):
        """Make what the file says; all of it or nothing."""
        self.ensure_one()
        if self.desk_id:
            raise UserError(
                self.env._("“%(pack)s” is installed already.", pack=self.display_name)
            )
        if not self._data():
            raise UserError(
                self.env._(
                    "The file of “%(pack)s” is not there. Update the addon.",
                    pack=self.display_name,
                )
            )
        self.item_ids.unlink()
        Installation(self).run(with_examples)
        self.env.flush_all()
        self.env["itsm.desk.pack"].sudo()._wire_parts()

    def _note_installed(self, desk):
        self.write(
            {
                "desk_id": desk.id,
                "installed_at": fields.Datetime.now(),
                "installed_by_id": self.env.uid,
                "languages": self._spoken_languages(),
            }
        )

    def _spoken_languages(self):
        installed = {code for code, _name in self.env["res.lang"].get_installed()}
        return ",".join(code for code in pack_texts.LANGUAGES if code in installed)


class Installation:
    """One pack on its way into the database; its caller has all rights."""

    def __init__(self, pack):
        self.pack = pack
        self.data = pack._data()
        # Nobody needs to be told of what is made here, or to follow it.
        quiet = {"tracking_disable": True, "mail_create_nosubscribe": True}
        self.env = pack.env(context={**pack.env.context, **quiet})
        self.Items = self.env["itsm.desk.pack.item"]

    def run(self, with_examples):
        """Make all records, and note them."""
        self._refuse_taken_codes()
        desk = self._make_desk()
        teams = self._make_teams(desk)
        categories = self._make_categories(desk, teams)
        for part, model in _WORDS.items():
            for number, entry in enumerate(self.data.get(part) or (), 1):
                self._use_word(desk, model, entry, number)
        self._make_promises(desk)
        services = self._make_services(desk, categories)
        if with_examples:
            self._make_examples(desk)
        services.action_publish()
        self.pack._note_installed(desk)

    # ------------------------------------------------------------------
    # The desk and its people
    # ------------------------------------------------------------------

    def _make(self, model, values, texts):
        """Return a new record with its texts in all languages, and note it."""
        Model = self.env[model]
        record = Model.create({**values, **create_values(Model, texts)})
        write_texts(record, texts)
        self._note(record)
        return record

    def _note(self, records):
        self.Items.create(
            [
                {
                    "pack_id": self.pack.id,
                    "res_model": record._name,
                    "res_id": record.id,
                }
                for record in records
            ]
        )

    def _make_desk(self):
        entry = self.data["desk"]
        values = {
            "sequence": self.data["sequence"] + 10,
            "color": self.data.get("color", 0),
            "company_id": self.env.company.id,
        }
        if entry["hours"] == "always":
            values["resource_calendar_id"] = False
        if "auto_close_days" in entry:
            values["auto_close_days"] = entry["auto_close_days"]
        return self._make("itsm.desk", values, _texts(entry, "name", "description"))

    def _make_teams(self, desk):
        """Return ``{key: team}``; whoever installs leads the first one."""
        teams = {}
        for number, entry in enumerate(self.data["teams"], 1):
            values = {
                "desk_id": desk.id,
                "line": str(entry["line"]),
                "sequence": number * 10,
                "leader_id": self.env.uid if number == 1 else False,
            }
            team = self._make("itsm.team", values, _texts(entry, "name"))
            teams[entry["key"]] = team
        first = next(iter(teams.values()))
        desk.default_team_id = first
        lines = list(teams.values())
        if len(lines) == 2 and lines[1].line > first.line:
            first.escalation_team_id = lines[1]
        return teams

    def _make_categories(self, desk, teams):
        """Return ``{English name: ticket category}``."""
        categories = {}
        for entry in self.data.get("ticket_categories") or ():
            team = teams.get(entry.get("team"))
            values = {
                "desk_ids": [Command.set(desk.ids)],
                "team_id": team.id if team else False,
            }
            category = self._make("itsm.category", values, _texts(entry, "name"))
            categories[entry["name"][SOURCE_LANGUAGE]] = category
        return categories

    # ------------------------------------------------------------------
    # Words and promises
    # ------------------------------------------------------------------

    def _use_word(self, desk, model, entry, number):
        """Give the desk a word; of other packs' words, the same one."""
        Words = self.env[model].with_context(active_test=False)
        word = Words.search([("code", "=", entry["code"])])
        if not word:
            facts = ("waits_for", "pauses_clock", "needs_date", "resumes_on_reply")
            values = {name: entry[name] for name in facts if name in entry}
            values.update(code=entry["code"], sequence=200 + number)
            word = self._make(model, values, _texts(entry, "name", "requester_text"))
            word.desk_ids = desk
        elif word.desk_ids:
            # Not one that is for all desks.
            word.desk_ids |= desk
            self._share(word)

    def _share(self, records):
        """Note what another pack made and this one uses."""
        made = self.Items.search(
            [("res_model", "=", records._name), ("res_id", "in", records.ids)]
        )
        mine = made.filtered(lambda item: item.pack_id == self.pack)
        shared = made._records(records._name) - mine._records(records._name)
        self._note(shared)

    def _make_promises(self, desk):
        for number, entry in enumerate(self.data.get("sla") or (), 1):
            values = {
                "sequence": _SLA_SEQUENCE,
                "company_id": desk.company_id.id,
                "res_model": "itsm.ticket",
                "desk_ids": [Command.set(desk.ids)],
                "ticket_type": entry.get("ticket_type") or False,
                "target_ids": [
                    Command.create(
                        {
                            "metric": target["metric"],
                            "priority": target.get("priority") or False,
                            "hours": target["hours"],
                        }
                    )
                    for target in entry["targets"]
                ],
            }
            if not values["ticket_type"]:
                # After those for one type.
                values["sequence"] += number
            self._make("itsm.sla.policy", values, _texts(entry, "name"))

    # ------------------------------------------------------------------
    # Catalogue
    # ------------------------------------------------------------------

    def _refuse_taken_codes(self):
        """An import changes the service that has a code; here it would be another."""
        Services = self.env["itsm.service"].with_context(active_test=False)
        taken = Services.search([("code", "in", packs.codes(self.data))])
        if taken:
            raise UserError(
                self.env._(
                    "“%(pack)s” cannot be installed: there are services with the codes "
                    "%(codes)s already. Give them other codes first.",
                    pack=self.pack.display_name,
                    codes=", ".join(taken.mapped("code")),
                )
            )

    def _make_services(self, desk, categories):
        """Return the services of the pack as drafts."""
        before = {model: self._ids(model) for model in SHARED}
        Service = self.env["itsm.service"]
        outcome = Service._import_data(packs.catalogue(self.data), desk=desk)
        if outcome.problems:
            raise UserError(
                self.env._(
                    "“%(pack)s” cannot be installed:\n%(problems)s",
                    pack=self.pack.display_name,
                    problems=outcome.text(),
                )
            )
        services = Service.search([("code", "in", packs.codes(self.data))])
        self._note(services)
        by_code = {service.code: service for service in services}
        for entry in packs.services(self.data):
            if entry.get("ticket_category"):
                # The one of this desk: another may have the same name.
                category = categories[entry["ticket_category"][0]]
                by_code[entry["code"]].ticket_category_id = category
        self._note_shared(services, before)
        self._set(by_code)
        return services

    def _ids(self, model):
        Model = self.env[model].with_context(active_test=False)
        return set(Model.search([]).ids)

    def _note_shared(self, services, before):
        """Note what services share: what was made now, or by another pack."""
        policies = services.approval_policy_id
        sets, new = services.question_ids.included_set_id, services.browse()
        new = sets
        while new:
            new = new.question_ids.included_set_id - sets
            sets |= new
        folders = services.category_id
        while folders.parent_id - folders:
            folders |= folders.parent_id
        for records in (policies, sets, folders):
            made = records.filtered(
                lambda record: record.id not in before[record._name]
            )
            self._note(made)
            self._share(records - made)
            if records._name == "itsm.approval.policy":
                self._name_fallback(made)

    def _name_fallback(self, policies):
        """Somebody decides where a requester has no manager: whoever installs."""
        policies.filtered(lambda policy: not policy.fallback_user_ids).write(
            {"fallback_user_ids": [Command.set(self.env.user.ids)]}
        )

    def _set(self, services):
        """Give services what other parts of the addon know of them.

        A setting called ``booking`` is applied by ``_pack_setting_booking``.
        """
        for entry in self.data.get("settings") or ():
            service = services[entry["service"]]
            for name, value in entry.items():
                apply = getattr(service, f"_pack_setting_{name}", None)
                if apply:
                    apply(value)

    def _make_examples(self, desk):
        entries = self.data.get("bookables") or ()
        if entries:
            self._note(self.env["itsm.bookable"]._pack_create(desk, entries))


def _texts(entry, *names):
    """Return the texts of an entry that it has, as ``write_texts`` takes them."""
    return {name: entry[name] for name in names if entry.get(name)}
