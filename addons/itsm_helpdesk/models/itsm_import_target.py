from dataclasses import dataclass

from odoo import api, models

from ..tools.tabular import FieldSpec


@dataclass(frozen=True)
class ImportField:
    """A field that a column can feed.

    :param name: key of the field in profiles
    :param label: what people read
    :param aliases: other headers it goes by, English and Chinese
    :param type: ``text``, ``lines`` (text of several lines), ``integer``,
        ``datetime``, ``choice``, ``relation``, or ``order`` (says which row is last)
    :param model: model of a relation
    :param policy: field of the profile that says what to do with unknown names
    """

    name: str
    label: str
    aliases: tuple[str, ...] = ()
    type: str = "text"
    model: str = ""
    policy: str = ""

    def spec(self):
        """Return the field in the form that the tabular engine guesses with."""
        return FieldSpec(self.name, self.label, self.aliases, self.type)


@dataclass(frozen=True)
class ToldPast:
    """What the rows of one record tell of its past.

    :param rows: what the line keeps of them, in a form that JSON holds
    :param moments: when something happened
    :param dates: ``{field: moment}`` of the record's dates that the past corrects
    :param moved: how many moments contradicted the one before
    """

    rows: list
    moments: tuple
    dates: dict
    moved: int


@dataclass(frozen=True)
class KeptRow:
    """A record that was just written, and what its line keeps of the past.

    :param rows: of :class:`ToldPast`; None where the file tells no history
    :param written: names of the fields that were written
    """

    record: models.Model
    rows: list | None
    written: frozenset


class ItsmImportTarget(models.AbstractModel):
    """What the import must know of the records it makes.

    An addon that wants its records importable inherits this model, under the name
    ``itsm.import.target.<model without itsm.>``, and adds itself to
    ``itsm.import.profile._selection_target``.
    """

    _name = "itsm.import.target"
    _description = "Import Target"

    @api.model
    def _import_fields(self):
        """Return the list of :class:`ImportField`."""
        raise NotImplementedError

    @api.model
    def _key_fields(self):
        """Return the names of the fields by which a row finds its record."""
        raise NotImplementedError

    @api.model
    def _history_field(self):
        """Return the name of the field with the time of a row, None for none.

        Where a column feeds it, the rows of a record tell its history. It is never
        compared or written. See also ``_tell``, ``_told_until``, ``_keep_past``.
        """
        return

    @api.model
    def _history_relations(self):
        """Return the names of the relations whose changes the history tells."""
        return ()

    @api.model
    def _tell(self, profile, rows):
        """Return the past that rows of one record tell, None if they tell none.

        :param rows: rows in order, with names; the last speaks for the record
        :rtype: ToldPast
        """
        return

    @api.model
    def _told_until(self, profile, rows):
        """Return ``{key: moment}`` up to which the past of the records is known."""
        return {}

    @api.model
    def _keep_past(self, kept, ids):
        """Write down what happened to records that were just written.

        :param kept: list of :class:`KeptRow`
        :param ids: ``{field: {normalised name: id or None}}`` of the names in rows
        """

    @api.model
    def _choices(self, profile, field_name):
        """Return ``{key: [words that mean it]}`` of a choice field."""
        raise NotImplementedError

    @api.model
    def _complete_rows(self, profile, rows, headers):
        """Return the rows with values that follow from several columns."""
        return rows

    @api.model
    def _known_names(self, profile, field, names):
        """Return the :class:`Directory` in which names of a relation are looked up."""
        raise NotImplementedError

    @api.model
    def _choice_label(self, field_name, value):
        """Return what people read for a value of a choice field, else the value."""
        return value

    @api.model
    def _may_create(self, field):
        """Tell whether the current user may create what a relation leads to."""
        return self.env[field.model].has_access("create")

    @api.model
    def _stored_names(self, profile, row):
        """Return the names of the fields that applying ``row`` writes."""
        return list(row.changes)

    @api.model
    def _existing(self, profile, rows):
        """Return ``{key: {field: value}}`` of the records that the rows speak of."""
        raise NotImplementedError

    @api.model
    def _create_named(self, profile, field, names):
        """Create what names stand for, where the profile says so.

        :return: ``{name: id}``
        """
        raise NotImplementedError

    @api.model
    def _create_records(self, profile, values_list):
        """Create records; return them in order."""
        raise NotImplementedError

    @api.model
    def _update_records(self, profile, keyed_values):
        """Change records; return them in order.

        :param keyed_values: list of ``(key, values)``
        """
        raise NotImplementedError

    @api.model
    def _after_apply(self, profile, records):
        """Hook: called after each batch."""

    @api.model
    def _field(self, name):
        """Return the :class:`ImportField` of a name."""
        return next(field for field in self._import_fields() if field.name == name)

    @api.model
    def _field_label(self, name):
        return self._field(name).label
