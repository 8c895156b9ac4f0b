import random
from datetime import timedelta

from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from .fact_common import FactCase
from .sla_report_common import MONDAY

_RUNS, _STEPS = 3, 60


@tagged("post_install", "-at_install")
class TestFactsOfAnyLife(FactCase):
    """Whatever happens, in whatever order: figures equal what they are made of."""

    def setUp(self):
        super().setUp()
        self.services = self.env["itsm.service"].create(
            [{"name": name, "desk_id": self.desk.id, "cost": 5} for name in "AB"]
        )
        self.services.action_publish()
        self.places = self.env["itsm.location"].create([{"name": n} for n in "XY"])
        self.departments = self.env["hr.department"].create(
            [{"name": "Ward"}, {"name": "Kitchen"}]
        )
        self.tickets = self.Ticket
        self.clock = MONDAY

    def test_random_lives(self):
        for seed in range(_RUNS):
            self.random = random.Random(seed)
            with self.subTest(seed=seed):
                self._live_on(seed)

    def _live_on(self, seed):
        for step in range(_STEPS):
            self.clock += timedelta(minutes=self.random.randrange(1, 3000))
            self.tickets = self.tickets.exists()
            happen = self.random.choice(
                self._happenings() if self.tickets else [self._opened]
            )
            with self._at(0, self.clock):
                self._try(happen)
            if self.random.random() < 0.2:
                self._refresh()
                with self.subTest(seed=seed, step=step, last=happen.__name__):
                    self._assert_true()
        self._refresh()
        self._assert_true()

    def _try(self, happen):
        """Let something happen; a verb that refuses leaves no trace."""
        try:
            with self.env.cr.savepoint():
                happen()
                self.env.flush_all()
        except (UserError, ValidationError):
            self.env.invalidate_all()

    def _happenings(self):
        return [
            *[self._opened] * 4,
            *[self._verb] * 8,
            self._changed,
            self._rated,
            self._tasked,
            self._task_moved,
            self._deleted,
            self._merged,
            self._imported,
            self._remeasured,
            self._clock_forgotten,
            self._moved_to_another_zone,
            self._priced,
            self._department_gone,
            self._rolled_back,
        ]

    def _one(self):
        return self.random.choice(self.tickets)

    def _opened(self):
        self.tickets += self._create_ticket(
            service_id=self.random.choice(self.services.ids),
            location_id=self.random.choice(self.places.ids),
            department_id=self.random.choice([False, *self.departments.exists().ids]),
            desk_id=self.desk.id,
        )

    def _verb(self):
        ticket = self._one()
        self.random.choice(
            [
                lambda: ticket.assign(self.random.choice([self.agent, self.agent2])),
                lambda: ticket.set_pending("requester"),
                ticket.resume,
                lambda: ticket.resolve("solved", "Done."),
                lambda: ticket.resolve("solved", "Done."),
                ticket.close,
                lambda: ticket.reopen("Still broken."),
                lambda: ticket.cancel("Not needed."),
                lambda: ticket.escalate(None, "Too hard."),
            ]
        )()

    def _changed(self):
        self._one().write(
            self.random.choice(
                [
                    {"service_id": self.random.choice(self.services.ids)},
                    {"location_id": self.random.choice(self.places.ids)},
                    {"impact": "1", "urgency": "1"},
                    {"due_at": MONDAY},
                    {"type": "inquiry"},
                ]
            )
        )

    def _rated(self):
        ticket = self._one()
        stars = self.random.randrange(1, 6)
        of_ticket = [("res_model", "=", "itsm.ticket"), ("res_id", "=", ticket.id)]
        rating = self.env["rating.rating"].search(of_ticket, limit=1)
        rating.rating = stars
        if not rating:
            rating.create(
                {
                    "res_model_id": self.env["ir.model"]._get("itsm.ticket").id,
                    "res_id": ticket.id,
                    "partner_id": ticket.partner_id.id,
                    "rating": stars,
                    "consumed": True,
                }
            )

    def _tasked(self):
        ticket = self._one()
        team = self.random.choice([self.team1, self.team2, self.team_other])
        self.env["itsm.task"].create(
            {"name": "Look", "ticket_id": ticket.id, "team_id": team.id}
        )

    def _task_moved(self):
        tasks = self._one().task_ids
        tasks.write(self.random.choice([{"state": "done"}, {"user_id": self.agent.id}]))

    def _deleted(self):
        self._one().unlink()

    def _merged(self):
        self._one().merge_into(self._one())

    def _imported(self):
        """Bring a ticket of last year in, past the ORM."""
        ticket = self._one()
        self.env.cr.execute(
            "UPDATE itsm_ticket SET opened_at = opened_at - interval '1 year' "
            "WHERE id = %s",
            [ticket.id],
        )
        ticket.invalidate_recordset()

    def _remeasured(self):
        self.env.cr.execute(
            "UPDATE itsm_sla_clock SET adjusted_breached = NOT adjusted_breached, "
            "is_unfinished = FALSE WHERE res_model = 'itsm.ticket' AND res_id = %s",
            [self._one().id],
        )
        self.env.invalidate_all()

    def _clock_forgotten(self):
        self.env.cr.execute(
            "DELETE FROM itsm_sla_clock WHERE id IN (SELECT MAX(id) FROM "
            "itsm_sla_clock WHERE res_model = 'itsm.ticket' AND res_id = %s)",
            [self._one().id],
        )
        self.env.invalidate_all()

    def _moved_to_another_zone(self):
        self.company.resource_calendar_id.tz = self.random.choice(
            ["Asia/Shanghai", "America/New_York", "UTC"]
        )

    def _priced(self):
        self.services[0].cost += 1

    def _department_gone(self):
        if len(self.departments.exists()) > 1:
            self.departments.exists()[0].unlink()

    def _rolled_back(self):
        ticket = self._one()
        self.env.flush_all()
        savepoint = self.env.cr.savepoint()
        ticket.write({"tag_ids": [Command.create({"name": f"Never {self.clock}"})]})
        ticket.name = "Never"
        self.env.flush_all()
        savepoint.close(rollback=True)
