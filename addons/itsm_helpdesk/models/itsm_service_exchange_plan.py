"""The plan of a service file, and the services it orders, as records."""

from odoo.fields import Command

from ..tools.service_file import SOURCE_LANGUAGE
from .itsm_service_exchange_export import NAMED_TEXTS
from .itsm_service_exchange_names import reference_of, source
from .itsm_service_exchange_texts import create_values


class PlanWriter:
    """Makes the plan and the parts of a service what the file says."""

    def __init__(self, work):
        self.work = work
        self.env = work.env

    # ------------------------------------------------------------------
    # Tasks
    # ------------------------------------------------------------------

    def write_plan(self, service, entries, questions, path):
        """Make the tasks of a service those of the file.

        A task has no key of its own in the database; it is known by its name.

        :param questions: ``{key: question}`` that conditions may name
        """
        old = service.plan_task_ids.sorted()
        # Who waits for whom comes last: on the way it would lead in circles.
        old.write(
            {
                "predecessor_ids": [Command.clear()],
                "failure_task_ids": [Command.clear()],
                "on_failure": "stop",
            }
        )
        by_name = {}
        for task in old:
            by_name.setdefault(source(task).name, []).append(task)
        tasks = {}
        for index, entry in enumerate(entries):
            same = by_name.get(entry["name"][SOURCE_LANGUAGE])
            task = same.pop(0) if same else self.env["itsm.plan.task"]
            here = f"{path}[{entry['key']}]"
            with self.work.at(here):
                values = self._task_values(service, task, entry, questions, here)
                values["sequence"] = (index + 1) * 10
                tasks[entry["key"]] = self._write_task(task, entry, values, here)
        for rest in by_name.values():
            self.env["itsm.plan.task"].union(*rest).unlink()
        for entry in entries:
            here = f"{path}[{entry['key']}]"
            with self.work.at(here):
                self._link(tasks, entry)

    def _task_values(self, service, task, entry, questions, path):
        here = f"{path}.condition"
        return {
            "service_id": service.id,
            "team_id": self._team(service, entry["team"], f"{path}.team").id,
            "user_id": self.work.person(entry["assignee"], f"{path}.assignee").id,
            "duration": entry["duration"] or 0,
            "condition": self.work.local(entry["condition"], questions, here),
            "is_required": entry["required"],
            "check_ids": self._checks(task, entry["checks"]),
            **self._action(task, entry["action"], f"{path}.action"),
        }

    def _write_task(self, task, entry, values, path):
        texts = {name: entry[name] for name in NAMED_TEXTS}
        if task:
            task.write(values)
        else:
            task = task.create({**values, **create_values(task, texts)})
        self.work.write_texts(task, texts, path)
        for check, line in zip(task.check_ids.sorted(), entry["checks"], strict=True):
            self.work.write_texts(check, {"name": line["name"]}, path)
        return task

    def _link(self, tasks, entry):
        """Say what a task waits for, and what happens when it fails."""
        tasks[entry["key"]].write(
            {
                "predecessor_ids": [Command.set([tasks[k].id for k in entry["after"]])],
                "failure_task_ids": [
                    Command.set([tasks[key].id for key in entry["failure"]])
                ],
                "on_failure": entry["on_failure"],
            }
        )

    def _team(self, service, team, path):
        if not team or not team["name"]:
            return self.env["itsm.team"]
        if team["desk"]:
            domain = [("desk_id.name", "=", team["desk"])]
        else:
            domain = [("desk_id", "=", service.desk_id.id)]
        return self.work.named("itsm.team", team["name"], path, domain=domain)

    def _checks(self, task, lines):
        """Return commands; lines of a checklist are known by their place."""
        old = list(task.check_ids.sorted())
        commands = [Command.delete(check.id) for check in old[len(lines) :]]
        for index, line in enumerate(lines):
            values = {"sequence": (index + 1) * 10, "is_required": line["required"]}
            if index < len(old):
                commands.append(Command.update(old[index].id, values))
            else:
                Check = self.env["itsm.plan.check"]
                values.update(create_values(Check, {"name": line["name"]}))
                commands.append(Command.create(values))
        return commands

    def _action(self, task, entry, path):
        """Return the server action to set, where the user may.

        A file brings no code: an action is taken from those that are here. Only system
        administrators choose what runs by itself, so for others it stays as it is.
        """
        wanted = bool(entry and any(entry.values()))
        # sudo: to compare; it is not shown.
        now = reference_of(task.sudo().server_action_id)
        if not wanted and not now:
            return {}
        now = now or {"xmlid": "", "name": ""}
        if self.env.user.has_group("base.group_system"):
            found = self.work.reference("ir.actions.server", entry, path)
            return {"server_action_id": found.id}
        if not wanted or (now["xmlid"], now["name"]) != (entry["xmlid"], entry["name"]):
            self.work.left_out(
                path,
                self.env._(
                    "What the task runs by itself (“%(name)s”) was left out: only a "
                    "system administrator may import it.",
                    name=(entry or now)["name"] or (entry or now)["xmlid"],
                ),
            )
        return {}

    # ------------------------------------------------------------------
    # Parts
    # ------------------------------------------------------------------

    def write_orders(self, service, entries, questions, path):
        """Make the services that a service orders those of the file."""
        old = {}
        for order in service.order_ids.sorted():
            old.setdefault(order.child_service_id.code, []).append(order)
        for index, entry in enumerate(entries):
            here = f"{path}[{index + 1}]"
            same = old.get(entry["service"])
            order = same.pop(0) if same else self.env["itsm.service.order"]
            child = order.child_service_id or self.work.named(
                "itsm.service", entry["service"], f"{here}.service"
            )
            if not child:
                continue
            values = {
                "child_service_id": child.id,
                "sequence": (index + 1) * 10,
                "condition": self.work.local(
                    entry["condition"], questions, f"{here}.condition"
                ),
                "mapping": entry["mapping"] or False,
            }
            with self.work.at(here):
                if order:
                    order.write(values)
                else:
                    order.create({**values, "service_id": service.id})
        for rest in old.values():
            self.env["itsm.service.order"].union(*rest).unlink()
