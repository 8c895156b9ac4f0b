from datetime import timedelta

from odoo import fields
from odoo.fields import Command

from .common import ChangeCase


class TemplateCase(ChangeCase):
    """A template for the restart of servers, which is approved."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._only_gates("template", "steps")
        cls.server = cls._ci("Server 1")
        cls.template = cls._template()
        cls._approve(cls.template)

    @classmethod
    def _actors(cls):
        manager = "itsm_change.group_change_manager"
        worker = "itsm_change.group_change_user,itsm_helpdesk.group_itsm_agent"
        return super()._actors() | {
            "change_manager2": ("changem2", "Mona Manager", manager),
            "worker": ("worker", "Wanda Worker", worker),
        }

    @classmethod
    def _template(cls, **vals):
        return (
            cls.env["itsm.change.template"]
            .with_user(cls.change_manager)
            .create(
                {
                    "name": "Restart a server",
                    "reason": "Updates of the system need it.",
                    "implementation_plan": "<p>Restart it.</p>",
                    "backout_plan": "<p>Start it from the console.</p>",
                    "duration": 30,
                    "team_id": cls.team2.id,
                    "item_domain": f"[('class_id', '=', {cls.class_server.id})]",
                    "step_ids": [
                        Command.create({"name": "Warn", "phase": "prepare"}),
                        Command.create({"name": "Restart", "rolls_back": True}),
                        Command.create({"name": "Look", "phase": "verify"}),
                        Command.create({"name": "Console", "phase": "backout"}),
                    ],
                    **vals,
                }
            )
        )

    @classmethod
    def _approve(cls, template):
        template.with_user(cls.change_manager).ask()
        cls._vote(template)

    @classmethod
    def _vote(cls, template, decision="approve"):
        approval = template.sudo().approval_id
        vote = approval.vote_ids.filtered(
            lambda vote: vote.partner_id == cls.change_manager2.partner_id
        )
        approval._vote_as(vote.partner_id, decision, "So be it.")
        template.invalidate_recordset()

    def _made(self, **vals):
        start = fields.Datetime.now().replace(microsecond=0) + timedelta(
            days=next(self._days)
        )
        return (
            self.template.with_user(self.implementer)
            ._make_change(
                {
                    "ci_ids": self.server,
                    "planned_start": start,
                    "implementer_id": self.implementer.id,
                    **vals,
                }
            )
            .with_user(self.implementer)
        )

    def _ended(self, code):
        """Let a change of the template end so, and return it."""
        change = self._made()
        change._write_system({"state": "review"})
        change._end_steps()
        change.with_user(self.coordinator).close(code, "As it was.")
        return change
