from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import html2plaintext

_MOST = 100
_MOST_PICTURES = 6


class ItsmVisit(models.Model):
    """Tasks and tickets as a phone shows them.

    Of the ticket of a task the phone gets what one must know to go there, also where
    the ticket itself is another desk's: number, subject, place, person and answers.
    """

    _inherit = "itsm.visit"

    @api.model
    def _field_mine_domain(self):
        """Return the domain of what is the current user's, or free for their teams."""
        user = self.env.user
        teams = self.env["itsm.team"].search(
            ["|", ("member_ids", "in", user.ids), ("leader_id", "=", user.id)]
        )
        free = Domain("user_id", "=", False) & Domain("team_id", "in", teams.ids)
        return Domain("user_id", "=", user.id) | free

    @api.model
    def _field_tasks(self):
        tasks = self.env["itsm.task"].search(
            self._field_mine_domain() & Domain("state", "in", ("todo", "doing")),
            order="due_at, id",
            limit=_MOST,
        )
        return tasks.filtered(lambda task: not task.is_automatic)

    @api.model
    def _field_tickets(self, tasks):
        """Return the tickets that are worked on as such, and not by these tasks."""
        return self.env["itsm.ticket"].search(
            self._field_mine_domain()
            & Domain("state", "in", ("new", "in_progress", "pending"))
            & Domain("id", "not in", tasks.sudo().ticket_id.ids),
            order="priority, due_at, id",
            limit=_MOST,
        )

    @api.model
    def _field_jobs(self, jobs, visits):
        """Return tasks, or tickets, as the phone shows them.

        :param visits: the current user's visits; those for the jobs are shown
        """
        is_task = jobs._name == "itsm.task"
        # sudo: see the class.
        tickets = jobs.sudo().ticket_id if is_task else jobs.sudo()
        readable = tickets.sudo(False)._filtered_access("read")
        writable = tickets.sudo(False)._filtered_access("write")
        pictures = self._field_pictures(readable)
        live = visits.sudo().filtered(lambda visit: visit.state != "done")
        name = "task_id" if is_task else "ticket_id"
        if not is_task:
            live = live.filtered(lambda visit: not visit.task_id)
        by_job = {
            # An open visit before one that is planned.
            visit[name].id: visit
            for visit in live.sorted(lambda visit: visit.state != "planned")
        }
        rows = []
        for job in jobs.sudo():
            ticket = job.ticket_id if is_task else job
            rows.append(
                {
                    **self._field_common(job, ticket),
                    **(self._field_task(job, writable) if is_task else {}),
                    "pictures": pictures.get(ticket.id, []),
                    "visit": by_job.get(job.id, self.browse())._field_visit(),
                }
            )
        return rows

    @api.model
    def _field_common(self, job, ticket):
        person = ticket.requested_for_id or ticket.partner_id
        place = ticket.location_id
        states = dict(job._fields["state"]._description_selection(self.env))
        return {
            "key": f"{job._name}-{job.id}",
            "task_id": False,
            "ticket_id": ticket.id,
            "title": job.name,
            "number": ticket.number or "",
            "subject": ticket.name or "",
            "place": {"id": place.id, "name": place.complete_name or ""},
            "directions": place.note or "",
            "person": person.name or "",
            "phone": ticket.phone or person.phone or "",
            "department": ticket.department_id.name or "",
            "service": ticket.service_id.name or "",
            "priority": ticket.priority or "",
            "due": fields.Datetime.to_string(job.due_at or job.sla_deadline) or False,
            "state": job.state,
            "state_label": states.get(job.state, ""),
            "mine": job.user_id == self.env.user,
            "owner": job.user_id.name or "",
            "words": html2plaintext(job.description or "").strip(),
            "answers": self._field_answers(ticket),
            "checks": [],
            "resolves": job._name == "itsm.ticket",
            "url": f"{ticket.get_base_url()}{ticket.access_url}" if ticket else "",
        }

    @api.model
    def _field_answers(self, ticket):
        """Return what was filled into the form, as labels and texts."""
        if not ticket.service_version_id:
            return []
        text = self.env["itsm.task"]._answer_text
        rows = [
            (answer["label"], html2plaintext(text(answer) or "").strip())
            for answer in ticket._answers_shown()
        ]
        return [{"label": label, "text": text} for label, text in rows if text]

    @api.model
    def _field_task(self, task, writable):
        """Return what a task has besides.

        :param writable: the tickets that the user may resolve
        """
        ticket = task.ticket_id
        others = ticket.task_ids - task
        is_last = ticket.sudo(False) in writable and not any(
            other.is_required and other._is_open() for other in others
        )
        ends_by_itself = ticket and ticket._is_request() and task.plan_task_id
        return {
            "task_id": task.id,
            "checks": [
                {
                    "id": check.id,
                    "name": check.name,
                    "required": check.is_required,
                    "done": check.is_done,
                }
                for check in task.check_ids
            ],
            "resolves": bool(is_last and not ends_by_itself),
        }

    @api.model
    def _field_pictures(self, tickets):
        """Return ``{ticket id: ids of pictures}`` that were sent with tickets."""
        files = self.env["ir.attachment"].search(
            [
                ("res_model", "=", "itsm.ticket"),
                ("res_id", "in", tickets.ids),
                ("mimetype", "in", ("image/jpeg", "image/png", "image/webp")),
            ],
            order="id",
        )
        return {
            id_: group.ids[:_MOST_PICTURES]
            for id_, group in files.grouped("res_id").items()
        }

    def _field_visit(self):
        """Return a visit as the phone shows it, False for none."""
        if not self:
            return False
        self.ensure_one()
        running = self.spell_ids.filtered(lambda spell: not spell.end)[:1]
        moment = fields.Datetime.to_string
        return {
            "state": self.state,
            "planned_start": moment(self.planned_start) or False,
            "minutes": self.minutes,
            "since": moment(running.start) or False,
            "signed_by": self.signed_by or "",
            "photos": [
                {"id": photo.id, "kind": photo.kind} for photo in self.photo_ids
            ],
            "parts": [
                {
                    "id": part.product_id.id,
                    "name": part.product_id.display_name,
                    "uom": part.uom_id.name,
                    "quantity": part.quantity,
                }
                for part in self.part_ids
            ],
        }

    def _field_end(self):
        """Return what is shown at the end: where the requester may rate the work.

        Each time it is another address, which works once and needs no login.
        """
        # sudo: the address only, which is shown to whoever stands there.
        ticket = self.sudo().ticket_id
        return {"url": ticket and ticket._work_sheet_url() or ""}
