from datetime import timedelta

from odoo import fields

from odoo.addons.itsm_helpdesk.tests.request_common import RequestCase, question


class BookingCase(RequestCase):
    """A car that is handed over and a room, and the services that book them.

    Both belong to the IT desk; times are of tomorrow, in UTC as all the people's.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Bookable, cls.Booking = cls.env["itsm.bookable"], cls.env["itsm.booking"]
        cls.car = cls._thing(
            "Car 1", kind="vehicle", needs_handover=True, has_meter=True, meter=100
        )
        cls.room = cls._thing("Room 1", capacity=8, buffer_after=15)
        cls.book_car = cls._booking_service("Book a car", "vehicle")
        cls.book_room = cls._booking_service("Book a room", "room", booking_any=True)

    @classmethod
    def _thing(cls, name, **vals):
        return cls.Bookable.create({"name": name, "desk_id": cls.desk.id, **vals})

    @classmethod
    def _booking_service(cls, name, kind, **vals):
        """Return a published service that books things of a kind."""
        return cls._service(
            name,
            [
                question(
                    "what",
                    "record",
                    res_model="itsm.bookable",
                    domain=f"[('kind', '=', '{kind}')]",
                    required=not vals.get("booking_any"),
                ),
                question("begin", "datetime", required=True),
                question("stop", "datetime", required=True),
                question("pieces", "number"),
                question("people", "number"),
            ],
            booking_kind=kind,
            booking_what_key="what",
            booking_from_key="begin",
            booking_to_key="stop",
            booking_quantity_key="pieces",
            booking_persons_key="people",
            **vals,
        )

    @classmethod
    def _at(cls, hour, minute=0, days=1):
        """Return a time of tomorrow."""
        today = fields.Datetime.now().replace(hour=0, minute=0, second=0, microsecond=0)
        return today + timedelta(days=days, hours=hour, minutes=minute)

    @classmethod
    def _book(cls, thing=None, start=9, end=11, **vals):
        """Return a booking of tomorrow that an agent made."""
        return cls.Booking.create(
            {
                "bookable_id": (thing or cls.car).id,
                "start": cls._at(start) if isinstance(start, int) else start,
                "end": cls._at(end) if isinstance(end, int) else end,
                "partner_id": cls.requester.partner_id.id,
                **vals,
            }
        )

    def _ask(self, service=None, thing=None, start=9, end=11, user=None, **answers):
        """Send the form of a service for a thing; return the ticket."""
        thing = self.car if thing is None else thing
        return self._submit(
            service or self.book_car,
            user,
            begin=str(self._at(start)),
            stop=str(self._at(end)),
            **({"what": thing.id} if thing else {}),
            **answers,
        )
