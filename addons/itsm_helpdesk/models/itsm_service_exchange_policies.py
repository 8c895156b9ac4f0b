"""The approval policies of a service file."""

from odoo.fields import Command

from ..tools import service_file
from ..tools.service_file import SOURCE_LANGUAGE
from .itsm_service_exchange_export import NAMED_TEXTS, Export
from .itsm_service_exchange_outcome import Refused
from .itsm_service_exchange_texts import create_values

_TICKETS = [("res_model", "=", "itsm.ticket")]


class PolicyWriter:
    """Finds the approval policy that a service names, or makes it.

    A policy that is here stays as it is: other services and approvals rely on it.
    """

    def __init__(self, work, entries):
        """
        :param entries: the policies of the file
        """
        self.work = work
        self.env = work.env
        self.entries = {entry["name"][SOURCE_LANGUAGE]: entry for entry in entries}

    def find(self, name, path):
        """Return the policy, none where it is not here and cannot be made."""
        if not name:
            return self.env["itsm.approval.policy"]
        if name not in self.work.made:
            self.work.made[name] = self._find(name, path)
        return self.work.made[name]

    def _find(self, name, path):
        found = self.work.names.find("itsm.approval.policy", name, _TICKETS)
        entry = self.entries.get(name)
        if found or not entry:
            return self.work.named("itsm.approval.policy", name, path, domain=_TICKETS)
        if not self.env["itsm.approval.policy"].has_access("create"):
            self.work.left_out(
                path,
                self.env._(
                    "The approval policy “%(name)s” does not exist here, and you may "
                    "not create it. Ask an approval manager, then choose it.",
                    name=name,
                ),
            )
            return found.browse()
        return self._created(name, entry, path)

    def compare(self):
        """Say which policies that are here differ from those in the file."""
        for name, entry in self.entries.items():
            found = self.work.names.find("itsm.approval.policy", name, _TICKETS)
            if len(found) == 1:
                self._compare(found, entry)

    def _compare(self, policy, entry):
        export = Export(self.env["itsm.service"], policies=policy)
        here = export.data()["approval_policies"]
        data = {"services": [], "approval_policies": [entry]}
        if here != service_file.normal(data)["approval_policies"]:
            self.work.outcome.shared.append(
                self.env._(
                    "The approval policy “%(name)s” exists here and differs from the "
                    "file's. It stays as it is here.",
                    name=policy.name,
                )
            )

    def _created(self, name, entry, path):
        """Return a new policy; none, with a remark, where it cannot be made."""
        here = f"approval_policies[{name}]"
        try:
            with self.env.cr.savepoint(), self.work.at(here):
                policy = self._create(entry, here)
        except Refused as refused:
            self.work.missing(
                path,
                self.env._(
                    "The approval policy “%(name)s” could not be created. %(reason)s",
                    name=name,
                    reason=refused.text,
                ),
            )
            return self.env["itsm.approval.policy"]
        self.work.outcome.shared.append(
            self.env._(
                "The approval policy “%(name)s” is created. Check who decides in it.",
                name=name,
            )
        )
        return policy

    def _create(self, entry, path):
        Policy = self.env["itsm.approval.policy"]
        texts = {name: entry[name] for name in NAMED_TEXTS}
        self._warn_of_numbers(entry["domain"], path)
        policy = Policy.create(
            {
                **create_values(Policy, texts),
                "res_model": "itsm.ticket",
                "domain": entry["domain"] or "[]",
                "allow_requester": entry["allow_requester"],
                "allow_implementer": entry["allow_implementer"],
                "fallback_user_ids": self._people(entry["fallback"], path),
                "resource_calendar_id": self.work.named(
                    "resource.calendar", entry["calendar"], f"{path}.calendar"
                ).id,
                "step_ids": [
                    Command.create(self._step(step, index, path))
                    for index, step in enumerate(entry["steps"])
                ],
            }
        )
        self.work.write_texts(policy, texts, path)
        for step, line in zip(policy.step_ids.sorted(), entry["steps"], strict=True):
            self.work.write_texts(step, {"name": line["name"]}, path)
            for record, inner in zip(
                step.line_ids.sorted(), line["lines"], strict=True
            ):
                self.work.write_texts(record, {"name": inner["name"]}, path)
        return policy

    def _step(self, step, index, path):
        here = f"{path}.steps[{index + 1}]"
        self._warn_of_numbers(step["condition"], here)
        values = {
            **create_values(
                self.env["itsm.approval.policy.step"], {"name": step["name"]}
            ),
            "sequence": (index + 1) * 10,
            "condition": step["condition"] or "[]",
            "remind_after": step["remind_after"] or 0,
            "timeout_after": step["timeout_after"] or 0,
            "escalate_to_ids": self._people(step["escalate_to"], here),
            "line_ids": [
                Command.create(self._line(line, number, here))
                for number, line in enumerate(step["lines"])
            ],
        }
        return values | self._words(
            "itsm.approval.policy.step", step, ("timeout_action",), here
        )

    def _line(self, line, index, path):
        here = f"{path}.lines[{index + 1}]"
        values = {
            **create_values(
                self.env["itsm.approval.policy.line"], {"name": line["name"]}
            ),
            "sequence": (index + 1) * 10,
            "user_ids": self._people(line["users"], here),
            "group_id": self.work.reference("res.groups", line["group"], here).id,
            "role": line["role"] or False,
        }
        for name in ("levels", "minimum", "percent"):
            if line[name] is not None:
                values[name] = line[name]
        return values | self._words(
            "itsm.approval.policy.line", line, ("approver_type", "rule"), here
        )

    def _words(self, model, entry, names, path):
        """Return the selections that the file gives."""
        return {
            name: self.work.choice(model, name, entry[name], f"{path}.{name}")
            for name in names
            if entry[name]
        }

    def _people(self, entries, path):
        return [Command.set(self.work.people(entries, path).ids)]

    def _warn_of_numbers(self, condition, path):
        if service_file.records_by_number(condition):
            self.work.missing(
                path,
                self.env._(
                    "The filter %(filter)s names records by their numbers in the "
                    "other database. Correct it here.",
                    filter=condition,
                ),
            )
