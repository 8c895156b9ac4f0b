# pylint: disable=prefer-env-translation
import dataclasses

from odoo import api, models, tools

from ..tools import ledger

# How the cells of columns are read that are no names.
_TYPES = {
    "code": "identifier",
    "class": "class",
    "asset_code": "identifier",
    "serial_number": "identifier",
    "host_name": "identifier",
    "domain_name": "identifier",
    "criticality": "selection",
    "environment": "selection",
    "purchase_date": "date",
    "purchase_value": "money",
    "warranty_end": "date",
    "rack_position": "integer",
    "rack_units": "integer",
    "note": "text",
}
_CHOICE_WORDS = {
    "criticality": ledger.CRITICALITY_WORDS,
    "environment": ledger.ENVIRONMENT_WORDS,
}
# Types of attributes that ledgers write in more ways than machines.
_ATTRIBUTE_TYPES = {
    "date": "date",
    "datetime": "datetime",
    "integer": "integer",
    "float": "float",
    "text": "text",
}


class ItsmCiImportVocabulary(models.AbstractModel):
    """What the columns of a ledger can feed, and the names by which they are found.

    Labels count in all installed languages, beside the words of ``tools/ledger``.
    """

    _name = "itsm.ci.import.vocabulary"
    _description = "Item Import Vocabulary"

    @api.model
    def _vocabulary(self, words=None):
        """Return all fields of items and the names of the classes that may be used.

        :param words: ``{word: code}``, what words for classes mean to the importer
        """
        classes = self._classes()
        attributes = classes._attributes_of_each()
        return ledger.Vocabulary(
            tuple(self._item_fields() + self._attribute_fields(attributes)),
            ledger.ClassNames(self._class_names(classes), words),
            {
                each.code: frozenset(
                    f"attributes.{attribute.key}" for attribute in attributes[each.id]
                )
                for each in classes
            },
            tuple(self._relation_fields()),
        )

    @api.model
    def _relation_fields(self):
        """Return what the columns of a sheet of relations feed, named for people."""
        labels = self._relation_labels()
        Relation = self.env["itsm.ci.relation"]
        return [
            dataclasses.replace(
                field,
                label=labels[field.key],
                options=self._words(Relation, field.key, field.options)
                if field.options
                else {},
            )
            for field in ledger.RELATION_FIELDS
        ]

    @api.model
    def _relation_labels(self):
        _ = self.env._
        return {
            "source": _("From"),
            "type": _("Relation"),
            "target": _("To"),
            "strength": _("Strength"),
            "weight": _("Capacity"),
        }

    @api.model
    def _classes(self):
        """Return the classes that items can belong to."""
        return self.env["itsm.ci.class"].search([("is_abstract", "=", False)])

    @api.model
    def _languages(self):
        return [code for code, _name in self.env["res.lang"].get_installed()]

    @api.model
    def _class_names(self, classes):
        """Return ``{code: names in all languages}``."""
        names = {each.code: [each.name] for each in classes}
        for lang in self._languages():
            for each in classes.with_context(lang=lang):
                names[each.code].append(each.name)
        return names

    @api.model
    def _item_fields(self):
        """Return the fields that all items have, as columns can feed them."""
        labels = self._item_labels()
        Ci = self.env["itsm.ci"]
        return [
            ledger.LedgerField(
                key,
                labels[key][0],
                aliases,
                _TYPES.get(key, "char"),
                options=self._words(Ci, key, _CHOICE_WORDS[key])
                if key in _CHOICE_WORDS
                else {},
                labels=tuple(dict.fromkeys(labels[key][1:])),
            )
            for key, aliases in ledger.HEADERS.items()
        ]

    @api.model
    def _item_labels(self):
        """Return ``{key: labels}``, that of the reader first, then other languages."""
        Ci = self.env["itsm.ci"]
        keys = [key for key in ledger.HEADERS if key != ledger.CLASS_KEY]
        labels = {ledger.CLASS_KEY: [self.env._("Class")]}
        labels |= {key: [self._label(Ci, key)] for key in keys}
        for lang in self._languages():
            for key in keys:
                labels[key].append(self._label(Ci.with_context(lang=lang), key))
        return labels

    @api.model
    def _label(self, items, key):
        return items._fields[key]._description_string(items.env)

    @api.model
    def _status_map(self):
        """Return what finds the status that a word means."""
        words = self._words(self.env["itsm.ci"], "status", ledger.STATUS_WORDS)
        return ledger.tabular.ChoiceMap(ledger.distinct_words(words))

    @api.model
    def _stage_names(self):
        """Return ``{class code: normalised names of its stages}``, in all languages."""
        classes = self._classes()
        by_lifecycle = {}
        for lang in self._languages():
            lifecycles = classes.effective_lifecycle_id.with_context(lang=lang)
            for stage in lifecycles.stage_ids:
                by_lifecycle.setdefault(stage.lifecycle_id.id, set()).add(
                    ledger.tabular.normalize(stage.name)
                )
        return {
            each.code: by_lifecycle.get(each.effective_lifecycle_id.id, set())
            for each in classes
        }

    @api.model
    def _words(self, Model, key, more):
        """Return ``{value: words that mean it}`` of a choice."""
        words = {
            value: [label]
            for value, label in Model._fields[key]._description_selection(self.env)
        }
        for lang in self._languages():
            env = Model.with_context(lang=lang).env
            for value, label in Model._fields[key]._description_selection(env):
                words[value].append(label)
        return {
            value: (*labels, *more.get(value, ())) for value, labels in words.items()
        }

    @api.model
    def _attribute_fields(self, attributes):
        """Return one field for each key that a class has, with all its labels.

        :param attributes: ``{class id: its attributes}``
        """
        found = self.env["itsm.ci.attribute"].union(*attributes.values())
        by_key = found.grouped("key")
        labels = {key: [rows[0].name] for key, rows in by_key.items()}
        units = {key: rows[0].unit for key, rows in by_key.items()}
        for lang in self._languages():
            for each in found.with_context(lang=lang):
                labels[each.key].append(each.name)
        return [
            ledger.LedgerField(
                f"attributes.{key}",
                labels[key][0],
                (key, *ledger.attribute_words(key)),
                _ATTRIBUTE_TYPES.get(rows[0].type, "char"),
                units[key] or "",
                labels=tuple(dict.fromkeys(labels[key][1:])),
            )
            for key, rows in by_key.items()
        ]

    @api.model
    def _targets(self):
        """Return ``[(key, label)]`` of all that a column can feed, for people."""
        return list(self._targets_in(self.env.lang or "en_US"))

    @api.model
    @tools.ormcache("lang")
    def _targets_in(self, lang):
        # sudo: the choices of a field are the same for everybody who reads it.
        self = self.sudo().with_context(lang=lang)
        _ = self.env._
        attributes = self._classes()._attributes_of_each()
        labels = self._item_labels()
        return (
            *((key, labels[key][0]) for key in ledger.HEADERS),
            *(
                (each.key, _("Attribute: %(name)s", name=each.label))
                for each in self._attribute_fields(attributes)
            ),
            *(
                (key, _("Relation: %(name)s", name=label))
                for key, label in self._relation_labels().items()
            ),
        )
