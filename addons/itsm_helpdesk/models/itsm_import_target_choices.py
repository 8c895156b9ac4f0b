from odoo import api, models
from odoo.fields import Domain

from . import itsm_import_words


class ItsmImportTargetTicket(models.AbstractModel):
    """States, types and levels: which words mean them, and how they are shown."""

    _inherit = "itsm.import.target.ticket"

    @api.model
    def _choices(self, profile, field_name):
        model = "itsm.stage" if field_name == "state" else "itsm.ticket"
        words = self._selection_words(model, field_name)
        if field_name == "state":
            # A state says more with its reason; the plain state goes first.
            for code, names in self._pending_reasons().items():
                words[f"pending:{code}"] = names
        return itsm_import_words.merge(
            words, itsm_import_words.WORDS.get(field_name, {})
        )

    @api.model
    def _selection_words(self, model, field_name):
        """Return ``{key: labels}`` of a selection in all installed languages."""
        field = self.env[model]._fields[field_name]
        words = {}
        for lang in self._languages():
            env = self.env(context={"lang": lang})
            for key, label in field._description_selection(env):
                words.setdefault(key, []).append(label)
        return words

    @api.model
    def _pending_reasons(self):
        """Return ``{code: names}`` of the pending reasons, archived ones too."""
        Reason = self.env["itsm.pending.reason"].with_context(active_test=False)
        reasons = Reason.search(Domain.TRUE)
        return {
            reason.code: [
                reason.with_context(lang=lang).name for lang in self._languages()
            ]
            for reason in reasons
        }

    @api.model
    def _languages(self):
        """Return the codes of English, which exports speak, and the installed ones."""
        installed = [code for code, _name in self.env["res.lang"].get_installed()]
        return list(dict.fromkeys(["en_US", *installed]))

    @api.model
    def _choice_label(self, field_name, value):
        if field_name == "state":
            state, _colon, reason = value.partition(":")
            labels = dict(
                self.env["itsm.stage"]._fields["state"]._description_selection(self.env)
            )
            return f"{labels[state]} ({reason})" if reason else labels[state]
        field = self.env["itsm.ticket"]._fields.get(field_name)
        if field is None or field.type != "selection":
            return value
        return dict(field._description_selection(self.env)).get(value, value)
