from typing import NamedTuple

from odoo import api, fields, models
from odoo.tools import SQL

from .fact_triggers import Mention, Source

# What all rows are made anew by.
EVERYTHING = "everything"
# How many records are drawn up in one transaction.
BATCH = 5000


class FactPart(NamedTuple):
    """A kind of rows of a fact: one for each record of a table.

    ``slot`` keeps the ids of kinds apart: a row's is ``record's id * slots + slot``.
    """

    table: str
    slot: int = 0


class ItsmFactMixin(models.AbstractModel):
    """Figures drawn up from other records beforehand, so that any sum of them is quick.

    A fact is a table of numbers for pivots, graphs and dashboards. Its rows are made by
    one SELECT (:meth:`_fact_columns` and :meth:`_fact_from`), a batch at a time, for
    the records that changed since: triggers on the tables it is made of
    (:meth:`_fact_sources`) note which. A scheduled job goes through the notes; so does
    who needs the figures exact (:meth:`_fact_refresh`). Rows can be made from nothing
    at any time (:meth:`_fact_rebuild`), by the same way.

    Addons add columns, joins, sources and kinds of rows by extending these methods.

    **Concurrency.** A note and its change are seen at the same moment, and a batch
    reads both in one snapshot, so nothing is missed and nothing is seen half.
    Refreshers of one fact take turns on a row (``itsm.fact.refresh``); one whose
    snapshot is older than the other's work is sent back by the database and changes
    nothing.

    There are no foreign keys: the locks they take on tickets would make verbs that
    need them wait or fail. Triggers forget records that are deleted, instead.
    """

    _name = "itsm.fact.mixin"
    _description = "Facts for Reports"
    _inherit = ["itsm.quick.group.mixin"]

    # Factor between ids of records and of rows; above the highest slot.
    _fact_slots = 1
    # Fields whose record takes the row with it when it is deleted.
    _fact_owners = ("ticket_id",)

    # ------------------------------------------------------------------
    # What a fact is made of
    # ------------------------------------------------------------------

    @api.model
    def _fact_parts(self):
        """Return ``{name: FactPart}`` of the kinds of rows."""
        return {}

    @api.model
    def _fact_columns(self, part):
        """Return ``{field: SQL}`` of the rows of a kind; other fields are empty.

        The record that the row is about is ``s``.
        """
        return {}

    @api.model
    def _fact_from(self, part):
        """Return the tables of the rows of a kind, with one row for each record."""
        return SQL("%s s", SQL.identifier(self._fact_parts()[part].table))

    @api.model
    def _fact_where(self, part):
        """Return the condition of records that have a row."""
        return SQL("TRUE")

    @api.model
    def _fact_sources(self):
        """Return ``[Source]`` of what the rows follow from.

        Each note is the name of a kind of rows (the key is the record's id), one of
        :meth:`_fact_expansions`, or ``EVERYTHING``.
        """
        return [Source(each.table, part) for part, each in self._fact_parts().items()]

    @api.model
    def _fact_expansions(self, note, keys):
        """Return ``[(kind of rows, SQL of ids)]`` that are out of date, too.

        :param keys: what the note was about
        """
        if note != EVERYTHING:
            return []
        return [
            (
                part,
                SQL(
                    "SELECT id FROM %s s WHERE %s UNION ALL %s",
                    SQL.identifier(each.table),
                    self._fact_begin_with(part),
                    self._fact_gone(each),
                ),
            )
            for part, each in self._fact_parts().items()
        ]

    @api.model
    def _fact_begin_with(self, part):
        """Return the condition of records ``s`` to note when all rows are made anew.

        The notes of other kinds of rows may bring the rest.
        """
        return SQL("TRUE")

    @api.model
    def _fact_gone(self, part):
        """Return the SELECT of the ids that have rows of a kind, but no record."""
        return SQL(
            """
            SELECT f.id / %(slots)s FROM %(fact)s f
             WHERE f.id %% %(slots)s = %(slot)s
               AND NOT EXISTS (
                   SELECT FROM %(table)s s WHERE s.id = f.id / %(slots)s
               )
            """,
            fact=SQL.identifier(self._table),
            slots=self._fact_slots,
            slot=part.slot,
            table=SQL.identifier(part.table),
        )

    @api.model
    def _fact_pass_time(self):
        """Bring up to date what changes by the mere passing of time."""

    # ------------------------------------------------------------------
    # Drawing up
    # ------------------------------------------------------------------

    @api.model
    def _fact_names(self):
        """Return the names of the columns that are drawn up."""
        return sorted(
            name
            for name, field in self._fields.items()
            if name != "id" and field.store and field.column_type
        )

    @api.model
    def _fact_select(self, part, keys=None):
        """Return the SELECT of the rows of a kind.

        :param keys: ids of records, or nothing for all of them
        """
        columns = self._fact_columns(part)
        return SQL(
            "SELECT s.id * %s + %s AS id, %s FROM %s WHERE (%s) AND %s",
            self._fact_slots,
            self._fact_parts()[part].slot,
            SQL(", ").join(
                SQL(
                    "(%s)::%s AS %s",
                    columns.get(name, SQL("NULL")),
                    SQL(self._fields[name].column_type[1]),
                    SQL.identifier(name),
                )
                for name in self._fact_names()
            ),
            self._fact_from(part),
            self._fact_where(part),
            SQL("TRUE") if keys is None else SQL("s.id = ANY(%s)", list(keys)),
        )

    @api.model
    def _fact_draw_up(self, part, keys):
        """Make the rows of records as they are now, and write those that differ."""
        names = [SQL.identifier(name) for name in self._fact_names()]
        table = SQL.identifier(self._table)
        self.env.cr.execute(
            SQL(
                """
                WITH fresh AS MATERIALIZED (%(select)s),
                     gone AS (
                        DELETE FROM %(table)s
                         WHERE id = ANY(%(ids)s) AND id NOT IN (SELECT id FROM fresh)
                     )
                INSERT INTO %(table)s AS fact (id, %(names)s)
                     SELECT id, %(names)s FROM fresh
                ON CONFLICT (id) DO UPDATE SET %(updates)s
                      WHERE (%(old)s) IS DISTINCT FROM (%(new)s)
                """,
                select=self._fact_select(part, keys),
                table=table,
                ids=[
                    key * self._fact_slots + self._fact_parts()[part].slot
                    for key in keys
                ],
                names=SQL(", ").join(names),
                updates=SQL(", ").join(
                    SQL("%s = EXCLUDED.%s", name, name) for name in names
                ),
                old=SQL(", ").join(SQL("fact.%s", name) for name in names),
                new=SQL(", ").join(SQL("EXCLUDED.%s", name) for name in names),
            )
        )

    @api.model
    def _fact_batch(self, limit=BATCH):
        """Draw up some of what is out of date; return how much, and if there is more.

        To be called by who has the turn, see ``itsm.fact.refresh``.
        """
        notes = self._fact_take(limit)
        parts = self._fact_parts()
        for note, keys in notes.items():
            if note in parts:
                self._fact_draw_up(note, keys)
            for part, ids in self._fact_expansions(note, keys):
                self.env.cr.execute(
                    SQL(
                        "INSERT INTO itsm_fact_change (fact, note, key) "
                        "SELECT %s, %s, id FROM (%s) affected",
                        self._name,
                        part,
                        ids,
                    )
                )
        if EVERYTHING in notes:
            # A great many notes more than the database knows of. Who counts another
            # fact may be doing the same: nobody waits until they are done.
            self.env.cr.execute("ANALYZE (SKIP_LOCKED) itsm_fact_change")
        more = self._fact_is_stale()
        if not more:
            self._fact_pass_time()
        self.invalidate_model(flush=False)
        return sum(map(len, notes.values())), more

    @api.model
    def _fact_take(self, limit):
        """Take notes away and return them as ``{note: ids}``.

        They are deleted by where they lie: a join would be planned by statistics that
        know nothing yet of a million new notes.
        """
        rows = self.env.execute_query(
            SQL(
                """
                WITH taken AS MATERIALIZED (
                        SELECT ctid AS place, note, key FROM itsm_fact_change
                         WHERE fact = %(fact)s
                      ORDER BY note, key
                         LIMIT %(limit)s
                     ),
                     gone AS (
                        DELETE FROM itsm_fact_change
                         WHERE ctid = ANY(ARRAY(SELECT place FROM taken))
                     )
                SELECT note, ARRAY_AGG(DISTINCT key ORDER BY key) FROM taken
                GROUP BY note ORDER BY note
                """,
                fact=self._name,
                limit=limit,
            )
        )
        return dict(rows)

    @api.model
    def _fact_is_stale(self):
        """Tell whether something changed that is not counted yet."""
        [[stale]] = self.env.execute_query(
            SQL(
                "SELECT EXISTS (SELECT FROM itsm_fact_change WHERE fact = %s)",
                self._name,
            )
        )
        return stale

    # ------------------------------------------------------------------
    # For others
    # ------------------------------------------------------------------

    @api.model
    def _fact_refresh(self, exact=True):
        """Count all that changed, in this transaction.

        :param exact: refuse if a job is counting right now; else leave it to the job
        """
        self.env["itsm.fact.refresh"]._refresh(self._name, exact=exact)

    @api.model
    def _fact_rebuild(self):
        """Have all rows made anew, in batches, by the scheduled job."""
        self.env["itsm.fact.refresh"]._note_everything([self._name])

    @api.model
    def fact_status(self):
        """Return until when changes are counted, for the screens of the figures."""
        self.check_access("read")
        # sudo: a moment and no more, for who reads the figures.
        refresh = self.env["itsm.fact.refresh"].sudo()._of(self._name)
        return {"as_of": fields.Datetime.to_string(refresh.as_of) or False}

    @api.model
    def fact_refresh(self):
        """Count what changed, on somebody's request; what is much goes to the job."""
        self.check_access("read")
        # sudo: nobody writes facts; what they come to does not depend on who asks.
        self.env["itsm.fact.refresh"].sudo()._refresh_some(self._name)
        return self.fact_status()

    # ------------------------------------------------------------------
    # The database
    # ------------------------------------------------------------------

    def _is_an_ordinary_table(self):
        # It is one, but is treated as a view: no foreign keys, see above, and no
        # external ids in exports, since rows come and go.
        return False

    def init(self):
        result = super().init()
        if not self._abstract:
            self.pool.post_init(self.env["itsm.fact.refresh"]._install)
        return result

    @api.model
    def _fact_mentions(self):
        """Return ``[Mention]`` of the records that rows name."""
        return [
            Mention(
                self.env[field.comodel_name]._table,
                self._table,
                name,
                is_owner=name in self._fact_owners,
            )
            for name, field in sorted(self._fields.items())
            if field.type == "many2one" and field.store
        ]
