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


def take_turn(records, counter):
    """Wait for those who hold these records, and be the next: of two, one repeats.

    Holding a row is not enough where both only read what decides. Each raises a
    counter, so the database ends the transaction of who comes second, and Odoo repeats
    it; then it sees what the first one did.

    :param counter: name of a column of whole numbers that stands for nothing else
    """
    if not records:
        return
    records.flush_recordset()
    wait_for_rows(records)
    column = SQL.identifier(counter)
    records.env.cr.execute(
        SQL(
            "UPDATE %s SET %s = COALESCE(%s, 0) + 1 WHERE id IN %s",
            SQL.identifier(records._table),
            column,
            column,
            tuple(records.ids),
        ),
        log_exceptions=False,
    )
