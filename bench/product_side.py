"""One product of a comparison, in its own process.

Reads names of what to measure from standard input, one a line, and answers each
with the seconds it took, or ``null`` where the product cannot do it. Nothing that is
measured is kept.
"""

import json
import sys

import timing

import odoo.service.server
from odoo import api
from odoo.modules.registry import Registry
from odoo.tools import config

TICKETS, SHOWN = 10_000, 80
RESPONSE_HOURS, RESOLUTION_HOURS = 4, 16
NAMED = {"fields": {"display_name": {}}}


class Product:
    """What both products are asked to do, in the words of one of them."""

    model = None
    group = None
    opened = None

    receipt = None

    def __init__(self, env):
        self.env = env
        self.installed_mails = {}

    def prepare(self):
        """Make what is missing: people, service levels and ten thousand tickets."""
        Users = self.env["res.users"].with_context(no_reset_password=True)
        self.agent = Users.search([("login", "=", "side-agent")]) or Users.create(
            {
                "name": "Agent",
                "login": "side-agent",
                "email": "agent@example.com",
                "group_ids": [(4, self.env.ref(self.group).id)],
            }
        )
        self.partner = self.env["res.partner"].search([("name", "=", "Requester")])
        if not self.partner:
            self.partner = self.env["res.partner"].create(
                {"name": "Requester", "email": "requester@example.com"}
            )
            self.set_up()
        self.env.cr.commit()
        Ticket = self.tickets().with_context(tracking_disable=True)
        while (have := Ticket.search_count([])) < TICKETS:
            Ticket.create(self.values(500))
            self.env.cr.commit()
        # As on a desk in use: what only the first solved ticket makes is there.
        self.solve(Ticket.create(self.values(1)))
        self.env.cr.execute(f"ANALYZE {Ticket._table}")
        self.env.cr.commit()
        return have

    def default_mails(self):
        """Let stages mail what they do as installed."""
        self._set_mails({})

    def silent(self):
        """Let no stage mail anything."""
        self._set_mails(dict.fromkeys(self._stages().ids, False))

    def receipts(self):
        """Let the first stage mail a receipt; what the last ones mail is as installed.

        One product does so as installed, the other has a template for it.
        """
        template = self.env.ref(self.receipt)
        self._set_mails({self._stages()[0].id: template.id})

    def _stages(self):
        return self.env[self.tickets()._fields["stage_id"].comodel_name].search([])

    def _set_mails(self, template_of):
        """Set the mail templates of stages; those not named become as installed."""
        stages = self._stages()
        self._remember_installed(stages)
        for stage in stages:
            stage.mail_template_id = template_of.get(
                stage.id, self.installed_mails[stage.id]
            )
        self.env.cr.commit()

    def _remember_installed(self, stages):
        """Keep what stages mail as installed, for this run and for later ones."""
        Parameter = self.env["ir.config_parameter"].sudo()
        known = Parameter.get_param("bench.installed_mails")
        if not known:
            installed = {stage.id: stage.mail_template_id.id for stage in stages}
            known = json.dumps(installed)
            Parameter.set_param("bench.installed_mails", known)
        self.installed_mails = {int(k): v for k, v in json.loads(known).items()}

    def working_hours(self):
        """Return the company's 40 hours a week with lunch, and ten holidays."""
        calendar = self.env.company.resource_calendar_id
        for month in range(1, 11):
            self.env["resource.calendar.leaves"].create(
                {
                    "name": f"Holiday {month}",
                    "calendar_id": calendar.id,
                    "date_from": f"2027-{month:02}-15 00:00:00",
                    "date_to": f"2027-{month:02}-15 23:00:00",
                }
            )
        return calendar

    def tickets(self):
        """Return the tickets, as the agent sees them."""
        return self.env[self.model].with_user(self.agent).with_context(lang="en_US")

    def values(self, count):
        """Return what an agent enters to register tickets."""
        return [
            {
                "name": f"The printer prints nothing {n}",
                "description": "<p>It is on and has paper.</p>",
                "partner_id": self.partner.id,
                **self.own_values(n),
            }
            for n in range(count)
        ]

    # What is measured ------------------------------------------------------

    def create_1(self):
        """Register a ticket."""
        values = self.values(1)
        return lambda: self.tickets().create(values)

    def create_500(self):
        """Register tickets in a batch."""
        values = self.values(500)
        return lambda: self.tickets().create(values)

    def list_80(self, order=None):
        """Open the list, as the web client asks for it."""
        names = ("partner_id", "team_id", "user_id", "stage_id")
        shown = {name: {} for name in ("number", "name", "priority", self.opened)}
        shown |= dict.fromkeys(names, NAMED) | {"sla_deadline": {}}
        return lambda: self.tickets().web_search_read(
            [], shown, limit=SHOWN, order=order, count_limit=TICKETS + 1
        )

    def list_80_by_deadline(self):
        """Open the list with what is due first on top."""
        if not self.tickets()._fields["sla_deadline"].store:
            return None  # cannot be sorted
        return self.list_80("sla_deadline")

    def _some_ticket(self):
        return self.tickets().search([], limit=1, offset=TICKETS // 2)

    def solve_1(self):
        """End the work on a new ticket: the clocks stop."""
        ticket = self._some_ticket()
        return lambda: self.solve(ticket)

    def close_1(self):
        """Close a new ticket for good."""
        ticket = self._some_ticket()
        return lambda: self.close(ticket)


class Ours(Product):
    """The tickets of this project."""

    model = "itsm.ticket"
    group = "itsm_helpdesk.group_itsm_agent"
    opened = "opened_at"
    receipt = "itsm_helpdesk.mail_template_ticket_received"

    def set_up(self):
        """Let the desk promise a response and a resolution."""
        desk = self.env.ref("itsm_helpdesk.desk_it")
        desk.resource_calendar_id = self.working_hours()
        desk.default_team_id.member_ids = [(4, self.agent.id)]
        self.env["itsm.sla.policy"].create(
            {
                "name": "Promise",
                "res_model": self.model,
                "target_ids": [
                    (0, 0, {"metric": "response", "hours": RESPONSE_HOURS}),
                    (0, 0, {"metric": "resolution", "hours": RESOLUTION_HOURS}),
                ],
            }
        )

    def own_values(self, n):
        """Return what only this product has."""
        desk = self.env.ref("itsm_helpdesk.desk_it")
        return {
            "desk_id": desk.id,
            "team_id": desk.default_team_id.id,
            "impact": str(1 + n % 3),
            "urgency": str(1 + n // 3 % 3),
        }

    def solve(self, ticket):
        """Solve it; it closes when the requester confirms, or by itself."""
        ticket.resolve("solved", "Done.")

    def close(self, ticket):
        """Solve it, then confirm for the requester."""
        self.solve(ticket)
        ticket.close()


class Oca(Product):
    """The tickets of OCA's helpdesk."""

    model = "helpdesk.ticket"
    group = "helpdesk_mgmt.group_helpdesk_user"
    opened = "create_date"
    receipt = "helpdesk_mgmt.changed_stage_template"

    def set_up(self):
        """Let the team promise a response and a resolution."""
        self.env["helpdesk.ticket.team"].create(
            {
                "name": "First Line",
                "use_sla": True,
                "resource_calendar_id": self.working_hours().id,
                "user_ids": [(4, self.agent.id)],
            }
        )
        for name, hours, stage in (
            ("Response", RESPONSE_HOURS, "in_progress"),
            ("Resolution", RESOLUTION_HOURS, "done"),
        ):
            stage = self.env.ref(f"helpdesk_mgmt.helpdesk_ticket_stage_{stage}")
            self.env["helpdesk.sla"].create(
                {"name": name, "hours": hours, "stage_id": stage.id}
            )

    def own_values(self, n):
        """Return what only this product has; its form copies the address."""
        return {
            "team_id": self.env["helpdesk.ticket.team"].search([], limit=1).id,
            "partner_name": self.partner.name,
            "partner_email": self.partner.email,
            "priority": str(n % 4),
        }

    def solve(self, ticket):
        """Put it into the stage that closes; solved and closed are one."""
        ticket.stage_id = self.env.ref("helpdesk_mgmt.helpdesk_ticket_stage_done")

    close = solve


def measure(product, name):
    """Return the seconds that something takes; None if it cannot be done."""
    action = getattr(product, name)()
    if action is None:
        return None
    product.env.flush_all()
    product.env.invalidate_all()

    def act():
        action()
        # What a commit does before it: notes and mails about changed fields.
        product.env.cr.flush()

    try:
        return timing.seconds(act)
    finally:
        product.env.cr.rollback()


def main(kind, database):
    """Answer until nothing more is asked."""
    config.parse_config(
        ["-d", database, "--no-http", "--log-level=warn"], setup_logging=True
    )
    odoo.service.server.start(preload=[], stop=True)
    with Registry(database).cursor() as cr:
        env = api.Environment(cr, api.SUPERUSER_ID, {})
        product = {"ours": Ours, "oca": Oca}[kind](env)
        for line in sys.stdin:
            name = line.strip()
            asked = name in ("prepare", "default_mails", "silent", "receipts")
            found = getattr(product, name)() if asked else measure(product, name)
            print(json.dumps(found), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
