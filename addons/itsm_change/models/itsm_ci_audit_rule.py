from odoo import api, models
from odoo.tools import SQL

from ..tools import states

# What was planned and approved, and at least begun.
COVERING_STATES = (states.IMPLEMENT, states.REVIEW, states.CLOSED)


class ItsmCiAuditRule(models.Model):
    """Changes cover what is made under them, on the items that they are made on."""

    _inherit = "itsm.ci.audit.rule"

    @api.model
    def _covering_models(self):
        return [*super()._covering_models(), "itsm.change"]

    @api.model
    def _covered(self, revision):
        """A change covers its own items only, and not before it has begun."""
        return SQL(
            """(%(covered)s) AND (%(row)s.res_model != 'itsm.change' OR EXISTS (
                   SELECT FROM itsm_change AS covering
                     JOIN itsm_change_ci AS own ON own.change_id = covering.id
                    WHERE covering.id = %(row)s.res_id
                      AND covering.state IN %(states)s
                      AND own.ci_id = %(row)s.ci_id AND own.role = 'affected'
                      AND NOT COALESCE(own.excluded, FALSE)))""",
            covered=super()._covered(revision),
            row=SQL.identifier(revision),
            states=COVERING_STATES,
        )
