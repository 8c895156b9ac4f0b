from datetime import datetime
from unittest.mock import patch

from odoo import fields, models
from odoo.fields import Command
from odoo.orm.model_classes import add_to_registry
from odoo.tests import TransactionCase, freeze_time, tagged

from odoo.addons.base.models.ir_cron import IrCron

from ..tools import life

NAME = "itsm.sla.test.work"


class Work(models.Model):
    """Any work that is promised in time; there during these tests only."""

    # None: it belongs to no module, so that loading modules does not find it.
    _module = None
    _name = NAME
    _description = "Work"
    _inherit = ["mail.thread", "itsm.sla.mixin"]

    _sla_tracked = {"level": (life.PRIORITISED, "priority")}

    name = fields.Char()
    level = fields.Char()
    place = fields.Char()
    calendar_id = fields.Many2one("resource.calendar")

    def _sla_facts(self):
        return {work.id: {"priority": work.level} for work in self}

    def _sla_opened_at(self):
        return {work.id: fields.Datetime.now() for work in self}

    def _sla_calendar(self):
        return self.calendar_id


def at(hour):
    """Return an hour of Monday 2 March 2026."""
    return datetime(2026, 3, 2, hour)


@tagged("post_install", "-at_install")
class TestAnyModel(TransactionCase):
    """The engine knows nothing of tickets: any model can have clocks."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._add_model()
        cls.calendar = cls.env["resource.calendar"].create(
            {
                "name": "Mornings and afternoons",
                "tz": "UTC",
                "attendance_ids": [Command.clear()]
                + [
                    Command.create(
                        {
                            "name": f"{day} {start}",
                            "dayofweek": str(day),
                            "hour_from": start,
                            "hour_to": end,
                        }
                    )
                    for day in range(5)
                    for start, end in ((8, 12), (13, 17))
                ],
            }
        )
        cls.policy = cls.env["itsm.sla.policy"].create(
            {
                "name": "Work",
                "res_model": NAME,
                "target_ids": [
                    Command.create({"metric": "resolution", "hours": 4}),
                    Command.create(
                        {"metric": "resolution", "hours": 1, "priority": "1"}
                    ),
                ],
            }
        )

    @classmethod
    def _add_model(cls):
        """Let the model be there until the class is done."""
        add_to_registry(cls.registry, Work)
        cls.addClassCleanup(cls._remove_model)
        cls.registry._setup_models__(cls.env.cr, [])
        cls.registry.init_models(cls.env.cr, [NAME], {"module": "itsm_sla"})
        cls.registry.clear_all_caches()

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
        self.frozen = self.startPatcher(freeze_time("2026-03-02 10:00:00"))
        self.startPatcher(patch.object(self.cr, "_now", at(10)))

    def _open(self, **vals):
        work = self.env[NAME].create(
            {"name": "Paint", "calendar_id": self.calendar.id, **vals}
        )
        work._sla_open()
        return work

    def _sweep(self, hour):
        self.env.flush_all()
        self.frozen.move_to(at(hour))
        with patch.object(IrCron, "_commit_progress", lambda *_args, **_kwargs: True):
            self.env["itsm.sla.clock"]._cron_sweep()
        self.env.invalidate_all()

    def test_model_can_be_chosen(self):
        self.assertIn(NAME, dict(self.env["itsm.sla.policy"]._selection_res_model()))

    def test_life(self):
        """Open, paused, resumed, done: the clock is there and right."""
        work = self._open()
        clock = work.clock_ids
        self.assertEqual(clock.deadline, at(15))
        self.assertEqual(work.sla_deadline, at(15))
        self.frozen.move_to(at(11))
        work._sla_log([(work.id, life.PAUSED, {"reason": 1, "stops": True})])
        self.assertEqual((clock.state, work.sla_state), ("paused", "paused"))
        self.frozen.move_to(at(14))
        work._sla_log([(work.id, life.RESUMED, {})])
        self.assertEqual(clock.deadline, at(17))
        self.frozen.move_to(at(16))
        work._sla_log([(work.id, life.RESOLVED, {})])
        self.assertEqual((clock.state, clock.elapsed), ("met", 3 * 3600))
        self.assertEqual(clock.record_name, "Paint")

    def test_tracked_field(self):
        """A field that the model says is a fact leaves its event by itself."""
        work = self._open(level="3")
        work.level = "1"
        self.assertEqual(work.clock_ids.deadline, at(11))
        work.name = "Paint twice"
        events = self.env["itsm.sla.event"].search([("res_model", "=", NAME)])
        self.assertEqual(events.mapped("kind"), ["opened", "prioritised"])

    def test_condition_on_a_field(self):
        self.policy.domain = "[('place', '=', 'ward')]"
        work = self._open()
        self.assertFalse(work.clock_ids)
        work.place = "ward"
        self.assertEqual(work.clock_ids.started_at, at(10))

    def test_sweep_and_escalation(self):
        """Breach, note and notice need nothing of a desk."""
        partner = self.env["res.partner"].create({"name": "Boss"})
        rule = self.env["itsm.sla.escalation"].create(
            {
                "policy_id": self.policy.id,
                "name": "Late",
                "amount": 100,
                "raise_priority": True,
                "notify_leader": True,
                "notify_partner_ids": partner.ids,
            }
        )
        work = self._open()
        self._sweep(16)
        self.assertEqual(work.clock_ids.state, "breached")
        self.assertEqual(work.sla_state, "breached")
        self.assertEqual(work.clock_ids.fired_ids.escalation_id, rule)
        self.assertFalse(work.clock_ids.fired_ids.error)
        notices = self.env["mail.message"].search([("partner_ids", "=", partner.id)])
        self.assertEqual((notices.model, notices.res_id), (NAME, work.id))

    def test_apply_to_open(self):
        self.policy.active = False
        work = self._open()
        self.assertFalse(work.clock_ids)
        self.policy.active = True
        self.policy.action_apply_to_open()
        self.assertEqual(work.clock_ids.deadline, at(15))

    def test_correction(self):
        """Correct Times works on any model that has clocks."""
        work = self._open()
        self.frozen.move_to(at(12))
        wizard = (
            self.env["itsm.sla.correction"]
            .with_context(active_model=NAME, active_id=work.id)
            .create({"reason": "It began earlier"})
        )
        wizard.line_ids.at = at(9)
        wizard.action_apply()
        self.assertEqual(work.clock_ids.deadline, at(14))

    def test_explained(self):
        work = self._open()
        drawn = self.env["itsm.sla.clock"].timeline(NAME, work.id)
        self.assertEqual(drawn["clocks"][0]["remaining"], 4 * 3600)
        self.assertTrue(drawn["clocks"][0]["words"])

    def test_deleted(self):
        work = self._open()
        clock = work.clock_ids
        work.unlink()
        self.assertFalse(clock.exists())
