from unittest.mock import patch

from odoo.fields import Command

from .request_common import question
from .sla_common import SlaCase


class PlanCase(SlaCase):
    """A service of the IT desk with a plan; time stands on a Monday at 10:00.

    The tickets are incidents that use the service, so that nothing but the plan
    happens to them by itself.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Task = cls.env["itsm.task"]
        cls.PlanTask = cls.env["itsm.plan.task"]
        cls.service = cls._service(
            "Laptop", question_ids=[question("new_staff", "boolean")]
        )

    @classmethod
    def _service(cls, name, **vals):
        return cls.env["itsm.service"].create(
            {"name": name, "desk_id": cls.desk.id, "ticket_type": "request", **vals}
        )

    @classmethod
    def _plan(cls, *steps, service=None):
        """Return ``{name: plan task}`` of a new plan, which is published.

        :param steps: dicts of values; ``after`` and ``instead`` hold names
        """
        service, made = service or cls.service, {}
        for number, step in enumerate(steps):
            vals = {
                name: value
                for name, value in step.items()
                if name not in ("after", "instead", "on_failure", "checks")
            }
            made[step["name"]] = cls.PlanTask.create(
                {
                    "service_id": service.id,
                    "sequence": number,
                    "predecessor_ids": [
                        Command.set([made[name].id for name in step.get("after", ())])
                    ],
                    "check_ids": [
                        Command.create({"name": name})
                        for name in step.get("checks", ())
                    ],
                    **vals,
                }
            )
        for step in steps:
            made[step["name"]].write(
                {
                    "on_failure": step.get("on_failure", "stop"),
                    "failure_task_ids": [
                        Command.set([made[name].id for name in step.get("instead", ())])
                    ],
                }
            )
        service.action_publish()
        return made

    def _planned(self, count=0, answers=None, service=None, begin=True, **vals):
        """Return new tickets with the tasks of the plan, begun if that is wanted."""
        tickets = self.Ticket.create(
            [
                self._ticket_vals(
                    type="incident", service_id=(service or self.service).id, **vals
                )
                for _number in range(count or 1)
            ]
        )
        with patch.object(
            type(self.Ticket), "_answers_raw", lambda ticket: dict(answers or {})
        ):
            tickets._plan_create()
        if begin:
            tickets._plan_advance()
        return tickets

    def _task(self, ticket, name):
        task = ticket.task_ids.filtered(lambda task: task.name == name)
        self.assertEqual(len(task), 1, f"{name} is not there once")
        return task

    def _states(self, ticket):
        """Return ``{name: state}`` of the tasks."""
        self.env.flush_all()
        self.env.invalidate_all()
        return {task.name: task.state for task in ticket.task_ids}

    def _watch(self, name):
        """Return the list of calls of a hook of the ticket, in which it is noted."""
        calls = []

        def note(tickets, *args):
            calls.append((tickets, *args))

        self.startPatcher(patch.object(type(self.Ticket), name, note))
        return calls
