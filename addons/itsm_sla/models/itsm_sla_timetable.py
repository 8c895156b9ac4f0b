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
        ids = {key: self._settled_id(key) for key in by_fingerprint}
        missing = sorted(key for key, id_ in ids.items() if not id_)
        if missing:
            ids.update(self._find_or_keep(missing, by_fingerprint))
        return {None: False, **{by_fingerprint[key]: id_ for key, id_ in ids.items()}}

    @api.model
    def _find_or_keep(self, fingerprints, hours):
        """Return ``{fingerprint: id}``, creating the rows that are not there."""
        # sudo: whoever solves a ticket keeps the hours it was solved in.
        Timetable = self.sudo()
        rows = Timetable.search([("fingerprint", "in", fingerprints)])
        missing = set(fingerprints) - set(rows.mapped("fingerprint"))
        rows |= Timetable.create(
            [
                {"fingerprint": key, "hours": hours[key].as_json()}
                for key in sorted(missing)
            ]
        )
        return {row.fingerprint: row.id for row in rows}

    @api.model
    def _settled_id(self, fingerprint):
        """Return the id of a row that an earlier transaction left, False for none."""
        try:
            return self._cached_id(fingerprint)
        except KeyError:
            return False

    @api.model
    @tools.ormcache("fingerprint", cache="stable")
    def _cached_id(self, fingerprint):
        """Return the id of a row; one that may yet be rolled back is not cached.

        :raise KeyError: there is no such row, or it is not settled
        """
        now = self.env.cr.now()
        row = self.sudo().search(
            [("fingerprint", "=", fingerprint), ("create_date", "<", now)], limit=1
        )
        if not row:
            raise KeyError(fingerprint)
        return row.id

    @tools.ormcache("self.id", cache="stable")
    def _hours(self):
        # sudo: whoever may see the clock may see what it was measured on.
        return worktime.WorkingHours.from_json(self.sudo().hours)

    def _timeline(self):
        """Return the timeline of these hours; around the clock for no row."""
        return worktime.timeline_of(self._hours()) if self else worktime.ALWAYS
