from odoo import api, models
from odoo.tools import format_datetime

# What a request that is only tried is called; it uses up no number.
_NUMBER = "TEST"


class ItsmTicket(models.Model):
    """Test mode: what a service would do with these answers, without doing it."""

    _inherit = "itsm.ticket"

    @api.model
    def _request_preview(self, service, raw, files=None, requested_for=None):
        """Run a request of a service's working copy, look at it, and undo it.

        It runs in a transaction of its own that is never committed, by the very code
        that real requests take; so what is shown is what would happen, and no mail
        leaves.

        :param service: a service that the user may change
        :return: see :meth:`_preview_shown`
        :raise PortalFormError: with a sentence for each answer that is wrong
        """
        service.check_access("write")
        with self.env.registry.cursor() as cr:
            env = self.env(cr=cr)
            ticket = env["itsm.ticket"]._request_try(
                service.with_env(env), raw, files, requested_for
            )
            shown = ticket._preview_shown()
            cr.rollback()
        return shown

    @api.model
    def _request_try(self, service, raw, files, requested_for):
        """Open the request that ``_request_preview`` looks at."""
        # sudo: a manager of the desk tries it as any requester would use it.
        service = service.sudo()
        version = service._new_version()
        answers, uploads = self._request_read(version, raw, files or {})
        self._keep_uploads(answers, uploads)
        vals = {
            **self._request_values(service, version, answers),
            "number": _NUMBER,
            "partner_id": self.env.user.partner_id.id,
            "requested_for_id": self._request_person(service, requested_for).id,
        }
        return self.sudo()._create_requests([vals])

    def _part_values(self, order):
        values = super()._part_values(order)
        if self.number.startswith(_NUMBER):
            values["number"] = f"{self.number}.{order.id}"
        return values

    def _preview_shown(self):
        """Return what a request would set in motion.

        :return: ``{"subject", "desk", "team", "answers", "approval", "tasks",
            "parts"}``; ``approval`` is a trail or None, ``parts`` are alike
        """
        self.ensure_one()
        trail = self.approval_id.trail() if self.approval_id else None
        if trail:
            # What comes after the approval is shown too.
            self._go_on()
        return {
            "subject": self.name,
            "service": self.service_id.name,
            "desk": self.desk_id.name,
            "team": self.team_id.name or "",
            "answers": self._answers_shown(),
            "approval": trail,
            "tasks": [
                {
                    "name": task.name,
                    "team": task.team_id.name or task.user_id.name or "",
                    "state": task.state,
                    "after": task.predecessor_ids.mapped("name"),
                    "due": task.due_at
                    and format_datetime(self.env, task.due_at, dt_format="short"),
                }
                for task in self.task_ids
            ],
            "parts": [
                part._preview_shown() for part in self.child_ids.filtered("is_part")
            ],
        }
