import logging

from odoo import api, models, tools

from ..tools import terms
from ..tools.policy import PolicyCard, VersionCard

_logger = logging.getLogger(__name__)


class ItsmSlaPolicy(models.Model):
    """Which policies are for which records."""

    _inherit = "itsm.sla.policy"

    @api.model
    @tools.ormcache("res_model")
    def _cards(self, res_model):
        """Return ``{policy id: card}`` of a model's policies, in their order.

        Archived ones come along: clocks may still run on them.
        """
        # sudo: everybody's records get clocks, nobody needs to read policies.
        policies = (
            self.sudo()
            .with_context(active_test=False)
            .search([("res_model", "=", res_model)])
        )
        return {policy.id: policy._card() for policy in policies}

    @api.model
    def _forget_model(self, res_model):
        """Delete the policies, clocks and events of a model that goes with its addon.

        Nothing could read them afterwards. For the uninstall hook of that addon.
        """
        mine = [("res_model", "=", res_model)]
        self.env["itsm.sla.clock"]._as_engine().search(mine).unlink()
        self.env["itsm.sla.event"]._as_engine().search(mine).unlink()
        # sudo: of all companies.
        self.sudo().with_context(active_test=False).search(mine).unlink()

    def _card(self):
        self.ensure_one()
        versions = tuple(
            VersionCard(
                id=version.id,
                valid_from=version.valid_from or None,
                terms=version._as_terms(),
                calendar_source=version.terms["calendar_source"],
                calendar_id=version.terms["calendar_id"] or None,
            )
            for version in self.version_ids.sorted("number")
        )
        return PolicyCard(
            id=self.id,
            kind=self.kind,
            active=self.active,
            in_parallel=self.in_parallel,
            company_id=self.company_id.id or None,
            valid_from=self.valid_from or None,
            valid_until=self.valid_until or None,
            domain=self._parsed_domain(),
            conditions={
                fact: values
                for fact, values in self._condition_values().items()
                if values
            },
            parties=frozenset(self._party_ids()),
            versions=versions,
            rules=tuple(
                rule._as_rule() for rule in self.escalation_ids.filtered("active")
            ),
        )

    def _condition_values(self):
        """Hook: return ``{fact: ids or keys}``; empty ones do not restrict."""
        self.ensure_one()
        return {
            "service_class": frozenset(self.service_class_ids.ids),
            "partner_category": frozenset(self.partner_category_ids.ids),
        }

    def _party_ids(self):
        """Hook: return the ids of the teams or suppliers the policy is for."""
        self.ensure_one()
        return self.supplier_ids.ids if self.kind == terms.UC else ()

    @api.model
    @tools.ormcache("res_model")
    def _condition_fields(self, res_model):
        """Return the names of the record's fields that further conditions look at."""
        Model = self.env[res_model]
        names = set()
        waiting = [
            condition.field_expr
            for card in self._cards(res_model).values()
            for condition in card.domain.iter_conditions()
        ]
        while waiting:
            name = waiting.pop().partition(".")[0]
            field = Model._fields.get(name)
            if field and name not in names:
                names.add(name)
                # A computed one changes with those it is computed from.
                waiting += self.pool.field_depends[field]
        return frozenset(names)

    @api.model
    def _matching(self, records, opened_at, used):
        """Return ``{record id: cards}`` of the policies that are for the records now.

        The records may be unsaved ones, to learn what would be promised. The cards
        come in order; which of several counts is decided for each metric and party.

        :param opened_at: ``{record id: moment}``; records without one get nothing
        :param used: ``{record id: policy ids}`` that have clocks there; an archived
            policy goes on only where it has
        """
        found = {record.id: [] for record in records}
        # sudo: conditions may look at what the person who acts cannot read.
        records = records.sudo().filtered(lambda record: record.id in opened_at)
        for card in self._cards(records._name).values():
            candidates = records
            if not card.active:
                candidates = records.filtered(
                    lambda record, id_=card.id: id_ in used.get(record.id, ())
                )
            if not card.domain.is_true():
                candidates = self._filtered(card, candidates, used)
            for record in candidates:
                if self._fits(card, record, opened_at[record.id]):
                    found[record.id].append(card)
        return found

    @api.model
    def _filtered(self, card, records, used):
        """Return the records for which a policy's further conditions hold.

        Conditions on a field that is gone, with the addon that had it, stop nobody
        from registering records: what has the policy's clocks keeps them.
        """
        try:
            return records.filtered_domain(card.domain)
        except (KeyError, TypeError, ValueError):
            _logger.exception("The conditions of policy %s cannot be used", card.id)
            return records.filtered(lambda record: card.id in used.get(record.id, ()))

    @api.model
    def _fits(self, card, record, opened_at):
        """Tell whether the fixed conditions of a policy hold for a record."""
        if not card.covers(opened_at):
            return False
        if card.company_id and record._sla_company().id != card.company_id:
            return False
        return all(
            values & record._sla_fact(fact) for fact, values in card.conditions.items()
        )
