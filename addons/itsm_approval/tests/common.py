from datetime import datetime, timedelta
from unittest.mock import patch

from odoo import fields, models
from odoo.fields import Command
from odoo.orm.model_classes import add_to_registry
from odoo.tests import TransactionCase, freeze_time, new_test_user

from odoo.addons.base.models.ir_cron import IrCron

NAME = "itsm.approval.test.thing"
# A Monday.
MORNING = datetime(2026, 3, 2, 8)


class Thing(models.Model):
    """Anything that needs approval; there during these tests only."""

    # None: it belongs to no module, so that loading modules does not find it.
    _module = None
    _name = NAME
    _description = "Thing"
    _inherit = ["mail.thread", "itsm.approval.mixin"]

    _approval_subject_fields = frozenset({"name", "price", "place"})
    _approval_people_fields = frozenset({"implementer_id"})

    name = fields.Char()
    price = fields.Float()
    place = fields.Selection([("ward", "Ward"), ("office", "Office")])
    colour = fields.Char()
    log = fields.Char(default="")
    company_id = fields.Many2one("res.company")
    requester_id = fields.Many2one("res.partner")
    implementer_id = fields.Many2one("res.partner")
    owner_id = fields.Many2one("res.partner")

    def _approval_requesters(self):
        return self.requester_id

    def _approval_implementers(self):
        return self.implementer_id

    def _approval_roles(self):
        return [("owner", "Owner")]

    def _approval_people(self, role):
        return self.owner_id if role == "owner" else self.env["res.partner"]

    def _happened(self, what):
        for thing in self:
            thing.log = f"{thing.log or ''}{what};"

    def _approval_granted(self):
        self._happened("granted")

    def _approval_refused(self, reason):
        self._happened(f"refused {reason}")

    def _approval_withdrawn(self, reason):
        self._happened(f"withdrawn {reason}")

    def _approval_voided(self):
        self._happened("voided")

    def _approval_asked(self, question):
        self._happened(f"asked {question.text}")


class ApprovalCase(TransactionCase):
    """A company with people, and things that need approval."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Mails that other data of the database had sent.
        cls._seen = cls.env["mail.mail"].search([])
        add_to_registry(cls.registry, Thing)
        cls.addClassCleanup(cls._remove_model)
        cls.registry._setup_models__(cls.env.cr, [])
        cls.registry.init_models(cls.env.cr, [NAME], {"module": "itsm_approval"})
        cls.registry.clear_all_caches()
        cls.env["ir.model.access"].create(
            [
                {
                    "name": group,
                    "model_id": cls.env["ir.model"]._get_id(NAME),
                    "group_id": cls.env.ref(group).id,
                    "perm_read": True,
                    "perm_write": group == "base.group_system",
                }
                for group in ("base.group_system", "base.group_user")
            ]
        )
        cls.env = cls.env(context={**cls.env.context, "mail_notify_force_send": False})
        cls.policies = cls.env["itsm.approval.policy"]
        for login in ("asker", "ann", "bob", "cleo", "dan"):
            setattr(cls, login, cls._person(login))
        cls.portal = cls._person("portal", "base.group_portal")
        cls.manager = cls._person(
            "manager", "base.group_user,itsm_approval.group_approval_manager"
        )

    @classmethod
    def _person(cls, login, groups="base.group_user"):
        return new_test_user(
            cls.env,
            f"approval-{login}",
            groups,
            name=login.title(),
            email=f"{login}@example.com",
        )

    @classmethod
    def _remove_model(cls):
        model = cls.registry.models.pop(NAME)
        for parent in model.__bases__:
            if hasattr(parent, "pool"):
                parent._inherit_children.discard(NAME)
        with cls.registry.cursor() as cr:
            cls.registry._setup_models__(cr)
        cls.registry.clear_all_caches()

    def setUp(self):
        super().setUp()
        self.frozen = self.startPatcher(freeze_time(MORNING))
        self.startPatcher(patch.object(self.cr, "_now", MORNING))

    # ------------------------------------------------------------------
    # Making
    # ------------------------------------------------------------------

    @classmethod
    def _line(cls, *users, rule="any", **vals):
        """Return the command of a line that asks some users."""
        ids = [user.id for user in users]
        return Command.create(
            {"rule": rule, **({"user_ids": [Command.set(ids)]} if ids else {}), **vals}
        )

    @classmethod
    def _step(cls, name, *lines, **vals):
        return Command.create({"name": name, "line_ids": list(lines), **vals})

    @classmethod
    def _policy(cls, *steps, **vals):
        return cls.policies.create(
            {
                "name": "Things",
                "res_model": NAME,
                "sequence": 1,
                "step_ids": list(steps),
                **vals,
            }
        )

    def _thing(self, **vals):
        return self.env[NAME].create(
            {
                "name": "Laptop",
                "price": 100,
                "requester_id": self.asker.partner_id.id,
                **vals,
            }
        )

    def _ask(self, policy=None, **vals):
        """Return a new thing's approval."""
        return self._thing(**vals)._approval_request(policy)

    @classmethod
    def _employee(cls, user, manager=None, **vals):
        return cls.env["hr.employee"].create(
            {
                "name": user.name,
                "user_id": user.id,
                "parent_id": manager.id if manager else False,
                **vals,
            }
        )

    def _delegate(self, absent, delegate, start=0, end=0, **vals):
        day = fields.Date.today()
        return self.env["itsm.approval.delegation"].create(
            {
                "partner_id": absent.partner_id.id,
                "delegate_id": delegate.partner_id.id,
                "date_from": day + timedelta(days=start),
                "date_to": day + timedelta(days=end),
                **vals,
            }
        )

    # ------------------------------------------------------------------
    # Doing
    # ------------------------------------------------------------------

    def _vote(self, user, approval, decision="approve", comment="Because."):
        return approval.with_user(user).vote(decision, comment)

    def _sweep(self, moment):
        """Let it be a later moment, at which the sweep runs."""
        self.env.flush_all()
        self.frozen.move_to(moment)
        with patch.object(IrCron, "_commit_progress", lambda *_args, **_kwargs: True):
            self.env["itsm.approval"]._cron_sweep()
        self.env.invalidate_all()

    def _mails(self):
        """Write the gathered mails; return those that were not seen yet."""
        seen = self._seen
        self.env.cr.precommit.run()
        mails = self.env["mail.mail"].search(
            [("author_id", "=", self.env.ref("base.partner_root").id)], order="id"
        )
        self._seen = seen | mails
        return mails - seen

    def _mailed(self):
        """Return the addresses that were written to since the last time."""
        return sorted(self._mails().recipient_ids.mapped("email"))

    def _asked(self, approval):
        """Return the names of those whose decision is waited for."""
        return sorted(approval._waiting_names())

    def _notes(self, thing):
        return thing.message_ids.sorted("id").mapped("body")
