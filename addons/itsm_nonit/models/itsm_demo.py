import base64
from datetime import timedelta
from io import BytesIO
from uuid import uuid4

from PIL import Image, ImageDraw

from odoo import api, fields, models
from odoo.fields import Command

# A signature as a finger draws it, in points of a pad of 240 × 80.
_SIGNATURE = (*((20, 55), (40, 20), (55, 60), (75, 30), (90, 58), (120, 40)),)


class ItsmDemo(models.AbstractModel):
    """Gives the ready desks of the demo people, requests and work in the field.

    All of it goes through the verbs that people use, with their rights.
    """

    _inherit = "itsm.demo"

    @api.model
    def _staff(self, key, leader, members=(), all_teams=False):
        """Name the people of a ready desk.

        :param key: of the pack
        :param leader: login of who leads its teams
        :param members: logins of the other members of the first team
        :param all_teams: whether they are members of the other teams too
        """
        desk = self.env["itsm.desk.pack"].search([("key", "=", key)]).desk_id
        people = self.env["res.users"].search([("login", "in", [leader, *members])])
        head = people.filtered(lambda user: user.login == leader)
        desk.manager_ids = self.env.ref("itsm_helpdesk.demo_user_manager")
        for team in desk.team_ids:
            is_first = team == desk.default_team_id
            team.write(
                {
                    "leader_id": head.id,
                    "member_ids": [
                        Command.set((people if is_first or all_teams else head).ids)
                    ],
                    "assignment_method": "manual",
                    "hourly_cost": 45 if is_first else 60,
                }
            )

    @api.model
    def _sort_by_wants(self, wants):
        """Put older services where staff look for what they want.

        :param wants: ``{code: category in English}``
        """
        Category = self.env["itsm.service.category"]
        for code, category in wants.items():
            service = self.env["itsm.service"].search([("code", "=", code)])
            service.category_id = Category.search([("name", "=", category)], limit=1)
            if service.state == "published":
                service.action_publish()

    @api.model
    def _ask(self, name, who, service, answers, story=()):
        """Let a person ask for a service, and tell what happened since.

        :param name: external id of the ticket, without the addon's
        :param story: ``hours`` ago, ``approvers`` (logins), ``steps`` as of a ticket
        """
        story = dict(story)
        user = self.env["res.users"].search([("login", "=", who)])
        Ticket = self.env["itsm.ticket"].with_user(user)
        newest = self._newest_mail()
        ticket = self.env["itsm.ticket"].browse(
            Ticket.request_service(service, answers)
        )
        self.env["ir.model.data"]._update_xmlids(
            [{"xml_id": f"itsm_nonit.{name}", "record": ticket, "noupdate": True}]
        )
        for login in story.get("approvers", ()):
            voter = self.env["res.users"].search([("login", "=", login)])
            ticket.approval_id.with_user(voter).vote("approve")
        self._play(
            ticket.id, (story.get("hours", 1), "partner"), story.get("steps", ())
        )
        self._drop_mails_after(newest)

    @api.model
    def _play_step(self, ticket, moment, who, verb, arguments):
        """A visit lies before the moment at which it ends."""
        if verb == "visits":
            arguments = [moment, *arguments]
        return super()._play_step(ticket, moment, who, verb, arguments)

    @api.model
    def _act(self, ticket, who, verb, arguments):
        own = {"visits": self._go_there, "hands_out": self._hand_out}.get(verb)
        if not own:
            return super()._act(ticket, who, verb, arguments)
        user = self.env["res.users"].search([("login", "=", who)])
        return own(ticket.with_user(user), *arguments)

    @api.model
    def _hand_out(self, ticket):
        """Let the goods of a ticket be picked, signed for and handed out."""
        action = ticket.action_issue_goods()
        issue = ticket.env["itsm.goods.issue"].browse(action["res_id"])
        issue.sign(self._draw_signature(), ticket.partner_id.name)
        issue.action_done()
        for task in ticket.task_ids.sorted("sequence"):
            task.check_ids.is_done = True
            task.action_done()

    @api.model
    def _go_there(self, ticket, end, minutes, told):
        """Let a technician do the next task of a ticket on the spot, as a phone does.

        :param told: ``note``, ``parts`` (``[(product, quantity)]``), ``signed_by``,
            ``code`` of the ticket's resolution, ``pauses`` instead of finishing
        """
        start = end - timedelta(minutes=minutes)
        task = ticket.task_ids.filtered(
            lambda each: each.state in ("todo", "doing")
        ).sorted("sequence")[:1]
        self._send_entry(task, "start", start)
        for product, quantity in told.get("parts", ()):
            part = {"product_id": self.env.ref(product).id, "quantity": quantity}
            self._send_entry(task, "part", end, **part)
        if told.get("pauses"):
            self._send_entry(task, "pause", end)
            return
        task.check_ids.is_done = True
        if told.get("signed_by"):
            picture = self._draw_signature()
            self._send_entry(task, "sign", end, name=told["signed_by"], data=picture)
        note, code = told.get("note", ""), told.get("code")
        self._send_entry(task, "finish", end, outcome="done", note=note, code=code)

    @api.model
    def _send_entry(self, task, verb, moment, **values):
        age = fields.Datetime.now() - moment
        task.env["itsm.visit"].field_do(
            {
                "key": uuid4().hex,
                "verb": verb,
                "task_id": task.id,
                "age": age.total_seconds(),
                "values": values,
            }
        )

    @api.model
    def _draw_signature(self):
        """Return a picture in base64, as the finger pad sends it."""
        picture, content = Image.new("RGB", (240, 80), "white"), BytesIO()
        ImageDraw.Draw(picture).line(_SIGNATURE, fill="navy", width=3, joint="curve")
        picture.save(content, "PNG")
        return base64.b64encode(content.getvalue()).decode()

    @api.model
    def _plan_visit(self, ticket_id, who, hours):
        """Plan that somebody goes to a ticket's next task in some hours."""
        ticket = self.env["itsm.ticket"].browse(ticket_id)
        user = self.env["res.users"].search([("login", "=", who)])
        task = ticket.task_ids.filtered(lambda each: each.state == "todo")[:1]
        start = fields.Datetime.now().replace(minute=0, second=0, microsecond=0)
        self.env["itsm.visit"].create(
            {
                "ticket_id": ticket.id,
                "task_id": task.id,
                "user_id": user.id,
                "planned_start": start + timedelta(hours=hours),
            }
        )

    @api.model
    def _thing(self, code):
        """Return the id of something to book, by its short name."""
        return self.env["itsm.bookable"].search([("code", "=", code)]).id

    @api.model
    def _when(self, days, hour):
        """Return a time of a day from today, as an answer."""
        moment = fields.Datetime.today() + timedelta(days=days, hours=hour)
        return fields.Datetime.to_string(moment)

    @api.model
    def _ask_booking(self, name, who, service, thing, times, answers, story=()):
        """Let a person ask for a thing from one time to another.

        :param thing: ``(key of the question, short name of the thing)``
        :param times: ``{key: (days from today, hour)}``
        """
        answers = {**answers, thing[0]: self._thing(thing[1])}
        answers |= {key: self._when(*time) for key, time in times.items()}
        self._ask(name, who, service, answers, story)

    @api.model
    def _book(self, code, person, purpose, hours, lasting, meter=None):
        """Book a thing for a time that begins in some hours of the current one.

        :param person: id of a contact
        :param meter: reading at the hand-over, for what is out already
        """
        thing = self.env["itsm.bookable"].browse(self._thing(code))
        start = fields.Datetime.now().replace(minute=0, second=0, microsecond=0)
        start += timedelta(hours=hours)
        booking = self.env["itsm.booking"].create(
            {
                "bookable_id": thing.id,
                "partner_id": person,
                "purpose": purpose,
                "start": start,
                "end": start + timedelta(hours=lasting),
            }
        )
        if meter is not None:
            booking.hand_over(meter)
