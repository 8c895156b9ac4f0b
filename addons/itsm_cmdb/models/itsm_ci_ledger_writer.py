from datetime import date, datetime

from odoo import api, fields, models
from odoo.tools import html2plaintext

from ..tools import ledger
from .itsm_ci_batch_names import Names

tabular = ledger.tabular
_PORTION = 1000
# Other ways to name a record, where its name is not its alone.
_SURER = {
    "hr.employee": ("work_email",),
    "res.partner": ("ref", "email"),
    "itsm.location": ("code",),
    "itsm.ci": ("code",),
}
# What an empty workbook has no use for: the system gives it.
_GIVEN = frozenset({"code"})


class ItsmCiLedgerWriter(models.AbstractModel):
    """Writes workbooks that the import reads: empty ones, and items as they stand.

    What was exported and is imported again changes nothing.
    """

    _name = "itsm.ci.ledger.writer"
    _description = "Item Ledger Writer"

    @api.model
    def _template(self, classes):
        """Return an empty workbook with a sheet for each class and one of relations."""
        shown = classes.filtered(lambda each: not each.is_abstract)
        sheets = [
            ledger.OutSheet(name, [column for _key, column in columns])
            for name, columns in self._sheets_of(shown, offered=True)
        ]
        return self._written([*sheets, self._relation_sheet(sheets)])

    @api.model
    def _export(self, items, relations=True):
        """Return a workbook of items by class, with the relations among them."""
        classes = items.class_id.sorted("complete_name")
        sheets = []
        for item_class, (name, columns) in zip(
            classes, self._sheets_of(classes), strict=True
        ):
            mine = items.filtered(lambda item, c=item_class: item.class_id == c)
            sheets.append(
                ledger.OutSheet(
                    name,
                    [column for _key, column in columns],
                    self._rows(mine, [key for key, _column in columns]),
                )
            )
        if relations:
            sheets.append(self._relation_sheet(sheets, self._relation_rows(items)))
        return self._written(sheets)

    @api.model
    def _written(self, sheets):
        return ledger.write_workbook(sheets, lists_name=self.env._("Lists"))

    # ------------------------------------------------------------------
    # Columns
    # ------------------------------------------------------------------

    @api.model
    def _sheets_of(self, classes, offered=False):
        """Return ``[(name of the sheet, [(key, column)])]`` of classes.

        :param offered: leave out what the system gives, offer choices in lists
        """
        vocabulary = self.env["itsm.ci.import.vocabulary"]._vocabulary()
        # A name that means another class, or none, gives way to the code.
        names = [
            each.name
            if vocabulary.classes.within(ledger.sheet_names([each.name])[0])
            == each.code
            else each.code
            for each in classes
        ]
        base = [
            field
            for field in vocabulary.fields
            if not field.key.startswith("attributes.")
            and field.key != ledger.CLASS_KEY
            and not (offered and field.key in _GIVEN)
        ]
        return [
            (name, self._columns(each, base, offered))
            for each, name in zip(classes, ledger.sheet_names(names), strict=True)
        ]

    @api.model
    def _columns(self, item_class, base, offered):
        """Return ``[(key, column)]`` of a class: fields of all items, then its own."""
        Ci = self.env["itsm.ci"]
        specs = item_class._attribute_specs(self.env.lang or "en_US")
        labels = [field.label for field in base] + [spec.label for spec in specs]
        plain = [tabular.normalize_header(label) for label in labels]
        columns = [
            (
                field.key,
                ledger.OutColumn(
                    self._header(field.label, field.key, plain),
                    field.type,
                    Ci._fields[field.key]._description_help(self.env) or "",
                    field.key == "name",
                    self._choices(field.key, item_class) if offered else (),
                    field.key in ("criticality", "environment"),
                ),
            )
            for field in base
        ]
        return columns + [
            (
                f"attributes.{spec.key}",
                ledger.OutColumn(
                    self._header(
                        spec.label, f"attributes.{spec.key}", plain, spec.unit
                    ),
                    spec.type,
                    spec.help,
                    spec.required,
                    self._attribute_choices(spec) if offered else (),
                    spec.type == "selection",
                ),
            )
            for spec in specs
        ]

    @api.model
    def _header(self, label, key, taken, unit=""):
        """Return the name of a column: its label, or its key where that is doubtful."""
        if taken.count(tabular.normalize_header(label)) != 1 or " / " in label:
            return key
        return f"{label} ({unit})" if unit else label

    @api.model
    def _choices(self, key, item_class):
        if key == "status":
            return tuple(item_class.effective_lifecycle_id.stage_ids.mapped("name"))
        field = self.env["itsm.ci"]._fields[key]
        if field.type == "selection":
            return tuple(
                label for _key, label in field._description_selection(self.env)
            )
        if key == "location_id":
            places = self.env["itsm.location"].search([], limit=1000)
            return tuple(places.mapped("complete_name"))
        return ()

    @api.model
    def _attribute_choices(self, spec):
        if spec.type == "boolean":
            return self.env._("Yes"), self.env._("No")
        if spec.type == "selection":
            return tuple(label for _key, label in spec.options)
        return ()

    # ------------------------------------------------------------------
    # Rows of items
    # ------------------------------------------------------------------

    @api.model
    def _rows(self, items, keys):
        """Yield the values of items in the order of keys, some items at a time."""
        specs = {
            f"attributes.{spec.key}": spec
            for spec in items.class_id._attribute_specs(self.env.lang or "en_US")
        }
        names = _SureNames(self.env)
        for start in range(0, len(items), _PORTION):
            portion = items[start : start + _PORTION]
            states = portion._snapshot()
            names.load(self._named(state, specs) for state in states.values())
            for item in portion:
                state = states[item.id]
                yield [self._value(state, key, specs, names) for key in keys]
            self.env.invalidate_all()

    @api.model
    def _named(self, state, specs):
        """Yield ``(model, id, name)`` of the records that an item refers to."""
        for key, value in state.items():
            model = self._model(key, specs)
            for pair in self._pairs(value) if model else ():
                yield model, *pair

    @api.model
    def _model(self, key, specs):
        if key in specs:
            return specs[key].comodel
        field = self.env["itsm.ci"]._fields.get(key)
        return field.comodel_name if field is not None and field.relational else None

    @api.model
    def _pairs(self, value):
        """Return ``[[id, name]]`` of one record or several in the history's form."""
        if not isinstance(value, list) or not value:
            return []
        return [value] if isinstance(value[0], int) else value

    @api.model
    def _value(self, state, key, specs, names):
        """Return the cell of an item: as people read it, and the import understands."""
        if key == "status":
            stage = state.get("stage_id")
            return stage[1] if stage else None
        value = state.get(key)
        spec = specs.get(key)
        kind = spec.type if spec else self.env["itsm.ci"]._fields[key].type
        if value is None or value == [] or value == "":
            return None
        if kind == "boolean":
            return bool(value)
        if value is False:
            return None
        return self._typed(kind, key, value, spec, names)

    @api.model
    def _typed(self, kind, key, value, spec, names):
        if kind in ("many2one", "many2many"):
            model = self._model(key, {key: spec} if spec else {})
            return ", ".join(names.name(model, *pair) for pair in self._pairs(value))
        if kind == "date":
            return date.fromisoformat(str(value)[:10])
        if kind == "datetime":
            return self._local(value)
        if kind == "html":
            return html2plaintext(value).strip()
        if kind in ("selection", "tags"):
            options = spec.options if spec else self._options(key)
            labels = dict(options)
            if kind == "selection":
                return labels.get(value, value)
            return ", ".join(self._label(each, labels) for each in value)
        return value

    @api.model
    def _options(self, key):
        return self.env["itsm.ci"]._fields[key]._description_selection(self.env)

    @api.model
    def _label(self, key, labels):
        """Return what a choice is called; its key where its name looks like several."""
        label = labels.get(key, key)
        return key if any(mark in label for mark in ",;|，；、") else label

    @api.model
    def _local(self, value):
        """Return a moment as the reader's clock showed it."""
        moment = fields.Datetime.to_datetime(value)
        if not isinstance(moment, datetime):
            return None
        return fields.Datetime.context_timestamp(self, moment).replace(tzinfo=None)

    # ------------------------------------------------------------------
    # Relations
    # ------------------------------------------------------------------

    @api.model
    def _relation_sheet(self, sheets, rows=()):
        """Return the sheet of relations."""
        taken = [sheet.name for sheet in sheets]
        name = ledger.sheet_names([*taken, self.env._("Relations")])[-1]
        types = self.env["itsm.ci.relation.type"].search_fetch([], ["name"])
        labels = self.env["itsm.ci.import.vocabulary"]._relation_labels()
        strength = self.env["itsm.ci.relation"]._fields["strength"]
        choices = {
            "type": tuple(types.mapped("name")),
            "strength": tuple(
                label for _key, label in strength._description_selection(self.env)
            ),
        }
        help_text = self.env._(
            "Code, asset code, serial number or name of an item, here or in the "
            "database."
        )
        columns = [
            ledger.OutColumn(
                label,
                "float" if key == "weight" else "char",
                help_text if key in ("source", "target") else "",
                key in ("source", "type", "target"),
                choices.get(key, ()),
            )
            for key, label in labels.items()
        ]
        return ledger.OutSheet(name, columns, rows)

    @api.model
    def _relation_rows(self, items):
        """Yield the relations between the items."""
        Relation = self.env["itsm.ci.relation"]
        relations = Relation.search(
            [("source_id", "in", items.ids), ("target_id", "in", items.ids)]
        )
        strengths = dict(Relation._fields["strength"]._description_selection(self.env))
        for relation in relations:
            yield [
                relation.source_id.code,
                relation.type_id.name,
                relation.target_id.code,
                strengths[relation.strength],
                relation.weight,
            ]


class _SureNames:
    """Names of records by which the import finds exactly them."""

    def __init__(self, env):
        self.env = env
        self._finder = Names(env, env.company, False)
        self._known = {}

    def load(self, named):
        """Find names for records, ``[[(model, id, name)]]``, that are not known yet."""
        new = {}
        for triples in named:
            for model, id_, name in triples:
                if (model, id_) not in self._known:
                    new.setdefault(model, {})[id_] = name
        for model, names in new.items():
            self._finder.load({model: set(names.values())})
            doubtful = [
                id_ for id_, name in names.items() if not self._is(model, id_, name)
            ]
            self._known.update({(model, id_): name for id_, name in names.items()})
            self._known.update(self._surer(model, doubtful))

    def name(self, model, id_, name):
        """Return what to call a record."""
        return self._known.get((model, id_)) or name or ""

    def _is(self, model, id_, name):
        try:
            return self._finder.match(model, name) == id_
        except tabular.TabularError:
            return False

    def _surer(self, model, ids):
        """Return ``{(model, id): text}`` of records whose name several have."""
        if model not in _SURER or not ids:
            return {}
        # sudo: the name was shown already; this is another one of the same record.
        records = self.env[model].sudo().browse(ids)
        texts = {
            record.id: [record[name] for name in _SURER[model] if record[name]]
            for record in records
        }
        self._finder.load({model: {text for each in texts.values() for text in each}})
        return {
            (model, id_): next(text for text in each if self._is(model, id_, text))
            for id_, each in texts.items()
            if any(self._is(model, id_, text) for text in each)
        }
