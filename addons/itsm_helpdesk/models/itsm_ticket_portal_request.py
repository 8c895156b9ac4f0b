from odoo import api, models
from odoo.fields import Domain

from ..tools import lifecycle
from ..tools.form import reading

_MAX_SUGGESTED = 4
# Colour of each state of a part that is a task.
_TASK_TONES = {
    "waiting": "light",
    "todo": "light",
    "doing": "primary",
    "done": "success",
    "failed": "warning",
}
# A part's ticket that is over, as far as the requester is concerned.
_PART_READY = ("resolved", "closed")


class ItsmTicket(models.Model):
    """A request from the catalogue, as the person sees it who asked.

    Asked, approved by whom, in preparation with its parts, ready, confirmed.
    """

    _inherit = "itsm.ticket"

    # ------------------------------------------------------------------
    # Finding
    # ------------------------------------------------------------------

    @api.model
    def _portal_suggested(self, term):
        """Return the user's own tickets that a few typed letters mean."""
        if not self.has_access("read"):
            return []
        domain = Domain("number", "ilike", term) | Domain("name", "ilike", term)
        found = self.search(
            self._portal_mine_domain() & domain,
            order="opened_at desc, id desc",
            limit=_MAX_SUGGESTED,
        )
        return [
            {
                "label": row["subject"],
                "detail": f"{row['number']} · {row['status']['label']}",
                "icon": "fa-ticket",
                "url": row["url"],
            }
            for row in found._portal_rows()
        ]

    def _portal_rows_with_bars(self):
        """Return the rows of a list, each with the bar of the promise kept next."""
        rows = self._portal_rows()
        promises = [row["promise"] for row in rows if row["promise"]]
        # sudo: requesters have no right on clocks; of the explanation only amounts of
        # time leave, and the rows are of tickets that they see.
        clocks = self.env["itsm.sla.clock"].sudo()
        explained = clocks.browse(p["clock_id"] for p in promises)._explained()
        for row in rows:
            found = row["promise"] and explained.get(row["promise"]["clock_id"])
            row["bar"] = self._sla_bar(found) if found and found["budget"] else None
        return rows

    @api.model
    def _portal_last_request(self, service):
        """Return the user's last request of a service, for “same as last time”."""
        last = self.search(
            Domain("partner_id", "=", self.env.user.partner_id.id)
            & Domain("service_id", "=", service.id)
            & Domain("service_version_id", "!=", False),
            order="id desc",
            limit=1,
        )
        return last and {
            "number": last.number,
            "opened_at": last.opened_at,
            "url": f"/my/services/{service.id}/request?like={last.id}",
        }

    @api.model
    def _portal_waiting_domain(self):
        """Forms that were given back wait for their requester too."""
        given_back = (
            self._portal_mine_domain()
            & Domain("form_reopened_at", "!=", False)
            & Domain("state", "in", lifecycle.OPEN_STATES)
        )
        return super()._portal_waiting_domain() | given_back

    # ------------------------------------------------------------------
    # Status in words
    # ------------------------------------------------------------------

    def _portal_is_request(self):
        """Tell whether the ticket asks for something that the catalogue delivers."""
        self.ensure_one()
        return self.type == "request" and self._is_request()

    def _portal_is_refused(self):
        """Tell whether it ended because somebody did not approve it."""
        self.ensure_one()
        return self.state == "cancelled" and self.approval_id.state == "refused"

    def _portal_form_is_back(self):
        """Tell whether the requester is asked to correct the form."""
        self.ensure_one()
        return bool(self.form_reopened_at) and self.state in lifecycle.OPEN_STATES

    def _portal_status(self, is_mine):
        status = super()._portal_status(is_mine)
        if is_mine and self._portal_form_is_back():
            status.update(
                label=self.env._("Waiting for you"),
                tone="warning",
                waits_for_reader=True,
            )
        elif self.is_part and self.state == "resolved":
            # Who confirms a request confirms its parts.
            status["waits_for_reader"] = False
        return status

    def _portal_status_label(self, is_mine):
        if self.state == "resolved" and self._portal_is_request():
            if is_mine and not self.is_part:
                return self.env._("Ready, please confirm")
            return self.env._("Ready")
        if self.state == "in_progress" and self._portal_is_request():
            return self.env._("In preparation")
        if self._portal_is_refused():
            return self.env._("Rejected")
        return super()._portal_status_label(is_mine)

    def _next_step_text(self):
        self.ensure_one()
        # sudo: names and words, for whoever may see the ticket.
        ticket = self.sudo()
        is_mine = ticket._is_requester(self.env.user.partner_id)
        if is_mine and ticket._portal_form_is_back():
            return self.env._(
                "Please look at your answers again and correct them. The work goes on "
                "after that."
            )
        if ticket.state == "approval" and ticket.approval_id:
            return ticket._next_step_when_approval()
        return super()._next_step_text()

    def _next_step_when_approval(self):
        approval = self.approval_id
        if approval.state == "question":
            return self.env._(
                "There is a question about it. As soon as it is answered, the approval "
                "goes on."
            )
        if not approval.waiting_for:
            return self.env._(
                "Somebody has to approve it first. The work starts after that."
            )
        return self.env._(
            "It waits for the approval of: %(names)s. The work starts after that.",
            names=approval.waiting_for,
        )

    def _next_step_when_cancelled(self):
        if self._portal_is_refused() and self.approval_id.reason:
            return self.env._(
                "It was not approved: %(reason)s", reason=self.approval_id.reason
            )
        return super()._next_step_when_cancelled()

    def _solved_question(self):
        if self._portal_is_request():
            return self.env._(
                "Is everything as you asked for? Please confirm, or say what is "
                "missing."
            )
        return super()._solved_question()

    # ------------------------------------------------------------------
    # Steps
    # ------------------------------------------------------------------

    def _portal_steps(self):
        """Return the way of a request, with who approved and how much is ready."""
        self.ensure_one()
        # sudo: states and names, for whoever may see the ticket.
        ticket = self.sudo()
        if not ticket._portal_is_request():
            return super()._portal_steps()
        asked = _step(self.env._("Asked for"), date=ticket.opened_at)
        decided = ticket._portal_approval_steps()
        if ticket.state == "cancelled":
            steps = [asked, *decided]
            if not decided or ticket.approval_id.state != "refused":
                steps.append(_step(self.env._("Cancelled"), date=ticket.closed_at))
            return _mark(steps, len(steps) - 1, is_over=True)
        steps = [
            asked,
            *decided,
            _step(self.env._("In preparation"), note=ticket._portal_ready_note()),
            _step(self.env._("Ready"), date=ticket.resolved_at),
            _step(self.env._("Confirmed"), date=ticket.closed_at),
        ]
        place = {
            "new": 0,
            "approval": len(decided),
            "in_progress": len(decided) + 1,
            "pending": len(decided) + 1,
            "resolved": len(decided) + 2,
            "closed": len(decided) + 3,
        }[ticket.state]
        return _mark(steps, place, is_over=ticket.state == "closed")

    def _portal_approval_steps(self):
        """Return the step of the approval, or none where nobody has to approve."""
        approval = self.approval_id
        if not approval:
            return []
        labels = {
            "waiting": self.env._("Waiting for approval"),
            "question": self.env._("A question is open"),
            "granted": self.env._("Approved"),
            "refused": self.env._("Rejected"),
        }
        label = labels.get(approval.state)
        if not label:
            return []
        names = approval.waiting_for or ""
        if approval.state in ("granted", "refused"):
            wanted = {"granted": "approve", "refused": "reject"}[approval.state]
            votes = approval.step_ids.line_ids.vote_ids.filtered(
                lambda vote: vote.state == "cast" and vote.decision == wanted
            )
            people = votes.mapped(lambda vote: vote.decided_by_id or vote.partner_id)
            names = ", ".join(people.mapped("name"))
        date = approval.decided_at
        return [
            _step(label, date=date, note=names, refused=approval.state == "refused")
        ]

    def _portal_ready_note(self):
        if self.state not in ("in_progress", "pending"):
            return ""
        ready = [part["ready"] for part in self._portal_task_parts()]
        ready += [
            part.state in _PART_READY for part in self.child_ids.filtered("is_part")
        ]
        if not ready:
            return ""
        return self.env._(
            "%(ready)s of %(count)s ready", ready=sum(ready), count=len(ready)
        )

    def _portal_parts(self):
        """Return what the request consists of: tickets of other desks and tasks.

        Only what the plan of the service names is told, in the plan's words: what
        agents write down for themselves is theirs.
        """
        self.ensure_one()
        # sudo: requesters have no right on tasks; names and states leave here only.
        ticket = self.sudo()
        parts = ticket.child_ids.filtered("is_part").sorted("id")
        readable = parts.sudo(False)._filtered_access("read")
        return [
            *(
                {
                    "name": row["subject"],
                    "number": row["number"],
                    "url": row["url"],
                    "status": row["status"],
                    "ready": part.state in _PART_READY,
                }
                for part, row in zip(readable, readable._portal_rows(), strict=True)
            ),
            *ticket._portal_task_parts(),
        ]

    def _portal_task_parts(self):
        labels = {
            "waiting": self.env._("Not started yet"),
            "todo": self.env._("Comes next"),
            "doing": self.env._("In work"),
            "done": self.env._("Done"),
            "failed": self.env._("There is a problem; we look after it"),
        }
        tasks = self.task_ids.filtered(
            lambda task: task.plan_task_id and task.state in labels
        )
        # What happens only if something else fails is no part of it until then.
        spare = tasks.failure_task_ids.filtered(lambda task: task.state == "waiting")
        return [
            {
                "name": task.plan_task_id.name,
                "number": "",
                "url": "",
                "status": {
                    "label": labels[task.state],
                    "tone": _TASK_TONES[task.state],
                },
                "ready": task.state == "done",
            }
            for task in tasks - spare
        ]

    def _portal_relatives(self):
        """Parts stand in a list of their own."""
        rows = super()._portal_relatives()
        part_ids = self.sudo().child_ids.filtered("is_part").ids
        return [row for row in rows if row["id"] not in part_ids]

    # ------------------------------------------------------------------
    # The ticket's page
    # ------------------------------------------------------------------

    def _portal_request(self, by_token):
        """Return what the page of a ticket shows besides, where it is a request.

        :param by_token: the reader has only the link of the ticket; names of
            approvers and what the requester may do are not for them
        """
        self.ensure_one()
        ticket = self.sudo()  # sudo: plain values, for whoever may see the ticket
        is_mine = ticket._is_requester(self.env.user.partner_id)
        corrects = not by_token and is_mine and ticket._portal_form_is_back()
        trail = None
        if not by_token and ticket.approval_id:
            # With the reader's own rights: it says what they may do.
            trail = ticket.approval_id.sudo(False).trail()
        acts = trail and (trail["may_answer"] or trail["may_vote"])
        return {
            "is_request": ticket._portal_is_request(),
            "answers": self._portal_answers(),
            "parts": [] if by_token else self._portal_parts(),
            "trail": trail,
            "approval_url": acts and f"/my/approvals/{ticket.approval_id.id}",
            "form_url": corrects and f"{ticket.access_url}/form",
            "form_remark": corrects and ticket.form_remark,
            "rating": None if by_token else self._portal_rating(),
        }

    def _portal_form_again(self):
        """Return the form of a request as it was asked then, with its answers."""
        self.ensure_one()
        # sudo: versions are not for requesters; they are asked what is in them.
        ticket = self.sudo()
        definition = ticket.service_version_id._definition(self.env.lang)
        return {
            "definition": definition,
            "raw": reading.prefill(definition, self._answers_raw(), self.env.tz.zone),
            "currency": ticket.service_id._answer_currency().name,
        }

    def _portal_answers(self):
        """Return the answers, and links to the files that the reader may open."""
        shown = self._answers_shown()
        ids = [file["id"] for row in shown for file in row["files"]]
        # sudo: the files were given with this ticket, which the reader may read.
        files = self.env["ir.attachment"].sudo().browse(ids).exists()
        own = files.filtered(
            lambda file: file.res_model == self._name and file.res_id == self.id
        )
        urls = {
            file.id: f"/web/content/{file.id}?download=1"
            f"&access_token={file._get_raw_access_token()}"
            for file in own
        }
        for row in shown:
            row["files"] = [
                {"name": file["name"], "url": urls.get(file["id"])}
                for file in row["files"]
            ]
        return shown


def _step(label, date=False, note="", refused=False):
    return {"label": label, "date": date, "note": note, "refused": refused}


def _mark(steps, place, is_over):
    """Tell of each step whether it is done, and which one is the current one."""
    for index, step in enumerate(steps):
        step["done"] = index < place or is_over and not step["refused"]
        step["current"] = index == place
        if index > place:
            step["date"] = False
    return steps
