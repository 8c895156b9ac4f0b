from ..tools import ledger
from ..tools.ledger import tabular
from ..tools.staging import Spec, choice_words

# What rows may say of an item, beside the attributes of its class.
FIELDS = (
    "code",
    "name",
    "asset_code",
    "serial_number",
    "host_name",
    "domain_name",
    "ip_addresses",
    "mac_addresses",
    "criticality",
    "environment",
    "stage_id",
    "owner_id",
    "custodian_id",
    "department_id",
    "user_department_ids",
    "location_id",
    "rack_position",
    "rack_units",
    "supplier_id",
    "manufacturer_id",
    "model_id",
    "purchase_date",
    "purchase_value",
    "currency_id",
    "warranty_end",
    "verified_at",
    "note",
)
# A status is said by the stage of the item's life cycle that stands for it.
_OTHER_NAMES = {"status": "stage_id"}
_TYPES = {"ip_addresses": "ips", "mac_addresses": "macs"}
# What people say where no translation is installed.
_WORDS = {
    "criticality": ledger.CRITICALITY_WORDS,
    "environment": ledger.ENVIRONMENT_WORDS,
}


def _other_words(words):
    """Yield ``(normalised word, key)`` of words of ledgers that mean one key only."""
    for key, own in ledger.distinct_words(words).items():
        for word in own:
            yield tabular.normalize(word), key


class Specs:
    """What values the items of each class take, read once for a batch."""

    def __init__(self, env):
        self.env = env
        self._langs = [code for code, _name in env["res.lang"].get_installed()]
        self._fields = {name: self._field_spec(name) for name in FIELDS}
        self._by_class = {}
        self._stages = {}
        self.required = {}

    def of(self, item_class):
        """Return ``{key: Spec}`` of a class; attributes also by their short key."""
        class_id = item_class._ids[0]
        if class_id not in self._by_class:
            self._by_class[class_id] = self._class_specs(item_class)
        return self._by_class[class_id]

    def _field_spec(self, name):
        field = self.env["itsm.ci"]._fields[name]
        label = field._description_string(self.env)
        choices = {}
        if field.type == "selection":
            choices = choice_words(
                pair
                for env in self._each_language()
                for pair in field._description_selection(env)
            )
            for word, key in _other_words(_WORDS.get(name, {})):
                choices.setdefault(word, key)
        kind = _TYPES.get(name, field.type)
        return Spec(name, label, kind, choices, (), field.comodel_name or "")

    def _each_language(self):
        for lang in self._langs:
            yield self.env(context={**self.env.context, "lang": lang})

    def _class_specs(self, item_class):
        specs = dict(self._fields)
        specs.update((name, specs[key]) for name, key in _OTHER_NAMES.items())
        texts = [item_class._attribute_specs(lang) for lang in self._langs]
        self.required[item_class.id] = []
        for twins in zip(*texts, strict=True):
            first = twins[0]
            key = f"attributes.{first.key}"
            spec = Spec(
                key,
                first.label,
                first.type,
                choice_words(pair for twin in twins for pair in twin.options),
                tuple(dict.fromkeys(twin.unit for twin in twins if twin.unit)),
                first.comodel or "",
            )
            specs[key] = specs[first.key] = spec
            if first.required:
                self.required[item_class.id].append(key)
        return specs

    def stage(self, item_class, raw):
        """Return ``(stage id, status)`` that a text names, for a class.

        A status means the first stage that stands for it; the item's own stage, if it
        stands for that status too, is kept. Raises TabularError.
        """
        lifecycle = item_class.effective_lifecycle_id
        if lifecycle.id not in self._stages:
            self._stages[lifecycle.id] = self._stage_words(lifecycle)
        found = self._stages[lifecycle.id].get(tabular.normalize(raw))
        if found is None:
            raise tabular.TabularError("bad_choice", value=tabular.as_text(raw)[:80])
        return found

    def _stage_words(self, lifecycle):
        words = {}
        firsts = {}
        for stage in lifecycle.stage_ids:
            firsts.setdefault(stage.status, stage.id)
            for env in self._each_language():
                word = tabular.normalize(stage.with_env(env).name)
                words.setdefault(word, (stage.id, None))
        field = self.env["itsm.ci.stage"]._fields["status"]
        for env in self._each_language():
            for status, label in field._description_selection(env):
                if status in firsts:
                    place = (firsts[status], status)
                    words.setdefault(tabular.normalize(label), place)
                    words[tabular.normalize(status)] = place
        for word, status in _other_words(ledger.STATUS_WORDS):
            if status in firsts:
                words.setdefault(word, (firsts[status], status))
        return words
