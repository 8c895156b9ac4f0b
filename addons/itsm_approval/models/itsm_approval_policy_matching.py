import logging
from typing import NamedTuple

from odoo import api, models, tools
from odoo.fields import Domain

_logger = logging.getLogger(__name__)


class PolicyCard(NamedTuple):
    """What decides whether a policy is for a record."""

    id: int
    company_id: int
    domain: Domain


class ItsmApprovalPolicy(models.Model):
    """Which policy is for which record."""

    _inherit = "itsm.approval.policy"

    @api.model
    @tools.ormcache("res_model")
    def _cards(self, res_model):
        """Return the cards of a model's policies that ask anybody, in their order."""
        # sudo: everybody's records may need approval, nobody needs to read policies.
        policies = self.sudo().with_context(active_test=True)
        policies = policies.search([("res_model", "=", res_model)])
        return tuple(
            PolicyCard(policy.id, policy.company_id.id, self._parsed(policy.domain))
            for policy in policies
            if policy.step_ids.line_ids
        )

    @api.model
    def _matching(self, records):
        """Return ``{record id: policy}`` of the first policy that is for each record.

        Costs nothing where the model has no policies.
        """
        found = {}
        # sudo: conditions may look at what the person who acts cannot read.
        waiting = records.sudo()
        for card in self._cards(records._name):
            if not waiting:
                break
            candidates = waiting
            if card.company_id:
                candidates = candidates.filtered(
                    lambda record, id_=card.company_id: (
                        record._approval_company().id == id_
                    )
                )
            policy = self.browse(card.id)
            fitting = policy._where(candidates, card.domain)
            found.update(dict.fromkeys(fitting.ids, policy))
            waiting -= fitting
        return found

    def _where(self, records, domain):
        """Return the records for which a condition of the policy holds.

        A condition on a field that is gone, with the addon that had it, holds for
        all of them: who is in doubt asks.
        """
        if domain.is_true():
            return records
        try:
            return records.filtered_domain(domain)
        except (KeyError, TypeError, ValueError):
            _logger.exception("A condition of approval policy %s fails", self.ids)
            return records
