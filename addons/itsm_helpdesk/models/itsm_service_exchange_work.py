"""What all parts of an import of services share."""

import base64
from contextlib import contextmanager

from psycopg2 import IntegrityError

from odoo.exceptions import UserError
from odoo.tools.image import ImageProcess

from ..tools.form import definition
from .itsm_service_exchange_names import Names
from .itsm_service_exchange_outcome import Outcome, Refused, Remark
from .itsm_service_exchange_texts import write_texts


class Work:
    """The user's environment, the names that were looked up, and what came of it.

    :param update_shared: also change question sets and categories that are here
    """

    def __init__(self, env, update_shared=False):
        self.env = env
        self.update_shared = update_shared
        self.names = Names(env)
        self.outcome = Outcome()
        # What parts of the import made, by name.
        self.made = {}

    def forget(self):
        """Forget what was found and made: some of it was created or undone."""
        self.names.forget()
        self.made.clear()

    # ------------------------------------------------------------------
    # What goes wrong
    # ------------------------------------------------------------------

    @contextmanager
    def at(self, path):
        """Turn what the models refuse into a refusal that names the place."""
        try:
            yield
        except UserError as error:
            raise Refused(path, str(error.args[0])) from error
        except (TypeError, ValueError) as error:
            text = self.env._("This cannot be used: %(detail)s", detail=error)
            raise Refused(path, text) from error

    @contextmanager
    def guarded(self, path):
        """Undo a part that is refused, and keep why; others go on."""
        try:
            with self.at(path), self.env.cr.savepoint():
                yield
        except Refused as refused:
            self.forget()
            self.problem(refused.path, refused.text)
        except IntegrityError as error:
            self.forget()
            table = error.diag.table_name
            Model = next(
                (
                    m
                    for m in self.env.registry.values()
                    if m._table == table and m._auto
                ),
                self.env.registry["itsm.service"],
            )
            self.problem(path, self.env[Model._name]._sql_error_to_message(error))

    def problem(self, path, text):
        """Keep why nothing will be imported."""
        self.outcome.problems.append(Remark(path, text))

    def missing(self, path, text):
        """Keep what nobody here has."""
        self.outcome.missing.append(Remark(path, text))

    def left_out(self, path, text):
        """Keep what the user may not import."""
        self.outcome.left_out.append(Remark(path, text))

    # ------------------------------------------------------------------
    # Values
    # ------------------------------------------------------------------

    def one(self, found, path, kind, name):
        """Return the one record that was found; say so where it is none or several.

        :param kind: what is looked for, in the user's words
        """
        if len(found) == 1:
            return found.with_env(self.env)
        if found:
            text = self.env._(
                "“%(name)s” (%(kind)s) exists several times here, so none was taken.",
                name=name,
                kind=kind,
            )
        else:
            text = self.env._(
                "“%(name)s” (%(kind)s) does not exist here.", name=name, kind=kind
            )
        self.missing(path, text)
        return found.browse().with_env(self.env)

    def named(self, model, name, path, **options):
        """Return the record of that name; none for an empty name."""
        if not name:
            return self.env[model]
        found = self.names.find(model, name, **options)
        return self.one(found, path, self.kind(model), name)

    def all_named(self, model, names, path):
        """Return the records of those names."""
        found = self.env[model]
        for name in names:
            found |= self.named(model, name, path)
        return found

    def person(self, entry, path):
        """Return the user that is meant."""
        if not entry or not any(entry.values()):
            return self.env["res.users"]
        name = entry["name"] or entry["login"] or entry["email"]
        return self.one(self.names.person(entry), path, self.kind("res.users"), name)

    def people(self, entries, path):
        """Return the users that are meant."""
        found = self.env["res.users"]
        for entry in entries:
            found |= self.person(entry, path)
        return found

    def reference(self, model, entry, path):
        """Return the record that is meant by XML id or name."""
        if not entry or not any(entry.values()):
            return self.env[model]
        found = self.names.reference(model, entry)
        name = entry["name"] or entry["xmlid"]
        return self.one(found, path, self.kind(model), name)

    def kind(self, model):
        """Return what records of a model are called."""
        return self.env["ir.model"]._get(model).name or model

    def choice(self, model, field, value, path):
        """Return a value of a selection, after a look whether it is one."""
        known = self.env[model]._fields[field].get_values(self.env)
        if value not in known:
            raise Refused(
                path,
                self.env._(
                    "“%(value)s” is not one of: %(known)s.",
                    value=value,
                    known=", ".join(known),
                ),
            )
        return value

    def write_texts(self, record, texts, path):
        """Write texts in all languages, and say which do not fit."""
        for field, language in write_texts(record, texts):
            self.left_out(
                path,
                self.env._(
                    "The text “%(field)s” in the language %(language)s is built "
                    "otherwise than in English, so it was left out.",
                    field=record._fields[field]._description_string(self.env),
                    language=language,
                ),
            )

    def picture(self, text, path):
        """Return a picture as a field takes it, after it was opened once."""
        if not text:
            return False
        try:
            # Looks at the number of pixels before it unpacks them.
            ImageProcess(base64.b64decode(text)).image.load()
        except Exception as error:
            # Broken pictures break the reader in many ways.
            raise Refused(
                path, self.env._("This is no picture, or it is damaged or too large.")
            ) from error
        return text

    # ------------------------------------------------------------------
    # Records that answer questions
    # ------------------------------------------------------------------

    def record_model(self, question):
        """Return the model whose records answer a question of the file."""
        if question["type"] not in definition.REFERENCES:
            return None
        return definition.MODELS.get(question["type"]) or question["model"]

    def record_id(self, model, name, path):
        """Return the id of a record by its name, 0 where there is none."""
        if not model or model not in self.env:
            return 0
        if not self.env[model].has_access("read"):
            # The catalogue refuses models that its users may not pick from.
            return 0
        return self.named(model, name, path).id or 0

    def local(self, condition, questions, path):
        """Return a condition with the numbers of records instead of their names.

        A rule on a record that is not here compares with 0, which no answer is.

        :param questions: ``{key: question of the file}``
        """
        if not condition:
            return False
        if "rules" in condition:
            rules = [self.local(rule, questions, path) for rule in condition["rules"]]
            return {**condition, "rules": rules}
        if "value" not in condition:
            return condition
        question = questions.get(condition["question"])
        model = self.record_model(question) if question else None
        return {**condition, "value": self._operand(model, condition["value"], path)}

    def _operand(self, model, value, path):
        if isinstance(value, list):
            return [self._operand(model, item, path) for item in value]
        if isinstance(value, dict):
            return self.record_id(model, value["record"], path)
        return value
