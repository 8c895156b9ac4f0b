from datetime import timedelta

from odoo import fields
from odoo.tests import freeze_time

from odoo.addons.itsm_helpdesk.tests.common import GROUP
from odoo.addons.itsm_helpdesk.tests.sla_report_common import MONDAY, SlaReportCase

from .common import NonitCase

# Everything that is measured happened before.
TODAY = MONDAY + timedelta(days=14)


class AnalysisCase(NonitCase, SlaReportCase):
    """Services of two desks; tickets have eight hours to be solved."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.leak = cls._make_service("Leak", cls.desk)
        cls.lamp = cls._make_service("Lamp", cls.desk)
        cls.move = cls._make_service("Move", cls.desk_other)
        cls.leader_other = cls._make_user("leader2", "Lou", GROUP % "leader")
        cls.team_other.leader_id = cls.leader_other
        for team in cls.team1 | cls.team_other:
            team.member_ids |= cls.shared_agent
        cls.Improvement = cls.env["itsm.service.improvement"]
        cls.Assessment = cls.env["itsm.team.assessment"]
        cls.env.flush_all()

    @classmethod
    def _make_service(cls, name, desk):
        service = cls.env["itsm.service"].create({"name": name, "desk_id": desk.id})
        service.action_publish()
        return service

    @classmethod
    def _rate(cls, ticket, stars):
        return cls.env["rating.rating"].create(
            {
                "res_model_id": cls.env["ir.model"]._get("itsm.ticket").id,
                "res_id": ticket.id,
                "partner_id": ticket.partner_id.id,
                "rating": stars,
                "consumed": True,
            }
        )

    @classmethod
    def _visit(cls, ticket, user, hours, **vals):
        """Return a visit that is done and took so many hours."""
        return (
            cls.env["itsm.visit"]
            ._as_system()
            .create(
                {
                    "ticket_id": ticket.id,
                    "user_id": user.id,
                    "team_id": ticket.team_id.id,
                    "state": "done",
                    "started_at": MONDAY,
                    "ended_at": MONDAY + timedelta(hours=hours),
                    "spell_ids": [
                        fields.Command.create(
                            {"start": MONDAY, "end": MONDAY + timedelta(hours=hours)}
                        )
                    ],
                    **vals,
                }
            )
        )

    def _today(self):
        return freeze_time(TODAY)

    def _look(self, desks=None):
        with self._today():
            self.Improvement._look(desks or self.desk | self.desk_other)
        return self.Improvement.search([])

    def _found(self, service):
        return {
            each.kind: each
            for each in self.Improvement.search([("service_id", "=", service.id)])
        }
