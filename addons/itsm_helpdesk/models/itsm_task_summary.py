from markupsafe import Markup

from odoo import api, fields, models

from ..tools import plan


class ItsmTask(models.Model):
    """What people read on a task: what is asked for, and what comes next."""

    _inherit = "itsm.task"

    request_summary = fields.Html(
        "What Is Asked For",
        compute="_compute_request_summary",
        sanitize=False,
        help="What whoever does the task has to know of the request.",
    )
    may_open_ticket = fields.Boolean(compute="_compute_may_open_ticket")
    next_step = fields.Char("What Comes Next", compute="_compute_next_step")

    @api.depends("ticket_id")
    @api.depends_context("lang")
    def _compute_request_summary(self):
        for task in self:
            task.request_summary = task._request_summary()

    def _request_summary(self):
        """Return the request in short: number, subject, for whom, and the answers.

        Nothing else of the ticket: who may do a task of another desk need not see the
        conversation with the requester.
        """
        self.ensure_one()
        ticket = self.sudo().ticket_id  # sudo: the rule on tasks decides who reads it
        if not ticket:
            return False
        person = ticket.requested_for_id or ticket.partner_id
        rows = [
            (self.env._("Request"), ticket.display_name),
            (self.env._("For"), person.name),
            (self.env._("Department"), ticket.department_id.name),
            (self.env._("Service"), ticket.service_id.name),
        ]
        answers = ticket._answers_shown() if ticket.service_version_id else []
        rows += [(answer["label"], self._answer_text(answer)) for answer in answers]
        return self._summary_table(rows)

    @api.model
    def _summary_table(self, rows):
        """Return ``[(label, text)]`` as a table, without what is empty."""
        return Markup("<table class='table table-sm o_itsm_summary'>%s</table>") % (
            Markup("").join(
                Markup("<tr><th class='fw-normal text-muted'>%s</th><td>%s</td></tr>")
                % (label, text)
                for label, text in rows
                if text
            )
        )

    @api.model
    def _answer_text(self, answer):
        """Return an answer as one text; files by their names only."""
        if answer.get("rows"):
            return Markup("<br/>").join(
                ", ".join(str(cell) for cell in self._row_cells(row) if cell)
                for row in answer["rows"]
            )
        if answer.get("files"):
            return ", ".join(file.get("name", "") for file in answer["files"])
        return answer.get("text") or ""

    @api.model
    def _row_cells(self, row):
        return row.values() if isinstance(row, dict) else row

    @api.depends("ticket_id")
    @api.depends_context("uid")
    def _compute_may_open_ticket(self):
        readable = self.ticket_id._filtered_access("read")
        for task in self:
            task.may_open_ticket = task.ticket_id in readable

    @api.depends(
        "state",
        "failure_reason",
        "is_automatic",
        "on_failure",
        "predecessor_ids.state",
        "stands_in_for_ids.state",
        "ticket_id.state",
    )
    @api.depends_context("lang")
    def _compute_next_step(self):
        waiting = self.filtered(lambda task: task.state == plan.WAITING)
        blockers = waiting._blockers()
        for task in self:
            task.next_step = task._next_step(blockers.get(task.id, self.browse()))

    def _blockers(self):
        """Return ``{id of a waiting task: open tasks that it waits for}``."""
        found = {}
        for owner in self._each_owner():
            # That it waits for another desk's task is no secret.
            tasks = owner._plan_own_tasks()
            for id_, ids in plan.blockers(tasks._as_steps()).items():
                found[id_] = tasks.browse(ids)
        return found

    def _next_step(self, blockers):
        """Return one sentence on what has to happen to the task now."""
        if self.state == plan.WAITING:
            return self._why_waiting(blockers)
        if self.state == plan.FAILED and self.on_failure == plan.STOP:
            return self.env._(
                "The plan stands still: reopen the task, or cancel it to go on "
                "without it."
            )
        if self.is_automatic and self.state in plan.STARTED_STATES:
            return self.env._("Runs by itself.")
        return False

    def _why_waiting(self, blockers):
        obstacle = self._owner()._plan_obstacle()
        if obstacle:
            return obstacle
        stopping = self._stopping()
        if stopping:
            return self.env._(
                "Stands still, because “%(task)s” failed.", task=stopping[0].name
            )
        if blockers:
            return self.env._(
                "Waits for: %(tasks)s.", tasks=", ".join(blockers.mapped("name"))
            )
        if self.sudo().stands_in_for_ids:
            return self.env._(
                "Only if this fails: %(tasks)s.",
                tasks=", ".join(self.sudo().stands_in_for_ids.mapped("name")),
            )
        return self.env._("Begins when the work on the request does.")

    def _stopping(self):
        """Return the failed tasks that hold the plan of one task."""
        tasks = self._owner()._plan_own_tasks()
        return tasks.browse(plan.decide(tasks._as_steps()).stopped_by)

    def action_open_ticket(self):
        """Open the ticket of the task."""
        self.ensure_one()
        return self.ticket_id._get_records_action()
