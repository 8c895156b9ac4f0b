from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.itsm_cmdb.models.itsm_ci_impact import id_array

from ..tools import states

# Of items that are touched: who answers for them, or has them.
_HOLDERS = """
    SELECT touched.change_id, employee.id
      FROM unnest(%(changes)s::int[], %(companies)s::int[], %(items)s::int[])
           AS touched (change_id, company_id, ci_id)
      JOIN itsm_ci AS item ON item.id = touched.ci_id
      JOIN hr_employee AS employee
        ON employee.id IN (item.custodian_id, item.owner_id)
     WHERE employee.active AND employee.company_id = touched.company_id
"""
# And of services that are touched, or whose items are: the departments they are for.
_DEPARTMENTS = """
    WITH service_item AS (
        SELECT ci_id FROM itsm_service_ci_rel WHERE ci_id = ANY(%(items)s::int[])
         UNION
        SELECT item.id
          FROM itsm_ci AS item
          JOIN itsm_ci_class AS item_class ON item_class.id = item.class_id
         WHERE item.id = ANY(%(items)s::int[]) AND item_class.is_service
    ),
    served AS (
        SELECT item.id AS ci_id, item.department_id
          FROM itsm_ci AS item
          JOIN service_item ON service_item.ci_id = item.id
         WHERE item.department_id IS NOT NULL
         UNION
        SELECT link.ci_id, link.department_id
          FROM itsm_ci_user_department_rel AS link
          JOIN service_item ON service_item.ci_id = link.ci_id
    )
    SELECT DISTINCT touched.change_id, served.department_id
      FROM unnest(%(changes)s::int[], %(items)s::int[]) AS touched (change_id, ci_id)
      JOIN served ON served.ci_id = touched.ci_id
"""
_ITEM_FIELDS = (
    "class_id",
    "custodian_id",
    "department_id",
    "owner_id",
    "user_department_ids",
)


class ItsmChange(models.Model):
    """Whom a change affects, found through what it touches.

    Affected is who has a touched item or answers for it, and who works in a department
    that a touched service is for, or in one below; in the company of the change. The
    same rule says who is told, and who sees the work on the portal.
    """

    _inherit = "itsm.change"

    public_title = fields.Char(
        "Title for Staff",
        translate=True,
        help="What staff read as the subject. Empty: “Planned work”; the subject above "
        "is for those who work on it.",
    )
    public_note = fields.Text(
        "What Staff Should Know",
        translate=True,
        help="What does not work meanwhile, what to do before, whom to ask. In words "
        "of those affected, without names of servers.",
    )
    tell_affected = fields.Boolean(
        "Tell Those Affected",
        compute="_compute_tell_affected",
        store=True,
        readonly=False,
        precompute=True,
        help="By mail, before it begins, when it begins, when it ends, and whenever it "
        "is moved or cancelled after they were told.",
    )
    announce_on_portal = fields.Boolean(
        "Announce on the Portal",
        compute="_compute_announce_on_portal",
        store=True,
        readonly=False,
        precompute=True,
        help="Also as news for everybody on the portal, from the first notice on.",
    )
    affected_count = fields.Integer(
        "People Affected", compute="_compute_affected_count"
    )
    unreachable_count = fields.Integer(
        "Without Address", compute="_compute_affected_count"
    )

    @api.depends("type", "has_outage")
    def _compute_tell_affected(self):
        """Of routine work nobody wants to hear, unless something stands still."""
        for change in self:
            change.tell_affected = change.has_outage or change.type != states.STANDARD

    @api.depends("has_outage")
    def _compute_announce_on_portal(self):
        for change in self:
            change.announce_on_portal = change.has_outage

    @api.depends("ci_link_ids", "company_id")
    def _compute_affected_count(self):
        employees = self._origin._affected_employees()
        people = self._origin._affected_people(employees)
        for change in self:
            count = len(employees.get(change._origin.id, ()))
            reached = people.get(change._origin.id) or self.env["res.partner"]
            change.affected_count = count
            change.unreachable_count = max(0, count - len(reached))

    # ------------------------------------------------------------------
    # Who
    # ------------------------------------------------------------------

    def _affected_people(self, employees=None):
        """Return ``{change id: contacts}`` of those affected who can be reached.

        :param employees: as :meth:`_affected_employees` returns them
        """
        employees = self._affected_employees() if employees is None else employees
        every = set().union(*employees.values(), ())
        # sudo: whoever works on a change may tell people whose records they cannot
        # read; mails need contacts only.
        contacts = {
            employee.id: employee._itsm_contact()
            for employee in self.env["hr.employee"].sudo().browse(every)
        }
        Partner = self.env["res.partner"].sudo()  # sudo: as above
        return {
            change_id: Partner.union(*(contacts[one] for one in sorted(ids)))
            for change_id, ids in employees.items()
        }

    def _affected_employees(self):
        """Return ``{change id: ids of employees}`` that changes affect."""
        affected = {change_id: set() for change_id in self.ids}
        facts = self._touched_arrays()
        for change_id, employee_id in self._people_rows(_HOLDERS, facts):
            affected[change_id].add(employee_id)
        departments = self._served_departments(facts)
        staff = self._department_staff(set().union(*departments.values(), ()))
        # sudo: only which company a change is of.
        for change in self.sudo():
            for department_id in departments.get(change.id, ()):
                affected[change.id] |= staff.get(
                    (department_id, change.company_id.id), set()
                )
        return affected

    def _touched_arrays(self):
        """Return what the changes touch as arrays for a query."""
        companies = {change.id: change.company_id.id for change in self.sudo()}
        pairs = [
            (change_id, ci_id)
            for change_id, states_by_item in self._touched().items()
            for ci_id in states_by_item
        ]
        return {
            "changes": id_array(change_id for change_id, _ci in pairs),
            "companies": id_array(companies[change_id] for change_id, _ci in pairs),
            "items": id_array(ci_id for _change, ci_id in pairs),
        }

    def _people_rows(self, query, facts):
        self.env["itsm.ci"].flush_model(_ITEM_FIELDS)
        self.env["itsm.service"].flush_model(["ci_ids"])
        self.env["hr.employee"].flush_model(["active", "company_id"])
        return self.env.execute_query(SQL(query, **facts))

    def _served_departments(self, facts=None):
        """Return ``{change id: ids of departments}`` that touched services are for."""
        facts = facts or self._touched_arrays()
        served = {}
        for change_id, department_id in self._people_rows(_DEPARTMENTS, facts):
            served.setdefault(change_id, set()).add(department_id)
        return served

    @api.model
    def _department_staff(self, department_ids):
        """Return ``{(department id, company id): employee ids}``, with those below."""
        # sudo: who works where is not for all who work on changes; only ids are used.
        departments = self.env["hr.department"].sudo().browse(department_ids)
        rows = (
            self.env["hr.employee"]
            .sudo()
            ._read_group(
                [("department_id", "child_of", departments.ids)],
                ["department_id", "company_id"],
                ["id:array_agg"],
            )
        )
        staff = {}
        for department in departments.exists():
            path = department.parent_path
            for below, company, employee_ids in rows:
                if below.parent_path.startswith(path):
                    key = (department.id, company.id)
                    staff.setdefault(key, set()).update(employee_ids)
        return staff

    # ------------------------------------------------------------------
    # When
    # ------------------------------------------------------------------

    def _public_title(self):
        """Return the subject as staff read it."""
        self.ensure_one()
        return self.public_title or self.env._("Planned work")

    def _outage_window(self):
        """Return from when to when something stands still; none without an outage."""
        self.ensure_one()
        if not self.has_outage:
            return (False, False)
        return (
            self.outage_start or self.planned_start,
            self.outage_end or self.planned_end,
        )

    def _notice_ahead(self):
        """Return how long before its start those affected are told of a change."""
        # sudo: a setting of the company, for all who work on its changes.
        return timedelta(hours=max(0, self.company_id.sudo().change_notice_hours))
