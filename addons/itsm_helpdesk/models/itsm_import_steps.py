from odoo import models
from odoo.exceptions import UserError


class ItsmImportSteps(models.AbstractModel):
    """Imports that go forward step by step; ``state`` says how far they are."""

    _name = "itsm.import.steps"
    _description = "Steps of an Import"

    def _require_state(self, *states):
        """Refuse a step that does not fit the state; also protects what was applied."""
        self.check_access("write")
        labels = dict(self._fields["state"]._description_selection(self.env))
        for job in self:
            if job.state not in states:
                raise UserError(
                    self.env._(
                        "“%(file)s” is at the step “%(step)s”, where this is not "
                        "possible.",
                        file=job.display_name,
                        step=labels[job.state],
                    )
                )
