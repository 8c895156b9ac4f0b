from .common import ItsmCase


class ComplaintCase(ItsmCase):
    """A complaint about Anna, an agent of the first line, handled by the manager."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.complained = cls._create_ticket(user_id=cls.agent.id)
        cls.complaint = cls._complain(complaint_about_user_id=cls.agent.id)
        cls.env.flush_all()

    @classmethod
    def _complain(cls, **vals):
        return cls._create_ticket(
            **{
                "name": "Anna shouted at me",
                "type": "complaint",
                "description": "<p>Secret words</p>",
                "complaint_ticket_id": cls.complained.id,
                **vals,
            }
        )

    def _sees(self, user, ticket=None):
        """Tell whether the user finds the ticket, and may read it: both or none."""
        ticket = ticket or self.complaint
        Ticket = self._as(user)["itsm.ticket"]
        found = bool(Ticket.search([("id", "=", ticket.id)]))
        self.assertEqual(found, Ticket.browse(ticket.id).has_access("read"))
        self.assertEqual(found, bool(Ticket.search_count([("id", "=", ticket.id)])))
        return found
