from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..tools import ledger


class ItsmCiImportValue(models.Model):
    """What a word of a ledger means here: a class, a state, a place, a person."""

    _name = "itsm.ci.import.value"
    _description = "Item Import Value"
    _order = "goes_to, source, id"

    import_id = fields.Many2one("itsm.ci.import", index=True, ondelete="cascade")
    profile_id = fields.Many2one("itsm.import.profile", index=True, ondelete="cascade")
    goes_to = fields.Selection(
        selection="_selection_goes_to", string="In Columns That Go To", required=True
    )
    source = fields.Char("In the File", required=True)
    count = fields.Integer("Rows", copy=False, readonly=True)
    class_id = fields.Many2one(
        "itsm.ci.class", ondelete="cascade", domain="[('is_abstract', '=', False)]"
    )
    value = fields.Char(
        "Means",
        help="The name or key as it is here. Empty: not decided, and the word stands "
        "as it is.",
    )

    _owner = models.Constraint(
        "CHECK ((import_id IS NULL) <> (profile_id IS NULL))",
        "A value belongs to an import or to a profile.",
    )

    @api.model
    def _selection_goes_to(self):
        return self.env["itsm.ci.import.vocabulary"]._targets()

    @api.constrains("goes_to", "value")
    def _check_value(self):
        """A choice that is not one would refuse its rows without a word here."""
        Vocabulary = self.env["itsm.ci.import.vocabulary"]
        fields_by_key = {each.key: each for each in Vocabulary._item_fields()}
        for each in self:
            field = fields_by_key.get(each.goes_to)
            if not each.value or not field or field.type != "selection":
                continue
            try:
                each._choice(field)
            except ledger.tabular.TabularError:
                raise ValidationError(
                    self.env._(
                        "“%(value)s” is not a value of “%(field)s”. Possible are: "
                        "%(choices)s.",
                        value=each.value,
                        field=field.label,
                        choices=", ".join(words[0] for words in field.options.values()),
                    )
                ) from None

    def _choice(self, field):
        """Return the key of a choice that the value names."""
        return ledger.tabular.ChoiceMap(
            {key: [words[0]] for key, words in field.options.items()}
        ).resolve(self.value)

    def _meanings(self, field):
        """Return ``{normalised word: value}`` of a field, what was decided only."""
        meanings = {}
        for each in self:
            if each.goes_to != field.key:
                continue
            value = each.class_id.code if field.type == "class" else each.value
            if value and field.type == "selection":
                value = each._choice(field)
            if value:
                meanings[ledger.tabular.normalize(each.source)] = value
        return meanings
