from odoo.tools import SQL


def wait_for_rows(records):
    """Wait for the transactions that hold these records, then hold them.

    Unlike ``lock_for_update`` this does not refuse the second of two who come at
    the same moment. Where the first changed a row, the database ends the second's
    transaction here, before it did any work; Odoo repeats it, and that is no error
    to be logged.
    """
    records.env.cr.execute(
        SQL(
            "SELECT id FROM %s WHERE id IN %s ORDER BY id FOR NO KEY UPDATE",
            SQL.identifier(records._table),
            tuple(records.ids) or (0,),
        ),
        log_exceptions=False,
    )
