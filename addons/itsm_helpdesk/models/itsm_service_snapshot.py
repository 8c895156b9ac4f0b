"""A service with all that it is made of, as plain data of this database."""

from odoo.models import MAGIC_COLUMNS

from .itsm_service_exchange_texts import SOURCE_LANGUAGE, read_texts

# The parts of each kind of record, in the order in which they are written back.
PARTS = {
    "itsm.service": ("question_ids", "plan_task_ids", "order_ids"),
    "itsm.question": ("option_ids", "column_ids"),
    "itsm.question.set": ("question_ids",),
    "itsm.plan.task": ("check_ids",),
}
# Where records stand, how they are sorted, and what is not the content of a service.
_OUT = frozenset(
    {
        *("active", "code", "form_service_id", "has_unpublished_changes"),
        *("sequence", "state", "version_id"),
        *("parent_id", "plan_task_id", "question_id", "service_id", "set_id"),
    }
)
_KINDS_OUT = frozenset({"binary", "many2one_reference", "one2many", "properties"})


def content_fields(Model):
    """Return the names of the fields that are content of a service."""
    return [
        name
        for name, field in Model._fields.items()
        if field.store
        and name not in MAGIC_COLUMNS
        and not field.related
        and field.type not in _KINDS_OUT
        and name not in _OUT
    ]


def dependencies(env):
    """Return the paths of all that a snapshot of a service is made of."""
    found = []
    _add_dependencies(env, "itsm.service", "", 4, found)
    sets = "question_ids.included_set_id."
    found += [f"{sets}name"]
    _add_dependencies(env, "itsm.question", f"{sets}question_ids.", 2, found)
    return found


def _add_dependencies(env, model, prefix, depth, found):
    found += [f"{prefix}{name}" for name in content_fields(env[model])]
    found += [f"{prefix}sequence"] if prefix else []
    for part in PARTS.get(model, ()) if depth else ():
        comodel = env[model]._fields[part].comodel_name
        _add_dependencies(env, comodel, f"{prefix}{part}.", depth - 1, found)


class Snapshot:
    """Reads services; each kind of record in one go.

    Rows are ``{"id", field: value, part: rows}``. Texts are ``{language: text}``,
    without those that say the same as the source. References are ids; those within a
    plan are places in it, so that they mean the same after a copy.
    """

    def __init__(self, services):
        self.services = services
        self.sets = self._all_sets()
        self.texts = {}
        for records in self._all_records():
            self._read_texts(records)

    def _all_sets(self):
        """Return the question sets of the forms, and those within them."""
        found = new = self.services.question_ids.included_set_id
        while new:
            new = new.question_ids.included_set_id - found
            found |= new
        return found

    def _all_records(self):
        questions = self.services.question_ids | self.sets.question_ids
        questions |= questions.column_ids
        tasks = self.services.plan_task_ids
        return [
            self.services,
            self.sets,
            questions,
            questions.option_ids,
            tasks,
            tasks.check_ids,
        ]

    def _read_texts(self, records):
        names = [
            name for name in content_fields(records) if records._fields[name].translate
        ]
        for record_id, texts in read_texts(records, names).items():
            self.texts[records._name, record_id] = {
                name: _different(spoken) for name, spoken in texts.items()
            }

    def of(self, service):
        """Return what one service is made of."""
        used = self._sets_of(service.question_ids)
        return {
            **self._row(service),
            "sets": [
                {
                    "id": each.id,
                    **self.texts[each._name, each.id],
                    "question_ids": self._rows(each.question_ids),
                }
                for each in used.sorted("id")
            ],
        }

    def _sets_of(self, questions):
        found = new = questions.included_set_id
        while new:
            new = new.question_ids.included_set_id - found
            found |= new
        return found

    def _rows(self, records):
        return [self._row(record) for record in in_order(records)]

    def _row(self, record):
        texts = self.texts.get((record._name, record.id), {})
        row = {"id": record.id}
        for name in content_fields(record):
            row[name] = texts[name] if name in texts else self._value(record, name)
        for part in PARTS.get(record._name, ()):
            row[part] = self._rows(record[part])
        return row

    def _value(self, record, name):
        field, value = record._fields[name], record[name]
        if field.type == "many2one":
            return value.id
        if field.type == "many2many" and field.comodel_name == record._name:
            places = {id_: at for at, id_ in enumerate(_whole(record).ids)}
            return sorted(places[id_] for id_ in value.ids if id_ in places)
        if field.type == "many2many":
            return sorted(value.ids)
        return value or (value if field.type in ("float", "integer") else False)


def in_order(records):
    """Return the rows of a form or a plan in their order."""
    return records.sorted(lambda record: (record.sequence, record.id))


def _whole(task):
    """Return the plan that a task stands in."""
    return in_order(task.service_id.plan_task_ids)


def _different(spoken):
    """Return ``{language: text}`` without what says the same as the source."""
    source = spoken.get(SOURCE_LANGUAGE) or ""
    other = {code: text for code, text in spoken.items() if text and text != source}
    return {SOURCE_LANGUAGE: source, **other}


def same(before, now):
    """Tell whether two snapshots say the same.

    Records may have been made anew. What a later version of the addon adds is no
    difference until the service is published again.
    """
    if isinstance(before, dict) and isinstance(now, dict):
        # Texts have all their languages; rows only what both know.
        if SOURCE_LANGUAGE in before:
            return before == now
        names = before.keys() & now.keys() - {"id"}
        return all(same(before[name], now[name]) for name in names)
    if isinstance(before, list) and isinstance(now, list):
        return len(before) == len(now) and all(map(same, before, now))
    return before == now
