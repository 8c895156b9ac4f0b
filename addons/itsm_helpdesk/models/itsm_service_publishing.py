from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..tools import answer_properties, request_subject
from ..tools.form import definition as form
from .itsm_ticket import WORKERS
from .row_lock import wait_for_rows

SERVICE_STATES = [
    ("draft", "Draft"),
    ("published", "Published"),
    ("retired", "Retired"),
]
# What only publishing sets.
_PUBLISHED_FIELDS = frozenset({"state", "version_id"})


class ItsmService(models.Model):
    """From draft to published to retired, and the versions on the way."""

    _inherit = "itsm.service"

    state = fields.Selection(
        SERVICE_STATES,
        required=True,
        default="draft",
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
        help="Staff are offered published services only. Agents may choose any that "
        "is not retired for a ticket.",
    )
    version_ids = fields.One2many(
        "itsm.service.version",
        "service_id",
        "Versions",
        readonly=True,
        copy=False,
        groups=WORKERS,
    )
    version_id = fields.Many2one(
        "itsm.service.version",
        "Published Version",
        readonly=True,
        copy=False,
        ondelete="restrict",
        groups=WORKERS,
    )

    # ------------------------------------------------------------------
    # Publishing
    # ------------------------------------------------------------------

    def action_publish(self):
        """Offer the services as they are now; each gets a new version."""
        self.check_access("write")
        for service in self:
            service._check_publishable()
        # sudo: versions have no rights of their own; who may change a service
        # publishes it.
        for service in self.sudo():
            version = service._new_version()
            service.write({"state": "published", "version_id": version.id})
        return True

    def action_retire(self):
        """Offer the services no more; their requests go on."""
        self._take_back("retired")
        return True

    def action_draft(self):
        """Take the services out of the catalogue, to work on them."""
        self._take_back("draft")
        return True

    def _take_back(self, state):
        self.check_access("write")
        self._refuse_parts_of_published()
        self.sudo().write({"state": state})  # sudo: checked above

    def _refuse_parts_of_published(self):
        # sudo: a part is a part of whatever desk's service.
        whole = self.sudo().search(
            [
                ("version_id.order_ids.child_service_id", "in", self.ids),
                ("state", "=", "published"),
                ("id", "not in", self.ids),
            ],
            limit=1,
        )
        if whole:
            parts = self & whole.version_id.order_ids.child_service_id
            raise UserError(
                self.env._(
                    "“%(part)s” is a part of “%(service)s”, which is published. Take "
                    "it out there first, and publish that.",
                    part=parts[0].name,
                    service=whole.name,
                )
            )

    def _new_version(self):
        """Return a new version of the service as it is now, with all that it plans.

        It is not the published one yet; the caller checked who asks.
        """
        self.ensure_one()
        wait_for_rows(self)
        Version = self.env["itsm.service.version"].sudo()
        last = Version.search(
            [("service_id", "=", self.id)], order="number desc", limit=1
        )
        installed = [code for code, _name in self.env["res.lang"].get_installed()]
        definitions = {
            lang: self.with_context(lang=lang)._form_definition() for lang in installed
        }
        # One language only: Odoo does not translate property definitions.
        mine = definitions.get(self.env.lang) or self._form_definition()
        version = Version.create(
            {
                "service_id": self.id,
                "number": last.number + 1,
                "definitions": definitions,
                "answer_definition": answer_properties.of_form(mine),
                "table_ids": [
                    fields.Command.create(
                        {
                            "key": question["key"],
                            "name": question["label"],
                            "row_definition": answer_properties.of_questions(
                                form.columns(question)
                            ),
                        }
                    )
                    for question in form.questions(mine)
                    if question["type"] == "table"
                ],
                "approval_policy_id": self.sudo().approval_policy_id.id,
                "data": self._snapshots()[self.id],
            }
        )
        version._freeze_work()
        return version

    # ------------------------------------------------------------------
    # What is checked
    # ------------------------------------------------------------------

    def _check_publishable(self):
        """Raise an error that says all that keeps a service from being published."""
        self.ensure_one()
        # sudo: teams, policies and parts need not be the reader's.
        service = self.sudo()
        problems = service._publishing_problems()
        if problems:
            raise UserError(
                self.env._(
                    "“%(service)s” cannot be published yet:\n%(problems)s",
                    service=self.name,
                    problems="\n".join(problems),
                )
            )
        service._refuse_other_types(service._form_definition())

    def _publishing_problems(self):
        """Return a sentence for each thing that keeps the service from being used."""
        definition = self._form_definition()
        problems = self.env["itsm.question"]._findings(definition)
        return [
            *problems,
            *self._state_problems(),
            *self._subject_problems(definition),
            *self._order_problems(definition),
            *self._plan_problems(definition),
        ]

    def _state_problems(self):
        """Return what is wrong with what the service stands on."""
        problems = []
        if not self.active:
            problems.append(self.env._("The service is archived. Restore it first."))
        if not self.desk_id.active:
            problems.append(
                self.env._(
                    "The desk “%(desk)s” is archived. Choose another desk.",
                    desk=self.desk_id.name,
                )
            )
        if self.team_id and not self.team_id.active:
            problems.append(
                self.env._(
                    "The team “%(team)s” is archived. Choose another team.",
                    team=self.team_id.name,
                )
            )
        policy = self.approval_policy_id
        if policy and not (policy.active and policy.step_ids):
            problems.append(
                self.env._(
                    "The approval policy “%(policy)s” is archived or has no steps. "
                    "Choose another one.",
                    policy=policy.name,
                )
            )
        return problems

    def _subject_problems(self, definition):
        known = {question["key"] for question in form.questions(definition)}
        problems = []
        for code, _name in self.env["res.lang"].get_installed():
            pattern = self.with_context(lang=code).subject_pattern or ""
            problems += [
                self.env._(
                    "The subject asks for “{%(key)s}”, but no question has that key. "
                    "Change the subject or the key.",
                    key=key,
                )
                for key in sorted(request_subject.keys(pattern) - known - {"service"})
            ]
        return list(dict.fromkeys(problems))

    def _order_problems(self, definition):
        """Return what is wrong with the services that are ordered too."""
        problems, mine = [], {each["key"] for each in form.questions(definition)}
        for order in self.order_ids:
            part = order.child_service_id
            if part.state != "published":
                problems.append(
                    self.env._(
                        "The part “%(part)s” is not published. Publish it first.",
                        part=part.name,
                    )
                )
            problems += self._condition_findings(order.condition, definition, part.name)
            version = part.version_id
            asked = version._definition() if version else part._form_definition()
            theirs = {each["key"] for each in form.questions(asked)}
            missing = sorted(
                {key for key in (order.mapping or {}).values() if key not in mine}
                | {key for key in (order.mapping or {}) if key not in theirs}
            )
            problems += [
                self.env._(
                    "The part “%(part)s”: no question has the key “%(key)s”, which "
                    "its answers are handed down by. Change it.",
                    part=part.name,
                    key=key,
                )
                for key in missing
            ]
        return problems

    def _plan_problems(self, definition):
        problems = []
        for task in self.plan_task_ids:
            problems += self._condition_findings(task.condition, definition, task.name)
            if task.team_id and not task.team_id.active:
                problems.append(
                    self.env._(
                        "Task “%(task)s”: the team “%(team)s” is archived. Choose "
                        "another team.",
                        task=task.name,
                        team=task.team_id.name,
                    )
                )
        return problems

    # ------------------------------------------------------------------
    # What nobody does by hand
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            if "version_id" in vals or vals.get("state", "draft") != "draft":
                self._refuse_by_hand()
        return super().create(vals_list)

    def write(self, vals):
        if _PUBLISHED_FIELDS.intersection(vals):
            self._refuse_by_hand()
        result = super().write(vals)
        if "desk_id" in vals:
            # Rules look at the service as it was before: it must not get among those
            # of a desk that the user does not manage.
            self.check_access("write")
        return result

    @api.model
    def _refuse_by_hand(self):
        """Publishing has checks, which a form or an API call must not go round."""
        if not self.env.su:
            raise AccessError(
                self.env._("Services are published and retired by their buttons.")
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_never_published(self):
        if self._is_forgetting():
            return
        for service in self:
            if service.sudo().version_ids:  # sudo: whether there are any
                raise UserError(
                    self.env._(
                        "“%(service)s” was published, so it is part of the record. "
                        "Retire it instead.",
                        service=service.name,
                    )
                )
