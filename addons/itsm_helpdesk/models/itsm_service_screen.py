from odoo import api, fields, models
from odoo.fields import Domain

from .itsm_ticket import WORKERS


class ItsmService(models.Model):
    """What the form of a service shows beside the service, and where it leads."""

    _inherit = "itsm.service"

    ticket_count = fields.Integer(
        "Tickets", compute="_compute_ticket_counts", groups=WORKERS
    )
    open_ticket_count = fields.Integer(
        "Open Tickets", compute="_compute_ticket_counts", groups=WORKERS
    )
    version_count = fields.Integer(
        "Number of Versions", compute="_compute_version_count", groups=WORKERS
    )
    favourite_count = fields.Integer(
        "Favourites",
        compute="_compute_favourite_count",
        groups=WORKERS,
        help="How many people marked it to find it again.",
    )

    promises = fields.Text(
        compute="_compute_promises",
        groups=WORKERS,
        help="What the service level policies would promise you, if you asked for it "
        "now. It is not typed here: change the policies.",
    )

    @api.depends_context("uid", "lang")
    def _compute_promises(self):
        self.promises = False
        saved = self.filtered("id")
        promises = saved._promises_of(self.env.user.partner_id)
        for service in saved:
            service.promises = "\n".join(each["text"] for each in promises[service.id])

    @api.depends_context("uid")
    def _compute_ticket_counts(self):
        Ticket = self.env["itsm.ticket"]
        is_ours = Domain("service_id", "in", self.ids)
        is_open = Domain("state", "in", Ticket._open_states())
        for name, domain in (
            ("ticket_count", is_ours),
            ("open_ticket_count", is_ours & is_open),
        ):
            groups = Ticket._read_group(domain, ["service_id"], ["__count"])
            counts = {service.id: count for service, count in groups}
            for service in self:
                service[name] = counts.get(service.id, 0)

    @api.depends("version_ids")
    def _compute_version_count(self):
        for service in self:
            service.version_count = len(service.version_ids)

    def _compute_favourite_count(self):
        # sudo: how many stars there are, not whose.
        groups = (
            self.env["itsm.service.favourite"]
            .sudo()
            ._read_group([("service_id", "in", self.ids)], ["service_id"], ["__count"])
        )
        counts = {service.id: count for service, count in groups}
        for service in self:
            service.favourite_count = counts.get(service.id, 0)

    # ------------------------------------------------------------------
    # Where it leads
    # ------------------------------------------------------------------

    def action_view_tickets(self):
        """Open the tickets of the service, the open ones where the context says so."""
        self.ensure_one()
        domain = Domain("service_id", "=", self.id)
        if self.env.context.get("itsm_open"):
            domain &= Domain("state", "in", self.env["itsm.ticket"]._open_states())
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "itsm_helpdesk.itsm_ticket_action"
        )
        return action | {
            "domain": list(domain),
            "context": {"default_service_id": self.id},
            "display_name": self.name,
        }

    def action_view_versions(self):
        """Open what was published, and when."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Versions of %(service)s", service=self.name),
            "res_model": "itsm.service.version",
            "view_mode": "list",
            "domain": [("service_id", "=", self.id)],
            "context": {"create": False},
        }

    def action_test(self):
        """Open the form as requesters would get it; sending it is undone."""
        self.ensure_one()
        self.check_access("write")
        return {
            "type": "ir.actions.act_url",
            "url": f"/my/services/{self.id}/request?test=1",
            "target": "new",
        }


class ItsmServiceVersion(models.Model):
    """A version beside the others."""

    _inherit = "itsm.service.version"

    def action_compare(self):
        """Open what is different in the service as it is now."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Compare Versions"),
            "res_model": "itsm.service.comparison",
            "view_mode": "form",
            "target": "new",
            "context": {"default_version_id": self.id},
        }


class ItsmServiceCategory(models.Model):
    """How much a category holds."""

    _inherit = "itsm.service.category"

    service_count = fields.Integer(
        "Number of Services", compute="_compute_service_count"
    )

    def _compute_service_count(self):
        """Count the services of each category and of those below it."""
        groups = self.env["itsm.service"]._read_group(
            [("category_id", "child_of", self.ids)], ["category_id"], ["__count"]
        )
        self.service_count = 0
        for found, count in groups:
            above = {int(part) for part in (found.parent_path or "").split("/") if part}
            for category in self:
                if category.id in above:
                    category.service_count += count

    def action_view_services(self):
        """Open the services of the category and of those below it."""
        self.ensure_one()
        return _services_action(
            self,
            Domain("category_id", "child_of", self.id),
            {"default_category_id": self.id},
        )


class ItsmQuestionSet(models.Model):
    """How much a set asks, and where."""

    _inherit = "itsm.question.set"

    question_count = fields.Integer(
        "Number of Questions", compute="_compute_question_count"
    )
    service_count = fields.Integer("Services", compute="_compute_service_count")

    @api.depends("question_ids.type")
    def _compute_question_count(self):
        for question_set in self:
            question_set.question_count = len(
                question_set.question_ids.filtered(
                    lambda question: question.type not in ("section", "note")
                )
            )

    def _compute_service_count(self):
        groups = self.env["itsm.question"]._read_group(
            self._used_domain(), ["included_set_id"], ["service_id:count_distinct"]
        )
        counts = {question_set.id: count for question_set, count in groups}
        for question_set in self:
            question_set.service_count = counts.get(question_set.id, 0)

    def _used_domain(self):
        return Domain("included_set_id", "in", self.ids) & Domain(
            "service_id", "!=", False
        )

    def action_view_services(self):
        """Open the services whose forms ask these questions."""
        self.ensure_one()
        used = self.env["itsm.question"].search(self._used_domain())
        return _services_action(self, Domain("id", "in", used.service_id.ids), {})


def _services_action(record, domain, context):
    """Return the action that lists the services of a category or set."""
    action = record.env["ir.actions.act_window"]._for_xml_id(
        "itsm_helpdesk.itsm_service_action"
    )
    return action | {
        "domain": list(domain),
        "context": context,
        "display_name": record.display_name,
        "view_mode": "list,kanban,form",
        "views": [(False, "list"), (False, "kanban"), (False, "form")],
    }
