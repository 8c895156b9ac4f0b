from lxml import etree

from odoo.tests import users, warmup

from .common import QUIET, ItsmCase


class TestQueryCounts(ItsmCase):
    """The hot paths keep to a number of queries that does not grow with the rows.

    What does grow is Odoo's own work for each mail and tracking message that goes
    out; where it is counted too, the name of the test says so.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Clocks have their own counts; a database with demo data measures all tickets.
        cls.env["itsm.sla.policy"].search([]).active = False
        quiet = cls.Ticket.with_context(**QUIET)
        people = cls.env["res.partner"].create(
            [{"name": f"P{n}", "email": f"p{n}@example.com"} for n in range(20)]
        )
        cls.people = people.ids + [cls.requester.partner_id.id]
        cls.tickets = quiet.create(cls._many(80)).with_context(**dict.fromkeys(QUIET))
        cls.env["itsm.ticket"].flush_model()

    @classmethod
    def _many(cls, count):
        """Return values of tickets as different as a day brings them."""
        return [
            {
                "name": f"Ticket {n}",
                "desk_id": cls.desk.id,
                "partner_id": cls.people[n % len(cls.people)],
                "type": ("incident", "request", "inquiry")[n % 3],
                "impact": str(n % 3 + 1),
            }
            for n in range(count)
        ]

    def _batch(self, count):
        return self.env["itsm.ticket"].browse(self.tickets[:count].ids)

    def _quiet(self):
        return self.env["itsm.ticket"].with_context(**QUIET)

    @users("itsm_agent")
    @warmup
    def test_create_one_with_its_mail(self):
        with self.assertQueryCount(57):
            self.env["itsm.ticket"].create(self._many(1))

    @users("itsm_agent")
    @warmup
    def test_create_hundred_with_their_mails(self):
        with self.assertQueryCount(2700):
            self.env["itsm.ticket"].create(self._many(100))

    @users("itsm_agent")
    @warmup
    def test_create_one(self):
        with self.assertQueryCount(13):
            self._quiet().create(self._many(1))

    @users("itsm_agent")
    @warmup
    def test_create_hundred(self):
        with self.assertQueryCount(25):
            self._quiet().create(self._many(100))

    @users("itsm_agent")
    @warmup
    def test_list_of_eighty(self):
        with self.assertQueryCount(13):
            result = self._list(80)
        self.assertEqual(len(result["records"]), 80)

    @users("itsm_agent")
    @warmup
    def test_list_of_ten_costs_the_same(self):
        with self.assertQueryCount(13):
            self._list(10)

    def _list(self, count):
        """Read what the list view reads."""
        Ticket = self.env["itsm.ticket"]
        arch = etree.fromstring(Ticket.get_view(view_type="list")["arch"])
        names = [node.get("name") for node in arch.iter("field")]
        relational = ("many2one", "many2many")
        specification = {
            name: {"fields": {"display_name": {}}}
            if Ticket._fields[name].type in relational
            else {}
            for name in names
        }
        return Ticket.web_search_read(
            [("state", "in", Ticket._open_states())], specification, limit=count
        )

    @users("itsm_agent")
    @warmup
    def test_resolve_one_with_its_mail(self):
        with self.assertQueryCount(60):
            self._batch(1).resolve("solved", "Toner replaced.")

    @users("itsm_agent")
    @warmup
    def test_resolve_one(self):
        with self.assertQueryCount(11):
            self._batch(1).with_context(**QUIET).resolve("solved", "Toner replaced.")

    @users("itsm_agent")
    @warmup
    def test_resolve_fifty(self):
        with self.assertQueryCount(11):
            self._batch(50).with_context(**QUIET).resolve("solved", "Toner replaced.")

    @users("itsm_agent")
    @warmup
    def test_take(self):
        with self.assertQueryCount(22):
            self._batch(1).action_take()

    @users("itsm_agent")
    @warmup
    def test_round_robin_of_fifty(self):
        """Choosing among members costs the same for one ticket and for fifty."""
        self.team1.sudo().write(
            {"assignment_method": "round_robin", "desk_id": self.desk.id}
        )
        self.desk.sudo().resource_calendar_id = False
        with self.assertQueryCount(36):
            self._quiet().create(self._many(50))

    @users("itsm_portal")
    @warmup
    def test_messages_of_a_requester(self):
        """What hides notes asks nothing for each message."""
        with self.assertQueryCount(2):
            self.env["mail.message"].search(
                [("model", "=", "itsm.ticket"), ("res_id", "in", self.tickets.ids)]
            )

    @users("itsm_manager")
    @warmup
    def test_overview_of_desks(self):
        desk = self.env["itsm.desk"].browse(self.desk.id)
        with self.assertQueryCount(17):
            desk.read(["open_count", "unassigned_count", "overdue_count"])
