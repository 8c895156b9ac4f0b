from odoo.tools import SQL

from ..tools.ledger.engine import tabular

# Stored columns by which records are found, beside their name.
_COLUMNS = {
    "hr.employee": ("name", "work_email"),
    "hr.department": ("name",),
    "itsm.location": ("name", "code", "complete_name"),
    "res.partner": ("name", "ref", "email"),
    "itsm.ci": ("name", "code", "asset_code", "serial_number", "host_name"),
    "res.currency": ("name", "symbol"),
}
# Names that are worked out and cannot be searched by SQL.
_COMPUTED = {"hr.department": ("complete_name",)}
# Makers, models and places that nobody knows yet may be created from their name.
CREATED = {"supplier_id": "res.partner", "manufacturer_id": "res.partner"} | {
    "model_id": "itsm.ci.model",
    "location_id": "itsm.location",
}


class Names:
    """Finds the records that rows name; each name is looked for once in a batch."""

    def __init__(self, env, company, creates):
        # sudo: a ledger names people and partners whom its importer may not open.
        self.env = env(su=True)
        self.company = company
        self.creates = creates
        self._found = {}
        self._shown = {}
        # Texts as they stand, of those that were loaded last.
        self._read = {}

    def load(self, wanted):
        """Look for names, ``{model: {text}}``, that are not known yet."""
        self._read.clear()
        for model, texts in wanted.items():
            known = self._found.setdefault(model, {})
            new = {tabular.normalize(text) for text in texts} - known.keys()
            if new:
                directory = self._directory(model, texts, new)
                known.update((text, directory.match(text)) for text in new)

    def match(self, model, text):
        """Return the record that a text names. Raises TabularError."""
        place = (model, text)
        found = self._read.get(place)
        if found is None:
            found = self._found[model][tabular.normalize(text)]
            self._read[place] = found
        if found.kind == "exact":
            return found.id
        code = "name_ambiguous" if found.kind == "ambiguous" else "name_missing"
        raise tabular.TabularError(code, value=text[:80])

    def shown(self, model, id_):
        """Return the name of a record found here."""
        return self._shown.get((model, id_), "")

    def _directory(self, model, texts, normal):
        Model = self.env[model]
        records = Model.browse(self._ids(Model, texts, normal))
        if "company_id" in Model._fields:
            records = records.filtered(
                lambda record: (
                    not record.company_id or record.company_id == self.company
                )
            )
        directory = tabular.Directory()
        for record, twin in zip(
            records, records.with_context(lang="en_US"), strict=True
        ):
            self._shown[model, record.id] = record.display_name
            directory.add(
                tabular.Entry(
                    record.id, record.display_name, tuple(self._keys(record, twin))
                )
            )
        return directory

    def _keys(self, record, twin):
        """Return what a record is called, in the reader's language and in English."""
        for name in (*self._columns(record), *_COMPUTED.get(record._name, ())):
            yield from (one[name] for one in (record, twin) if one[name])
        if record._name == "hr.employee" and record.user_id.login:
            yield record.user_id.login

    @staticmethod
    def _columns(Model):
        columns = _COLUMNS.get(Model._name) or (Model._rec_name or "name",)
        return [
            name
            for name in columns
            if name in Model._fields and Model._fields[name].store
        ]

    def _ids(self, Model, texts, normal):
        """Return the records of which some column may be one of the texts."""
        columns = self._columns(Model)
        active = [Model._active_name] if Model._active_name else []
        Model.flush_model([*columns, *active])
        # The last step of a path names a record too; the directory looks closer.
        steps = {text.rpartition("/")[2].strip() for text in normal}
        words = sorted(normal | steps | {text.strip().lower() for text in texts})
        terms = [self._term(Model._fields[name], words) for name in columns]
        if Model._name == "hr.employee":
            terms.append(
                SQL(
                    "user_id IN (SELECT id FROM res_users"
                    " WHERE lower(login) = ANY(%s))",
                    words,
                )
            )
        if not terms:
            return []
        return [
            id_
            for (id_,) in self.env.execute_query(
                SQL(
                    "SELECT id FROM %s WHERE %s AND (%s) ORDER BY id",
                    SQL.identifier(Model._table),
                    SQL.identifier(active[0]) if active else SQL("TRUE"),
                    SQL(" OR ").join(terms),
                )
            )
        ]

    @staticmethod
    def _term(field, words):
        column = SQL.identifier(field.name)
        if field.translate:
            return SQL(
                "EXISTS (SELECT FROM jsonb_each_text(%s) AS t"
                " WHERE lower(t.value) = ANY(%s))",
                column,
                words,
            )
        return SQL("lower(%s) = ANY(%s)", column, words)

    # ------------------------------------------------------------------
    # New names
    # ------------------------------------------------------------------

    def load_or_create(self, key, values):
        """Put ids into ``[0, name]`` pairs: of records known by now, or new."""
        model = CREATED[key]
        names = list(dict.fromkeys(name for _id, name in values))
        self.load({model: set(names)})
        known = self._found[model]
        missing = tabular.distinct_names(
            name for name in names if known[tabular.normalize(name)].kind == "missing"
        )
        company = {"is_company": True} if model == "res.partner" else {}
        records = (
            self.env[model]
            .with_context(tracking_disable=True, mail_create_nosubscribe=True)
            .create([{"name": name, **company} for name in missing])
        )
        for name, record in zip(missing, records, strict=True):
            known[tabular.normalize(name)] = tabular.Match("exact", (record.id,))
        ids = {name: self.match(model, name) for name in names}
        for pair in values:
            pair[0] = ids[pair[1]]
