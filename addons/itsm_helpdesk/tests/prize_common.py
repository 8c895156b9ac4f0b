from freezegun import freeze_time

DURING, AFTER = "2026-05-15 10:00:00", "2026-07-02 08:00:00"


class DrawSetup:
    """A draw of the second quarter of 2026, and people who rated."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.people = [
            cls._make_user(f"rater{n}", f"Rater {n}").partner_id for n in range(6)
        ]
        with freeze_time(DURING):
            cls.draw = cls._make_draw()
        for person in cls.people:
            cls._rated(person)
        cls.env.flush_all()

    @classmethod
    def _make_draw(cls, **vals):
        return (
            cls.env["itsm.prize.draw"]
            .with_user(cls.manager)
            .create(
                {
                    "name": "Spring draw",
                    "desk_ids": cls.desk.ids,
                    "date_from": "2026-04-01",
                    "date_to": "2026-06-30",
                    "tz": "UTC",
                    "prize_ids": [
                        (0, 0, {"name": "Bicycle"}),
                        (0, 0, {"name": "Voucher", "quantity": 2}),
                    ],
                    **vals,
                }
            )
        )

    @classmethod
    def _rated(cls, person, at="2026-05-01 12:00:00", grade=5, **vals):
        ticket = cls._create_ticket(partner_id=person.id, **vals)
        rating = cls.env["rating.rating"].create(
            {
                "res_model_id": cls.env["ir.model"]._get_id("itsm.ticket"),
                "res_id": ticket.id,
                "partner_id": person.id,
                "rating": grade,
                "consumed": True,
            }
        )
        rating.rated_on = at
        return rating

    def _drawn(self, draw=None):
        draw = draw or self.draw
        with freeze_time(DURING):
            draw.announce()
        with freeze_time(AFTER):
            draw.action_draw()
        return draw

    def _taking_part(self, draw=None):
        draw = self._drawn(draw)
        return set(draw.sudo().entry_ids.partner_id)
