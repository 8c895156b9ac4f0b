from odoo import api, fields, models, tools

from ..tools import worktime


class ItsmSlaTimetable(models.Model):
    """Working hours as they were when clocks stopped.

    A finished clock is always read on these, so that a calendar which is edited
    afterwards does not rewrite the past.
    """

    _name = "itsm.sla.timetable"
    _description = "Working Hours of the Past"
    _rec_name = "fingerprint"

    fingerprint = fields.Char(required=True, readonly=True)
    hours = fields.Json(required=True, readonly=True)

    _fingerprint_unique = models.UniqueIndex("(fingerprint)")

    @api.model
    def _ids_of(self, hours):
        """Return ``{working hours: id}`` under which they are kept from now on.

        :param hours: set of ``WorkingHours``; None, around the clock, needs no row
        """
        by_fingerprint = {item.fingerprint(): item for item in hours if item}
        if not by_fingerprint:
            return {None: False}
        # sudo: whoever solves a ticket keeps the hours it was solved in.
        Timetable = self.sudo()
        kept = Timetable.search([("fingerprint", "in", [*by_fingerprint])])
        missing = by_fingerprint.keys() - set(kept.mapped("fingerprint"))
        kept |= Timetable.create(
            [
                {"fingerprint": key, "hours": by_fingerprint[key].as_json()}
                for key in sorted(missing)
            ]
        )
        ids = {by_fingerprint[row.fingerprint]: row.id for row in kept}
        return {None: False, **ids}

    @tools.ormcache("self.id", cache="stable")
    def _hours(self):
        # sudo: whoever may see the clock may see what it was measured on.
        return worktime.WorkingHours.from_json(self.sudo().hours)

    def _timeline(self):
        """Return the timeline of these hours; around the clock for no row."""
        return worktime.timeline_of(self._hours()) if self else worktime.ALWAYS
