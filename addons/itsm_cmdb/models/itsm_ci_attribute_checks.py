# pylint: disable=prefer-env-translation
from collections import defaultdict

from odoo import api, models
from odoo.exceptions import ValidationError

from ..tools import class_properties


class ItsmCi(models.Model):
    """What items say for the attributes of their class is checked when it is written.

    Odoo's properties take any value. A class that gets a required attribute later does
    not stand in the way of saving other things of its items.
    """

    _inherit = "itsm.ci"

    @api.constrains("attributes", "class_id")
    def _check_attributes(self):
        self.class_id._check_attribute_values(self)


class ItsmCiClass(models.Model):
    """Checks what items say for the attributes."""

    _inherit = "itsm.ci.class"

    @api.model
    def _check_attribute_values(self, items):
        """Refuse values that the attributes of the items' classes do not allow."""
        named = defaultdict(lambda: defaultdict(list))
        # sudo: a class may be hidden from whoever may write its items.
        for item_class, group in items.sudo().grouped("class_id").items():
            if item_class.is_abstract:
                self._refuse_abstract(group[:1], item_class)
            specs = item_class._attribute_specs()
            records = [spec for spec in specs if spec.type == "many2one"]
            for item in group:
                values = item.attributes._values or {}
                for problem in class_properties.problems(specs, values):
                    self._refuse_value(item, item_class, problem)
                for spec in records:
                    if values.get(spec.key):
                        named[spec.comodel][values[spec.key]].append((item, spec))
        self._check_records(named)

    @api.model
    def _check_records(self, named):
        """Refuse records that are no more: ``{model: {id: [(item, attribute)]}}``."""
        for model, users in named.items():
            # sudo: a record may exist that the writer cannot read.
            gone = set(users) - set(self.env[model].sudo().browse(users).exists().ids)
            for each in gone:
                item, spec = users[each][0]
                problem = class_properties.Problem(spec, "record", each)
                self._refuse_value(item, item.class_id, problem)

    @api.model
    def _refuse_abstract(self, item, item_class):
        raise ValidationError(
            self.env._(
                "“%(class)s” is only a heading: choose one of its subclasses for "
                "“%(item)s”.",
                **{"class": item_class.name},
                item=item.name,
            )
        )

    @api.model
    def _refuse_value(self, item, item_class, problem):
        raise ValidationError(
            self._problem_sentence(item.name, item_class, problem)
        ) from None

    @api.model
    def _problem_sentence(self, item_name, item_class, problem):
        """Return the sentence that names the item, the attribute and the value."""
        spec = problem.attribute
        labels = {
            each.key: each.label
            for each in item_class._attribute_specs(self.env.lang or "en_US")
        }
        names = {
            "item": item_name,
            "attribute": labels.get(spec.key, spec.label),
            "value": problem.value,
        }
        _ = self.env._
        sentences = {
            "required": _("“%(item)s” needs a value for “%(attribute)s”.", **names),
            "text": _(
                "“%(attribute)s” of “%(item)s” must be a text, not %(value)s.", **names
            ),
            "line": _(
                "“%(attribute)s” of “%(item)s” must be a single line: %(value)s.",
                **names,
            ),
            "whole": _(
                "“%(attribute)s” of “%(item)s” must be a whole number, not %(value)s.",
                **names,
            ),
            "number": _(
                "“%(attribute)s” of “%(item)s” must be a number, not %(value)s.",
                **names,
            ),
            "flag": _(
                "“%(attribute)s” of “%(item)s” must be yes or no, not %(value)s.",
                **names,
            ),
            "date": _(
                "“%(attribute)s” of “%(item)s” must be a date, not %(value)s.", **names
            ),
            "datetime": _(
                "“%(attribute)s” of “%(item)s” must be a date with a time, not "
                "%(value)s.",
                **names,
            ),
            "choice": _(
                "“%(attribute)s” of “%(item)s” has no choice %(value)s.", **names
            ),
            "choices": _(
                "“%(attribute)s” of “%(item)s” has not all of the choices %(value)s.",
                **names,
            ),
            "record": _(
                "“%(attribute)s” of “%(item)s” names a record that does not exist: "
                "%(value)s.",
                **names,
            ),
        }
        return sentences[problem.reason]
