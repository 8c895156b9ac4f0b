import base64
import binascii

from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools.mimetypes import guess_mimetype

from ..tools import field_work
from .itsm_visit import OPEN_VISIT_STATES

_PICTURES = frozenset({"image/jpeg", "image/png", "image/webp"})
MAX_PHOTOS = 20


class ItsmVisit(models.Model):
    """What is done on a visit. The callers have checked who asks."""

    _inherit = "itsm.visit"

    def action_cancel(self):
        """Give up visits that are only planned."""
        self.check_access("write")
        self._refuse_state(("planned",))
        self._write_system({"state": "cancelled"})
        return True

    # ------------------------------------------------------------------
    # Time
    # ------------------------------------------------------------------

    @api.model
    def _begin_work(self, job, entry, at):
        """Begin or go on with the current user's work on a task or ticket.

        Nobody works in two places at once: what else they are at is paused.
        """
        visit = self._open_visit(job)
        if visit.state == "working":
            return visit
        if not entry.forced:
            self._begin_job(job)
        if not visit:
            visit = self._planned_visit(job) or self._new_visit(job)
            team = job.sudo().team_id
            visit._write_system(
                {"client_key": entry.key, "started_at": at, "team_id": team.id}
            )
        return visit._work_on(at)

    def _work_on(self, at):
        """Let a spell of work begin."""
        mine = self.sudo().search(
            [("user_id", "=", self.env.uid), ("state", "=", "working")]
        )
        (mine - self.sudo())._rest(at)
        if self.state != "working":
            at = max(filter(None, (at, self._last_fact())))
            # sudo: spells follow from the verbs; nobody writes them by hand.
            self.env["itsm.visit.spell"].sudo().create(
                {"visit_id": self.id, "start": at}
            )
            self._write_system({"state": "working"})
        return self

    def _rest(self, at):
        """Let the running spells end."""
        for visit in self.filtered(lambda visit: visit.state == "working"):
            visit._end_spell(at)
            visit._write_system({"state": "paused"})

    def _end_spell(self, at):
        # sudo: spells follow from the verbs; nobody writes them by hand.
        running = self.sudo().spell_ids.filtered(lambda spell: not spell.end)
        for spell in running:
            spell.end = max(at, spell.start)

    def _last_fact(self):
        """Return the latest time that is on record for a visit."""
        visit = self.sudo()
        times = (
            visit.spell_ids.mapped("start")
            + visit.spell_ids.mapped("end")
            + visit.step_ids.mapped("done_at")
        )
        return max(filter(None, times), default=None)

    # ------------------------------------------------------------------
    # Proof
    # ------------------------------------------------------------------

    def _add_photo(self, kind, data, at):
        """Keep a photo; some are enough, for thousands nobody looks at."""
        if len(self.sudo().photo_ids) >= MAX_PHOTOS:
            raise UserError(
                self.env._(
                    "A visit has %(count)s photos at most. This one was not kept.",
                    count=MAX_PHOTOS,
                )
            )
        # sudo: photos follow from the verbs; nobody writes them by hand.
        self.env["itsm.visit.photo"].sudo().create(
            {
                "visit_id": self.id,
                "kind": kind,
                "image": self._picture(data),
                "taken_at": at,
            }
        )

    @api.model
    def _picture(self, data):
        """Return a picture that came as base64.

        :raise UserError: when it is none that a phone takes
        """
        try:
            content = base64.b64decode(data, validate=True)
        except (binascii.Error, ValueError):
            content = b""
        if guess_mimetype(content[:2048]) not in _PICTURES:
            raise UserError(
                self.env._("This is no picture. Photos are JPEG, PNG or WebP files.")
            )
        return data

    def _use_part(self, product_id, quantity):
        """Say how many of a product were used; none takes it off the list."""
        self._refuse_signed()
        product = self.env["product.product"].browse(product_id).exists()
        product.check_access("read")
        if not product:
            raise UserError(
                self.env._("This part is not in the list of products any more.")
            )
        # sudo: parts follow from the verbs; nobody writes them by hand.
        parts = self.sudo().part_ids
        part = parts.filtered(lambda part: part.product_id == product)
        if not quantity:
            part.unlink()
        elif part:
            part.quantity = quantity
        else:
            company = self.company_id or self.env.company
            parts.create(
                {
                    "visit_id": self.id,
                    "product_id": product.id,
                    "quantity": quantity,
                    "unit_cost": product.with_company(company).sudo().standard_price,
                }
            )

    def _sign(self, name, data, at):
        """Keep who received the work, and their signature."""
        self._refuse_signed()
        self._write_system(
            {"signature": self._picture(data), "signed_by": name, "signed_at": at}
        )

    def _refuse_signed(self):
        """What was signed stays as it was signed."""
        if self.signed_at:
            raise UserError(
                self.env._(
                    "%(name)s has signed this visit, so it stays as it is. What comes "
                    "after it is another visit.",
                    name=self.signed_by,
                )
            )

    # ------------------------------------------------------------------
    # The end
    # ------------------------------------------------------------------

    def _finish(self, entry, at):
        """End the visit, and the work too when it is done."""
        values = entry.values
        if values["outcome"] == field_work.AGAIN and not values["note"]:
            raise UserError(self.env._("Say why it has to be visited again."))
        job = self._job()
        self._end_spell(at)
        self._write_system(
            {
                "state": "done",
                "ended_at": max(filter(None, (at, self._last_fact()))),
                "outcome": values["outcome"],
                "note": values["note"],
            }
        )
        self._write_system({"labour_cost": self._cost_of_work()})
        if values["outcome"] == field_work.DONE and not entry.forced:
            self._finish_job(job, values["code"], values["note"])
        self._tell_ticket()

    def _cost_of_work(self):
        """Return what the work of a visit cost, at the team's present rate."""
        # sudo: what an hour costs is not for who works it.
        return self.minutes / 60 * self.sudo().team_id.hourly_cost

    def _tell_ticket(self):
        """Note the visit in the conversation, for the desk only."""
        # sudo: who does a task of another desk's ticket may still say that it is done.
        visit = self.sudo()
        job = visit.ticket_id or visit.task_id
        parts = ", ".join(
            f"{part.quantity:g} × {part.product_id.display_name}"
            for part in visit.part_ids
        )
        lines = [
            self.env._(
                "%(name)s was there for %(minutes)s minutes.",
                name=visit.user_id.name,
                minutes=visit.minutes,
            ),
            visit.note,
            parts and self.env._("Parts used: %(parts)s.", parts=parts),
            visit.signed_by and self.env._("Signed by %(name)s.", name=visit.signed_by),
        ]
        job.with_user(self.env.user).sudo()._message_log(
            body=" ".join(line for line in lines if line)
        )

    # ------------------------------------------------------------------
    # The task or ticket
    # ------------------------------------------------------------------

    @api.model
    def _begin_job(self, job):
        """Let a task or ticket begin, in the name of who goes there."""
        job.check_access("write")
        if job._name == "itsm.task":
            self._begin_task(job)
        else:
            self._begin_ticket(job)

    @api.model
    def _begin_task(self, task):
        if task.user_id and task.user_id != self.env.user:
            raise UserError(
                self.env._(
                    "“%(task)s” is %(name)s's task now.",
                    task=task.display_name,
                    name=task.user_id.name,
                )
            )
        if task.state != "doing":
            task.action_start()

    @api.model
    def _begin_ticket(self, ticket):
        if ticket.user_id != self.env.user:
            ticket.action_take()
        if ticket.state == "pending":
            ticket.resume()
        elif ticket.state != "in_progress":
            ticket.start()

    @api.model
    def _finish_job(self, job, code, text):
        """End a task or ticket, and the ticket with its last task where that is said.

        :param code: resolution code of the ticket
        """
        job.check_access("write")
        if job._name == "itsm.ticket":
            if job.user_id != self.env.user:
                job.action_take()
            job.resolve(code, text)
            return
        job.action_done()
        ticket = job.ticket_id
        if code and ticket.sudo().state not in ("resolved", "closed", "cancelled"):
            ticket.resolve(code, text)

    # ------------------------------------------------------------------
    # Which visit
    # ------------------------------------------------------------------

    @api.model
    def _open_visit(self, job):
        """Return the current user's open visit for a task or ticket, if any."""
        # sudo: one's own visit, also when the work was given to others since.
        return (
            self.sudo()
            .search(
                self._job_domain(job)
                & Domain("user_id", "=", self.env.uid)
                & Domain("state", "in", OPEN_VISIT_STATES),
                limit=1,
            )
            .with_env(self.env)
        )

    @api.model
    def _planned_visit(self, job):
        return (
            self.sudo()
            .search(
                self._job_domain(job)
                & Domain("user_id", "=", self.env.uid)
                & Domain("state", "=", "planned"),
                order="planned_start, id",
                limit=1,
            )
            .with_env(self.env)
        )

    @api.model
    def _new_visit(self, job):
        name = "task_id" if job._name == "itsm.task" else "ticket_id"
        # sudo: the work itself says who may do it.
        visit = self.sudo()._as_system().create({name: job.id})
        return visit.with_env(self.env)
