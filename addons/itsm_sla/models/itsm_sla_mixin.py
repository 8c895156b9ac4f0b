from odoo import api, fields, models
from odoo.exceptions import MissingError, UserError

from ..tools import clock as pure
from ..tools import life
from .itsm_sla_event import _ENGINE

SHOWN_STATES = [
    ("running", "Running"),
    ("paused", "Paused"),
    ("breached", "Breached"),
    ("met", "Met"),
]


class ItsmSlaMixin(models.AbstractModel):
    """Gives a model service-level clocks.

    What the model must say is in the hooks below; what it must do is to call
    :meth:`_sla_log` whenever something happens that matters to time, and
    :meth:`_sla_rematch` when what policies look at has changed. Expects
    ``mail.thread`` for notes.
    """

    _name = "itsm.sla.mixin"
    _description = "Service Level Mixin"

    clock_ids = fields.One2many(
        "itsm.sla.clock",
        "res_id",
        string="Service Levels",
        domain=lambda self: [("res_model", "=", self._name)],
        readonly=True,
        copy=False,
    )
    # Copies of what the clocks show, for lists and filters; the engine writes them.
    sla_deadline = fields.Datetime(
        "Deadline",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="The next promise to the customer that is still to be kept.",
    )
    sla_warning_at = fields.Datetime("Warning At", readonly=True, copy=False)
    sla_state = fields.Selection(
        SHOWN_STATES, "Service Level", readonly=True, copy=False, index="btree_not_null"
    )

    # Fields whose changes are events, and the fact each one is.
    _sla_tracked = {}
    # Fields that tracked ones are computed from.
    _sla_triggers = frozenset()
    # Fields that policies look at beside their further conditions.
    _sla_match_fields = frozenset()
    # Kinds of clocks that the record itself shows, in lists and filters.
    _sla_shown_kinds = frozenset({"sla"})

    # ------------------------------------------------------------------
    # Hooks: what a record is
    # ------------------------------------------------------------------

    def _sla_facts(self):
        """Return ``{record id: facts at the opening}``: priority, team, user,
        supplier, as far as the model has them."""
        return {id_: {} for id_ in self.ids}

    def _sla_opened_at(self):
        """Return ``{record id: moment of the opening}``."""
        return {record.id: record.create_date for record in self}

    @api.model
    def _sla_open_domain(self):
        """Return the domain of the records that are still to be worked on."""
        return []

    def _sla_past(self):
        """Return what is known of the past of records without events.

        :return: ``{record id: [(moment, kind, data)]}``, the opening first
        """
        opened, facts = self._sla_opened_at(), self._sla_facts()
        return {id_: [(opened[id_], life.OPENED, facts[id_])] for id_ in self.ids}

    def _sla_calendar(self):
        """Return the working hours of whoever serves the record; empty: always."""
        return self.env["resource.calendar"]

    def _sla_company(self):
        """Return the company whose holidays count."""
        return self.env["res.company"]

    def _sla_partner(self):
        """Return the customer."""
        return self.env["res.partner"]

    def _sla_service_class(self):
        """Return the customer segment of the record."""
        return self._sla_partner()._itsm_service_class()

    def _sla_fact(self, fact):
        """Return the record's keys for a policy condition, as a set of ids or words.

        :param fact: key of ``itsm.sla.policy._condition_values``
        """
        self.ensure_one()
        if fact == "service_class":
            return frozenset(self._sla_service_class().ids)
        if fact == "partner_category":
            partner = self._sla_partner()
            categories = partner.category_id | partner.commercial_partner_id.category_id
            return frozenset(categories.ids)
        return frozenset()

    # ------------------------------------------------------------------
    # Hooks: who and what an escalation moves
    # ------------------------------------------------------------------

    def _sla_people(self, role):
        """Return the contacts of a role: assignee, leader, manager or requester."""
        return self.env["res.partner"]

    def _sla_raise_priority(self, reason):
        """Raise the priority by one step."""

    def _sla_may_correct(self):
        """Tell whether the user may correct times, and decide on waivers."""
        return self.env.user.has_group("itsm_sla.group_sla_manager")

    def _sla_after_correction(self, corrected):
        """Follow corrected events with the model's own dates.

        :param corrected: the new ``itsm.sla.event`` rows
        """

    # ------------------------------------------------------------------
    # Hooks: names
    # ------------------------------------------------------------------

    @api.model
    def _sla_party_name(self, kind, party_id):
        """Return the name of a team or supplier, False for none."""
        if kind == "uc" and party_id:
            return self._sla_name_of(self.env["res.partner"].browse(party_id))
        return False

    @api.model
    def _sla_name_of(self, record):
        """Return the name of a record, False if it is gone.

        Not by ``exists()``, which asks the database for each of many stretches.
        """
        try:
            return record.sudo().name  # sudo: whose hands it was in is no secret
        except MissingError:
            return False

    @api.model
    def _sla_cause_name(self, cause):
        """Return why clocks stand still, in words."""
        return self.env._("waiting")

    # ------------------------------------------------------------------
    # What happens to records
    # ------------------------------------------------------------------

    def _sla_open(self):
        """Begin the lives of new records, and their clocks."""
        opened, facts = self._sla_opened_at(), self._sla_facts()
        logged = self.env["itsm.sla.event"]._log(
            self._name,
            [(id_, opened[id_], life.OPENED, facts[id_]) for id_ in self.ids],
        )
        self.env["itsm.sla.clock"]._follow(
            self,
            match="renew",
            events={event.res_id: [event._as_event()] for event in logged},
        )

    def write(self, vals):
        before = self._sla_before(vals)
        result = super().write(vals)
        if before is not None:
            self._sla_note_changes(before, vals)
        return result

    def _without_sla_log(self):
        """Return these records in a way that writing them logs nothing.

        For imports, which tell by themselves when things happened.
        """
        return self.with_context(itsm_sla_engine=_ENGINE)

    def _sla_before(self, vals):
        """Return ``{record id: facts}`` if a write may change them, else None."""
        if self.env["itsm.sla.event"]._is_engine():
            return None  # the engine's own writes, and imports that bring a past
        names = set(vals)
        changing = names & (self._sla_tracked.keys() | self._sla_triggers)
        if not changing and not names & self._sla_matched():
            return None
        return self._sla_facts_before()

    def _sla_facts_before(self):
        """Return ``{record id: facts}`` as they are, for :meth:`_sla_note_changes`."""
        # sudo: facts of the system, not of the user.
        return {record.id: record._sla_tracked_facts() for record in self.sudo()}

    @api.model
    def _sla_matched(self):
        """Return the names of the fields that decide which policies apply."""
        conditions = self.env["itsm.sla.policy"]._condition_fields(self._name)
        return self._sla_match_fields | conditions

    def _sla_tracked_facts(self):
        """Return ``{field: key}`` of the facts whose changes are events."""
        self.ensure_one()
        return {
            name: (self[name].id or None)
            if self._fields[name].relational
            else (self[name] or None)
            for name in self._sla_tracked
        }

    def _sla_note_changes(self, before, vals=()):
        """Log the facts that a write changed; match again what it concerns.

        :param before: ``{record id: facts}`` from before the change
        :param vals: names of the fields that were written
        """
        entries, changed = [], set(vals)
        for record in self.sudo():
            for name, key in record._sla_tracked_facts().items():
                if key != before[record.id][name]:
                    kind, fact = self._sla_tracked[name]
                    entries.append((record.id, kind, {fact: key}))
                    changed.add(name)
        # Another team's turn may fall under another policy.
        turns = any(kind in (life.HANDED, life.SUPPLIED) for _id, kind, _d in entries)
        renew = bool(changed & self._sla_matched())
        match = "renew" if renew else "turn" if turns else ""
        self._sla_log(entries, match=match)
        logged = {id_ for id_, _kind, _data in entries}
        if renew:
            self.browse(id_ for id_ in self.ids if id_ not in logged)._sla_rematch()

    def _sla_ensure_open(self):
        """Write down the past of records that began before there were clocks."""
        known = self.env["itsm.sla.event"]._events_of(self._name, self.ids)
        unknown = self.filtered(
            lambda record: all(e.kind != life.OPENED for e in known[record.id])
        )
        self.env["itsm.sla.event"]._log(
            self._name,
            [
                (id_, *entry)
                for id_, entries in unknown._sla_past().items()
                for entry in entries
            ],
        )

    def _sla_log(self, entries, *, match="", at=None, follow=True):
        """Note what happened, and bring the clocks up to date.

        :param entries: list of ``(record id, kind, data)``, in order
        :param match: how policies are chosen anew, as for ``_follow``
        :param at: moment; default: now
        :param follow: False where what happened moves no clock
        """
        if not entries:
            return
        moment = at or fields.Datetime.now()
        self.env["itsm.sla.event"]._log(
            self._name, [(id_, moment, kind, data) for id_, kind, data in entries]
        )
        if follow:
            records = self.browse(dict.fromkeys(id_ for id_, _kind, _data in entries))
            self.env["itsm.sla.clock"]._follow(records, match=match, at=moment)

    def _sla_rematch(self):
        """Choose the policies anew: desk, customer, type or service changed."""
        self.env["itsm.sla.clock"]._follow(self, match="renew")

    def _sla_correct(self, corrections, reason):
        """Replace events by what is right, and say so on the record.

        The caller has checked that the user may.

        :param corrections: list of ``(event id, moment, void)``
        :return: the new events
        """
        self.ensure_one()
        Event = self.env["itsm.sla.event"]._as_engine()
        wrong = {event.id: event for event in Event.browse(c[0] for c in corrections)}
        known = Event._events_of(self._name, self.ids)[self.id]
        corrected = Event.create(
            [
                {
                    "res_model": self._name,
                    "res_id": self.id,
                    "at": at,
                    "kind": life.VOIDED if void else wrong[event_id].kind,
                    "data": wrong[event_id].data,
                    "replaces_id": event_id,
                    "reason": reason,
                }
                for event_id, at, void in corrections
            ]
        )
        self._sla_check_corrected(
            life.effective(known),
            life.effective(Event._events_of(self._name, self.ids)[self.id]),
        )
        self.env["itsm.sla.clock"]._follow(self, match="turn")
        self._message_log(body=corrected._correction_note(reason))
        return corrected

    def _sla_check_corrected(self, before, after):
        """Refuse corrections that make a life that cannot have been.

        It begins with the opening, and leads to how the record stands now; whether
        it waits and was answered may come out otherwise.

        :param before: effective events before the corrections
        :param after: effective events with them
        """
        first = next(
            (event for event in after if event.kind not in life.ATTACHMENTS), None
        )
        if not first or first.kind != life.OPENED:
            raise UserError(
                self.env._(
                    "%(record)s cannot have been opened after what happened to it. "
                    "Correct the other times as well.",
                    record=self.display_name,
                )
            )
        was, now = life.standing(before), life.standing(after)
        if now.pause and not was.pause or not now.stands_like(was):
            raise UserError(
                self.env._(
                    "With these times %(record)s would not stand as it does now: its "
                    "state, priority, team or assignee would be another one. Take out "
                    "or move other events as well, or change the record itself.",
                    record=self.display_name,
                )
            )

    def _sla_url(self):
        """Return the address at which people open the record."""
        self.ensure_one()
        return f"{self.get_base_url()}/mail/view?model={self._name}&res_id={self.id}"

    def _sla_show(self, clocks):
        """Copy what the clocks of the kinds that count here show onto the records."""
        groups = {}
        shown_clocks = clocks.filtered(
            lambda clock: clock.kind in self._sla_shown_kinds
        )
        by_record = shown_clocks.grouped("res_id")
        for record in self:
            shown = self._sla_shown(by_record.get(record.id, clocks.browse()))
            if any(record[name] != value for name, value in shown.items()):
                groups.setdefault(tuple(shown.items()), []).append(record.id)
        for shown, ids in groups.items():
            self.browse(ids)._sla_write_shown(dict(shown))

    def _sla_write_shown(self, values):
        """Write the copies; a model that guards its fields extends this."""
        # sudo: facts of the system, not of the user.
        self.sudo().with_context(itsm_sla_engine=_ENGINE).write(values)

    @api.model
    def _sla_shown(self, clocks):
        """Return the copies for one record: the promise that is due first counts."""
        going = clocks.filtered("is_unfinished")
        ended = clocks.filtered(lambda c: c.state in (pure.MET, pure.BREACHED))
        urgent = going.filtered("deadline").sorted("deadline")[:1]
        if going:
            late = going.filtered("breached")
            state = "breached" if late else ("running" if urgent else "paused")
        elif ended:
            state = "breached" if any(ended.mapped("breached")) else "met"
        else:
            state = False
        return {
            "sla_deadline": urgent.deadline,
            "sla_warning_at": urgent.warning_at,
            "sla_state": state,
        }

    @api.ondelete(at_uninstall=False)
    def _unlink_sla(self):
        """Deleted drafts take their clocks and events along."""
        self.env["itsm.sla.clock"]._of(self).unlink()
        Event = self.env["itsm.sla.event"]._as_engine()
        Event.search(
            [("res_model", "=", self._name), ("res_id", "in", self.ids)]
        ).unlink()
