from datetime import timedelta

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import ItsmCase


@tagged("post_install", "-at_install")
class TestDigest(ItsmCase):
    """Key figures in the mail are those of the reader's desks."""

    def _digest(self, user):
        start = self.env.cr.now() - timedelta(days=1)
        return (
            self.env["digest.digest"]
            .with_user(user)
            .with_context(
                start_datetime=start,
                end_datetime=self.env.cr.now() + timedelta(days=1),
            )
            .new({"name": "Figures", "company_id": self.env.company.id})
        )

    def test_figures_of_ones_own_desks(self):
        for desk in (self.desk, self.desk, self.desk_other):
            self.env["itsm.ticket"].create(
                {
                    "name": "Printer",
                    "desk_id": desk.id,
                    "partner_id": self.requester.partner_id.id,
                }
            )
        self.env["itsm.ticket.report"]._fact_refresh()
        mine = self._digest(self.agent).kpi_itsm_opened_value
        everybody = self._digest(self.admin)
        self.assertEqual(mine, everybody.kpi_itsm_opened_value - 1)

    def test_an_average_of_nothing_is_none(self):
        """No stars were given: that is not the same as none of five."""
        ticket = self._create_ticket(user_id=self.agent.id)
        ticket.with_user(self.agent).resolve("solved", "Done.")
        # Odoo's last 24 hours end an hour or eight ago, by the company's time zone.
        half_a_day_ago = self.env.cr.now() - timedelta(hours=12)
        ticket._write_system({"resolved_at": half_a_day_ago})
        self._look_at_figures()
        self.assertEqual(self._shown("kpi_itsm_resolved"), [1, 1, 1])
        self.assertEqual(self._shown("kpi_itsm_rating"), ["–", "–", "–"])
        ticket.with_user(self.requester)._portal_rate({"grade": "1"})
        self._look_at_figures()
        self.assertEqual(self._shown("kpi_itsm_rating"), ["1.00", "1.00", "1.00"])

    def _look_at_figures(self):
        self.env["itsm.ticket.report"]._fact_refresh()

    def _shown(self, name):
        """Return what the three columns of the agent's mail show of a figure."""
        digest = self.env["digest.digest"].create(
            {"name": "Figures", "company_id": self.env.company.id, name: True}
        )
        [kpi] = [
            kpi
            for kpi in digest._compute_kpis(self.env.company, self.agent)
            if kpi["kpi_name"] == name
        ]
        return [kpi[f"kpi_col{column}"]["value"] for column in (1, 2, 3)]

    def test_no_figures_for_others(self):
        with self.assertRaises(AccessError):
            _value = self._digest(self.requester).kpi_itsm_opened_value
