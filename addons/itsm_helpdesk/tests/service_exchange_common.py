import base64
import io

from PIL import Image

from odoo.fields import Command

from odoo.addons.itsm_helpdesk.tools import service_file

from .common import ItsmCase


def png(color="navy", size=(8, 8)):
    """Return a small picture as base64."""
    stream = io.BytesIO()
    Image.new("RGB", size, color).save(stream, "PNG")
    return base64.b64encode(stream.getvalue()).decode()


def rule(question, op="is_set", **parts):
    """Return a condition of one rule."""
    return {"match": "all", "rules": [{"question": question, "op": op, **parts}]}


class ExchangeCase(ItsmCase):
    """Services with all that a file can hold, in English and Chinese."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("zh_CN")
        cls.Service = cls.env["itsm.service"]
        # Names of which there is one only, whatever else is in the database.
        cls.desk.name = "Exchange IT"
        cls.desk_other.name = "Exchange Facilities"
        cls.department.name = "Exchange Ward"
        cls.job = cls.env["hr.job"].create({"name": "Exchange Nurse"})
        cls.service_class = cls.env["itsm.service.class"].create(
            {"name": "Wards", "code": "wards"}
        )
        cls.ticket_category = cls.env["itsm.category"].create(
            {
                "name": "Laptop",
                "parent_id": cls.env["itsm.category"]
                .create({"name": "Exchange Hardware"})
                .id,
            }
        )
        cls.action = cls.env["ir.actions.server"].create(
            {
                "name": "Exchange Greet",
                "model_id": cls.env["ir.model"]._get_id("itsm.task"),
                "state": "code",
                "code": "pass",
            }
        )

    @classmethod
    def _bare(cls, **values):
        """Return a new service with nothing but a name."""
        return cls.Service.create(
            {"name": "Telephone", "desk_id": cls.desk.id, **values}
        )

    @classmethod
    def _full(cls):
        """Return a new service that uses everything there is."""
        child = cls._bare(name="Badge", code="x-badge")
        service = cls.Service.create(
            {
                "name": "Workplace",
                "code": "x-workplace",
                "desk_id": cls.desk.id,
                "team_id": cls.team1.id,
                "owner_id": cls.engineer.id,
                "sequence": 7,
                "category_id": cls._category().id,
                "icon": "fa-laptop",
                "image_1920": png(),
                "description": "All for a new colleague.",
                "details": "<p>It has a <b>screen</b>.</p><p>And a chair.</p>",
                "included": "Desk\nChair",
                "excluded": "Coffee",
                "keywords": "computer, pc",
                "cost": 12.5,
                "cost_note": "per month",
                "confirmation": "We call you.",
                "subject_pattern": "{service}: {device}",
                "service_class_id": cls.service_class.id,
                "ticket_type": "request",
                "ticket_category_id": cls.ticket_category.id,
                "impact": "3",
                "urgency": "1",
                "for_others": False,
                "auto_resolve": False,
                "available_department_ids": cls.department.ids,
                "available_company_ids": cls.company.ids,
                "available_job_ids": cls.job.ids,
                "available_group_ids": cls.env.ref("base.group_user").ids,
                "approval_policy_id": cls._policy().id,
            }
        )
        cls._make_form(service)
        cls._make_plan(service)
        cls.env["itsm.service.order"].create(
            {
                "service_id": service.id,
                "child_service_id": child.id,
                "condition": rule("device", "equals", value="laptop"),
                "mapping": {"who": "person"},
            }
        )
        cls.env["itsm.sla.policy"].create(
            {
                "name": "Exchange Workplaces",
                "res_model": "itsm.ticket",
                "service_ids": service.ids,
            }
        )
        cls._translate(service)
        return service

    @classmethod
    def _category(cls):
        Category = cls.env["itsm.service.category"]
        root = Category.create(
            {"name": "Exchange Start", "icon": "fa-star", "sequence": 3}
        )
        return Category.create({"name": "New Colleague", "parent_id": root.id})

    @classmethod
    def _policy(cls, **values):
        return cls.env["itsm.approval.policy"].create(
            {
                "name": "Exchange: manager, then IT",
                "res_model": "itsm.ticket",
                "domain": "[('impact', '=', '3')]",
                "allow_requester": True,
                "fallback_user_ids": cls.manager.ids,
                "resource_calendar_id": cls.calendar.id,
                "step_ids": [
                    Command.create(
                        {
                            "name": "Manager",
                            "remind_after": 4,
                            "timeout_after": 16.5,
                            "timeout_action": "escalate",
                            "escalate_to_ids": cls.head.ids,
                            "line_ids": [
                                Command.create(
                                    {
                                        "approver_type": "requester_manager",
                                        "levels": 2,
                                    }
                                )
                            ],
                        }
                    ),
                    Command.create(
                        {
                            "sequence": 20,
                            "name": "IT",
                            "line_ids": [
                                Command.create(
                                    {
                                        "name": "Engineers",
                                        "user_ids": (cls.engineer | cls.leader).ids,
                                        "rule": "percent",
                                        "percent": 60,
                                    }
                                ),
                                Command.create(
                                    {
                                        "sequence": 20,
                                        "approver_type": "group",
                                        "group_id": cls.env.ref(
                                            "itsm_helpdesk.group_itsm_admin"
                                        ).id,
                                        "rule": "at_least",
                                        "minimum": 2,
                                    }
                                ),
                            ],
                        }
                    ),
                ],
                **values,
            }
        )

    @classmethod
    def _make_form(cls, service):
        Question = cls.env["itsm.question"]
        contact = cls.env["itsm.question.set"].create({"name": "Exchange Contact"})
        Question.create({"set_id": contact.id, "key": "phone", "name": "Telephone"})
        rows = [
            {
                "key": "device",
                "name": "Device",
                "type": "choice",
                "required": True,
                "help": "What you work with.",
                "default_kind": "fixed",
                "default_value": "laptop",
                "option_ids": [
                    Command.create({"key": "laptop", "name": "Laptop", "sequence": 1}),
                    Command.create({"key": "pc", "name": "PC", "sequence": 2}),
                ],
            },
            {"key": "person", "name": "Who", "type": "person"},
            {
                "key": "department",
                "name": "Where",
                "type": "department",
                "default_kind": "fixed",
                "default_value": str(cls.department.id),
            },
            {
                "key": "reason",
                "name": "Why",
                "placeholder": "Because",
                "shown_if": rule("department", "equals", value=cls.department.id),
                "required_if": rule("device", "one_of", value=["laptop"]),
                "max_length": 40,
                "pattern": "[A-Z].*",
                "pattern_hint": "Begin with a capital letter.",
            },
            {
                "key": "screens",
                "name": "Screens",
                "type": "number",
                "has_minimum": True,
                "has_maximum": True,
                "maximum": 2.5,
                "decimals": 1,
            },
            {
                "key": "name",
                "name": "Your name",
                "default_kind": "employee",
                "default_field": "name",
            },
            {
                "key": "goods",
                "name": "Goods",
                "type": "table",
                "max_rows": 5,
                "column_ids": [
                    Command.create({"key": "what", "name": "What"}),
                    Command.create(
                        {
                            "sequence": 20,
                            "key": "many",
                            "name": "How many",
                            "type": "number",
                            "shown_if": rule("what"),
                        }
                    ),
                ],
            },
            {
                "key": "papers",
                "name": "Papers",
                "type": "file",
                "max_files": 2,
                "extensions": "pdf, png",
            },
            {
                "key": "contact",
                "name": "Contact",
                "type": "set",
                "included_set_id": contact.id,
            },
            {"key": "last", "name": "Last", "shown_if": rule("phone")},
        ]
        # One by one: a condition names what is there.
        for index, values in enumerate(rows):
            Question.create(
                {"service_id": service.id, "sequence": index * 10, **values}
            )

    @classmethod
    def _make_plan(cls, service):
        Task = cls.env["itsm.plan.task"]
        order = Task.create(
            {
                "service_id": service.id,
                "name": "Order",
                "description": "<p>Ask the supplier.</p>",
                "team_id": cls.team2.id,
                "user_id": cls.engineer.id,
                "duration": 8,
                "check_ids": [
                    Command.create({"name": "Price asked"}),
                    Command.create(
                        {"name": "Ordered", "is_required": False, "sequence": 20}
                    ),
                ],
            }
        )
        lend = Task.create(
            {
                "service_id": service.id,
                "name": "Lend one",
                "sequence": 15,
                "is_required": False,
                "team_id": cls.team_other.id,
            }
        )
        Task.create(
            {
                "service_id": service.id,
                "name": "Hand over",
                "sequence": 20,
                "predecessor_ids": order.ids,
                "condition": rule("screens", "at_least", value=1),
                "server_action_id": cls.action.id,
            }
        )
        order.write({"on_failure": "branch", "failure_task_ids": lend.ids})

    @classmethod
    def _translate(cls, service):
        service.with_context(lang="zh_CN").write(
            {"name": "工位", "description": "新同事的一切。"}
        )
        service.update_field_translations(
            "details", {"zh_CN": {"And a chair.": "还有一把椅子。"}}
        )
        first = service.question_ids.sorted()[0]
        first.with_context(lang="zh_CN").name = "设备"
        first.option_ids[0].with_context(lang="zh_CN").name = "笔记本电脑"
        service.category_id.with_context(lang="zh_CN").name = "新同事"
        service.approval_policy_id.with_context(
            lang="zh_CN"
        ).name = "经理，然后是信息科"

    # ------------------------------------------------------------------
    # Files
    # ------------------------------------------------------------------

    def _document(self, *services, **parts):
        """Return a file's content with services of the IT desk."""
        return {
            "format": "itsm-services",
            "version": 1,
            "services": [
                {
                    "name": {"en_US": "Printer"},
                    "desk": "Exchange IT",
                    "code": "x-printer",
                    **entry,
                }
                for entry in services or ({},)
            ],
            **parts,
        }

    def _imported(self, data, env=None, **options):
        """Import as somebody and expect no problems; return the outcome."""
        outcome = (env or self.env)["itsm.service"]._import_data(data, **options)
        self.assertFalse(outcome.problems, outcome.text())
        return outcome

    def _refused(self, data, env=None, **options):
        """Import as somebody and expect a refusal; return ``{path: text}``."""
        env = env or self.env
        before = self._rows()
        outcome = env["itsm.service"]._import_data(data, **options)
        self.assertTrue(outcome.problems)
        self.assertEqual(self._rows(), before)
        return {problem.path: problem.text for problem in outcome.problems}

    def _rows(self):
        """Return how many rows there are of all that an import makes."""
        self.env.flush_all()
        return {
            model: self.env[model].with_context(active_test=False).search_count([])
            for model in (
                "itsm.service",
                "itsm.service.category",
                "itsm.question",
                "itsm.question.option",
                "itsm.question.set",
                "itsm.plan.task",
                "itsm.plan.check",
                "itsm.service.order",
                "itsm.approval.policy",
                "itsm.approval.policy.step",
            )
        }

    def _file_of(self, services):
        """Return the bytes that services are exported as."""
        self.env.flush_all()
        self.env.invalidate_all()
        return services._export_file()

    def _forget(self, services):
        """Delete services and all that an import would make again."""
        tasks = services.plan_task_ids
        tasks.write(
            {
                "on_failure": "stop",
                "failure_task_ids": [Command.clear()],
                "predecessor_ids": [Command.clear()],
            }
        )
        sets = services.question_ids.included_set_id
        categories = services.category_id | services.category_id.parent_id
        policies = services.approval_policy_id
        services.order_ids.unlink()
        services.unlink()
        for records in (sets, categories.sorted("parent_path", True), policies):
            for record in records:
                record.unlink()
        self.env.flush_all()

    def _read(self, content):
        return service_file.read(content)
