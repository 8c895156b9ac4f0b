from odoo import fields
from odoo.tools import SQL


def note_told(record, rows_field, partners):
    """Note that contacts are told of a record; return the rows made now.

    Who is noted already gets no second row, also where two transactions note them at
    the same moment: the unique index of record and contact decides.

    :param record: one record, with the right to write the rows
    :param rows_field: name of the One2many that holds a row for each contact
    :param partners: contacts to be told
    """
    record.ensure_one()
    field = record._fields[rows_field]
    Row = record.env[field.comodel_name]
    if not partners:
        return Row
    record.flush_recordset()
    Row.flush_model()
    parent, now = SQL.identifier(field.inverse_name), fields.Datetime.now()
    rows = record.env.execute_query(
        SQL(
            """
            INSERT INTO %(table)s (%(parent)s, partner_id, create_uid, create_date)
            VALUES %(values)s
            ON CONFLICT (%(parent)s, partner_id) DO NOTHING
            RETURNING id
            """,
            table=SQL.identifier(Row._table),
            parent=parent,
            values=SQL(", ").join(
                SQL("(%s, %s, %s, %s)", record.id, partner_id, record.env.uid, now)
                for partner_id in sorted(partners.ids)
            ),
        )
    )
    record.invalidate_recordset()
    return Row.browse(row[0] for row in rows)
