import re

from odoo import api, fields, models, tools
from odoo.exceptions import ValidationError

from ..tools.identification import Junk, Rule, normal_text

_KEY = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)?")


class ItsmCiIdentifier(models.Model):
    """A rule by which rows of imports and feeds find the item they mean.

    A class uses the rules of the nearest class above it, or itself, that has any;
    rules without a class serve all others. Rules that are ``always`` serve every class.
    """

    _name = "itsm.ci.identifier"
    _description = "Identification Rule"
    _order = "class_id, sequence, id"

    name = fields.Char(required=True, translate=True)
    class_id = fields.Many2one(
        "itsm.ci.class",
        index="btree_not_null",
        ondelete="cascade",
        help="With its subclasses, in place of the rules above. Empty: all classes that"
        " have no rules of their own.",
    )
    always = fields.Boolean(
        "For Every Class", help="Also where a class has rules of its own."
    )
    sequence = fields.Integer(
        default=10, help="The first rule that finds an item wins."
    )
    active = fields.Boolean(default=True)
    keys = fields.Char(
        "Attributes",
        required=True,
        help="Technical names, separated by commas; their values together belong to one"
        " item. Such as serial_number, attributes.imei or mac_addresses.",
    )
    checks = fields.Char(
        "Must Not Differ",
        help="Technical names: an item whose value is known and differs is not meant.",
    )

    @api.constrains("keys", "checks")
    def _check_keys(self):
        known = self.env["itsm.ci.batch"]._known_keys()
        for rule in self:
            for key in (*rule._split("keys"), *rule._split("checks")):
                if not _KEY.fullmatch(key) or key not in known:
                    raise ValidationError(
                        self.env._(
                            "Rule “%(rule)s”: there is no attribute “%(key)s”.",
                            rule=rule.name,
                            key=key,
                        )
                    )
            if not rule._split("keys"):
                raise ValidationError(
                    self.env._(
                        "Rule “%(rule)s” names no attribute to identify by.",
                        rule=rule.name,
                    )
                )

    def _split(self, name):
        return tuple(
            key for part in (self[name] or "").split(",") if (key := part.strip())
        )

    # ------------------------------------------------------------------
    # Rules and junk, as the tools want them
    # ------------------------------------------------------------------

    @api.model
    @tools.ormcache()
    def _rules_by_class(self):
        """Return ``{class id: (Rule, …)}`` of all classes; of no class at 0."""
        # sudo: identification is the same for everybody.
        rules = self.sudo().search([("active", "=", True)], order="sequence, id")
        always = rules.filtered("always")
        own = (rules - always).grouped("class_id")
        classes = self.env["itsm.ci.class"].sudo().with_context(active_test=False)
        general = own.get(classes.browse(), self.browse())
        found = {0: self._as_rules(always | general)}
        for item_class in classes.search_fetch([], ["parent_path"]):
            path = [int(id_) for id_ in item_class.parent_path.split("/") if id_]
            nearest = next(
                (
                    own[place]
                    for place in map(classes.browse, reversed(path))
                    if place in own
                ),
                general,
            )
            found[item_class.id] = self._as_rules(always | nearest)
        return found

    def _as_rules(self, rules):
        return tuple(
            Rule(rule.id, rule.name, rule._split("keys"), rule._split("checks"))
            for rule in rules.sorted(lambda rule: (rule.sequence, rule.id))
        )

    @api.model
    @tools.ormcache()
    def _all_keys(self):
        """Return the keys whose values any rule identifies by."""
        return frozenset(
            key
            for rules in self._rules_by_class().values()
            for rule in rules
            for key in rule.keys
        )

    @api.model
    @tools.ormcache()
    def _junk(self):
        """Return the values that never identify, as the tools want them."""
        # sudo: identification is the same for everybody.
        everywhere, by_key = set(), {}
        for value in (
            self.env["itsm.ci.junk.value"].sudo().search([("active", "=", True)])
        ):
            text = normal_text(value.name)
            if value.key:
                by_key.setdefault(value.key, set()).add(text)
            else:
                everywhere.add(text)
        return Junk(
            frozenset(everywhere),
            {key: frozenset(values) for key, values in by_key.items()},
        )

    # ------------------------------------------------------------------
    # Changes: identities are made anew
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        rules = super().create(vals_list)
        self._rules_changed()
        return rules

    def write(self, vals):
        result = super().write(vals)
        if vals.keys() - {"name"}:
            self._rules_changed()
        else:
            self.env.registry.clear_cache()
        return result

    def unlink(self):
        result = super().unlink()
        self._rules_changed()
        return result

    @api.model
    def _rules_changed(self):
        """Forget what was worked out of the rules, and identify all items anew."""
        self.env.flush_all()
        self.env.registry.clear_cache()
        self.env["itsm.ci.class"].invalidate_model(
            ["inherited_identifier_ids"], flush=False
        )
        self.env["itsm.ci"]._rebuild_identities()
