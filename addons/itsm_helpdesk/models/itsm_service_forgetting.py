from odoo import api, models
from odoo.fields import Domain

from .itsm_service_row import _FREEZING
from .itsm_service_snapshot import same
from .row_lock import wait_for_rows

# Passed in the context by own code, which RPC cannot forge.
_FORGETTING = object()


class ItsmService(models.Model):
    """Services that were tried and never used, and that shall leave nothing."""

    _inherit = "itsm.service"

    def _forget(self):
        """Delete services with all their versions, as if they had never been.

        The callers made sure that nobody asked for one of them. What others keep of
        them, such as requests, holds them in the database.
        """
        # sudo: versions have no rights of their own; the caller checked who asks.
        services = self.sudo().with_context(
            itsm_forgetting=_FORGETTING, itsm_freezing=_FREEZING
        )
        services.write({"state": "draft", "version_id": False})
        # The services of these may order each other.
        services.env["itsm.service.order"].search(
            [("service_id", "in", services.ids)]
        ).unlink()
        services.unlink()

    @api.model
    def _is_forgetting(self):
        """Tell whether services are deleted that nobody used."""
        return self.env.context.get("itsm_forgetting") is _FORGETTING

    # ------------------------------------------------------------------
    # Parts of services that stay
    # ------------------------------------------------------------------

    def _forget_parts(self, orders, tasks):
        """Take parts out of services, and teams off their tasks, as if they had never
        been there: now and in all that was published.

        The callers made sure that no request needs them.

        :param orders: parts of these services and of their versions
        :param tasks: tasks of these services and of their versions
        """
        # sudo: versions have no rights of their own; the caller checked who asks.
        services = self.sudo().with_context(
            itsm_forgetting=_FORGETTING, itsm_freezing=_FREEZING
        )
        wait_for_rows(services)
        orders, tasks = orders.with_env(services.env), tasks.with_env(services.env)
        versions = (orders.version_id | tasks.version_id).sorted("number")
        used = versions.filtered(lambda version: version._is_used())
        told = used.service_id | services.filtered("has_unpublished_changes")
        told._tell_forgotten(orders.child_service_id, tasks.team_id)
        for version in versions:
            version.data = _without(
                version.data or {},
                set(orders.child_service_id.ids),
                set(tasks.team_id.ids),
            )
        orders.unlink()
        tasks.team_id = False
        for version in versions - used:
            version._forget_repetition()
        services.modified(["version_id"])

    def _tell_forgotten(self, parts, teams):
        """Tell those who work on services what is not in them any more."""
        for service in self:
            service.message_post(
                body=self.env._(
                    "Taken out of the service and of what was published, because it "
                    "was removed: %(names)s.",
                    names=", ".join([*parts.mapped("name"), *teams.mapped("name")]),
                )
            )


class ItsmServiceVersion(models.Model):
    """Versions of what was tried and never used."""

    _inherit = "itsm.service.version"

    def _forget_repetition(self):
        """Delete a version that nobody used, where it says what the one before said."""
        self.ensure_one()
        service = self.service_id
        before = self.search(
            [("service_id", "=", service.id), ("number", "<", self.number)], limit=1
        )
        repeats = (
            before
            and not self.note
            and self.definitions == before.definitions
            and same(before.data or {}, self.data or {})
        )
        if repeats:
            if service.version_id == self:
                service.version_id = before
            self.unlink()

    def _is_used(self):
        """Tell whether requests, their answers or their tasks refer to the version."""
        uses = {
            "itsm.ticket": Domain("service_version_id", "=", self.id)
            | Domain("plan_version_id", "=", self.id),
            "itsm.task": Domain("plan_task_id", "in", self.plan_task_ids.ids),
            "itsm.answer.row": Domain("table_id", "in", self.table_ids.ids),
        }
        return any(
            self.env[model].with_context(active_test=False).search_count(use, limit=1)
            for model, use in uses.items()
        )

    def _refuse_change(self):
        if self.env["itsm.service"]._is_forgetting():
            return None
        return super()._refuse_change()


def _without(data, parts, teams):
    """Return a snapshot of a service without some parts and teams, by their ids."""
    orders = [
        row for row in data.get("order_ids", ()) if row["child_service_id"] not in parts
    ]
    tasks = [
        {**row, "team_id": False} if row.get("team_id") in teams else row
        for row in data.get("plan_task_ids", ())
    ]
    return {**data, "order_ids": orders, "plan_task_ids": tasks}
