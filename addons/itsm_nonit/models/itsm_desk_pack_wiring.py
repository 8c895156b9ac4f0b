"""Parts of one pack in another: onboarding orders a badge, a phone, a uniform."""

from odoo import models

from odoo.addons.itsm_helpdesk.models.itsm_service_exchange_work import Work

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
        installed = self.search([("desk_id", "!=", False)])
        services = self._services_of(installed)
        for pack in installed:
            for entry in packs.services(pack._data()):
                if entry["code"] in services:
                    _wire(services[entry["code"]], entry, services)

    def _services_of(self, installed):
        """Return ``{code: service}`` that can be parts and are in the catalogue.

        Besides those that packs made, what an IT desk has under its usual codes.
        """
        services = installed.item_ids._records("itsm.service")
        services |= services.search([("code", "in", packs.OUTSIDE)])
        published = services.filtered(lambda service: service.state == "published")
        return {service.code: service for service in published}


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
    questions = {question["key"]: question for question in entry.get("questions") or ()}
    work = Work(service.env)
    rows = []
    for number, order in enumerate(entry.get("orders") or (), 1):
        child = services.get(order["service"])
        if child and child not in known:
            condition = order.get("condition")
            rows.append(
                {
                    "service_id": service.id,
                    "child_service_id": child.id,
                    "sequence": number * 10,
                    "condition": work.local(condition, questions, ""),
                    "mapping": _fitting(order, child) or False,
                }
            )
    return bool(service.env["itsm.service.order"].create(rows))


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
    for line in entry.get("plan") or ():
        wanted = line.get("team") or {}
        if not wanted.get("desk"):
            continue
        without = tasks.filtered(
            lambda task, name=line["name"][SOURCE_LANGUAGE]: (
                task.name == name and not task.team_id
            )
        )
        team = without and _team(service.env, wanted)
        if team:
            without.team_id = team
            wired = True
    return wired


def _team(env, wanted):
    """Return the team of an installed pack by the names of its desk and its own."""
    desks = env["itsm.desk.pack"].search([("desk_id", "!=", False)]).desk_id
    teams = desks.team_ids.with_context(lang=SOURCE_LANGUAGE)
    return teams.filtered(
        lambda team: team.name == wanted["name"] and team.desk_id.name == wanted["desk"]
    )[:1].with_env(env)
