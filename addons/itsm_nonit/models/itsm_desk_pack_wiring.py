"""Parts of one pack in another: onboarding orders a badge, a phone, a uniform."""

from odoo import SUPERUSER_ID, models

from odoo.addons.itsm_helpdesk.models.itsm_service_exchange_work import Work
from odoo.addons.itsm_helpdesk.tools.form import conditions

from ..tools import packs
from ..tools.pack_texts import SOURCE_LANGUAGE


class ItsmDeskPack(models.Model):
    """Wiring."""

    _inherit = "itsm.desk.pack"

    def _wire_parts(self):
        """Put into services what they take from packs that came after their own.

        What somebody took out of a published service stays out: only what was never
        there comes in. Where people work on a service, it is not published for them.
        """
        # The system does it: who installs a pack changes no service of another one.
        installed = self.with_user(SUPERUSER_ID).search([("desk_id", "!=", False)])
        services = self._services_of(installed)
        for pack in installed:
            for entry in packs.services(pack._data()):
                if entry["code"] in services:
                    _wire(services[entry["code"]], entry, services)
        installed.env.flush_all()

    def _services_of(self, installed):
        """Return ``{code: service}`` that can be parts and are in the catalogue.

        Besides those that packs made, what an IT desk has under its usual codes.
        """
        services = installed.item_ids._records("itsm.service")
        services |= services.search([("code", "in", packs.OUTSIDE)])
        published = services.filtered(lambda service: service.state == "published")
        return {service.code: service for service in published}

    # ------------------------------------------------------------------
    # Out again
    # ------------------------------------------------------------------

    def _wired_parts(self):
        """Return ``(orders, tasks)`` by which other packs have parts of this one.

        Of services as they are and as they were published. A part that somebody made
        or changed is his own, and not among them.
        """
        self.ensure_one()
        others = self.search([("desk_id", "!=", False), ("id", "!=", self.id)])
        parts = {each.code: each for each in self.item_ids._records("itsm.service")}
        teams = self.item_ids._records("itsm.team").with_context(lang=SOURCE_LANGUAGE)
        orders = self.env["itsm.service.order"]
        tasks = self.env["itsm.plan.task"]
        for pack in others:
            entries = {entry["code"]: entry for entry in packs.services(pack._data())}
            for service in pack.item_ids._records("itsm.service"):
                entry = entries.get(service.code, {})
                orders |= _wired_orders(service, entry, parts)
                tasks |= _wired_tasks(service, entry, teams)
        return orders, tasks

    def _take_out_parts(self, orders, tasks):
        """Take what was wired out of the services of other packs."""
        services = orders.service_id | tasks.service_id
        services.with_env(self.env)._forget_parts(orders, tasks)

    def _waiting_for_parts(self, orders):
        """Return the requests that open one of these parts once they are approved."""
        Ticket = self.env["itsm.ticket"].with_context(active_test=False)
        by_version = orders.filtered("version_id").grouped("version_id")
        waiting = Ticket.search(
            [
                ("state", "=", "approval"),
                ("service_id", "in", orders.service_id.ids),
            ]
        )
        return waiting.filtered(
            lambda ticket: any(
                conditions.holds(order.condition, ticket._answers_raw())
                for order in by_version.get(ticket._work_version(), ())
            )
        )


def _wire(service, entry, services):
    """Put into a service what it takes from others, and publish it if it was."""
    edited = service.has_unpublished_changes
    wired = [_wire_orders(service, entry, services), _wire_teams(service, entry)]
    if any(wired) and not edited:
        service.action_publish()


def _wire_orders(service, entry, services):
    """Tell whether a service got parts that were missing until now."""
    ever = service.version_ids.order_ids.child_service_id
    known = service.order_ids.child_service_id | ever
    rows = [
        values
        for child, values in _order_values(service, entry, services)
        if child not in known
    ]
    return bool(service.env["itsm.service.order"].create(rows))


def _order_values(service, entry, services):
    """Yield ``(part, values of the order)`` for the parts that are there.

    :param services: ``{code: service}`` of what can be a part
    """
    questions = {question["key"]: question for question in entry.get("questions") or ()}
    work = Work(service.env)
    for number, order in enumerate(entry.get("orders") or (), 1):
        child = services.get(order["service"])
        if child:
            condition = order.get("condition")
            yield (
                child,
                {
                    "service_id": service.id,
                    "child_service_id": child.id,
                    "sequence": number * 10,
                    "condition": work.local(condition, questions, ""),
                    "mapping": _fitting(order, child) or False,
                },
            )


def _wired_orders(service, entry, parts):
    """Return the orders of parts as the file says them, with those of versions."""
    rows = service.order_ids | service.version_ids.order_ids
    found = rows.browse()
    for child, values in _order_values(service, entry, parts):
        mine = rows.filtered(lambda row, child=child: row.child_service_id == child)
        if all(
            (row[name] or False) == values[name]
            for row in mine
            for name in ("condition", "mapping")
        ):
            found |= mine
    return found


def _fitting(order, child):
    """Return which answers go to a part, as far as its form asks for them."""
    mapping = order.get("mapping") or {}
    if child.code not in packs.OUTSIDE:
        return mapping
    keys = {question["key"] for question in child.version_id._definition()["questions"]}
    return {key: own for key, own in mapping.items() if key in keys}


def _wire_teams(service, entry):
    """Tell whether tasks got the team of another desk that was missing until now."""
    wired = False
    tasks = service.plan_task_ids.with_context(lang=SOURCE_LANGUAGE)
    for name, wanted in _teams_wanted(entry):
        without = tasks.filtered(
            lambda task, name=name: task.name == name and not task.team_id
        )
        team = without and _team(service.env, wanted)
        if team:
            without.team_id = team
            wired = True
    return wired


def _wired_tasks(service, entry, teams):
    """Return the tasks that have one of these teams as the file says, of all times."""
    wanted = {(name, team["desk"], team["name"]) for name, team in _teams_wanted(entry)}
    tasks = service.plan_task_ids | service.version_ids.plan_task_ids
    return tasks.with_context(lang=SOURCE_LANGUAGE).filtered(
        lambda task: (
            task.team_id in teams
            and (task.name, task.team_id.desk_id.name, task.team_id.name) in wanted
        )
    )


def _teams_wanted(entry):
    """Yield ``(name of a task, team of another desk)`` as the file says them."""
    for line in entry.get("plan") or ():
        team = line.get("team") or {}
        if team.get("desk"):
            yield line["name"][SOURCE_LANGUAGE], team


def _team(env, wanted):
    """Return the team of an installed pack by the names of its desk and its own."""
    desks = env["itsm.desk.pack"].search([("desk_id", "!=", False)]).desk_id
    teams = desks.team_ids.with_context(lang=SOURCE_LANGUAGE)
    return teams.filtered(
        lambda team: team.name == wanted["name"] and team.desk_id.name == wanted["desk"]
    )[:1].with_env(env)
