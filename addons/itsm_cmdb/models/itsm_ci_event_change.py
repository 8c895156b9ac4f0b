from odoo import api, fields, models
from odoo.exceptions import UserError

_YES = frozenset({"1", "true", "yes", "y", "是", "有"})
_NO = frozenset({"0", "false", "no", "n", "否", "无"})


class ItsmCiEventChange(models.Model):
    """An attribute that an upgrade changes: old → new, for one item or for all."""

    _name = "itsm.ci.event.change"
    _description = "Change of an Upgrade"
    _order = "event_id, id"

    event_id = fields.Many2one(
        "itsm.ci.event", required=True, ondelete="cascade", index=True
    )
    event_ci_ids = fields.Many2many(
        "itsm.ci", string="Items of the Event", compute="_compute_event_ci_ids"
    )
    attribute_ids = fields.Many2many(
        "itsm.ci.attribute",
        string="Attributes of the Items",
        compute="_compute_attribute_ids",
    )
    ci_id = fields.Many2one(
        "itsm.ci",
        "Item",
        ondelete="restrict",
        domain="[('id', 'in', event_ci_ids)]",
        help="Empty: all items of the event.",
    )
    attribute_id = fields.Many2one(
        "itsm.ci.attribute",
        required=True,
        ondelete="restrict",
        domain="[('id', 'in', attribute_ids)]",
    )
    old_value = fields.Char(compute="_compute_old_value", store=True)
    new_value = fields.Char()

    @api.depends("event_id.line_ids.ci_id")
    def _compute_event_ci_ids(self):
        for change in self:
            change.event_ci_ids = change.event_id.line_ids.ci_id

    @api.depends("event_id.line_ids.ci_id", "ci_id")
    def _compute_attribute_ids(self):
        for change in self:
            items = change.ci_id or change.event_id.line_ids.ci_id
            change.attribute_ids = items.class_id.all_attribute_ids

    @api.depends("ci_id", "attribute_id")
    def _compute_old_value(self):
        """Note what the item had; kept as it was when the line was written."""
        for change in self:
            items = change.ci_id or change.event_id.line_ids.ci_id
            texts = {change._text_of(item) for item in items}
            change.old_value = texts.pop() if len(texts) == 1 else False

    def _text_of(self, item):
        """Return an item's value of the attribute as people read it."""
        self.ensure_one()
        value = (item.attributes._values or {}).get(self.attribute_id.key, False)
        if value and self.attribute_id.type == "many2one":
            record = self.env[self.attribute_id.model_id.model].browse(value)
            return record.exists().display_name or ""
        if isinstance(value, list | tuple):
            labels = self._labels()
            return ", ".join(labels.get(key, str(key)) for key in value)
        if value is False or value is None:
            return ""
        return self._labels().get(value, str(value))

    def _labels(self):
        """Return ``{key: label}`` of the attribute's options."""
        return {option.key: option.name for option in self.attribute_id.option_ids}

    # ------------------------------------------------------------------
    # Changing is for drafts
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        changes = super().create(vals_list)
        changes._check_event_changeable()
        return changes

    def write(self, vals):
        self._check_event_changeable()
        result = super().write(vals)
        if "event_id" in vals:
            self._check_event_changeable()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_settled(self):
        self._check_event_changeable()

    def _check_event_changeable(self):
        for event in self.event_id:
            if event.state != "draft" or event.signature:
                event._refuse_change()

    # ------------------------------------------------------------------
    # From text to value
    # ------------------------------------------------------------------

    def _check_items(self):
        """Refuse attributes that an item does not have, and values they cannot take."""
        for change in self:
            for item in change._items():
                if change.attribute_id not in item.class_id.all_attribute_ids:
                    raise UserError(
                        self.env._(
                            "“%(item)s” has no attribute “%(attribute)s”.",
                            item=item.display_name,
                            attribute=change.attribute_id.name,
                        )
                    )
            change._value()

    def _items(self):
        """Return the items that the change is for."""
        self.ensure_one()
        return self.ci_id or self.event_id.line_ids.ci_id

    def _by_item(self):
        """Return ``{item id: {key: value}}`` of all these changes."""
        values = {}
        for change in self:
            value = change._value()
            for item in change._items():
                key = f"attributes.{change.attribute_id.key}"
                values.setdefault(item.id, {})[key] = value
        return values

    def _value(self):
        """Return the new value as the attribute's type has it.

        :raise UserError: with a sentence that names the attribute
        """
        self.ensure_one()
        text = (self.new_value or "").strip()
        if not text:
            return False
        reader = getattr(self, f"_read_{self.attribute_id.type}", None)
        try:
            return reader(text) if reader else text
        except (ValueError, KeyError) as error:
            raise UserError(
                self.env._(
                    "“%(value)s” is no value for “%(attribute)s”.",
                    value=text,
                    attribute=self.attribute_id.name,
                )
            ) from error

    def _read_integer(self, text):
        return int(text)

    def _read_float(self, text):
        return float(text)

    def _read_boolean(self, text):
        if text.lower() not in _YES | _NO:
            raise ValueError(text)
        return text.lower() in _YES

    def _read_date(self, text):
        return fields.Date.to_string(fields.Date.from_string(text))

    def _read_datetime(self, text):
        return fields.Datetime.to_string(fields.Datetime.from_string(text))

    def _read_selection(self, text):
        labels = self._labels()
        keys = {label.lower(): key for key, label in labels.items()}
        return text if text in labels else keys[text.lower()]

    def _read_tags(self, text):
        parts = text.replace("，", ",").replace("、", ",").split(",")
        return [self._read_selection(part.strip()) for part in parts if part.strip()]

    def _read_many2one(self, text):
        found = self.env[self.attribute_id.model_id.model].name_search(
            text, operator="=", limit=2
        )
        if len(found) != 1:
            raise ValueError(text)
        return found[0][0]
