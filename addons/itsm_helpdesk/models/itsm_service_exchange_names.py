"""Records by the names that a service file calls them."""

from odoo.fields import Domain

from ..tools.service_file import SOURCE_LANGUAGE

# What a record is called in a file, where it is not its ``name``.
NAME_FIELDS = {
    "hr.department": "complete_name",
    "itsm.service": "code",
    "itsm.service.class": "code",
    "res.groups": "full_name",
}


def source(records):
    """Return records that speak the source language: names mean the same everywhere."""
    return records.with_context(lang=SOURCE_LANGUAGE)


def name_of(record):
    """Return what a record is called in a file."""
    if not record:
        return ""
    record = source(record)
    field = NAME_FIELDS.get(record._name) or record._rec_name
    return (record[field] if field else record.display_name) or ""


def names_of(records):
    """Return what records are called, in alphabetical order."""
    return sorted(filter(None, map(name_of, records)))


def path_of(record):
    """Return the names from the root of a tree to a record."""
    names = []
    while record:
        names.insert(0, name_of_node(record))
        record = record.parent_id
    return names


def name_of_node(record):
    """Return the name of one record of a tree, without those above it."""
    return source(record).name or ""


def person_of(user):
    """Return how a file names a user."""
    if not user:
        return {}
    return {"name": user.name, "login": user.login, "email": user.email or ""}


def reference_of(record):
    """Return how a file names a record that may have an XML id."""
    if not record:
        return {}
    xmlid = record.get_external_id()[record.id]
    if xmlid.startswith("__"):
        # Ids of exports and hand-made imports mean nothing elsewhere.
        xmlid = ""
    return {"xmlid": xmlid, "name": name_of(record)}


class Names:
    """Finds records by name, each name once.

    Records are looked up with the rights of the user: what nobody shows to them, they
    cannot link.
    """

    def __init__(self, env):
        self.env = env(context={**env.context, "lang": SOURCE_LANGUAGE})
        self._known = {}

    def find(self, model, name, domain=Domain.TRUE, field=None):
        """Return the records that are called ``name``: none, one or several."""
        key = (model, name, repr(domain), field)
        if key not in self._known:
            Model = self.env[model]
            field = field or NAME_FIELDS.get(model) or Model._rec_name
            self._known[key] = (
                Model.search(Domain(field, "=", name) & Domain(domain), limit=2)
                if field and name
                else Model
            )
        return self._known[key]

    def person(self, entry):
        """Return the users that a file means, by the most certain thing it says."""
        key = ("res.users", tuple(sorted(entry.items())))
        if key not in self._known:
            self._known[key] = self._person(entry)
        return self._known[key]

    def _person(self, entry):
        Users = self.env["res.users"]
        for name in ("login", "email", "name"):
            if entry[name]:
                found = Users.search(
                    [(name, "=", entry[name]), ("share", "=", False)], limit=2
                )
                if found:
                    return found
        return Users

    def reference(self, model, entry):
        """Return the records that a file means by XML id, else by name."""
        key = (model, entry["xmlid"], entry["name"])
        if key not in self._known:
            self._known[key] = self._reference(model, entry)
        return self._known[key]

    def _reference(self, model, entry):
        # sudo: names are no secret; whoever sets the record asks whether they may.
        Model = self.env[model].sudo()
        if entry["xmlid"]:
            found = self.env.ref(entry["xmlid"], raise_if_not_found=False)
            if found is not None and found._name == model:
                return Model.browse(found.id)
        field = NAME_FIELDS.get(model) or Model._rec_name
        return (
            Model.search([(field, "=", entry["name"])], limit=2)
            if entry["name"]
            else Model
        )

    def path(self, model, names):
        """Return the record at the end of a path of names, none where it breaks off."""
        record = self.env[model]
        for index, name in enumerate(names):
            above = Domain("parent_id", "=", record.id if index else False)
            record = self.find(model, name, above, "name")[:1]
            if not record:
                break
        return record

    def forget(self):
        """Look everything up again: something was created or rolled back."""
        self._known.clear()
