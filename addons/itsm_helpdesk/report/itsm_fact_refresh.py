import logging

from psycopg2.errors import SerializationFailure

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..models.row_lock import take_turn
from . import fact_triggers
from .itsm_fact_mixin import BATCH, EVERYTHING

_logger = logging.getLogger(__name__)

# How many batches somebody waits for; more is left to the scheduled job.
_PATIENCE = 4


class ItsmFactRefresh(models.Model):
    """Until when the rows of a fact are up to date, and whose turn it is."""

    _name = "itsm.fact.refresh"
    _description = "Refresh of Figures"
    _rec_name = "fact"

    fact = fields.Char(required=True, readonly=True)
    as_of = fields.Datetime(
        readonly=True, help="What was changed before this moment is counted."
    )
    turn = fields.Integer(readonly=True, export_string_translation=False)

    _fact_unique = models.UniqueIndex("(fact)")

    @api.model
    def _fact_models(self):
        """Return the names of all facts."""
        return [
            name
            for name in self.pool.descendants(["itsm.fact.mixin"], "_inherit")
            if not self.env[name]._abstract
        ]

    @api.model
    def _of(self, fact):
        return self.search([("fact", "=", fact)])

    # ------------------------------------------------------------------
    # Refreshing
    # ------------------------------------------------------------------

    @api.model
    def _cron_refresh(self, limit=BATCH):
        """Bring all facts up to date, batch by batch, each committed on its own.

        What another worker is at is left to it.
        """
        for fact in self._fact_models():
            more = True
            while more:
                try:
                    count, more = self._of(fact)._next_batch(limit)
                except SerializationFailure:
                    # Another worker was faster: it has seen what this one sees.
                    self.env.cr.rollback()
                    break
                if not self.env["ir.cron"]._commit_progress(count, remaining=int(more)):
                    return

    def _next_batch(self, limit):
        """Take the turn and draw up a batch; nothing if another one has it."""
        if not self.try_lock_for_update():
            return 0, False
        take_turn(self, "turn")
        count, more = self.env[self.fact]._fact_batch(limit)
        if not more:
            self.as_of = self.env.cr.now()
        return count, more

    @api.model
    def _refresh(self, fact, patience=None, exact=True):
        """Bring a fact up to date in this transaction, batch by batch.

        :param patience: number of batches after which to stop
        :param exact: refuse if another one is at it; else leave it to them
        :return: whether all is counted
        """
        # Changes that are not written yet have left no note.
        self.env.flush_all()
        # sudo: facts are the same for everybody, and are written by nobody else.
        refresh = self.sudo()._of(fact)
        if not refresh.try_lock_for_update():
            if not exact:
                return False
            raise UserError(
                self.env._(
                    "The figures are being brought up to date right now. Try again in "
                    "a moment."
                )
            )
        batches = 0
        more = True
        while more and batches != patience:
            _count, more = refresh._next_batch(BATCH)
            batches += 1
        return not more

    @api.model
    def _refresh_all(self):
        """Bring all facts up to date in this transaction."""
        for fact in self._fact_models():
            self._refresh(fact)

    @api.model
    def _refresh_some(self, fact):
        """Do what somebody can wait for, and leave the rest to the job."""
        if not self._refresh(fact, _PATIENCE):
            self._start_job()

    @api.model
    def _start_job(self):
        cron = self.env.ref("itsm_helpdesk.ir_cron_refresh_facts", False)
        if cron:
            # sudo: whatever is done has a right to be counted.
            cron.sudo()._trigger()

    # ------------------------------------------------------------------
    # Beginning
    # ------------------------------------------------------------------

    @api.model
    def _install(self):
        """Have the database note changes, and count what there is already.

        Other addons may still be missing while one is being installed: what they need
        is left as it is until all are there.
        """
        facts = self._fact_models()
        fact_triggers.install(self.env.cr, self._wanted_triggers())
        known = self.search([("fact", "!=", False)]).mapped("fact")
        self.create([{"fact": fact} for fact in facts if fact not in known])
        self._note_everything(facts)

    def _register_hook(self):
        """Now all addons are there: see to it that what they need is noted."""
        super()._register_hook()
        wanted, present = self._wanted_triggers(), fact_triggers.present(self.env.cr)
        if wanted != present:
            fact_triggers.remove(self.env.cr, present)
            self._install()

    @api.model
    def _wanted_triggers(self):
        facts = [self.env[fact] for fact in self._fact_models()]
        return fact_triggers.wanted(
            [(fact._name, each) for fact in facts for each in fact._fact_sources()],
            [mention for fact in facts for mention in fact._fact_mentions()],
        )

    @api.model
    def _note_everything(self, facts):
        for fact in facts:
            self.env.cr.execute(
                SQL(
                    "INSERT INTO itsm_fact_change (fact, note, key) VALUES (%s, %s, 0)",
                    fact,
                    EVERYTHING,
                )
            )
        self._start_job()
