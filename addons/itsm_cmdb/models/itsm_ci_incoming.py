from contextlib import suppress
from copy import copy
from datetime import date

from odoo import api, models, tools
from odoo.exceptions import AccessError, ValidationError

# Kept by this module's own code, and therefore not set by anybody else.
SYSTEM_FIELDS = frozenset({"provenance", "token", "revision_ids"})
# From so many on, nobody wants a message in the chatter of each.
MANY = 20


class ItsmCi(models.Model):
    """What is made of the values that come in to be saved."""

    _inherit = "itsm.ci"

    @api.model
    def _clean_vals(self, vals):
        """Return the values without what nobody may set.

        The web client sends attributes with their definition. Only the values count:
        what attributes there are is said on the class.
        """
        if touched := SYSTEM_FIELDS & vals.keys():
            raise AccessError(
                self.env._(
                    "“%(field)s” is kept by the system and cannot be set.",
                    field=self._fields[min(touched)]._description_string(self.env),
                )
            )
        vals = dict(vals)
        if "attributes" in vals:
            vals["attributes"] = self._plain_attributes(vals["attributes"])
        for name, value in vals.items():
            # Odoo reads the text of a date slowly, and twice.
            if isinstance(value, str) and len(value) == 10 and name in self._dates():
                with suppress(ValueError):
                    vals[name] = date.fromisoformat(value)
        return vals

    @api.model
    @tools.ormcache()
    def _dates(self):
        return frozenset(
            name for name, field in self._fields.items() if field.type == "date"
        )

    @api.model
    def _plain_attributes(self, value):
        """Return attributes as ``{key: value}``, without those that say nothing."""
        if isinstance(value, list):
            value = [
                {k: v for k, v in each.items() if not k.startswith("definition_")}
                for each in value
                if not each.get("definition_deleted")
            ]
        if not isinstance(value, dict):
            value = self._fields["attributes"].convert_to_cache(value, self) or {}
        return {
            # Dates are kept as texts, and lists are not shared with the caller.
            key: str(each)[:19] if isinstance(each, date) else copy(each)
            for key, each in value.items()
            if each is not None and each not in ("", []) or each is False
        }

    @api.model
    def _keep_known_attributes(self, vals_list):
        """Refuse attributes that the classes of new items do not have."""
        known = {}
        for vals in vals_list:
            attributes = vals.setdefault("attributes", {}) or {}
            class_id = vals.get("class_id")
            if attributes and class_id not in known:
                known[class_id] = self._attribute_keys(class_id)
            for key in attributes:
                if key not in known[class_id]:
                    self._refuse_attribute(key, class_id)

    def _settle_attributes(self, vals, from_screen):
        """Refuse attributes that the classes of the items do not have.

        A screen sends all attributes that it shows. What an item says for one that was
        archived meanwhile is kept.
        """
        values = vals["attributes"]
        for item in self.sudo():  # sudo: a class may be hidden from who writes
            class_id = vals.get("class_id") or item.class_id.id
            known = self._attribute_keys(class_id)
            held = item.attributes._values or {}
            for key in values:
                if key not in known and key not in held:
                    self._refuse_attribute(key, class_id)
        if from_screen and len(self) == 1 and "class_id" not in vals:
            hidden = {key: each for key, each in held.items() if key not in known}
            vals["attributes"] = hidden | values

    @api.model
    def _attribute_keys(self, class_id):
        # sudo: a class may be hidden from who may write its items.
        item_class = self.env["itsm.ci.class"].sudo().browse(class_id or [])
        return {spec.key for spec in item_class._attribute_specs()}

    @api.model
    def _refuse_attribute(self, key, class_id):
        item_class = self.env["itsm.ci.class"].sudo().browse(class_id or [])
        raise ValidationError(
            self.env._(
                "Items of the class “%(class)s” have no attribute “%(key)s”.",
                **{"class": item_class.name},
                key=key,
            )
        )

    @api.model
    def _seen(self, vals, origin):
        """Return the values with the moment at which a source saw the item so."""
        if origin.source == "manual" or "verified_at" in vals:
            return vals
        return vals | {"verified_at": self._moment_of(origin)}

    @api.model
    def _leave_rack(self, vals):
        """Clear the rack position of what goes to a place that is no rack."""
        if "location_id" in vals and "rack_position" not in vals:
            # sudo: the place may be one that the writer cannot read.
            place = self.env["itsm.location"].sudo().browse(vals["location_id"] or [])
            if place.kind != "rack":
                vals["rack_position"] = 0

    def _refuse_new_code(self, code):
        if not self.env.su and any(item.code != code for item in self):
            raise AccessError(
                self.env._(
                    "The code of an item stays: labels, tickets and files name it."
                )
            )

    def _quietly(self, count):
        """Return the items in a context without mails and messages if they are many."""
        context = {"mail_create_nolog": True, "mail_create_nosubscribe": True}
        if count > MANY or not self._origin_now().is_manual:
            context |= {"tracking_disable": True, "mail_notrack": True}
        return self.with_context(**context)
