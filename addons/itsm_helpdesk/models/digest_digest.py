from odoo import fields, models
from odoo.exceptions import AccessError

# Averages: of nothing they are nothing, and not the worst figure there is.
_AVERAGES = {
    "kpi_itsm_met": ("resolved_at", "met_rate:avg"),
    "kpi_itsm_rating": ("resolved_at", "rating:avg"),
}
_NOTHING = "–"
_READERS = ("itsm_helpdesk.group_itsm_agent", "itsm_helpdesk.group_itsm_auditor")


class DigestDigest(models.Model):
    """What the desks of the reader did since the last mail of key figures."""

    _inherit = "digest.digest"

    kpi_itsm_opened = fields.Boolean("Tickets Opened")
    kpi_itsm_opened_value = fields.Integer(compute="_compute_kpi_itsm_opened_value")
    kpi_itsm_resolved = fields.Boolean("Tickets Resolved")
    kpi_itsm_resolved_value = fields.Integer(compute="_compute_kpi_itsm_resolved_value")
    kpi_itsm_met = fields.Boolean("Promises Kept (%)")
    kpi_itsm_met_value = fields.Float(compute="_compute_kpi_itsm_met_value")
    kpi_itsm_rating = fields.Boolean("Stars of Five")
    kpi_itsm_rating_value = fields.Float(compute="_compute_kpi_itsm_rating_value")

    def _compute_kpi_itsm_opened_value(self):
        self.kpi_itsm_opened_value = self._itsm_facts("opened_at", "ticket_count:sum")

    def _compute_kpi_itsm_resolved_value(self):
        self.kpi_itsm_resolved_value = self._itsm_facts(
            "resolved_at", "ticket_count:sum"
        )

    def _compute_kpi_itsm_met_value(self):
        self.kpi_itsm_met_value = self._itsm_facts(*_AVERAGES["kpi_itsm_met"])

    def _compute_kpi_itsm_rating_value(self):
        self.kpi_itsm_rating_value = self._itsm_facts(*_AVERAGES["kpi_itsm_rating"])

    def _itsm_facts(self, moment, aggregate):
        """Return a figure of the tickets the reader may see, False if there is none.

        :param moment: which date of a ticket lies in the time of the mail
        """
        if not any(map(self.env.user.has_group, _READERS)):
            raise AccessError(
                self.env._("These figures are for the people of the service desks.")
            )
        start, end, companies = self._get_kpi_compute_parameters()
        [[value]] = self.env["itsm.ticket.report"]._read_group(
            [
                (moment, ">=", start),
                (moment, "<", end),
                ("company_id", "in", [*companies.ids, False]),
            ],
            aggregates=[aggregate],
        )
        return value

    def _compute_kpis(self, company, user):
        """Show a dash where nothing was promised or rated."""
        kpis = super()._compute_kpis(company, user)
        times = [times for _name, (times, _before) in self._compute_timeframes(company)]
        reader = self.with_user(user).with_company(company)
        for kpi in kpis:
            average = _AVERAGES.get(kpi["kpi_name"])
            for column, (start, end) in enumerate(times if average else (), 1):
                digest = reader.with_context(start_datetime=start, end_datetime=end)
                if digest._itsm_facts(*average) is False:
                    kpi[f"kpi_col{column}"]["value"] = _NOTHING
        return kpis

    def _compute_kpis_actions(self, company, user):
        actions = super()._compute_kpis_actions(company, user)
        menu = self.env.ref("itsm_helpdesk.itsm_menu_root").id
        figures = f"itsm_helpdesk.itsm_ticket_action_analysis?menu_id={menu}"
        return actions | {
            "kpi_itsm_opened": f"itsm_helpdesk.itsm_ticket_action?menu_id={menu}",
            "kpi_itsm_resolved": figures,
            "kpi_itsm_met": figures,
            "kpi_itsm_rating": figures,
        }
