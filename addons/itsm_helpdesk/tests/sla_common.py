from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.fields import Command
from odoo.tests import freeze_time

from odoo.addons.base.models.ir_cron import IrCron

from .common import QUIET, WORKDAY, ItsmCase


def moment(text):
    """Return a moment of the week of the tests: ``"Tue 9:30"``, in UTC.

    ``Mon`` is Monday 2 March 2026, ``Mon+7`` the Monday after it.
    """
    day, _space, time = text.partition(" ")
    name, _plus, more = day.partition("+")
    days = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun").index(name)
    hours, _colon, minutes = time.partition(":")
    start = fields.Datetime.to_datetime("2026-03-02 00:00:00")
    return start + timedelta(
        days=days + int(more or 0), hours=int(hours), minutes=int(minutes or 0)
    )


class SlaCase(ItsmCase):
    """Tickets with clocks, on a Monday at 10:00 that only :meth:`_at` moves on.

    The desk works Monday to Friday 8-12 and 13-17 UTC. No policy is there but
    those that a test makes.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Policy = cls.env["itsm.sla.policy"].with_context(**QUIET)
        cls.Clock = cls.env["itsm.sla.clock"]
        cls.Policy.search([]).active = False
        cls.supplier = cls.env["res.partner"].create({"name": "Supplier"})
        cls._make_policies()

    @classmethod
    def _actors(cls):
        manager = "itsm_sla.group_sla_manager"
        return super()._actors() | {
            "sla_manager": ("sla_manager", "Sara Levels", manager)
        }

    @classmethod
    def _make_policies(cls):
        """Hook: make the policies of the test class."""

    def setUp(self):
        super().setUp()
        self._frozen = self.startPatcher(freeze_time(WORKDAY))
        # Rows are dated by the transaction, which must not be later than now.
        self.startPatcher(patch.object(self.cr, "_now", moment("Mon 10")))

    # ------------------------------------------------------------------
    # Builders
    # ------------------------------------------------------------------

    @classmethod
    def _policy(cls, *targets, **vals):
        """Return a new policy.

        :param targets: ``(metric, hours)`` or ``(metric, hours, priority)``
        """
        return cls.Policy.create(
            {
                "name": vals.get("kind", "sla"),
                "res_model": "itsm.ticket",
                "target_ids": [
                    Command.create(
                        {
                            "metric": metric,
                            "hours": hours,
                            "priority": priority[0] if priority else False,
                        }
                    )
                    for metric, hours, *priority in targets
                ],
                **vals,
            }
        ).with_env(cls.env)

    @classmethod
    def _rule(cls, policy, basis, amount, **vals):
        """Return a new escalation rule."""
        return cls.env["itsm.sla.escalation"].create(
            {
                "policy_id": policy.id,
                "name": f"{basis} {amount}",
                "basis": basis,
                "amount": amount,
                **vals,
            }
        )

    def _register(self, user=None, **vals):
        """Return a new ticket that an agent registered now."""
        user = user or self.agent
        ticket = self.Ticket.with_user(user).create(self._ticket_vals(**vals))
        return ticket

    # ------------------------------------------------------------------
    # Time
    # ------------------------------------------------------------------

    def _at(self, text):
        """Let it be that moment."""
        self.env.flush_all()
        self._frozen.move_to(moment(text))
        self.cr._now = moment(text)

    def _uncommitted(self):
        """Let a job run without committing its batches."""
        return patch.object(IrCron, "_commit_progress", lambda *_args, **_kwargs: True)

    def _sweep(self, text=None, **options):
        """Run the sweep, at that moment; its batches are not committed."""
        if text:
            self._at(text)
        with self._uncommitted():
            self.Clock._cron_sweep(**options)
        self.env.flush_all()
        self.env.invalidate_all()

    # ------------------------------------------------------------------
    # What clocks show
    # ------------------------------------------------------------------

    def _clocks(self, tickets, metric="resolution", kind="sla"):
        """Return clocks of tickets, in the order of their spells."""
        return self.Clock.search(
            [
                ("res_model", "=", "itsm.ticket"),
                ("res_id", "in", tickets.ids),
                ("metric", "=", metric),
                ("kind", "=", kind),
            ],
            order="spell, id",
        )

    def _shows(self, clock, state, **values):
        """Check what one clock shows; texts stand for moments, hours for seconds."""
        self.assertEqual(len(clock), 1, "there is not exactly one clock")
        expected = {"state": state}
        for name, value in values.items():
            field = clock._fields[name]
            if isinstance(value, str) and field.type == "datetime":
                value = moment(value)
            elif name in ("elapsed", "budget", "paused", "waived"):
                value = round(value * 3600)
            expected[name] = value
        self.assertEqual({name: clock[name] for name in expected}, expected)

    def _events(self, ticket):
        """Return the kinds of events of a ticket, in order."""
        return (
            self.env["itsm.sla.event"]
            .search([("res_model", "=", ticket._name), ("res_id", "=", ticket.id)])
            .mapped("kind")
        )

    def _say(self, ticket, user, body="Have a look.", **post):
        """Let somebody write a message that the requester reads."""
        return ticket.with_user(user).message_post(
            body=body,
            author_id=user.partner_id.id,
            message_type="comment",
            subtype_xmlid=post.pop("subtype_xmlid", "mail.mt_comment"),
            **post,
        )


class EscalationCase(SlaCase):
    """Tickets whose solution is promised in 8 working hours: Tuesday 10:00."""

    @classmethod
    def _make_policies(cls):
        cls.sla = cls._policy(("resolution", 8))

    def _fired(self, rule):
        """Return the tickets on which a rule fired, in that order."""
        rows = self.env["itsm.sla.escalation.fired"].search(
            [("escalation_id", "=", rule.id)], order="id"
        )
        return self.Ticket.browse(rows.clock_id.mapped("res_id"))

    def _notices(self, user):
        """Return the notices that a user got."""
        return self.env["mail.message"].search(
            [
                ("message_type", "=", "user_notification"),
                ("partner_ids", "in", user.partner_id.ids),
            ]
        )
