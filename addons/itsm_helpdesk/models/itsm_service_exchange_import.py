"""Services of a service file as records."""

from graphlib import TopologicalSorter

from odoo.fields import Command

from ..tools import service_file
from ..tools.service_file import SOURCE_LANGUAGE
from .itsm_service_exchange_export import SERVICE_TEXTS, Export
from .itsm_service_exchange_form import FormWriter
from .itsm_service_exchange_names import path_of
from .itsm_service_exchange_outcome import Refused, ServiceOutcome
from .itsm_service_exchange_plan import PlanWriter
from .itsm_service_exchange_policies import PolicyWriter
from .itsm_service_exchange_texts import create_values
from .itsm_service_exchange_work import Work


class Unchanged(Exception):
    """All was written, and all is as it was: leave no trace of the writing."""


class Import:
    """Makes services what a file says; the caller undoes it all where it must.

    Only the working copy of a service is written: none is published by a file.
    """

    def __init__(self, env, data, desk=None, update_shared=False):
        """
        :param data: sound content
        :param desk: for services whose desk is not known here
        """
        self.env = env
        self.work = Work(env, update_shared)
        self.desk = (desk or env["itsm.desk"]).with_env(env)
        self.full = full = service_file.filled(data)
        data = service_file.normal(data)
        self.normal = {entry["code"]: entry for entry in data["services"]}
        self.normal_sets = {
            entry["name"][SOURCE_LANGUAGE]: entry
            for entry in data.get("question_sets", ())
        }
        self.categories = {tuple(e["path"]): e for e in full["categories"]}
        sets = {
            entry["name"][SOURCE_LANGUAGE]: entry["questions"]
            for entry in full["question_sets"]
        }
        self.form = FormWriter(self.work, sets)
        self.plan = PlanWriter(self.work)
        self.policies = PolicyWriter(self.work, full["approval_policies"])

    def run(self):
        """Import all; return the outcome."""
        self.policies.compare()
        for entry in self._sets_inside_out():
            name = entry["name"][SOURCE_LANGUAGE]
            with self.work.guarded(f"question_sets[{name}]"):
                self._set(entry, name)
        for entry in self._parts_first():
            with self.work.guarded(f"services[{entry['code']}]"):
                self._service(entry, self._existing(entry))
        self.work.outcome.services.sort(key=lambda each: each.code)
        return self.work.outcome

    def _parts_first(self):
        """Return the services so that one comes after those that it orders."""
        entries = {entry["code"]: entry for entry in self.full["services"]}
        orders = {
            code: [o["service"] for o in entry["orders"] if o["service"] in entries]
            for code, entry in entries.items()
        }
        return [entries[code] for code in TopologicalSorter(orders).static_order()]

    def _sets_inside_out(self):
        """Return the question sets so that one comes after those within it."""
        entries = {
            entry["name"][SOURCE_LANGUAGE]: entry
            for entry in self.full["question_sets"]
        }
        holds = {
            name: [q["set"] for q in entry["questions"] if q["set"] in entries]
            for name, entry in entries.items()
        }
        return [entries[name] for name in TopologicalSorter(holds).static_order()]

    # ------------------------------------------------------------------
    # Question sets and categories
    # ------------------------------------------------------------------

    def _set(self, entry, name):
        """Create a question set; change one that is here only if that is wanted."""
        path = f"question_sets[{name}]"
        found = self.work.names.find("itsm.question.set", name).with_env(self.env)
        if len(found) > 1:
            raise Refused(
                path,
                self.env._(
                    "There are several question sets “%(name)s” here. Rename them, so "
                    "that it is clear which one is meant.",
                    name=name,
                ),
            )
        if found:
            export = Export(self.env["itsm.service"], sets=found).data()
            here = {e["name"][SOURCE_LANGUAGE]: e for e in export["question_sets"]}
            if here[name] == self.normal_sets[name]:
                return
            if not self.work.update_shared:
                self.work.outcome.shared.append(
                    self.env._(
                        "The question set “%(name)s” exists here and differs from the "
                        "file's. It stays as it is here.",
                        name=name,
                    )
                )
                return
            text = self.env._("The question set “%(name)s” is changed.", name=name)
        else:
            text = self.env._("The question set “%(name)s” is created.", name=name)
        with self.work.at(path):
            texts = {"name": entry["name"]}
            found = found or found.create(create_values(found, texts))
            self.work.write_texts(found, texts, path)
            self.form.apply(found, entry["questions"], f"{path}.questions")
        self.work.names.forget()
        self.work.outcome.shared.append(text)

    def _category(self, path, place):
        """Return the category at a path; those that are not here are created."""
        Category = self.env["itsm.service.category"]
        record = Category
        for depth in range(1, len(path) + 1):
            names = path[:depth]
            found = self.work.names.path(Category._name, names).with_env(self.env)
            entry = self.categories.get(tuple(names))
            with self.work.at(place):
                if not found:
                    found = self._new_category(names, entry, record)
                elif entry and self.work.update_shared:
                    self._write_category(found, entry)
            record = found
        return record

    def _new_category(self, names, entry, parent):
        texts = {"name": entry and entry["name"] or {SOURCE_LANGUAGE: names[-1]}}
        Category = self.env["itsm.service.category"]
        category = Category.create(
            {**create_values(Category, texts), "parent_id": parent.id}
        )
        self._write_category(category, entry or {"name": texts["name"]})
        self.work.names.forget()
        self.work.outcome.shared.append(
            self.env._("The category “%(name)s” is created.", name=" / ".join(names))
        )
        return category

    def _write_category(self, category, entry):
        self.work.write_texts(category, {"name": entry["name"]}, "")
        values = {}
        if entry.get("icon"):
            values["icon"] = entry["icon"]
        if entry.get("sequence") is not None:
            values["sequence"] = entry["sequence"]
        if entry.get("picture"):
            path = f"categories[{category.name}].picture"
            values["image"] = self.work.picture(entry["picture"], path)
        if values:
            category.write(values)

    # ------------------------------------------------------------------
    # Services
    # ------------------------------------------------------------------

    def _existing(self, entry):
        """Return the service with the code of an entry; refuse a foreign one."""
        # sudo: a code that is taken is taken, also by a service of another desk.
        Services = self.env["itsm.service"].sudo().with_context(active_test=False)
        found = Services.search([("code", "=", entry["code"])]).sudo(False)
        if found and not found._filtered_access("write"):
            raise Refused(
                f"services[{entry['code']}].code",
                self.env._(
                    "A service with this code exists already, and you may not change "
                    "it. Ask the manager of its desk, or give another code."
                ),
            )
        return found.with_env(self.env)

    def _service(self, entry, service):
        path = f"services[{entry['code']}]"
        is_new = not service
        before = {} if is_new else self._entry(service)
        if before == self.normal[entry["code"]]:
            self._keep(service, "unchanged")
            return
        try:
            with self.env.cr.savepoint():
                service = self._write(service, entry, path)
                after = self._entry(service)
                if before == after:
                    raise Unchanged
        except Unchanged:
            self.work.forget()
            self._keep(service, "unchanged")
            return
        labels = self.env["itsm.service.exchange"]._section_labels()
        changed = {
            key
            for key in before.keys() | after.keys()
            if before.get(key) != after.get(key)
        }
        self._keep(
            service,
            "created" if is_new else "updated",
            () if is_new else [label for k, label in labels.items() if k in changed],
        )

    def _keep(self, service, outcome, changes=()):
        self.work.outcome.services.append(
            ServiceOutcome(
                service.code, service.name, outcome, tuple(changes), service.id
            )
        )

    def _entry(self, service):
        """Return a service as the file would have it."""
        return Export(service).data()["services"][0]

    def _write(self, service, entry, path):
        values = self._values(service, entry, path)
        texts = {name: entry[name] for name in SERVICE_TEXTS}
        Service = self.env["itsm.service"]
        with self.work.at(path):
            if service:
                service.write(values)
            else:
                values.update(create_values(Service, texts))
                service = Service.create({**values, "code": entry["code"]})
            self.work.write_texts(service, texts, path)
            known = self.form.questions(entry["questions"])
            self.form.apply(service, entry["questions"], f"{path}.questions")
            self.plan.write_plan(service, entry["plan"], known, f"{path}.plan")
            self.plan.write_orders(service, entry["orders"], known, f"{path}.orders")
            self._link_sla(service, entry["sla_policies"], f"{path}.sla_policies")
            self.env.flush_all()
        return service

    def _values(self, service, entry, path):
        desk = self._desk(service, entry, f"{path}.desk")
        place = f"{path}.category"
        values = {
            "desk_id": desk.id,
            "category_id": self._category(entry["category"], place).id,
            "icon": entry["icon"] or False,
            "cost": entry["cost"] or 0,
            "team_id": self._team(desk, entry["team"], f"{path}.team").id,
            "owner_id": self.work.person(entry["owner"], f"{path}.owner").id,
            "service_class_id": self.work.named(
                "itsm.service.class", entry["service_class"], f"{path}.service_class"
            ).id,
            "ticket_category_id": self._ticket_category(entry, path).id,
            "for_others": entry["for_others"],
            "auto_resolve": entry["auto_resolve"],
            "approval_policy_id": self.policies.find(
                entry["approval_policy"], f"{path}.approval_policy"
            ).id,
            **self._available(entry, f"{path}.available"),
            **self._picture_values(service, entry, f"{path}.picture"),
        }
        if entry["sequence"] is not None:
            values["sequence"] = entry["sequence"]
        if entry["currency"]:
            currency = self.work.named(
                "res.currency", entry["currency"], f"{path}.currency"
            )
            if currency:
                values["currency_id"] = currency.id
        for name in ("ticket_type", "impact", "urgency"):
            if entry[name]:
                here = f"{path}.{name}"
                values[name] = self.work.choice("itsm.service", name, entry[name], here)
        return values

    def _desk(self, service, entry, path):
        """Return the desk; one that the user does not run is refused."""
        found = self.work.names.find("itsm.desk", entry["desk"]).with_env(self.env)
        desk = found if len(found) == 1 else service.desk_id or self.desk
        if not desk:
            raise Refused(
                path,
                self.env._(
                    "The desk “%(desk)s” does not exist here. Choose the desk that the "
                    "service shall belong to.",
                    desk=entry["desk"],
                )
                if entry["desk"]
                else self.env._("Choose the desk that the service shall belong to."),
            )
        if desk != found and entry["desk"]:
            self.work.missing(
                path,
                self.env._(
                    "The desk “%(desk)s” does not exist here; the service belongs to "
                    "“%(chosen)s”.",
                    desk=entry["desk"],
                    chosen=desk.name,
                ),
            )
        if not desk._filtered_access("write"):
            raise Refused(
                path,
                self.env._(
                    "You do not manage the desk “%(desk)s”, so you cannot give it "
                    "services.",
                    desk=desk.name,
                ),
            )
        return desk

    def _team(self, desk, name, path):
        domain = [("desk_id", "=", desk.id)]
        return self.work.named("itsm.team", name, path, domain=domain)

    def _ticket_category(self, entry, path):
        names = entry["ticket_category"]
        found = self.work.names.path("itsm.category", names).with_env(self.env)
        if names and path_of(found) != names:
            shown = " / ".join(names)
            kind = self.work.kind("itsm.category")
            return self.work.one(found.browse(), f"{path}.ticket_category", kind, shown)
        return found

    def _available(self, entry, path):
        available = entry["available"] or {
            "departments": [],
            "companies": [],
            "jobs": [],
            "groups": [],
        }
        models = {
            "departments": ("available_department_ids", "hr.department"),
            "companies": ("available_company_ids", "res.company"),
            "jobs": ("available_job_ids", "hr.job"),
        }
        values = {
            field: self.work.all_named(model, available[name], f"{path}.{name}")
            for name, (field, model) in models.items()
        }
        values["available_group_ids"] = groups = self.env["res.groups"]
        for reference in available["groups"]:
            groups |= self.work.reference("res.groups", reference, f"{path}.groups")
        values["available_group_ids"] = groups
        return {name: [Command.set(found.ids)] for name, found in values.items()}

    def _picture_values(self, service, entry, path):
        """Return the picture to write, nothing where it is the same already."""
        now = service.with_context(bin_size=False).image_1920 or b""
        if now.decode() == entry["picture"]:
            return {}
        return {"image_1920": self.work.picture(entry["picture"], path)}

    def _link_sla(self, service, names, path):
        """Name the service in the service level policies that named it there.

        A policy without services is for all of them: naming one would narrow it.
        """
        for name in names:
            policy = self.work.named("itsm.sla.policy", name, path)
            if not policy or service in policy.service_ids or not policy.service_ids:
                continue
            if not policy._filtered_access("write"):
                self.work.left_out(
                    path,
                    self.env._(
                        "The service level policy “%(name)s” does not name this "
                        "service, and you may not change it. Ask for it.",
                        name=name,
                    ),
                )
                continue
            with self.work.at(path):
                policy.write({"service_ids": [Command.link(service.id)]})
