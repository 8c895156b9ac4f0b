import base64
from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Command
from odoo.tools import SQL

# Each way leads through the states; a state is reached by a verb of somebody.
_WAY = (
    ("assess", "engineer", "submit"),
    ("authorize", "leader", "accept"),
    ("scheduled", None, None),
    ("implement", "engineer", "start"),
    ("review", "engineer", "finish"),
    ("closed", "leader", "close"),
)
# When it happened, in days from the beginning of the work.
_DAYS = {"submit": -9, "accept": -7, "authorize": -5, "schedule": -5, "close": 2}
_STAMPS = {
    "submit": "submitted_at",
    "accept": "accepted_at",
    "authorize": "scheduled_at",
    "schedule": "scheduled_at",
    "start": "actual_start",
    "start_now": "actual_start",
    "finish": "actual_end",
    "close": "closed_at",
}
# Emergencies apart, each was thought of so long before the work.
_IDEA = timedelta(days=10)


class ItsmDemo(models.AbstractModel):
    """Gives the demo changes a life, by the verbs that people use and as those people.

    Only the times are moved back. What is loaded a second time has happened already.
    """

    _inherit = "itsm.demo"

    @api.model
    def _play_change(self, change_id, to, options):
        """Bring a change to a state.

        :param to: the state
        :param options: ``answers`` (which answer to each question), ``steps`` (how many
            are done), ``code``, ``note`` and ``review`` of its end, ``reason`` for
            giving it up, ``now`` for beginning at once
        """
        change = self.env["itsm.change"].browse(change_id)
        if change.transition_ids or change.state != "draft":
            return
        newest = self._newest_mail()
        self._answer_questions(change, options.get("answers", 0))
        if to not in ("draft", "assess"):
            self._show_evidence(change)
        if options.get("now"):
            self._as("engineer", change).start_now(options["now"])
        elif to == "cancelled":
            self._as("engineer", change).cancel(options["reason"])
        if to not in ("draft", "cancelled"):
            self._walk(change, to, options)
        self._do_steps(change, options.get("steps", 0))
        if change.planned_start < fields.Datetime.now():
            self._date_change(change)
        self._drop_mails_after(newest)

    @api.model
    def _walk(self, change, to, options):
        """Use the verbs on the way to a state; leave out what is behind already."""
        for state, login, verb in _WAY:
            states = [row[0] for row in _WAY]
            if change.state == "draft" or states.index(state) > states.index(
                change.state
            ):
                if verb == "close":
                    self._as(login, change).close(options["code"], options.get("note"))
                elif verb:
                    getattr(self._as(login, change), verb)()
                else:
                    self._let_approve(change)
                    if change.state == "authorize":
                        change._authorize()
            if state == "review" and options.get("review"):
                self._let_approve(change)
                self._review(change, options["review"])
            if state == to:
                break

    @api.model
    def _review(self, change, review):
        mine = self._as("leader", change)
        mine.write(review)
        mine.incident_ids.reject()
        mine.action_take_suggested_risk()

    @api.model
    def _let_approve(self, record, most=10):
        """Let everybody approve who is asked, or so many of them only."""
        for _round in range(most):
            approval = record.sudo().approval_id
            votes = approval.vote_ids.filtered(lambda vote: vote.state == "waiting")
            if approval.state != "waiting" or not votes:
                break
            approval._vote_as(votes[0].partner_id, "approve")

    @api.model
    def _answer_questions(self, change, number):
        """Answer each question with its first, second … answer."""
        for answer in change.answer_ids:
            options = answer.question_id.option_ids
            answer.option_id = options[min(number, len(options) - 1)]

    @api.model
    def _show_evidence(self, change):
        """Show that a backup was made, a restore tried and the change tested."""
        for kind in ("backup", "restore", "test"):
            log = f"{change.number} {kind}: ended with code 0\n".encode()
            file = self.env["ir.attachment"].create(
                {"name": f"{kind}.log", "datas": base64.b64encode(log)}
            )
            self.env["itsm.change.evidence"].create(
                {
                    "change_id": change.id,
                    "kind": kind,
                    "attachment_ids": [Command.set(file.ids)],
                }
            )

    @api.model
    def _date_change(self, change):
        """Move what happened to the days around the beginning of the work."""
        begin, end = change.planned_start, change.planned_end
        moments = {
            verb: min(begin + timedelta(days=days), fields.Datetime.now())
            for verb, days in _DAYS.items()
        }
        moments |= {"start": begin, "start_now": begin, "finish": end}
        used = change.transition_ids.mapped("verb")
        change._write_system(
            {
                field: moments[verb]
                for verb, field in _STAMPS.items()
                if verb in used and field
            }
        )
        for row in change.transition_ids.sudo():
            row.date = moments.get(row.verb, begin)
        for row in change.assessment_ids.sudo()._as_system():
            row.date = moments.get(row.occasion, begin)
        idea = timedelta() if change.type == "emergency" else _IDEA
        self._date_creation(change, min(begin - idea, change.create_date))
        self._date_steps(change, begin)
        self._date_deployment(change, end)

    @api.model
    def _date_creation(self, change, moment):
        """Move when the change was made, which the ORM keeps to itself."""
        change.flush_recordset()
        self.env.execute_query(
            SQL(
                "UPDATE itsm_change SET create_date = %s WHERE id = %s RETURNING id",
                moment,
                change.id,
            )
        )
        change.invalidate_recordset(["create_date"])

    @api.model
    def _date_steps(self, change, begin):
        """Let the steps that were done follow each other from the beginning."""
        self._date_step_creation(change)
        for step in change.step_ids.filtered("done_at").sorted("sequence"):
            done = begin + timedelta(minutes=step.duration)
            step._write_system({"started_at": begin, "done_at": done})
            begin = done

    @api.model
    def _date_step_creation(self, change):
        """The steps were written down with the change, so before they were done."""
        change.step_ids.flush_recordset()
        self.env.execute_query(
            SQL(
                "UPDATE itsm_task SET create_date = %s WHERE change_id = %s"
                " RETURNING id",
                change.create_date,
                change.id,
            )
        )
        change.step_ids.invalidate_recordset(["create_date"])

    @api.model
    def _date_deployment(self, change, moment):
        """Let what the change put into use run since it was made."""
        rows = self.env["itsm.release.deployment"].search(
            [("change_id", "=", change.id)]
        )
        rows.sudo()._as_system().since = moment
        release = change.release_id.filtered("deployed_at")
        if release:
            release._write_system(
                {
                    "built_at": change.accepted_at,
                    "signed_off_at": change.scheduled_at,
                    "deployed_at": moment,
                }
            )

    @api.model
    def _play_release(self, release_id, result):
        """Let the engineer build a release, and the leader sign off its test."""
        release = self.env["itsm.release"].browse(release_id)
        if release.state != "planned":
            return
        newest = self._newest_mail()
        built = self._as("engineer", release)
        built.start_building()
        built.hand_to_test()
        report = self.env["ir.attachment"].create(
            {"name": "test-report.txt", "datas": base64.b64encode(result.encode())}
        )
        release.test_file_ids = report
        self._as("leader", release).sign_off(result)
        self._drop_mails_after(newest)

    @api.model
    def _ask_exception(self, exception_id):
        """Let the engineer ask for an exception from a window."""
        exception = self.env["itsm.change.exception"].browse(exception_id)
        if exception.state == "draft":
            newest = self._newest_mail()
            self._as("engineer", exception).ask()
            self._drop_mails_after(newest)

    @api.model
    def _approve_template(self, template_id):
        """Let a coordinator's template be approved."""
        template = self.env["itsm.change.template"].browse(template_id)
        if not template.approval_state:
            newest = self._newest_mail()
            self._as("manager", template).ask()
            self._let_approve(template)
            self._drop_mails_after(newest)

    @api.model
    def _play_standard(self, template_id, plans):
        """Make changes from a template, ``[(days from now, hour, to)]``."""
        template = self._as("engineer", self.env["itsm.change.template"]).browse(
            template_id
        )
        if self.env["itsm.change"].search_count([("template_id", "=", template_id)]):
            return
        newest = self._newest_mail()
        for days, hour, to in plans:
            start = fields.Datetime.today() + timedelta(days=days, hours=hour)
            change = template._make_change(
                {"planned_start": start, "implementer_id": template.env.uid}
            )
            change.schedule()
            if to == "closed":
                self._make(change)
                self._review(change, {"review_outcome": "reached"})
                self._as("leader", change).close("successful")
                self._date_change(change)
        self._drop_mails_after(newest)

    @api.model
    def _make(self, change):
        """Let the engineer begin a change, do each of its steps, and end it."""
        change.start()
        self._do_steps(change, len(change.step_ids))
        change.finish()

    @api.model
    def _do_steps(self, change, number):
        """Let the engineer do the first steps of a change."""
        for step in self._as("engineer", change).step_ids.sorted("sequence")[:number]:
            step.action_start()
            step.action_done()

    @api.model
    def _lay_before(self, meeting_id, change_id):
        """Let others approve a change until a board is asked; put it on its agenda."""
        meeting = self.env["itsm.cab.meeting"].browse(meeting_id)
        change = self.env["itsm.change"].browse(change_id)
        newest = self._newest_mail()
        while change.state == "authorize" and not meeting.agenda_ids:
            if change in meeting._waiting_changes():
                meeting.fill_agenda()
            else:
                self._let_approve(change, 1)
        self._drop_mails_after(newest)
