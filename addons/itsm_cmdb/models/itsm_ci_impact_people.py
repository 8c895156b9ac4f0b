from odoo import api, models
from odoo.tools import SQL

from ..tools import impact
from .itsm_ci_impact import id_array

# The most tickets that a report lists; all are counted.
TICKET_LIMIT = 200
# Which departments an item serves: its own, and those that work with it.
_DEPARTMENTS = """
    SELECT department_id FROM itsm_ci
     WHERE id = ANY(%(ids)s::int[]) AND department_id IS NOT NULL
     UNION
    SELECT department_id FROM itsm_ci_user_department_rel
     WHERE ci_id = ANY(%(ids)s::int[])
"""
_CUSTODIANS = """
    SELECT DISTINCT employee.id
      FROM itsm_ci AS item
      JOIN hr_employee AS employee ON employee.id = item.custodian_id
     WHERE item.id = ANY(%(ids)s::int[]) AND employee.active
"""
_SERVICES = """
    SELECT 'itsm.service', service_id, ci_id FROM itsm_service_ci_rel
     WHERE ci_id = ANY(%(ids)s::int[])
     UNION ALL
    SELECT 'itsm.ci', item.id, item.id
      FROM itsm_ci AS item
      JOIN itsm_ci_class AS item_class ON item_class.id = item.class_id
     WHERE item.id = ANY(%(ids)s::int[]) AND item_class.is_service
"""
_TICKETS = """
    SELECT DISTINCT ticket.id
      FROM itsm_ticket_ci AS link
      JOIN itsm_ticket AS ticket ON ticket.id = link.ticket_id
     WHERE link.ci_id = ANY(%(ids)s::int[]) AND link.role IN ('affected', 'cause')
       AND NOT COALESCE(link.excluded, FALSE)
       AND ticket.active AND ticket.state IN %(states)s
     ORDER BY ticket.id DESC
"""


class ItsmCi(models.Model):
    """Whom a failure hits: services, departments, people, and tickets that are open.

    Everything is counted, whatever the user may see; only names are masked.
    """

    _inherit = "itsm.ci"

    @api.model
    def _impact_services(self, outcome, ids):
        """Return the services that hit items deliver, or are, worst first."""
        self.env["itsm.service"].flush_model(["ci_ids"])
        worst = {}
        for model, res_id, ci_id in self._impact_rows(_SERVICES, ids):
            state = outcome.state[ci_id]
            worst[model, res_id] = max(worst.get((model, res_id), impact.UP), state)
        services = []
        for model in ("itsm.service", "itsm.ci"):
            found = {res_id for kind, res_id in worst if kind == model}
            names = self._impact_names(self.env[model].browse(found))
            services += [
                {
                    "id": record_id,
                    "model": model,
                    "name": name,
                    "state": impact.STATES[worst[model, record_id]],
                }
                for record_id, name in names.items()
            ]
        order = {state: place for place, state in enumerate(impact.STATES)}
        return sorted(services, key=lambda one: (-order[one["state"]], one["name"]))

    @api.model
    def _impact_departments(self, ids):
        """Return the departments that are hit, and how many people that is in all.

        A department's people are those of the departments below it too. Somebody who
        is in several, or has several of the items, is one person.
        """
        departments, staff = self._impact_staff(ids)
        people = {row[0] for row in self._impact_rows(_CUSTODIANS, ids)}
        counted = []
        for department in departments:
            path = department.parent_path
            own = set().union(
                *(
                    employee_ids
                    for below, employee_ids in staff.items()
                    if below.parent_path.startswith(path)
                )
            )
            people |= own
            counted.append(
                {
                    "id": department.id,
                    "name": department.display_name,
                    "people": len(own),
                }
            )
        return sorted(counted, key=lambda one: (-one["people"], one["name"])), len(
            people
        )

    @api.model
    def _impact_staff(self, ids):
        """Return the departments that are hit, and who works there or below.

        :return: departments, and ``{department: ids of employees}``
        """
        # sudo: agents have no rights on employees; only numbers leave here, or
        # contacts to those who tell them.
        Department = self.env["hr.department"].sudo()
        departments = Department.browse(
            row[0] for row in self._impact_rows(_DEPARTMENTS, ids)
        )
        staff = {
            department: set(employee_ids)
            for department, employee_ids in self.env["hr.employee"]
            .sudo()
            ._read_group(
                [("department_id", "child_of", departments.ids)],
                ["department_id"],
                ["id:array_agg"],
            )
        }
        return departments, staff

    @api.model
    def _impact_employee_ids(self, ids):
        """Return the ids of the employees whom hit items serve, or who have them."""
        _departments, staff = self._impact_staff(ids)
        people = {row[0] for row in self._impact_rows(_CUSTODIANS, ids)}
        return people.union(*staff.values())

    @api.model
    def _impact_tickets(self, ids):
        """Return the open tickets about hit items, newest first, and their number."""
        found = self._impact_ticket_ids(ids)
        tickets = self.env["itsm.ticket"].browse(found[:TICKET_LIMIT])
        visible = tickets._filtered_access("read")
        # sudo: of tickets that the user may not read the state alone is told.
        facts = [
            {
                "id": ticket.id if ticket in visible else False,
                "number": ticket.number if ticket in visible else "",
                "name": ticket.name if ticket in visible else self._restricted_name(),
                "state": ticket.state,
            }
            for ticket in tickets.sudo()
        ]
        return facts, len(found)

    @api.model
    def _impact_ticket_ids(self, ids):
        """Return the ids of all open tickets about hit items, newest first."""
        self.env["itsm.ticket.ci"].flush_model()
        self.env["itsm.ticket"].flush_model(["state", "active"])
        states = tuple(self.env["itsm.ticket"]._open_states())
        return [row[0] for row in self._impact_rows(_TICKETS, ids, states=states)]

    @api.model
    def _impact_rows(self, query, ids, **facts):
        """Return rows about items; the whole graph counts."""
        self.flush_model(
            ["department_id", "user_department_ids", "custodian_id", "class_id"]
        )
        return self.env.execute_query(SQL(query, ids=id_array(ids), **facts))

    @api.model
    def _impact_names(self, records):
        """Return ``{id: name}``; what the user may not read has another name."""
        visible = self._impact_visible(records)
        restricted = self._restricted_name()
        # sudo: only names of what the user may read are told.
        return {
            record.id: record.name if record.id in visible else restricted
            for record in records.sudo()
        }

    @api.model
    def _impact_visible(self, records):
        """Return the ids of the records whose names may be told.

        With ``itsm_impact_readers`` in the context, which holds the id of a company,
        what is told is kept for others: all who may read that company's items.
        """
        company_id = self.env.context.get("itsm_impact_readers")
        if company_id and records._name == self._name:
            records = records.filtered(
                lambda item: (
                    item.company_id.id in (False, company_id)
                    and not item.class_id.group_ids
                )
            )
        return set(records._filtered_access("read")._ids)
