from odoo import models

from odoo.addons.itsm_sla.tools import life


class ItsmDeskSlaMixin(models.AbstractModel):
    """Service levels of what a desk works on: who is told, and who corrects times.

    Expects ``desk_id``, ``team_id`` and ``user_id``.
    """

    _name = "itsm.desk.sla.mixin"
    _description = "Service Levels of a Desk's Work"
    _inherit = ["itsm.sla.mixin"]

    def _sla_people(self, role):
        self.ensure_one()
        if role == "assignee":
            return self.user_id.partner_id
        if role == "leader":
            return self.team_id.leader_id.partner_id
        if role == "manager":
            return self.desk_id.manager_ids.partner_id
        return super()._sla_people(role)

    def _sla_may_correct(self):
        user = self.env.user
        return super()._sla_may_correct() or (
            user.has_group("itsm_helpdesk.group_itsm_manager")
            and all(user in record.sudo().desk_id.manager_ids for record in self)
        )

    def _sla_moments(self):
        """Return when each kind of event happened first and last, as two dicts.

        Replaced events do not count. For the record's own dates after a correction.
        """
        events = life.effective(
            self.env["itsm.sla.event"]
            .sudo()  # the caller checked who corrects
            ._events_of(self._name, self.ids)[self.id]
        )
        first = {event.kind: event.at for event in reversed(events)}
        last = {event.kind: event.at for event in events}
        return first, last
