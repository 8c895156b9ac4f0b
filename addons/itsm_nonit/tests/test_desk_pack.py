from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.itsm_helpdesk.tools.form.definition import MODELS

from ..models.itsm_desk_pack import shipped
from ..tools import packs
from .pack_common import PackCase


@tagged("post_install", "-at_install")
class TestPackShipped(PackCase):
    """Each pack that comes with the addon."""

    def test_rows_follow_the_files(self):
        self.assertEqual(set(self.Pack.search([]).mapped("key")), set(shipped()))
        gone = self.Pack._as_system().create({"key": "gone", "sequence": 1})
        self.Pack._sync_packs()
        self.assertFalse(gone.exists())

    def test_each_comes_and_goes(self):
        """Every pack makes what its file says, and leaves nothing when removed."""
        self.Pack.search([]).with_user(self.admin).mapped("name")
        for key, data in shipped().items():
            with self.subTest(pack=key):
                before = self._rows()
                pack = self._pack(key)
                pack.install()
                self._check_installed(pack.sudo(), data)
                self.assertTrue(self._differences(before))
                pack.remove()
                self.assertFalse(pack.desk_id)
                self.assertEqual(self._differences(before), {})

    def test_all_together(self):
        """A house with all desks: parts are wired."""
        every = self.Pack.search([]).with_user(self.admin)
        every.install()
        self.assertEqual(set(every.mapped("state")), {"installed"})
        codes = {code for data in shipped().values() for code in packs.codes(data)}
        for data in shipped().values():
            for code, others in packs.wanted_elsewhere(data).items():
                parts = self.service(code).order_ids.child_service_id.mapped("code")
                self.assertLessEqual(codes.intersection(others), set(parts), code)
                self.assertFalse(self.service(code).has_unpublished_changes)

    def _check_installed(self, pack, data):
        desk = pack.desk_id.with_context(lang="en_US")
        self.assertEqual(desk.name, data["desk"]["name"]["en_US"])
        self.assertEqual(len(desk.team_ids), len(data["teams"]))
        self.assertEqual(desk.default_team_id.leader_id, self.admin)
        self.assertIn(self.admin, desk.agent_ids)
        services = self.env["itsm.service"].search([("desk_id", "=", desk.id)])
        self.assertEqual(set(services.mapped("code")), set(packs.codes(data)))
        self.assertEqual(set(services.mapped("state")), {"published"})
        for service, entry in zip(
            services.sorted("code"),
            sorted(packs.services(data), key=lambda entry: entry["code"]),
            strict=True,
        ):
            self._check_service(service.with_context(lang="en_US"), entry)
        targets = desk.sudo().sla_policy_ids.target_ids
        self.assertEqual(
            len(targets), sum(len(policy["targets"]) for policy in data["sla"])
        )

    def _check_service(self, service, entry):
        self.assertEqual(service.team_id.name, entry["team"], service.code)
        self.assertEqual(
            service.approval_policy_id.name or None, entry.get("approval_policy")
        )
        self.assertEqual(
            service.ticket_category_id.name,
            (entry.get("ticket_category") or [False])[0],
        )
        self.assertLessEqual(service.ticket_category_id.desk_ids, service.desk_id)
        self.assertEqual(
            service.question_ids.mapped("key"),
            [question["key"] for question in entry["questions"]],
        )
        self.assertEqual(len(service.plan_task_ids), len(entry["plan"]))
        own = {None, "", service.desk_id.name}
        for task, line in zip(service.plan_task_ids, entry["plan"], strict=True):
            team = line.get("team") or {}
            if team.get("name") and team.get("desk") in own:
                self.assertEqual(task.team_id.name, team["name"], task.name)


@tagged("post_install", "-at_install")
class TestPackInstall(PackCase):
    """What comes of an installation."""

    def test_twice(self):
        pack = self._pack()
        pack.install()
        before = self._rows()
        with self.assertRaises(UserError):
            pack.install()
        self.assertEqual(self._differences(before), {})

    def test_again_after_removal(self):
        pack = self._pack()
        pack.install()
        first = pack.desk_id
        pack.remove()
        pack.install()
        self.assertNotEqual(pack.desk_id, first)
        self.assertEqual(pack.state, "installed")

    def test_only_administrators(self):
        for user in (self.agent, self.leader, self.manager, self.auditor):
            pack = self._pack().with_user(user)
            for verb in (pack.install, pack.remove, pack.refresh_texts):
                with self.subTest(user=user.name), self.assertRaises(AccessError):
                    verb()
            # The page says so before anybody tries.
            self.assertFalse(pack.may_install)
        self.assertTrue(self._pack().may_install)
        self.assertFalse(self._pack().desk_id)

    def test_facts_are_not_written_by_hand(self):
        with self.assertRaises(AccessError):
            self._pack().write({"desk_id": self.desk.id})

    def test_taken_code(self):
        """A service that has one of the codes is nobody's to change."""
        mine = self.env["itsm.service"].create(
            {"name": "Mine", "code": "facilities-leak", "desk_id": self.desk.id}
        )
        with self.assertRaisesRegex(UserError, "facilities-leak"):
            self._pack().install()
        self.assertEqual(mine.name, "Mine")
        self.assertFalse(self._pack().desk_id)

    def test_what_people_have_already_is_used_and_left(self):
        """A folder of the catalogue with the same name is shared with the pack."""
        folder = self.env["itsm.service.category"].create(
            {"name": "Something Is Broken"}
        )
        pack = self.install_pack("facilities")
        self.assertEqual(self.service("facilities-leak").category_id, folder)
        pack.with_user(self.admin).remove()
        self.assertTrue(folder.exists())

    def test_desk_of_the_same_name(self):
        """Services come to the desk of the pack, not to a namesake."""
        name = shipped()["facilities"]["desk"]["name"]["en_US"]
        self._make_desk("namesake", name)
        pack = self.install_pack("facilities")
        services = self.env["itsm.service"].search([("code", "=like", "facilities-%")])
        self.assertEqual(services.desk_id, pack.desk_id)

    def test_ticket_category_of_the_same_name(self):
        entry = shipped()["facilities"]["ticket_categories"][0]
        other = self.env["itsm.category"].create({"name": entry["name"]["en_US"]})
        self.install_pack("facilities")
        services = self.env["itsm.service"].search([("code", "=like", "facilities-%")])
        self.assertNotIn(other, services.ticket_category_id)

    def test_words_are_the_desks_own(self):
        """An IT agent is not offered what only facilities wait for."""
        pack = self.install_pack("facilities")
        reason = self.env["itsm.pending.reason"].search(
            [("code", "=", "awaiting_access")]
        )
        self.assertEqual(reason.desk_ids, pack.desk_id)
        ticket = self._create_ticket()
        action = self.env["itsm.ticket.action"].create(
            {"verb": "set_pending", "ticket_ids": [Command.set(ticket.ids)]}
        )
        self.assertEqual(action.desk_id, self.desk)
        domain = "['|', ('desk_ids', '=', False), ('desk_ids', 'in', desk_id)]"
        self.assertEqual(action._fields["pending_reason_id"].domain, domain)

    def test_shared_words(self):
        """A word of two packs goes with the second of them."""
        data = {
            key: {**shipped()[key], "closure_codes": [self._closure_code()]}
            for key in ("facilities", "cleaning")
        }
        with patch.object(type(self.Pack), "_data", lambda pack: data[pack.key]):
            facilities = self.install_pack("facilities")
            cleaning = self.install_pack("cleaning")
            code = self.env["itsm.closure.code"].search([("code", "=", "both")])
            self.assertEqual(code.desk_ids, facilities.desk_id | cleaning.desk_id)
            facilities.with_user(self.admin).remove()
            self.assertEqual(code.exists().desk_ids, cleaning.desk_id)
            cleaning.with_user(self.admin).remove()
            self.assertFalse(code.exists())

    def _closure_code(self):
        return {"code": "both", "name": {"en_US": "Both", "zh_CN": "共用"}}

    def test_promises_of_the_desk_count(self):
        """They go before those that are for every desk."""
        for_all = self.env["itsm.sla.policy"].create(
            {
                "name": "For all",
                "res_model": "itsm.ticket",
                "target_ids": [Command.create({"hours": 99})],
            }
        )
        pack = self.install_pack("facilities")
        ticket = self._create_ticket(desk_id=pack.desk_id.id, type="incident")
        policies = ticket.clock_ids.policy_id
        self.assertEqual(policies.desk_ids, pack.desk_id)
        self.assertNotIn(for_all, policies)

    def test_request_is_done_as_planned(self):
        """A leaking pipe goes to the plumbers, whose tasks are in order."""
        pack = self.install_pack("facilities", self.facilities_agent)
        ticket = self.order("facilities-leak", place=self._place(), what="blocked")
        plumbers = self.pack_team(pack, "Plumbing and Climate")
        self.assertEqual(ticket.desk_id, pack.desk_id)
        self.assertEqual(ticket.team_id, plumbers)
        self.assertEqual(len(ticket.task_ids), 2)
        self.assertEqual(ticket.task_ids.team_id, plumbers)
        self.assertIn(self.facilities_agent, pack.desk_id.agent_ids)
        self.assertTrue(ticket.with_user(self.facilities_agent).has_access("read"))
        self.assertFalse(ticket.with_user(self.agent).has_access("read"))

    def _place(self):
        """Return the answer to a question about a place."""
        Place = self.env[MODELS["location"]]
        values = {"name": "Ward 3", "address_id": self.company.partner_id.id}
        known = {name: value for name, value in values.items() if name in Place._fields}
        return Place.create(known).id

    def test_unsound_file(self):
        """Nothing is left of an installation that fails at its end."""
        data = dict(shipped()["facilities"])
        data["services"] = {
            **data["services"],
            "services": [
                {**entry, "subject_pattern": {"en_US": "{nonsense}"}}
                for entry in packs.services(data)
            ],
        }
        before = self._rows()
        with (
            patch.object(type(self.Pack), "_data", lambda pack: data),
            self.assertRaises(UserError),
            self.env.cr.savepoint(),
        ):
            self._pack().install()
        self.assertEqual(self._differences(before), {})
