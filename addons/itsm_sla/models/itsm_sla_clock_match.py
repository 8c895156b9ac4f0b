from odoo import api, models

from ..tools import life, terms
from ..tools.policy import RecordLife, Row, plan


class ItsmSlaClock(models.Model):
    """Which clocks a record has: policies begin and cease to apply."""

    _inherit = "itsm.sla.clock"

    @api.model
    def _match(self, records, lives, clocks, at, *, renew):
        """Create the clocks that records now need; note what ceased to apply."""
        rows = self._rows(clocks, lives)
        applying = self._applying(records, lives, rows, renew)
        values, notes = [], []
        for record in records:
            wanted = plan(
                lives[record.id],
                applying[record.id],
                rows.get(record.id, {}),
                renew=renew,
            )
            values += [
                self._identity(record, key, version)
                for key, version in wanted.new.items()
            ]
            for kind, found in (
                (life.DETACHED, wanted.detached),
                (life.ATTACHED, wanted.attached),
            ):
                for policy, metrics in found.items():
                    data = {"policy": policy, "metrics": sorted(metrics)}
                    notes.append((record.id, at, kind, data))
        self._note(records, lives, notes)
        # What a clock shows is filled in before the rows reach the database.
        return self._create_read(records, lives, values)

    @api.model
    def _applying(self, records, lives, rows, renew):
        """Return ``{record id: cards}`` of the policies that apply, in order."""
        Policy = self.env["itsm.sla.policy"]
        used = {id_: {key.policy for key in keys} for id_, keys in rows.items()}
        opened = {id_: one.opened_at for id_, one in lives.items() if one.opened_at}
        matching = Policy._matching(records, opened, used)
        if renew:
            return matching
        applying = {}
        for record in records:
            kept = used.get(record.id, set())
            turns = {c.id for c in matching[record.id] if c.kind != terms.SLA}
            applying[record.id] = [
                card
                for card in Policy._cards(records._name).values()
                if card.id in (kept if card.kind == terms.SLA else turns)
            ]
        return applying

    @api.model
    def _rows(self, clocks, lives):
        """Return ``{record id: {key: row}}`` as the pure engine knows clocks."""
        rows = {}
        for clock in clocks:
            # A spell that a correction took away ends no other one.
            going = clock.is_unfinished and clock._has_spell(lives[clock.res_id])
            rows.setdefault(clock.res_id, {})[clock._key()] = Row(
                clock.policy_version_id.id, going
            )
        return rows

    def _has_spell(self, record_life):
        """Tell whether the events know the spell of this clock."""
        self.ensure_one()
        found = record_life.spells(self._version_card().terms, self.metric)
        return self.spell < len(found)

    def _of_one_life(self, version):
        """Return the clocks that another way to reopen makes one with these, or
        parts from them.

        :param version: the version that these clocks are to have
        """
        on_reopen = version.terms["on_reopen"]
        pairs = {(clock.res_id, clock.metric) for clock in self}
        return self.search(
            [
                ("policy_id", "=", version.policy_id.id),
                ("res_id", "in", self.mapped("res_id")),
            ]
        ).filtered(
            lambda clock: (
                (clock.res_id, clock.metric) in pairs
                and clock.policy_version_id.terms["on_reopen"] != on_reopen
            )
        )

    @api.model
    def _note(self, records, lives, notes):
        """Write down which policies begin or cease to apply."""
        if not notes:
            return
        logged = self.env["itsm.sla.event"]._log(records._name, notes)
        for event in logged:
            known = lives[event.res_id].events
            lives[event.res_id] = RecordLife([*known, event._as_event()])

    @api.model
    def _identity(self, record, key, version_id):
        """Return the values of a new clock that never change."""
        card = self.env["itsm.sla.policy"]._cards(record._name)[key.policy]
        return {
            "res_model": record._name,
            "res_id": record.id,
            "policy_id": key.policy,
            "policy_version_id": version_id,
            "company_id": record._sla_company().id,
            "kind": card.kind,
            "metric": key.metric,
            "spell": key.spell,
        }
