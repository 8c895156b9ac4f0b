from collections import defaultdict

from odoo import models
from odoo.fields import Domain

from ..tools import history


class ItsmCi(models.Model):
    """How items, and the relations between them, stood at any moment."""

    _inherit = "itsm.ci"

    def _snapshot(self):
        """Return ``{item id: {key: value}}``: how the items stand now.

        A key without a value is not there. Records are ``[id, name]``.
        """
        self.check_access("read")
        held = self._held({"attributes", *self._tracked_fields()})
        return self._name_records(held, {id_: id_ for id_ in held})

    def _state_at(self, moment=None):
        """Return ``{item id: state}`` as it was at a moment; None: not there yet.

        It is the present state with the later revisions undone, from the newest to the
        first after the moment. Changes of that very moment are part of the state.
        """
        states = self._snapshot()
        if not moment:
            return states
        later = defaultdict(list)
        for id_, kind, changes in self._revisions_after(moment):
            later[id_].append((kind, changes))
        return {
            id_: history.state_before(state, later.get(id_, ()))
            for id_, state in states.items()
        }

    def _revisions_after(self, moment):
        """Return ``(item id, kind, changes)`` after a moment, newest first."""
        # sudo: who may read an item reads the whole of its past.
        rows = (
            self.env["itsm.ci.revision"]
            .sudo()
            .search_fetch(
                [("ci_id", "in", self.ids), ("at", ">", moment)],
                ["ci_id", "kind", "changes"],
                order="at DESC, id DESC",
            )
        )
        return [(row.ci_id.id, row.kind, row.changes) for row in rows]

    def _relations_at(self, moment=None):
        """Return the relations from and to the items that were there at a moment."""
        at_items = Domain("source_id", "in", self.ids) | Domain(
            "target_id", "in", self.ids
        )
        then = Domain("active", "=", True)
        if moment:
            then = Domain("started_at", "<=", moment) & (
                Domain("ended_at", "=", False) | Domain("ended_at", ">", moment)
            )
        return (
            self.env["itsm.ci.relation"]
            .with_context(active_test=False)
            .search(at_items & then)
            .with_env(self.env)
        )
