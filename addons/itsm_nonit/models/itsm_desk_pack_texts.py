"""Texts of a pack in languages that were added after it was installed."""

from odoo import models

from odoo.addons.itsm_helpdesk.models.itsm_service_exchange_texts import read_texts

from ..tools import pack_texts, packs
from ..tools.pack_texts import SOURCE_LANGUAGE
from .itsm_desk_pack_install import SHARED
from .itsm_desk_pack_removal import with_parts


class ItsmDeskPack(models.Model):
    """Speaking."""

    _inherit = "itsm.desk.pack"

    def _refresh_texts(self):
        """Write the file's words where a record has none of its own in a language.

        A text whose English was changed is somebody's own; so is one that reads
        otherwise than the English in the other language.
        """
        self.ensure_one()
        self._must_be_installed()
        services = self.item_ids._records("itsm.service")
        published = services.filtered(
            lambda service: (
                service.state == "published" and not service.has_unpublished_changes
            )
        )
        entries = {entry["code"]: entry for entry in packs.services(self._data())}
        for service in services:
            self._speak_all({"itsm.service": service}, entries.get(service.code))
        others = {**self._own_records(), **self._shared_records()}
        others.pop("itsm.service", None)
        self._speak_all(others, packs.without_services(self._data()))
        changed = published.filtered("has_unpublished_changes")
        changed.action_publish()
        self.languages = self._spoken_languages()

    def _shared_records(self):
        return {name: self.item_ids._records(name) for name in SHARED}

    def _speak_all(self, own, data):
        """Write translations of records and their parts, from one part of the file.

        Only of that part: what a service calls “Power” another may call otherwise.
        """
        words = pack_texts.dictionary(data)
        for model, ids in with_parts(self.env, own).items():
            records = self.env[model].browse(ids)
            if isinstance(records, self.env.registry["itsm.service.row"]):
                # What was published stays as it was.
                records = records.filtered(lambda row: not row.version_id)
            self._speak(records, words)

    def _speak(self, records, words):
        """Write translations of the texts that are still those of the file."""
        names = [
            name
            for name, field in records._fields.items()
            if field.store and field.translate is True
        ]
        for record_id, texts in read_texts(records, names).items():
            record = records.browse(record_id)
            for name, text in texts.items():
                source = text[SOURCE_LANGUAGE]
                missing = {
                    code: words[source][code]
                    for code, value in text.items()
                    if value == source and words.get(source, {}).get(code)
                }
                missing.pop(SOURCE_LANGUAGE, None)
                if missing:
                    record.update_field_translations(name, missing)
