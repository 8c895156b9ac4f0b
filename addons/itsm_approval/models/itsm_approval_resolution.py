from typing import NamedTuple

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, format_list

from ..tools import chain

_CHAINS = ("requester_manager", "department_manager", "manager_of")


class Ask(NamedTuple):
    """A line that looks for people.

    ``need`` is how many there must be. ``limit`` stops the search at so many; None
    takes all that the source has. ``barred`` are people who must not decide.
    """

    record: models.BaseModel
    source: dict
    need: int
    barred: frozenset
    fallback: tuple
    limit: int | None = None


class Answer(NamedTuple):
    """The people found: of the source, and others in their place."""

    people: list
    instead: list


class ItsmApproval(models.Model):
    """Who decides: from a line of a policy to people."""

    _inherit = "itsm.approval"

    @api.model
    def _find_people(self, asks):
        """Return an answer for each ask, in order.

        Chains are followed upwards until there are enough people; then come the
        people whom the policy names for that, then the approval managers.
        """
        candidates = self._candidates(asks)
        known = {id_ for found in candidates for id_ in found}
        known.update(id_ for ask in asks for id_ in ask.fallback)
        managers = self._manager_ids()
        gone = self._gone(self.env["res.partner"].browse(known.union(managers)))
        return [
            self._answer(ask, found, gone, managers)
            for ask, found in zip(asks, candidates, strict=True)
        ]

    @api.model
    def _answer(self, ask, candidates, gone, managers):
        def fits(id_):
            return id_ not in gone and id_ not in ask.barred

        levels = None
        if ask.source["type"] in _CHAINS:
            levels = ask.source["levels"] if ask.limit is None else 0
        people = chain.pick(candidates, fits, ask.need, levels)[: ask.limit]
        instead = []
        for others in (ask.fallback, managers):
            if len(people) + len(instead) >= ask.need:
                break
            instead += [
                id_ for id_ in chain.pick(others, fits) if id_ not in people + instead
            ]
        return Answer(people, instead[: ask.limit and ask.limit - len(people)])

    @api.model
    def _candidates(self, asks):
        """Return the ids of the people whom each ask's source has, in order."""
        above = self._people_above(asks)
        groups = self._group_people(
            {ask.source["group_id"] for ask in asks if ask.source["type"] == "group"}
        )
        named = self._named_people(
            {id_ for ask in asks for id_ in ask.source.get("user_ids") or ()}
        )
        found = []
        for ask in asks:
            kind, record = ask.source["type"], ask.record
            if kind == "user":
                ids = ask.source["user_ids"]
                found.append([named[id_] for id_ in ids if id_ in named])
            elif kind == "group":
                company = record._approval_company()
                found.append(
                    [
                        partner_id
                        for partner_id, companies in groups[ask.source["group_id"]]
                        if not company or company.id in companies
                    ]
                )
            elif kind == "partner":
                found.append(ask.source["partner_ids"])
            elif kind == "role":
                found.append(record._approval_people(ask.source["role"]).ids)
            else:
                found.append(above[kind][self._chain_key(ask)])
        return found

    @api.model
    def _named_people(self, user_ids):
        """Return ``{user id: partner id}`` of users that are still there."""
        # sudo: who asks need not see the users who decide.
        users = self.env["res.users"].sudo().browse(user_ids).exists()
        return {user.id: user.partner_id.id for user in users}

    @api.model
    def _group_people(self, group_ids):
        """Return ``{group id: [(partner id, company ids)]}``.

        A group's people in another company are not asked on this one's records.
        """
        # sudo: who asks need not see the users who decide.
        groups = self.env["res.groups"].sudo().browse(group_ids).exists()
        found = {id_: [] for id_ in group_ids}
        for group in groups:
            users = group.all_user_ids.filtered("active")
            found[group.id] = [
                (user.partner_id.id, set(user.company_ids.ids)) for user in users
            ]
        return found

    @api.model
    def _chain_key(self, ask):
        """Return what the chain of an ask starts from: a person, or the record."""
        return ask.source.get("partner_id") or ask.record.id

    @api.model
    def _people_above(self, asks):
        """Return ``{kind of chain: {key: people, nearest first}}``."""
        above = {}
        for kind in _CHAINS:
            mine = [ask for ask in asks if ask.source["type"] == kind]
            if kind == "manager_of":
                ids = {ask.source["partner_id"] for ask in mine}
                employees = self._employees_of(ids)
            else:
                employees = {
                    ask.record.id: ask.record._approval_employee() for ask in mine
                }
            above[kind] = self._chains(kind, employees)
        return above

    @api.model
    def _employees_of(self, partner_ids):
        """Return ``{partner id: employee}`` of people, by login or work contact."""
        # sudo: the organisation is the policy's business, not the requester's.
        Employee = self.env["hr.employee.public"].sudo()
        Employee = Employee.with_context(active_test=False)
        found = dict.fromkeys(partner_ids, Employee)
        if not partner_ids:
            return found
        ids = list(partner_ids)
        employees = Employee.search(
            Domain("work_contact_id", "in", ids)
            | Domain("user_id.partner_id", "in", ids)
        )
        # Those who are there before those who left.
        for employee in employees.sorted(lambda one: (not one.active, one.id)):
            for partner in employee.user_id.partner_id | employee.work_contact_id:
                if partner.id in found and not found[partner.id]:
                    found[partner.id] = employee
        return found

    @api.model
    def _chains(self, kind, employees):
        """Return ``{key: partner ids upwards}``.

        :param employees: ``{key: employee}``
        """
        # sudo: the organisation is the policy's business, not the requester's.
        Employee = self.env["hr.employee"].sudo().with_context(active_test=False)
        if kind != "department_manager":
            starts = {id_: employee.id for id_, employee in employees.items()}
            parents = self._above(Employee, set(starts.values()) - {False})
            ways = {id_: chain.upwards(key, parents) for id_, key in starts.items()}
            steps = {id_: list(way) for id_, way in ways.items()}
        else:
            own = Employee.browse(
                {employee.id for employee in employees.values()} - {False}
            )
            departments = {employee.id: employee.department_id.id for employee in own}
            starts = {
                id_: departments.get(employee.id, False)
                for id_, employee in employees.items()
            }
            Department = self.env["hr.department"].sudo()
            Department = Department.with_context(active_test=False)
            parents = self._above(Department, set(starts.values()) - {False})
            heads = Department.browse(parents)
            heads.fetch(["manager_id"])
            head = {department.id: department.manager_id.id for department in heads}
            steps = {
                id_: [
                    head[department]
                    for department in (key, *chain.upwards(key, parents))
                    if department and head.get(department)
                ]
                for id_, key in starts.items()
            }
        people = self._employee_partners({e for way in steps.values() for e in way})
        return {
            id_: [people[employee] for employee in way if people.get(employee)]
            for id_, way in steps.items()
        }

    @api.model
    def _above(self, Model, ids):
        """Return ``{id: parent id or None}`` of records and all above them.

        One query for each level, not for each record.
        """
        above, frontier = {}, set(ids)
        while frontier:
            records = Model.browse(frontier)
            records.fetch(["parent_id"])
            for record in records:
                above[record.id] = record.parent_id.id or None
            frontier = {id_ for id_ in above.values() if id_} - above.keys()
        return above

    @api.model
    def _employee_partners(self, employee_ids):
        """Return ``{employee id: partner id}``: of the login, or the work contact."""
        # sudo: of a manager only who they are is used.
        employees = self.env["hr.employee"].sudo().browse(employee_ids)
        employees.fetch(["user_id", "work_contact_id"])
        return {
            employee.id: employee.user_id.partner_id.id or employee.work_contact_id.id
            for employee in employees
        }

    @api.model
    def _manager_ids(self):
        """Return the people who decide when nobody else is found."""
        group = self.env.ref("itsm_approval.group_approval_manager").sudo()
        return group.all_user_ids.filtered("active").partner_id.ids

    @api.model
    def _gone(self, partners):
        """Return the ids of those who have left.

        That is: an archived contact, or somebody all of whose logins or employee
        records are archived. Contacts without either are there.
        """
        self.env["res.partner"].flush_model(["active"])
        self.env["res.users"].flush_model(["active", "partner_id"])
        self.env["hr.employee"].flush_model(["active", "user_id", "work_contact_id"])
        rows = self.env.execute_query(
            SQL(
                "SELECT p.id FROM res_partner p WHERE p.id = ANY(%s) AND %s",
                partners.ids,
                self._gone_sql(),
            )
        )
        return {id_ for (id_,) in rows}

    @api.model
    def _gone_sql(self):
        """Return the condition on ``res_partner p`` for somebody who has left."""
        return SQL(
            """(
                NOT p.active
                OR (SELECT NOT bool_or(u.active)
                      FROM res_users u WHERE u.partner_id = p.id)
                OR (SELECT NOT bool_or(e.active)
                      FROM hr_employee e
                     WHERE e.work_contact_id = p.id
                        OR e.user_id IN
                           (SELECT id FROM res_users WHERE partner_id = p.id))
            )"""
        )

    @api.model
    def _names(self, partner_ids):
        """Return the names of people, in order."""
        # sudo: who is asked is no secret.
        partners = self.env["res.partner"].sudo().browse(partner_ids)
        return format_list(self.env, (partner.name or "" for partner in partners))

    @api.model
    def _now(self):
        """Return the moment that a move is written down with."""
        return fields.Datetime.now()
