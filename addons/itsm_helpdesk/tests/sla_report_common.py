from datetime import datetime, timedelta

from odoo.fields import Command
from odoo.tests import freeze_time

from .common import ItsmCase

MONDAY = datetime(2026, 3, 2, 8)


class SlaReportCase(ItsmCase):
    """Policies that count around the clock: eight hours to solve, one to answer."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy = cls._make_policy("Solved in 8 hours", resolution=8)

    @property
    def Report(self):
        """The figures of promises, up to date."""
        return self._up_to_date("itsm.sla.report")

    @property
    def TimeReport(self):
        """The figures of where the time went, up to date."""
        return self._up_to_date("itsm.sla.time.report")

    def _up_to_date(self, model):
        self.env[model]._fact_refresh()
        return self.env[model]

    @classmethod
    def _make_policy(cls, name, **targets):
        """Return a policy that counts beside all others.

        :param targets: hours by metric, or ``{priority: hours}``
        """
        kind = targets.pop("kind", "sla")
        lines = [
            {"metric": metric, "priority": priority, "hours": hours}
            for metric, promised in targets.items()
            for priority, hours in (
                promised if isinstance(promised, dict) else {False: promised}
            ).items()
        ]
        return cls.env["itsm.sla.policy"].create(
            {
                "name": name,
                "res_model": "itsm.ticket",
                "kind": kind,
                "in_parallel": True,
                "calendar_source": "always",
                "target_ids": [
                    Command.create({"measure": "working", **line}) for line in lines
                ],
            }
        )

    @classmethod
    def _at(cls, hours, start=MONDAY):
        return freeze_time(start + timedelta(hours=hours))

    @classmethod
    def _solved(cls, hours, start=MONDAY, **vals):
        """Return a ticket that took that many hours to solve."""
        with cls._at(0, start):
            ticket = cls._create_ticket(**vals)
        with cls._at(hours, start):
            ticket.resolve("solved", "Toner replaced.")
        return ticket

    def _clock(self, ticket, policy=None, metric="resolution"):
        return ticket.sudo().clock_ids.filtered(
            lambda clock: (
                clock.policy_id == (policy or self.policy) and clock.metric == metric
            )
        )

    def _waive(self, clock, minutes):
        waiver = self.env["itsm.sla.waiver"].create(
            {"clock_id": clock.id, "reason": "Power cut", "minutes": minutes}
        )
        waiver.with_user(self.admin).action_approve()

    def _domain(self, policy=None):
        return [("policy_id", "=", (policy or self.policy).id)]

    def _total(self, *names, domain=None):
        """Return the aggregates of fields over all rows, each by its own aggregator."""
        shown = self.Report.fields_get(names, ["aggregator"])
        [row] = self.Report._read_group(
            domain or self._domain(),
            [],
            [f"{name}:{shown[name]['aggregator']}" for name in names],
        )
        return row
