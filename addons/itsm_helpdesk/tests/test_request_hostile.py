from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from .request_common import RequestCase, question

ALL = (AccessError, UserError)


@tagged("standard", "post_install", "-at_install")
class TestX(RequestCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy = cls._approval_policy(cls.head)
        cls.service = cls._service(
            questions=[question("what", required=True)],
            approval_policy_id=cls.policy.id,
        )
        cls._plan(cls.service, {"name": "Order", "team_id": cls.team1.id})
        cls.free = cls._service("Free")

    def test_swap(self):
        t = self._submit(self.service, what="Chair")
        mine = t.with_user(self.agent)
        mine.write({"service_id": self.free.id})
        print("SWAP1", t.state, t.approval_state, t.task_ids.mapped("state"))
        mine.write({"service_id": self.service.id})
        print("SWAP2", t.state, t.approval_state, t.task_ids.mapped("state"))
        self.assertEqual(t.state, "approval")

    def test_reopen_refused(self):
        t = self._submit(self.service, what="Chair")
        self._vote(t, self.head, "reject", "No")
        mine = t.with_user(self.agent)
        mine.reopen("again")
        mine.task_ids.action_reopen()
        print("REOPEN", t.state, t.approval_state, t.task_ids.mapped("state"))
        self.assertEqual(t.state, "approval")

    def test_merge(self):
        t = self._submit(self.service, what="Chair")
        other = self._in_state("in_progress")
        t.with_user(self.agent).merge_into(other.id)
        other._plan_advance()
        print("MERGE", t.state, t.approval_state, other.task_ids.mapped("state"))
        self.assertNotIn("todo", other.task_ids.mapped("state"))

    def test_move_task(self):
        t = self._submit(self.service, what="Chair")
        other = self._in_state("in_progress")
        task = t.task_ids.with_user(self.agent)
        with self.assertRaises(ALL):
            task.write({"ticket_id": other.id, "predecessor_ids": [Command.clear()]})
            print("MOVE", task.state)

    def test_partner(self):
        policy = self._approval_policy(self.agent | self.head)
        service = self._service("P", approval_policy_id=policy.id)
        t = self._submit(service, user=self.agent)
        t.with_user(self.agent2).write({"partner_id": self.colleague.partner_id.id})
        print(
            "PARTNER", t.state, t.approval_id.partner_id.name, t.requested_for_id.name
        )
        with self.assertRaises(ALL):
            self._vote(t, self.agent)

    def test_twin(self):
        contact = self.env["res.partner"].create({"name": "Hedda private"})
        self.employee_head.work_contact_id = contact
        t = self._create_ticket(partner_id=contact.id, requested_for_id=contact.id)
        t.ask_approval(self.policy)
        print("TWIN", t.approval_id._waiting_names())
        with self.assertRaises(ALL):
            self._vote(t, self.head)

    def test_assign_after(self):
        policy = self._approval_policy(self.agent)
        service = self._service("Q", approval_policy_id=policy.id)
        t = self._submit(service)
        self._vote(t, self.agent)
        with self.assertRaises(ALL):
            t.with_user(self.agent).action_take()

    def test_assign_before(self):
        policy = self._approval_policy(self.agent)
        service = self._service("Q", approval_policy_id=policy.id)
        t = self._submit(service)
        print("VOTES", t.approval_id.waiting_for)
        t.with_user(self.agent).write({"user_id": self.agent.id})
        with self.assertRaises(ALL):
            self._vote(t, self.agent)

    def test_closed_correction(self):
        t = self._create_ticket()
        t.ask_approval(self.policy)
        self._vote(t, self.head)
        t.resolve("solved", "x")
        t.close()
        t.with_user(self.manager).write({"name": "Corrected"})
        print("CLOSED", t.state, t.approval_state)
        self.assertEqual(t.state, "closed")

    def test_ask(self):
        t = self._create_ticket()
        self.policy.active = False
        for bad in (self.policy.id, [self.policy.id], "x", 10**12, None, {"a": 1}):
            try:
                t.with_user(self.agent).ask_approval(bad)
                print("ASK ok", bad, t.state)
            except Exception as e:
                print("ASK", bad, type(e), e)

    def test_names(self):
        secret = self.env["res.partner"].create({"name": "Secret Person"})
        env = self._as(self.portal)
        today = fields.Date.today()
        for model, vals, name in (
            (
                "itsm.approval.delegation",
                {"delegate_id": secret.id, "date_to": today},
                "delegate_id",
            ),
            (
                "itsm.request.draft",
                {"service_id": self.service.id, "requested_for_id": secret.id},
                "requested_for_id",
            ),
            ("itsm.request.draft", {"service_id": self.hidden().id}, "service_id"),
            ("itsm.service.favourite", {"service_id": self.hidden().id}, "service_id"),
        ):
            try:
                r = env[model].create(vals)
                print("NAMES", model, r.read([name, "display_name"]))
            except Exception as e:
                print("NAMES", model, type(e), e)
            try:
                print(
                    "ONCH",
                    model,
                    env[model].onchange(
                        vals, list(vals), {name: {"fields": {"display_name": {}}}}
                    ),
                )
            except Exception as e:
                print("ONCH", model, type(e), e)
        try:
            print(
                env["itsm.approval"].onchange(
                    {"partner_id": secret.id},
                    ["partner_id"],
                    {"partner_id": {"fields": {"display_name": {}}}},
                )
            )
        except Exception as e:
            print("ONCH appr", type(e), e)

    def hidden(self):
        g = self.env["res.groups"].create({"name": "Nobody"})
        return self._service("Hidden", available_group_ids=g.ids)

    def test_nonce(self):
        t = self._submit(self.service, what="Chair")
        vote = t.approval_id.vote_ids
        print("nonce", vote.sudo().link_nonce[:3])
        self.manager.group_ids += self.env.ref("itsm_approval.group_approval_manager")
        for user in (self.head, self.manager):
            env = self._as(user)
            for label, call in {
                "domain": lambda: env["itsm.approval"].search_count(
                    [("vote_ids.link_nonce", "=like", "%")]
                ),
                "domain2": lambda: env["itsm.approval.vote"].search_count(
                    [("link_nonce", "!=", False)]
                ),
                "order": lambda: env["itsm.approval.vote"].search(
                    [], order="link_nonce"
                ),
                "group": lambda: env["itsm.approval.vote"].formatted_read_group(
                    [], ["link_nonce"], []
                ),
                "rg": lambda: env["itsm.approval.vote"].read_group(
                    [], ["link_nonce:max"], []
                ),
                "export": lambda: env["itsm.approval"].export_data(
                    ["vote_ids/link_nonce"]
                ),
                "exp": lambda: (
                    env["itsm.approval.vote"]
                    .browse(vote.id)
                    .export_data(["link_nonce"])
                ),
                "fmt": lambda: (
                    env["itsm.approval.vote"].browse(vote.id).read(["link_nonce"])
                ),
                "web": lambda: env["itsm.approval"].web_search_read(
                    [], {"vote_ids": {"fields": {"link_nonce": {}}}}
                ),
                "mapped": lambda: env["itsm.approval.vote"].browse(vote.id).copy({}).id,
                "filtered": lambda: env["itsm.ticket"].search_count(
                    [("approval_id.vote_ids.link_nonce", "=like", "a%")]
                ),
                "agg": lambda: env["itsm.approval.vote"].formatted_read_group(
                    [], [], ["link_nonce:max"]
                ),
            }.items():
                try:
                    print("NONCE", user.name, label, call())
                except Exception as e:
                    print(
                        "NONCE",
                        user.name,
                        label,
                        type(e).__name__,
                        str(e)[:80].replace("\n", " "),
                    )

    def test_rating(self):
        t = self._in_state("resolved")
        self._as(self.requester)["itsm.ticket"].browse(t.id)._portal_rate(
            "1", "Bad & secret"
        )
        env = self._as(self.colleague)
        r = env["rating.rating"].search([("res_model", "=", "itsm.ticket")])
        print(
            "RATING colleague",
            r.mapped("feedback"),
            r.mapped("res_name"),
            r.mapped("access_token"),
        )
        env = self._as(self.agent)
        r = env["rating.rating"].search([("res_model", "=", "itsm.ticket")])
        r.write({"rating": 5})
        print("RATING agent wrote", r.rating)

    def test_move_desk(self):
        env = self._as(self.manager)
        try:
            env["itsm.service"].browse(self.free.id).write(
                {"desk_id": self.desk_other.id}
            )
            print("DESK moved")
        except ALL as e:
            print("DESK", e)
        a = env["itsm.announcement"].create({"name": "x", "desk_ids": self.desk.ids})
        try:
            a.write({"desk_ids": [Command.set(self.desk_other.ids)]})
            print("ANN moved")
        except ALL as e:
            print("ANN", e)
        try:
            env["itsm.announcement"].create(
                {"name": "x", "desk_ids": (self.desk | self.desk_other).ids}
            )
            print("ANN both")
        except ALL as e:
            print("ANN both", e)
        other = self.env["itsm.service"].create(
            {"name": "O", "desk_id": self.desk_other.id}
        )
        step = self.env["itsm.plan.task"].create({"name": "s", "service_id": other.id})
        mine = self.service.plan_task_ids
        check = env["itsm.plan.check"].create({"plan_task_id": mine.id, "name": "c"})
        try:
            check.write({"plan_task_id": step.id})
            print("CHECK moved")
        except ALL as e:
            print("CHECK", e)
        try:
            env["itsm.category"].create({"name": "c", "desk_ids": self.desk.ids}).write(
                {"desk_ids": [Command.set(self.desk_other.ids)]}
            )
            print("CATEGORY moved")
        except ALL as e:
            print("CATEGORY", e)
        try:
            env["itsm.team"].browse(self.team1.id).write(
                {"desk_id": self.desk_other.id}
            )
            print("TEAM moved")
        except ALL as e:
            print("TEAM", e)
        try:
            env["itsm.plan.task"].create(
                {
                    "name": "z",
                    "service_id": self.service.id,
                    "predecessor_ids": [Command.link(step.id)],
                }
            )
            print("PRED foreign")
        except ALL as e:
            print("PRED", e)
        try:
            env["itsm.service.order"].create(
                {"service_id": self.service.id, "child_service_id": other.id}
            )
            print("ORDER of draft foreign")
        except ALL as e:
            print("ORDER", e)

    def test_people_outsider(self):
        out = new_test_user(self.env, "outsider", "base.group_portal", name="Out")
        s = self._service("PQ", questions=[question("who", "person")])
        env = self._as(out)
        q = env["itsm.service"].browse(s.id)._portal_definition(False)
        print("OUT", env["itsm.form.page"]._lookup(q, "who", "he"))
        env = self._as(self.portal)
        print(
            "WILD",
            env["itsm.form.page"]._lookup(q, "who", "__"),
            env["itsm.form.page"]._lookup(q, "who", "%%"),
            env["itsm.form.page"]._lookup(q, "who", "\\\\"),
        )

    def test_policy_model(self):
        other = self.env["res.company"].create({"name": "O"})
        p = self._approval_policy(self.head, company_id=other.id)
        try:
            self.service.with_user(self.manager).approval_policy_id = p.id
            print("POLICY other company ok")
        except Exception as e:
            print("POLICY", e)

    def test_load(self):
        t = self._submit(self.service, what="Chair")
        self._vote(t, self.head)
        for user in (self.agent, self.manager):
            env = self._as(user)
            print(
                "LOAD",
                env["itsm.ticket"].load([".id", "answers.what"], [[str(t.id), "Gold"]]),
            )
            print("LOAD", t._answers_raw())
            for vals in (
                {"answers.what": "Gold"},
                {"answers": {"what": "x"}},
                {
                    "answers": [
                        {
                            "name": "what",
                            "type": "char",
                            "value": "x",
                            "definition_changed": True,
                        }
                    ]
                },
            ):
                try:
                    env["itsm.ticket"].browse(t.id).write(vals)
                    print("WROTE", vals, t._answers_raw())
                except Exception as e:
                    print("WRITE", vals, type(e).__name__, str(e)[:80])
            try:
                env["itsm.ticket"].browse(t.id).web_save(
                    {"answers": [{"name": "what", "value": "x"}]}, {"name": {}}
                )
                print("WEBSAVE ok")
            except Exception as e:
                print("WEBSAVE", type(e).__name__)
