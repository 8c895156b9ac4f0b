import logging

from psycopg2 import errors

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

_logger = logging.getLogger(__name__)

_BATCH = 500
# How often a batch is begun anew when another worker was faster.
_TRIES = 5


class ItsmSlaClock(models.Model):
    """The sweep: clocks that are due breach, and their escalations fire.

    Only clocks whose ``next_at`` has come are looked at, by a partial index. Rows
    are locked with SKIP LOCKED and each batch is committed on its own, so any number
    of workers may sweep at once and a kill loses one batch, which the next sweep
    does again. A rule fires once for each clock: the rows that say so are written in
    the same transaction as what it does, under a unique key.
    """

    _inherit = "itsm.sla.clock"

    @api.model
    def _cron_sweep(self, limit=_BATCH):
        """Work off all clocks that are due."""
        clocks = self._as_engine()
        passed_over = set()
        while True:
            count = clocks._sweep_batch(limit, passed_over)
            # A full batch means that there may be more; the job is then run on.
            more = int(count == limit)
            time_left = self.env["ir.cron"]._commit_progress(count, remaining=more)
            if not count or not time_left:
                return

    @api.model
    def _sweep_batch(self, limit, passed_over):
        """Work off a batch; return how many clocks it had.

        :param passed_over: ids of clocks that cannot be worked off; grows
        """
        for _try in range(_TRIES):
            try:
                batch = self._take_due(limit, passed_over)
                passed_over |= batch._work_off()
                return len(batch)
            except errors.SerializationFailure:
                # Another transaction was faster with one of these rows. Nothing of
                # this batch is in the database; begin it anew, seeing what it did.
                self.env.cr.rollback()
        return 0

    @api.model
    def _take_due(self, limit, passed_over=()):
        """Return due clocks, locked; those that another worker holds are left to it."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT id
                  FROM itsm_sla_clock
                 WHERE next_at IS NOT NULL
                   AND next_at <= %s
                   AND id != ALL(%s)
                 ORDER BY next_at, id
                 LIMIT %s
                   FOR NO KEY UPDATE SKIP LOCKED
                """,
                fields.Datetime.now(),
                list(passed_over) or [0],
                limit,
            )
        )
        return self.browse(id_ for (id_,) in rows)

    def _work_off(self):
        """Bring the locked clocks up to date and fire what is due.

        One that cannot be worked off is logged and passed over, so that it never
        stops the others.

        :return: ids of those passed over
        """
        try:
            with self.env.cr.savepoint():
                for clocks in self.grouped("res_model").values():
                    clocks._work_off_model()
        except errors.SerializationFailure:
            raise
        except Exception:
            if len(self) > 1:
                half = len(self) // 2
                return self[:half]._work_off() | self[half:]._work_off()
            _logger.exception("Service level clock %s cannot be worked off", self.id)
            return set(self.ids)
        return set()

    def _work_off_model(self):
        """Work off clocks of one model."""
        model = self[0].res_model
        if model not in self.env:  # the addon that had the records is gone
            self.write({"next_at": False})
            return
        records = self.env[model].browse(dict.fromkeys(self.mapped("res_id"))).exists()
        orphans = self.filtered(lambda clock: clock.res_id not in records.ids)
        orphans.unlink()
        clocks = self - orphans
        lives = self.env["itsm.sla.event"]._lives_of(records)
        now = fields.Datetime.now()
        deadlines = {clock.id: clock.deadline for clock in clocks}
        readings = clocks._read_again(records, lives, now)
        clocks._tell_moved(deadlines)
        clocks._fire_due(readings, now)
        # Actions may have moved the records; then the clocks were brought up to date
        # with it, but not with what has fired just now.
        fired = clocks.filtered(lambda clock: clock.next_at and clock.next_at <= now)
        if fired:
            lives = self.env["itsm.sla.event"]._lives_of(records)
            fired._read_again(records, lives, now)
        self._show_on(records)

    @api.model
    def _show_on(self, records):
        """Copy what the clocks show onto their records."""
        records._sla_show(self._of(records))

    def _fire_due(self, readings, now):
        """Fire the rules whose moment has come, each once for all its clocks."""
        fired = self._fired_rules()
        due = {}
        for clock, reading in readings.items():
            waiting = self._waiting_rules(
                clock._card(),
                clock.metric,
                reading,
                fired.get(clock.id, ()),
                clock.create_date,
            )
            for moment, rule in waiting:
                if moment <= now:
                    due.setdefault(rule.id, []).append(clock.id)
        # What rules do is done to the records as by anybody: it leaves its events.
        Rule = self.env["itsm.sla.escalation"].with_context(itsm_sla_engine=None)
        rules = Rule.browse(due)
        for rule in rules.sorted(lambda rule: (rule.sequence, rule.id)):
            rule._fire(self.browse(due[rule.id]))

    # ------------------------------------------------------------------
    # Waking: what changed outside the record
    # ------------------------------------------------------------------

    @api.model
    def _wake(self, domain):
        """Let the sweep look at unfinished clocks at once.

        Their policy's rules or their working hours changed; there may be many, so
        it is not done here, and they are marked in one statement.
        """
        now = fields.Datetime.now()
        clocks = self._as_engine()
        clocks.flush_model()
        sleeping = Domain("next_at", "=", False) | Domain("next_at", ">", now)
        wanted = clocks._search(
            Domain("is_unfinished", "=", True) & sleeping & Domain(domain)
        )
        self.env.cr.execute(
            SQL(
                "UPDATE itsm_sla_clock SET next_at = %s WHERE id IN %s",
                now,
                wanted.subselect(),
            )
        )
        if self.env.cr.rowcount:
            clocks.invalidate_model(["next_at"])
            self.env.ref("itsm_sla.ir_cron_sweep").sudo()._trigger()

    @api.model
    def _on_calendar_change(self, calendars):
        """Working hours changed: look at the clocks that run on them.

        :param calendars: ``resource.calendar`` records
        """
        self._wake(Domain("calendar_id", "in", calendars.ids))

    def _apply_waivers(self):
        """Take approved waivers into the figures."""
        clocks = self._as_engine().browse(self.ids)
        approved = dict(
            self.env["itsm.sla.waiver"]
            .sudo()  # the figures count all waivers, whoever decided on this one
            ._read_group(
                [("clock_id", "in", self.ids), ("state", "=", "approved")],
                ["clock_id"],
                ["minutes:sum"],
            )
        )
        for clock in clocks:
            clock.waived = approved.get(clock, 0) * 60
        for model, group in clocks.grouped("res_model").items():
            records = self.env[model].browse(group.mapped("res_id"))
            self._follow(records)
