from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

from ..tools import life
from ..tools.policy import RecordLife

EVENT_KINDS = [
    (life.OPENED, "Opened"),
    (life.RESPONDED, "First response"),
    (life.PAUSED, "Paused"),
    (life.RESUMED, "Resumed"),
    (life.PRIORITISED, "Priority changed"),
    (life.HANDED, "Handed to a team"),
    (life.ASSIGNED, "Assigned"),
    (life.SUPPLIED, "Handed to a supplier"),
    (life.RESOLVED, "Resolved"),
    (life.REOPENED, "Reopened"),
    (life.CLOSED, "Closed"),
    (life.CANCELLED, "Cancelled"),
    (life.ATTACHED, "Policy applies"),
    (life.DETACHED, "Policy no longer applies"),
    (life.VOIDED, "Taken out"),
]
# Passed in the context by this module's own code. An identity cannot be sent
# through RPC, so no client can claim to be the engine.
_ENGINE = object()


class ItsmSlaEvent(models.Model):
    """What happened to a record that matters to time; append-only.

    Clocks are computed from these rows and nothing else. A wrong one is corrected
    by another that replaces it, with a reason; both stay.
    """

    _name = "itsm.sla.event"
    _description = "Service Level Event"
    _order = "at, id"
    _rec_name = "kind"

    res_model = fields.Char("Model", required=True)
    res_id = fields.Many2oneReference(
        "Record", model_field="res_model", required=True, index=False
    )
    at = fields.Datetime(required=True)
    kind = fields.Selection(EVENT_KINDS, required=True)
    data = fields.Json()
    replaces_id = fields.Many2one(
        "itsm.sla.event",
        string="Corrects",
        index="btree_not_null",
        ondelete="cascade",
    )
    reason = fields.Char(help="Why it was corrected.")

    _record_idx = models.Index("(res_model, res_id, at, id)")

    @api.model
    def _as_engine(self):
        """Return the model with the right to write the log."""
        return self.sudo().with_context(itsm_sla_engine=_ENGINE)

    @api.model
    def _is_engine(self):
        return self.env.context.get("itsm_sla_engine") is _ENGINE

    @api.model_create_multi
    def create(self, vals_list):
        self._refuse_strangers()
        return super().create(vals_list)

    def write(self, vals):  # pylint: disable=method-required-super
        raise AccessError(
            self.env._("Service level events are never changed, only corrected.")
        )

    def unlink(self):
        self._refuse_strangers()
        return super().unlink()

    @api.model
    def _refuse_strangers(self):
        if not self._is_engine():
            raise AccessError(
                self.env._(
                    "Service level events follow from what is done with a record. Use "
                    "“Correct Times” to mend them."
                )
            )

    @api.model
    def _log(self, res_model, entries):
        """Append events.

        :param entries: list of ``(record id, moment, kind, data)``
        :return: the events
        """
        return self._as_engine().create(
            [
                {
                    "res_model": res_model,
                    "res_id": res_id,
                    "at": at,
                    "kind": kind,
                    "data": data,
                }
                for res_id, at, kind, data in entries
            ]
        )

    def _as_event(self):
        """Return the event as the pure engine knows it."""
        self.ensure_one()
        return life.Event(
            self.at, self.kind, self.data or {}, self.id, self.replaces_id.id or None
        )

    def _correction_note(self, reason):
        """Return the note that tells of corrections, with both times."""
        labels = dict(self._fields["kind"]._description_selection(self.env))
        moment = self.env["itsm.sla.clock"]._moment_text
        lines = [
            self.env._(
                "%(event)s of %(was)s: taken out",
                event=labels[old.kind],
                was=moment(old.at),
            )
            if event.kind == life.VOIDED
            else self.env._(
                "%(event)s: %(was)s → %(now)s",
                event=labels[event.kind],
                was=moment(old.at),
                now=moment(event.at),
            )
            for event, old in ((event, event.replaces_id) for event in self)
        ]
        return Markup("<p>%s</p><ul>%s</ul>") % (
            self.env._("Times corrected: %(reason)s", reason=reason),
            Markup("").join(Markup("<li>%s</li>") % line for line in lines),
        )

    @api.model
    def _lives_of(self, records):
        """Return ``{record id: RecordLife}`` of records of one model."""
        events = self._events_of(records._name, records.ids)
        return {id_: RecordLife(found) for id_, found in events.items()}

    @api.model
    def _events_of(self, res_model, res_ids):
        """Return ``{record id: [events]}`` in one query, all of them, unsorted."""
        self.flush_model()
        found = {res_id: [] for res_id in res_ids}
        rows = self.env.execute_query(
            SQL(
                """
                SELECT res_id, at, kind, data, id, replaces_id
                  FROM itsm_sla_event
                 WHERE res_model = %s AND res_id = ANY(%s)
                """,
                res_model,
                list(res_ids),
            )
        )
        for res_id, at, kind, data, id_, replaces in rows:
            found[res_id].append(life.Event(at, kind, data or {}, id_, replaces))
        return found
