from odoo.fields import Command

from .common import ChangeCase


class StepCase(ChangeCase):
    """A change with steps, begun when that is wanted."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._only_gates("steps")

    @classmethod
    def _steps(cls, change, *steps):
        """Give a change its steps; ``after`` holds names.

        :return: ``{name: step}``
        """
        made = {}
        for number, step in enumerate(steps):
            vals = {key: value for key, value in step.items() if key != "after"}
            made[step["name"]] = cls.env["itsm.task"].create(
                {
                    "change_id": change.id,
                    "sequence": number,
                    "predecessor_ids": [
                        Command.set([made[name].id for name in step.get("after", ())])
                    ],
                    **vals,
                }
            )
        return made

    def _begun(self, *steps, **vals):
        """Return a change that is being made, with its steps."""
        change = self._change(**vals)
        self._steps(change, *steps)
        change._write_system({"state": "implement"})
        change._plan_advance()
        return change

    def _states(self, change):
        change.invalidate_recordset()
        self.env.flush_all()
        return {step.name: step.state for step in change.step_ids}

    def _step(self, change, name, user=None):
        step = change.step_ids.filtered(lambda step: step.name == name)
        self.assertEqual(len(step), 1)
        return step.with_user(user or self.implementer)


UPGRADE = (
    {"name": "Stop", "rolls_back": True, "duration": 10},
    {"name": "Migrate", "rolls_back": True, "duration": 60},
    {
        "name": "Open",
        "rolls_back": True,
        "is_point_of_no_return": True,
        "duration": 5,
    },
    {"name": "Look", "rolls_back": True, "phase": "verify", "duration": 15},
    {"name": "Restore", "phase": "backout", "duration": 20},
    {"name": "Start the old one", "phase": "backout", "duration": 10},
)
