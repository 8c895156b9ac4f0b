from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

from .ir_websocket import PRESENCE_CHANNEL, PRESENCE_GROUP

# The form beats every 20 seconds; browsers slow hidden tabs down to one beat a
# minute. Who was not heard of for longer has gone without a word.
ALIVE_SECONDS = 90


class ItsmTicketPresence(models.Model):
    """Who has a ticket open right now, and whether they are writing in it.

    The state is in the database only, so it is the same on every Odoo node. Times
    are the database's, so that clocks of nodes may differ.
    """

    _name = "itsm.ticket.presence"
    _description = "Presence on a Ticket"
    _log_access = False
    _rec_name = "user_id"

    ticket_id = fields.Many2one("itsm.ticket", required=True, ondelete="cascade")
    user_id = fields.Many2one(
        "res.users", required=True, ondelete="cascade", index=True
    )
    seen_at = fields.Datetime(required=True)
    writing = fields.Boolean()

    _ticket_user_unique = models.UniqueIndex("(ticket_id, user_id)")
    _seen_at_idx = models.Index("(seen_at)")

    @api.model
    def _alive_since(self):
        """Return the SQL of the time after which a beat still counts."""
        return SQL(
            "(now() AT TIME ZONE 'UTC' - %s * interval '1 second')", ALIVE_SECONDS
        )

    @api.autovacuum
    def _gc_gone(self):
        """Delete the rows of people who closed the browser without a word."""
        self.env.execute_query(
            SQL(
                "DELETE FROM itsm_ticket_presence WHERE seen_at < %s RETURNING id",
                self._alive_since(),
            )
        )


class ItsmTicket(models.Model):
    """Agents see who else has the ticket open or is writing an answer."""

    _name = "itsm.ticket"
    _inherit = ["itsm.ticket", "bus.listener.mixin"]

    def presence_beat(self, writing=False):
        """Note that the current user has this ticket open.

        The ticket itself is not touched, so a beat never stands in the way of those
        who change it. The others hear of it at once when somebody arrives, starts
        or stops writing.

        :param writing: whether the user is writing an answer or a note
        :return: the other people, as ``[{"user_id", "name", "writing"}]``
        """
        self._check_presence_access()
        if self._note_presence(bool(writing)):
            self._tell_presence()
        return self._others_present()

    def presence_leave(self):
        """Note that the current user has closed this ticket."""
        self._check_presence_access()
        left = self.env.execute_query(
            SQL(
                "DELETE FROM itsm_ticket_presence"
                " WHERE ticket_id = %s AND user_id = %s RETURNING id",
                self.id,
                self.env.uid,
            )
        )
        if left:
            self._tell_presence()
        return True

    def _check_presence_access(self):
        """Refuse people who do not work for the desk; requesters see nobody."""
        self.ensure_one()
        if not self.env.user.has_group(PRESENCE_GROUP):
            raise AccessError(
                self.env._("Only agents see who has a ticket open at the moment.")
            )
        # Not “read”: an agent may be the requester of another desk's ticket.
        self.check_access("write")

    def _note_presence(self, writing):
        """Write the beat; tell whether it is news to the others."""
        alive_since = self.env["itsm.ticket.presence"]._alive_since()
        # The first part sees the row as it was before the second one writes it.
        [(was_writing,)] = self.env.execute_query(
            SQL(
                """
                WITH before AS (
                    SELECT writing
                      FROM itsm_ticket_presence
                     WHERE ticket_id = %(ticket)s AND user_id = %(user)s
                       AND seen_at >= %(alive_since)s
                ), beat AS (
                    INSERT INTO itsm_ticket_presence
                                (ticket_id, user_id, seen_at, writing)
                         VALUES (%(ticket)s, %(user)s, now() AT TIME ZONE 'UTC',
                                 %(writing)s)
                    ON CONFLICT (ticket_id, user_id) DO UPDATE
                            SET seen_at = EXCLUDED.seen_at,
                                writing = EXCLUDED.writing
                      RETURNING id
                )
                SELECT (SELECT writing FROM before) FROM beat
                """,
                ticket=self.id,
                user=self.env.uid,
                writing=writing,
                alive_since=alive_since,
            )
        )
        return was_writing is not writing

    def _others_present(self):
        """Return who else has this ticket open."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT presence.user_id, partner.name, presence.writing
                  FROM itsm_ticket_presence presence
                  JOIN res_users ON res_users.id = presence.user_id
                  JOIN res_partner partner ON partner.id = res_users.partner_id
                 WHERE presence.ticket_id = %s AND presence.user_id != %s
                   AND presence.seen_at >= %s
              ORDER BY partner.name, presence.user_id
                """,
                self.id,
                self.env.uid,
                self.env["itsm.ticket.presence"]._alive_since(),
            )
        )
        return [
            {"user_id": user_id, "name": name, "writing": writing}
            for user_id, name, writing in rows
        ]

    def _tell_presence(self):
        """Let the open forms of this ticket look again.

        The message names nobody: rights are checked when they ask.
        """
        self._bus_send(
            "itsm.ticket/presence",
            {"ticket_id": self.id, "user_id": self.env.uid},
            subchannel=PRESENCE_CHANNEL,
        )
