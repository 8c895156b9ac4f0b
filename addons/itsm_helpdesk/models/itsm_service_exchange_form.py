"""Questions of a service file as records."""

from odoo.fields import Command

from .itsm_question import _HOLD
from .itsm_service_exchange_export import QUESTION_TEXTS
from .itsm_service_exchange_texts import create_values


class FormWriter:
    """Makes the questions of a service or of a set what the file says.

    Questions are matched by their keys, so those that stay are the same records.
    """

    def __init__(self, work, sets):
        """
        :param sets: ``{name: questions in the file}``
        """
        self.work = work
        # A form is checked as a whole, when all of it is written.
        self.env = work.env(context={**work.env.context, "itsm_form": _HOLD})
        self.sets = sets

    def questions(self, entries):
        """Return ``{key: question}`` of a form with those of its sets."""
        found = {}
        for entry in entries:
            found[entry["key"]] = entry
            if entry["set"]:
                found.update(self.questions(self.sets.get(entry["set"], [])))
        return found

    def apply(self, owner, entries, path):
        """Make the questions of ``owner`` those of the file.

        :param owner: a service or a question set
        """
        owner = owner.with_env(self.env)
        field = owner._fields["question_ids"].inverse_name
        old = {question.key: question for question in owner.question_ids}
        keys = {entry["key"] for entry in entries}
        self.env["itsm.question"].union(
            *(question for key, question in old.items() if key not in keys)
        ).unlink()
        known = self.questions(entries)
        for index, entry in enumerate(entries):
            here = f"{path}[{entry['key']}]"
            with self.work.at(here):
                question = old.get(entry["key"], self.env["itsm.question"])
                values = self._values(question, entry, index, known, here)
                if question:
                    question.write(values)
                else:
                    question = question.create({**values, field: owner.id})
                self._write_texts(question, entry, here)
        with self.work.at(path):
            owner.with_env(self.work.env)._check_when_written()

    def _values(self, question, entry, index, known, path):
        """Return the values of a question or column.

        :param known: ``{key: question}`` that its conditions may name
        """
        default = entry["default"] or {"kind": "none", "value": "", "record": ""}
        values = {
            "key": entry["key"],
            "sequence": (index + 1) * 10,
            "type": self.work.choice(
                "itsm.question", "type", entry["type"], f"{path}.type"
            ),
            "required": entry["required"],
            "shown_if": self.work.local(entry["shown_if"], known, f"{path}.shown_if"),
            "required_if": self.work.local(
                entry["required_if"], known, f"{path}.required_if"
            ),
            "has_minimum": entry["minimum"] is not None,
            "minimum": entry["minimum"] or 0,
            "has_maximum": entry["maximum"] is not None,
            "maximum": entry["maximum"] or 0,
            "max_length": entry["max_length"] or 0,
            "pattern": entry["pattern"] or False,
            "decimals": entry["decimals"] or 0,
            "res_model": self._model(entry, path),
            "domain": entry["domain"] or False,
            "max_rows": entry["max_rows"] or 0,
            "max_files": entry["max_files"] or 0,
            "extensions": ", ".join(entry["extensions"]) or False,
            "included_set_id": self._set(entry, path).id,
            "option_ids": self._options(question, entry),
            **self._default(entry, default, path),
        }
        if "columns" in entry:
            values["column_ids"] = self._columns(question, entry, path)
        if not question:
            values.update(create_values(question, self._texts(entry)))
        return values

    def _texts(self, entry):
        texts = {field: entry[name] for name, field in QUESTION_TEXTS.items()}
        # Every question has a text; the key is better than none.
        texts["name"] = texts["name"] or {"en_US": entry["key"]}
        return texts

    def _model(self, entry, path):
        model = entry["model"]
        if model and model not in self.env:
            self.work.missing(
                f"{path}.model",
                self.env._(
                    "Records of the kind “%(model)s” do not exist here; an app may be "
                    "missing. Choose another kind.",
                    model=model,
                ),
            )
            return False
        return model or False

    def _set(self, entry, path):
        if not entry["set"]:
            return self.env["itsm.question.set"]
        return self.work.named("itsm.question.set", entry["set"], f"{path}.set")

    def _default(self, entry, default, path):
        kind, value = default["kind"], default["value"]
        if kind == "fixed" and default.get("record"):
            model = self.work.record_model(entry)
            found = self.work.record_id(model, default["record"], f"{path}.default")
            kind, value = ("fixed", str(found)) if found else ("none", "")
        field = default.get("field") or False
        if field:
            field = self.work.choice(
                "itsm.question", "default_field", field, f"{path}.default.field"
            )
        return {
            "default_kind": kind,
            "default_value": value or False,
            "default_field": field,
        }

    def _options(self, question, entry):
        old = {option.key: option for option in question.option_ids}
        commands = []
        for index, option in enumerate(entry["options"]):
            values = {"key": option["key"], "sequence": (index + 1) * 10}
            record = old.pop(option["key"], None)
            if record:
                commands.append(Command.update(record.id, values))
            else:
                Option = self.env["itsm.question.option"]
                values.update(create_values(Option, {"name": option["label"]}))
                commands.append(Command.create(values))
        return [*(Command.delete(record.id) for record in old.values()), *commands]

    def _columns(self, question, entry, path):
        old = {column.key: column for column in question.column_ids}
        known = {column["key"]: column for column in entry["columns"]}
        commands = []
        for index, column in enumerate(entry["columns"]):
            here = f"{path}.columns[{column['key']}]"
            record = old.pop(column["key"], self.env["itsm.question"])
            values = self._values(record, column, index, known, here)
            commands.append(
                Command.update(record.id, values) if record else Command.create(values)
            )
        return [*(Command.delete(record.id) for record in old.values()), *commands]

    def _write_texts(self, question, entry, path):
        """Write the texts of a question, its options and its columns."""
        self.work.write_texts(question, self._texts(entry), path)
        options = {option.key: option for option in question.option_ids}
        for option in entry["options"]:
            self.work.write_texts(
                options[option["key"]], {"name": option["label"]}, path
            )
        columns = {column.key: column for column in question.column_ids}
        for column in entry.get("columns", ()):
            here = f"{path}.columns[{column['key']}]"
            self._write_texts(columns[column["key"]], column, here)
