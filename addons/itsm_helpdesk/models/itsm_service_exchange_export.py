"""Services as the content of a service file."""

from ..tools import service_file
from ..tools.form import definition
from .itsm_service_exchange_names import (
    name_of,
    names_of,
    path_of,
    person_of,
    reference_of,
)
from .itsm_service_exchange_texts import read_texts

SERVICE_TEXTS = (
    *("name", "description", "details", "included", "excluded", "keywords"),
    *("cost_note", "confirmation", "subject_pattern"),
)
# What the file calls a field that has another name in the database.
QUESTION_TEXTS = {
    "label": "name",
    "help": "help",
    "placeholder": "placeholder",
    "pattern_hint": "pattern_hint",
}
# Of tasks and approval policies.
NAMED_TEXTS = ("name", "description")


class Export:
    """Reads services and what they are made of; each kind of record in one go.

    Records are read with all rights: whoever may export a service sees these names on
    it, also of people and groups that are not shown to them elsewhere.
    """

    def __init__(self, services, sets=None, policies=None):
        """
        :param sets: question sets to tell of beside those of the services
        :param policies: approval policies to tell of
        """
        self.services = services.sudo().with_context(bin_size=False)
        env = self.services.env
        self.sets = self._all_sets(sets or env["itsm.question.set"])
        self.policies = (policies or env["itsm.approval.policy"]).sudo()
        self.texts = {}

    def data(self):
        """Return the content in normal form."""
        categories = self._all_categories()
        self._read_all_texts(categories)
        return service_file.normal(
            {
                "format": service_file.FORMAT,
                "version": service_file.VERSION,
                "services": [self._service(service) for service in self.services],
                "categories": [self._category(category) for category in categories],
                "question_sets": [self._set(each) for each in self.sets],
                "approval_policies": [self._policy(each) for each in self.policies],
            }
        )

    # ------------------------------------------------------------------
    # What belongs to the services
    # ------------------------------------------------------------------

    def _all_sets(self, sets):
        """Return the question sets that are used, and those within them."""
        found = self.services.env["itsm.question.set"]
        new = sets.sudo() | self.services.question_ids.included_set_id
        while new:
            found |= new
            new = new.question_ids.included_set_id - found
        return found

    def _all_categories(self):
        found = categories = self.services.category_id
        while categories := categories.parent_id - found:
            found |= categories
        return found

    def _read_all_texts(self, categories):
        """Read all texts, so that each kind takes one query for each language."""
        questions = all_questions(self.services.question_ids | self.sets.question_ids)
        questions |= questions.column_ids
        tasks, steps = self.services.plan_task_ids, self.policies.step_ids
        self._read_texts(self.services, SERVICE_TEXTS)
        self._read_texts(questions, QUESTION_TEXTS.values())
        self._read_texts(tasks, NAMED_TEXTS)
        self._read_texts(self.policies, NAMED_TEXTS)
        for records in (
            *(categories, self.sets, questions.option_ids, tasks.check_ids),
            *(steps, steps.line_ids),
        ):
            self._read_texts(records, ("name",))

    def _read_texts(self, records, names):
        for record_id, texts in read_texts(records, names).items():
            self.texts[records._name, record_id] = texts

    def _texts(self, record):
        return self.texts[record._name, record.id]

    # ------------------------------------------------------------------
    # Services
    # ------------------------------------------------------------------

    def _service(self, service):
        return {
            **self._texts(service),
            "code": service.code,
            "sequence": service.sequence,
            "category": path_of(service.category_id),
            "icon": service.icon or "",
            "picture": picture_of(service.image_1920),
            "cost": service.cost or None,
            "currency": (service.cost and service.currency_id.name) or "",
            "desk": name_of(service.desk_id),
            "team": name_of(service.team_id),
            "owner": person_of(service.owner_id),
            "service_class": name_of(service.service_class_id),
            "ticket_type": service.ticket_type or "",
            "ticket_category": path_of(service.ticket_category_id),
            "impact": service.impact or "",
            "urgency": service.urgency or "",
            "available": {
                "departments": names_of(service.available_department_ids),
                "companies": names_of(service.available_company_ids),
                "jobs": names_of(service.available_job_ids),
                "groups": [reference_of(g) for g in service.available_group_ids],
            },
            "for_others": service.for_others,
            "auto_resolve": service.auto_resolve,
            "questions": self._form(service.question_ids),
            "plan": self._plan(service),
            "orders": [
                self._order(service, order) for order in sorted_(service.order_ids)
            ],
            "approval_policy": name_of(service.approval_policy_id),
            "sla_policies": names_of(self._sla_policies(service)),
        }

    def _sla_policies(self, service):
        """Return the policies that name the service; others are for all services."""
        return service.env["itsm.sla.policy"].search(
            [("service_ids", "in", service.ids)]
        )

    def _category(self, category):
        return {
            **self._texts(category),
            "path": path_of(category),
            "icon": category.icon or "",
            "sequence": category.sequence,
            "picture": picture_of(category.image),
        }

    # ------------------------------------------------------------------
    # Questions
    # ------------------------------------------------------------------

    def _set(self, question_set):
        return {
            **self._texts(question_set),
            "questions": self._form(question_set.question_ids),
        }

    def _form(self, questions):
        """Return the questions of a form, or the columns of a table."""
        before = by_key(all_questions(questions))
        return [self._question(each, before) for each in sorted_(questions)]

    def _question(self, question, before):
        texts = self._texts(question)
        entry = {
            **{name: texts[field] for name, field in QUESTION_TEXTS.items()},
            "key": question.key,
            "type": question.type,
            "required": question.required,
            "shown_if": portable(question.shown_if, before),
            "required_if": portable(question.required_if, before),
            "options": [self._option(each) for each in sorted_(question.option_ids)],
            "minimum": question.minimum if question.has_minimum else None,
            "maximum": question.maximum if question.has_maximum else None,
            "max_length": question.max_length or None,
            "pattern": question.pattern or "",
            "decimals": question.decimals or None,
            "default": self._default(question),
            "model": question.res_model or "",
            "domain": question.domain or "",
            "max_rows": question.max_rows or None,
            "max_files": question.max_files or None,
            "extensions": (question.extensions or "").replace(",", " ").split(),
            "set": name_of(question.included_set_id),
        }
        if question.column_ids:
            entry["columns"] = self._form(question.column_ids)
        return entry

    def _option(self, option):
        return {"key": option.key, "label": self._texts(option)["name"]}

    def _default(self, question):
        kind = question.default_kind or "none"
        default = {"kind": kind}
        if kind == "employee":
            default["field"] = question.default_field or ""
        elif kind == "fixed":
            model = record_model(question)
            value = question.default_value or ""
            if model and value.isdigit():
                default["record"] = record_name(question.env, model, int(value))
            else:
                default["value"] = value
        return default

    # ------------------------------------------------------------------
    # Plan and orders
    # ------------------------------------------------------------------

    def _plan(self, service):
        tasks = sorted_(service.plan_task_ids)
        keys = {task.id: f"t{number}" for number, task in enumerate(tasks, 1)}
        before = by_key(all_questions(service.question_ids))
        return [self._task(task, keys, before) for task in tasks]

    def _task(self, task, keys, before):
        team = {"name": name_of(task.team_id)} if task.team_id else {}
        if team and task.team_id.desk_id != task.service_id.desk_id:
            team["desk"] = name_of(task.team_id.desk_id)
        return {
            **self._texts(task),
            "key": keys[task.id],
            "team": team,
            "assignee": person_of(task.user_id),
            "duration": task.duration or None,
            "after": [keys[other.id] for other in task.predecessor_ids],
            "condition": portable(task.condition, before),
            "required": task.is_required,
            "on_failure": task.on_failure,
            "failure": [keys[other.id] for other in task.failure_task_ids],
            "checks": [
                {"name": self._texts(check)["name"], "required": check.is_required}
                for check in sorted_(task.check_ids)
            ],
            "action": reference_of(task.server_action_id),
        }

    def _order(self, service, order):
        return {
            "service": order.child_service_id.code,
            "condition": portable(
                order.condition, by_key(all_questions(service.question_ids))
            ),
            "mapping": order.mapping or {},
        }

    # ------------------------------------------------------------------
    # Approval policies
    # ------------------------------------------------------------------

    def _policy(self, policy):
        return {
            **self._texts(policy),
            "domain": as_filter(policy.domain),
            "allow_requester": policy.allow_requester,
            "allow_implementer": policy.allow_implementer,
            "fallback": [person_of(user) for user in policy.fallback_user_ids],
            "calendar": name_of(policy.resource_calendar_id),
            "steps": [self._step(step) for step in sorted_(policy.step_ids)],
        }

    def _step(self, step):
        return {
            **self._texts(step),
            "condition": as_filter(step.condition),
            "remind_after": step.remind_after or None,
            "timeout_after": step.timeout_after or None,
            "timeout_action": step.timeout_action,
            "escalate_to": [person_of(user) for user in step.escalate_to_ids],
            "lines": [self._line(line) for line in sorted_(step.line_ids)],
        }

    def _line(self, line):
        return {
            **self._texts(line),
            "approver_type": line.approver_type,
            "users": [person_of(user) for user in line.user_ids],
            "group": reference_of(line.group_id),
            "levels": line.levels,
            "role": line.role or "",
            "rule": line.rule,
            "minimum": line.minimum,
            "percent": line.percent,
        }


def sorted_(rows):
    """Return rows in their order, also those that were just changed."""
    return rows.sorted(lambda row: (row.sequence, row.id))


def by_key(questions):
    """Return ``{key: question}``."""
    return {question.key: question for question in questions}


def all_questions(questions):
    """Return questions with those of the sets among them."""
    new = questions.included_set_id.question_ids
    while new - questions:
        questions |= new
        new = new.included_set_id.question_ids
    return questions


def as_filter(text):
    """Return a filter as text, empty where it lets everything pass."""
    text = (text or "").strip()
    return "" if text == "[]" else text


def picture_of(value):
    """Return a picture as a file holds it."""
    return value.decode() if isinstance(value, bytes) else value or ""


def record_model(question):
    """Return the model whose records answer a question, None where texts do."""
    if question.type not in definition.REFERENCES:
        return None
    return definition.MODELS.get(question.type) or question.res_model or None


def record_name(env, model, record_id):
    """Return the name of a record, empty where it is gone."""
    if model not in env:
        return ""
    record = env[model].browse(record_id).exists()
    return name_of(record) if record else ""


def portable(condition, questions):
    """Return a condition that names records by name instead of by number.

    :param questions: ``{key: question}``
    """
    if not condition:
        return None
    if "rules" in condition:
        rules = [portable(rule, questions) for rule in condition["rules"]]
        return {**condition, "rules": rules}
    question = questions.get(condition.get("question"))
    model = record_model(question) if question else None
    if not model:
        return condition
    return {**condition, "value": _names(question.env, model, condition.get("value"))}


def _names(env, model, value):
    if isinstance(value, list):
        return [_names(env, model, item) for item in value]
    if isinstance(value, bool) or not isinstance(value, int):
        return value
    return {"record": record_name(env, model, value)}
