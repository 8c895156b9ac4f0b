import json

from odoo import api, fields, models

from .itsm_question import _HOLD, _KNOWN
from .itsm_service_exchange_texts import SOURCE_LANGUAGE, write_texts
from .itsm_service_snapshot import PARTS, Snapshot, dependencies, same
from .itsm_ticket import WORKERS

# How a row is known that was made anew; tasks have only their names.
_KEYS = {
    "itsm.question": "key",
    "itsm.question.option": "key",
    "itsm.service.order": "child_service_id",
}
# Long texts are not repeated in a list of differences.
_MAX_SHOWN = 80


class ItsmService(models.Model):
    """What changed since a service was published, in words; and back again."""

    _inherit = "itsm.service"

    has_unpublished_changes = fields.Boolean(
        compute="_compute_has_unpublished_changes",
        store=True,
        copy=False,
        groups=WORKERS,
        export_string_translation=False,
        help="The service differs from its published version. Publish it again to "
        "give requesters the new form.",
    )

    @api.depends(lambda self: ["state", "version_id", *dependencies(self.env)])
    def _compute_has_unpublished_changes(self):
        published = self.filtered(lambda each: each.state == "published")
        now = published._snapshots()
        for service in self:
            before = service.version_id.data or {}
            service.has_unpublished_changes = service in published and not same(
                before, now[service.id]
            )

    def _check_form(self):
        """Look again when a form changes by a set in a set, which no path names."""
        result = super()._check_form()
        self.modified(["question_ids"])
        return result

    def _snapshots(self):
        """Return ``{service id: all that it is made of, as plain data}``."""
        # sudo: also what a plan runs by itself, which system administrators choose.
        services = self.sudo()
        snapshot = Snapshot(services)
        # As JSON gives it back, so that it compares.
        return {
            service.id: json.loads(json.dumps(snapshot.of(service)))
            for service in services
        }

    # ------------------------------------------------------------------
    # In words
    # ------------------------------------------------------------------

    @api.model
    def _differences(self, before, now):
        """Return a sentence for each difference between two snapshots."""
        found = self._row_differences("itsm.service", before, now, "")
        was = {each["id"]: each for each in before.get("sets", ())}
        for each in now.get("sets", ()):
            if each["id"] in was:
                title = self.env._("Question set “%(name)s”", name=_spoken(each))
                found += self._row_differences(
                    "itsm.question.set", was[each["id"]], each, title
                )
        return found

    @api.model
    def _row_differences(self, model, before, now, title):
        """Return the differences of a record and of the rows that belong to it."""
        Model, found = self.env[model], []
        parts = PARTS.get(model, ())
        for name in before.keys() & now.keys() - {"id", "sets", *parts}:
            if not same(before[name], now[name]):
                found.append(self._difference(Model, name, before, now, title))
        found.sort()
        for name in parts:
            comodel = Model._fields[name].comodel_name
            found += self._rows_differences(
                comodel, before.get(name, []), now.get(name, []), title
            )
        return found

    @api.model
    def _rows_differences(self, model, before, now, title):
        """Return the differences of rows: added, taken out, changed, moved."""
        was = _pairs(model, before, now)
        found = []
        for row, old in zip(now, was, strict=True):
            name = self._row_title(model, old or row, title)
            if old:
                found += self._row_differences(model, old, row, name)
            else:
                found.append(self.env._("%(what)s was added.", what=name))
        kept = [before.index(old) for old in was if old]
        for place, row in enumerate(before):
            if place not in kept:
                name = self._row_title(model, row, title)
                found.append(self.env._("%(what)s was taken out.", what=name))
        if kept != sorted(kept):
            kind = self._kind_title(model, title)
            found.append(self.env._("%(what)s: the order was changed.", what=kind))
        return found

    @api.model
    def _kind_title(self, model, title):
        kinds = {
            "itsm.question": self.env._("Questions"),
            "itsm.question.option": self.env._("Options"),
            "itsm.plan.task": self.env._("Plan"),
            "itsm.plan.check": self.env._("Checklist"),
            "itsm.service.order": self.env._("Parts"),
        }
        return f"{title}, {kinds[model]}" if title else kinds[model]

    @api.model
    def _row_title(self, model, row, title):
        name = _spoken(row)
        if model == "itsm.service.order":
            part = self.browse(row["child_service_id"]).sudo().exists()
            name = part.name or ""
        titles = {
            "itsm.question": self.env._("Question “%(name)s”", name=name),
            "itsm.question.option": self.env._("Option “%(name)s”", name=name),
            "itsm.plan.task": self.env._("Task “%(name)s”", name=name),
            "itsm.plan.check": self.env._("Check “%(name)s”", name=name),
            "itsm.service.order": self.env._("Part “%(name)s”", name=name),
        }
        return f"{title}, {titles[model]}" if title else titles[model]

    @api.model
    def _difference(self, Model, name, before, now, title):
        label = Model._fields[name]._description_string(self.env)
        what = f"{title}, {label}" if title else label
        values = [self._in_words(Model, name, row[name]) for row in (before, now)]
        if values[0] == values[1] or max(map(len, values)) > _MAX_SHOWN:
            return self.env._("%(what)s was changed.", what=what)
        nothing = self.env._("(nothing)")
        return self.env._(
            "%(what)s: %(before)s → %(after)s",
            what=what,
            before=values[0] or nothing,
            after=values[1] or nothing,
        )

    @api.model
    def _in_words(self, Model, name, value):
        """Return a value of a snapshot as a text; what has no text looks alike."""
        field = Model._fields[name]
        if field.type == "boolean":
            return self.env._("yes") if value else self.env._("no")
        if isinstance(value, dict) and SOURCE_LANGUAGE in value:
            return value.get(self.env.lang) or value[SOURCE_LANGUAGE]
        if field.type == "json":
            return ""
        if field.type == "selection":
            return dict(field._description_selection(self.env)).get(value, "")
        if field.type == "many2many" and field.comodel_name == Model._name:
            return ""
        if field.type in ("many2one", "many2many"):
            ids = value if isinstance(value, list) else [value] if value else []
            # sudo: names of what whoever reads the service sees on it.
            records = self.env[field.comodel_name].sudo().browse(ids).exists()
            return ", ".join(records.mapped("display_name"))
        return str(value) if value else ""

    # ------------------------------------------------------------------
    # Back again
    # ------------------------------------------------------------------

    def _restore(self, data):
        """Make the service what a snapshot says; its shared sets stay as they are."""
        self.ensure_one()
        # Models of records were chosen by an administrator then.
        held = self.with_context(itsm_form=_HOLD, itsm_models=_KNOWN)
        held._restore_row(data)
        self.invalidate_recordset()
        self.env.flush_all()
        # sudo: a form is checked as a whole.
        self.sudo()._check_form()

    def _restore_row(self, row):
        _write_row(self, row)
        for part in PARTS[self._name]:
            _restore_rows(self, part, row.get(part, []))


def _restore_rows(owner, part, rows):
    """Make the rows of a record what they were: the same ones where they still are."""
    field = owner._fields[part]
    records = _kept_rows(owner[part], rows)
    kept = owner[part].browse(record.id for record in records if record)
    (owner[part] - kept).unlink()
    for number, row in enumerate(rows):
        place = {"sequence": 10 * (number + 1)}
        if records[number]:
            records[number].write(place)
        else:
            values = {field.inverse_name: owner.id, **_first_values(kept, row)}
            records[number] = kept.create(values | place)
    for record, row in zip(records, rows, strict=True):
        _write_row(record, row, [each.id for each in records])
        for sub in PARTS.get(record._name, ()):
            _restore_rows(record, sub, row.get(sub, []))


def _kept_rows(old, rows):
    """Return for each row of a snapshot the record that it was, or None."""
    known = [{"id": record.id, "key": _identity_of(record)} for record in old]
    by_id = {record.id: record for record in old}
    pairs = _pairs(
        None, known, [{**row, "key": _identity(old._name, row)} for row in rows]
    )
    return [pair and by_id[pair["id"]] for pair in pairs]


def _pairs(model, before, now):
    """Return for each row of ``now`` the one of ``before`` that it was, or None.

    That is the same record, else one that was made anew under the same key.
    """
    left = {row["id"]: row for row in before}
    pairs = [left.pop(row["id"], None) for row in now]
    by_key = {_identity(model, row): row for row in left.values()}
    return [
        pair or by_key.pop(_identity(model, row), None)
        for pair, row in zip(pairs, now, strict=True)
    ]


def _first_values(Model, row):
    """Return what a record cannot be made without."""
    names = [
        name
        for name, field in Model._fields.items()
        if name in row and (field.required or name in ("type", "included_set_id"))
    ]
    return {
        name: _spoken(row, name) if isinstance(row[name], dict) else row[name]
        for name in names
    } | {name: row["key"] for name in ("key",) if name in row}


def _write_row(record, row, places=()):
    """Write what differs of the facts of one record, then its texts."""
    texts, values = {}, {}
    for name, value in row.items():
        field = record._fields.get(name)
        if not field or name == "id" or field.type == "one2many":
            continue
        if field.translate:
            texts[name] = {code: text for code, text in value.items() if text}
            continue
        if field.type == "many2many" and field.comodel_name == record._name:
            value = [places[at] for at in value if at < len(places)]
        if field.relational:
            value = _existing(record, field, value)
        now = record.sudo()[name]  # sudo: to compare only
        now = now.ids if field.type == "many2many" else now
        now = now.id if field.type == "many2one" else now
        if (sorted(now) if field.type == "many2many" else now) != value:
            values[name] = (
                [fields.Command.set(value)] if field.type == "many2many" else value
            )
    if values:
        record.write(values)
    write_texts(record, texts)


def _existing(record, field, value):
    """Return the id or ids of a snapshot that are still there."""
    ids = value if isinstance(value, list) else [value] if value else []
    # sudo: whether they are there.
    found = sorted(record.env[field.comodel_name].sudo().browse(ids).exists().ids)
    return found if isinstance(value, list) else (found or [False])[0]


def _identity(model, row):
    """Return what a row of a snapshot is known by."""
    key = _KEYS.get(model) if model else "key"
    return row[key] if key else _spoken(row)


def _identity_of(record):
    key = _KEYS.get(record._name)
    if not key:
        return record.with_context(lang=SOURCE_LANGUAGE).name
    value = record[key]
    return value.id if record._fields[key].relational else value


def _spoken(row, name="name"):
    text = row.get(name) or ""
    return text.get(SOURCE_LANGUAGE, "") if isinstance(text, dict) else text
