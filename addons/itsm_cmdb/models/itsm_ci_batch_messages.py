from odoo import api, models, tools
from odoo.tools import SQL

from ..tools.ledger.engine import tabular


class ItsmCiBatch(models.Model):
    """Says in words what a batch does, and why not."""

    _inherit = "itsm.ci.batch"

    @api.model
    def _words(self):
        return Words(self.env)

    @api.model
    @tools.ormcache("self.env.lang")
    def _key_labels(self):
        """Return ``{key: label}`` of all fields and attributes of items."""
        described = self.env["itsm.ci"].fields_get(attributes=["string"])
        labels = {key: field["string"] for key, field in described.items()}
        # sudo: the names of attributes are no secret.
        attributes = self.env["itsm.ci.attribute"].sudo()
        attributes = attributes.with_context(active_test=False)
        for attribute in attributes.search_fetch([], ["key", "name"]):
            labels[f"attributes.{attribute.key}"] = attribute.name
        return labels

    @api.model
    def _known_keys(self):
        """Return the keys that rules may name: fields, and attributes of any class."""
        keys = self.env.execute_query(SQL("SELECT DISTINCT key FROM itsm_ci_attribute"))
        return {f"attributes.{key}" for (key,) in keys} | {
            name for name, field in self.env["itsm.ci"]._fields.items() if field.store
        }


class Words:
    """Sentences about rows, in the language of an environment."""

    def __init__(self, env):
        self.env = env
        self._labels = env["itsm.ci.batch"]._key_labels()
        fields = env["itsm.ci"]._fields
        self._choices = {
            name: dict(fields[name]._description_selection(env))
            for name in ("criticality", "environment", "status")
        }

    def label(self, key):
        """Return how people call a key."""
        return self._labels.get(key) or str(key).removeprefix("attributes.")

    def value(self, key, value):
        """Return a value of the history as people read it."""
        if value is None or value is False or value == "":
            return self.env._("No") if value is False else "–"
        if value is True:
            return self.env._("Yes")
        if isinstance(value, list):
            if len(value) == 2 and isinstance(value[0], int):
                return str(value[1])
            return ", ".join(self.value(key, part) for part in value) or "–"
        return self._choices.get(key, {}).get(value) or tabular.as_text(value)[:80]

    def change(self, key, old, new, created=False):
        """Return one change of a row in words."""
        if created:
            return self.env._(
                "%(field)s: %(new)s", field=self.label(key), new=self.value(key, new)
            )
        return self.env._(
            "%(field)s: %(old)s → %(new)s",
            field=self.label(key),
            old=self.value(key, old),
            new=self.value(key, new),
        )

    def relation(self, values):
        """Return what a relation's row says."""
        ends = [
            end if isinstance(end, str) else " ".join(map(str, (end or {}).values()))
            for end in (values.get("source"), values.get("target"))
        ]
        return f"{ends[0]} → {values.get('type')} → {ends[1]}"

    def reason(self, reason):
        """Return why a row is refused, or a value left, in a sentence."""
        params = {"value": "", "limit": "", **reason["params"]}
        make = getattr(self, f"_say_{reason['code']}", None)
        text = make(params) if make else self._of_value(reason["code"], params)
        if reason["key"]:
            return self.env._(
                "%(field)s: %(problem)s", field=self.label(reason["key"]), problem=text
            )
        return text

    def _of_value(self, code, params):
        """Return what is wrong with a row or a value of it."""
        env = self.env
        texts = {
            "bad_date": env._("“%(value)s” is not a date.", **params),
            "ambiguous_date": env._(
                "“%(value)s” may be read day first or month first. Write 2026-03-31.",
                **params,
            ),
            "bad_number": env._("“%(value)s” is not a number that fits.", **params),
            "bad_unit": env._(
                "The unit of “%(value)s” cannot be converted to %(unit)s.",
                **{"unit": "", **params},
            ),
            "bad_address": env._(
                "“%(value)s” is no IP address. Write it as 10.1.2.3 or 2001:db8::7.",
                **params,
            ),
            "bad_mac": env._(
                "“%(value)s” is no MAC address. Write six pairs of hexadecimal digits,"
                " such as 00:1b:21:3c:4d:5e.",
                **params,
            ),
            "bad_boolean": env._("“%(value)s” is neither yes nor no.", **params),
            "bad_choice": env._("“%(value)s” is not one of the choices.", **params),
            "bad_value": env._(
                "A value of this kind (%(value)s) is not read.", **params
            ),
            "too_long": env._("The text is too long."),
            "too_many_values": env._("There are more than %(limit)s values.", **params),
            "control_character": env._(
                "“%(value)s” holds control characters.", **params
            ),
            "bad_row": env._("The row is not of the form that is read."),
            "unknown_key": env._(
                "“%(value)s” is no attribute of this class.", **params
            ),
            "name_missing": env._("Nothing is called “%(value)s”.", **params),
            "name_ambiguous": env._("Several are called “%(value)s”.", **params),
            "unknown_class": env._("There is no item class “%(value)s”.", **params),
            "abstract_class": env._(
                "The class “%(value)s” is only a heading; name one below it.", **params
            ),
            "unknown_code": env._(
                "There is no item with the code “%(value)s”.", **params
            ),
            "nameless": env._(
                "A new item needs a name, a host name, an asset code or a serial"
                " number."
            ),
            "required": env._("A value is required."),
            "unidentified": env._(
                "Nothing in this row tells the item from others, so each import would"
                " create it again. Items of this class are known by: %(rules)s.",
                **{"rules": "", **params},
            ),
            "relation_absent": env._(
                "This run does not name the relation “%(relation)s” any more.",
                **{"relation": "", **params},
            ),
            "no_right": env._("You may not change this item."),
            "never": env._("This source may not say this; the value stays."),
            "archived": env._(
                "The item %(item)s is archived. Bring it back first.",
                **{"item": "", **params},
            ),
            "stale": env._("The item was changed since the dry run. Plan again."),
            "gone": env._("The item was deleted since the dry run. Plan again."),
            "end_missing": env._("An end of the relation is missing."),
            "end_unknown": env._("No item is known as “%(value)s”.", **params),
            "end_ambiguous": env._("Several items are known as “%(value)s”.", **params),
            "end_refused": env._("The row of “%(value)s” is refused.", **params),
            "unknown_type": env._("There is no relation type “%(value)s”.", **params),
            "not_permitted": env._(
                "The relation “%(value)s” is not allowed between these classes.",
                **params,
            ),
            "first_failed": env._("The row that creates this item was not applied."),
            "self_relation": env._("An item cannot be related to itself."),
        }
        return texts.get(code) or code

    def _say_ambiguous(self, params):
        return self.env._(
            "The rule “%(rule)s” fits several items: %(items)s. Merge them, or tell"
            " them apart.",
            rule=params["rule"],
            items=", ".join(params["names"]),
        )

    def _say_conflict(self, params):
        return self.env._(
            "The values point to different items: %(items)s. The rule “%(rule)s”"
            " disagrees with one before it.",
            rule=params["rule"],
            items=", ".join(params["names"]),
        )

    def _say_class_differs(self, params):
        return self.env._(
            "The item %(item)s is of the class “%(known)s”, the row says “%(said)s”."
            " Change the class by hand if the row is right.",
            **params,
        )

    def _say_disagrees(self, params):
        return self.env._(
            "The source says two things of the same item: row %(row)s says “%(first)s”,"
            " this row says “%(second)s”.",
            **params,
        )

    def _say_held(self, params):
        return self.env._(
            "“%(value)s” is not written: “%(by)s” said otherwise on %(since)s, which"
            " holds until %(until)s.",
            **params,
        )

    def _say_absent(self, params):
        return self.env._(
            "Missing from %(runs)s full runs of the source, last seen on %(last)s.",
            **params,
        )

    def _say_lost(self, params):
        return self.env._(
            "Marked as gone: missing from %(runs)s full runs of the source, last seen"
            " on %(last)s.",
            **params,
        )

    def _say_failed(self, params):
        return params["text"]

    def _say_kept(self, params):
        return self.env._("Kept, as it is in use: %(why)s.", **params)

    def _say_changed_since(self, params):
        return self.env._(
            "Not set back, as it was changed since to “%(value)s”.", **params
        )
