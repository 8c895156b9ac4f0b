from odoo.tests import tagged

from .common import NAME, ApprovalCase


@tagged("post_install", "-at_install")
class TestBatch(ApprovalCase):
    """Many at once cost about as much as a few."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        boss = cls._employee(cls.cleo)
        cls._employee(cls.asker, boss)

    def _policy_of_two_steps(self):
        return self._policy(
            self._step("First", self._line(self.ann, self.bob), timeout_after=8),
            self._step("Second", self._line(approver_type="requester_manager")),
        )

    def _things(self, count):
        things = self.env[NAME].create(
            [
                {"name": f"T{n}", "requester_id": self.asker.partner_id.id}
                for n in range(count)
            ]
        )
        self.env.flush_all()
        self.env.invalidate_all()
        return things

    def _queries(self, action):
        """Return how many queries an action takes, mails included."""
        self.env.flush_all()
        before = self.cr.sql_log_count
        action()
        self.env.flush_all()
        self.env.cr.precommit.run()
        return self.cr.sql_log_count - before

    def _request(self, count, policy):
        things = self._things(count)
        return self._queries(lambda: things._approval_request(policy))

    def _deciding(self, count, policy, decision="approve"):
        approvals = self._things(count)._approval_request(policy)
        self.env.cr.precommit.run()
        self.env.flush_all()
        self.env.invalidate_all()
        mine = self.env["itsm.approval"].with_user(self.ann).browse(approvals.ids)
        return self._queries(lambda: mine.vote(decision, "Because."))

    def test_without_a_policy(self):
        """Records that no policy is for cost nothing: not one query."""
        things = self._things(20)
        self.env["itsm.approval.policy"]._cards(NAME)
        things.fetch(["approval_state"])
        with self.assertQueryCount(0):
            self.assertFalse(things._approval_request())

    def test_writes_on_records_without_approval(self):
        """Comparing the subject costs no more than reading the state."""
        things = self._things(20)
        things.fetch(["approval_state", "name", "colour", "price"])
        plain = self._queries(lambda: things.write({"colour": "red"}))
        compared = self._queries(lambda: things.write({"price": 7}))
        self.assertLessEqual(compared, plain + 1)

    def test_asking(self):
        policy = self._policy_of_two_steps()
        self._request(2, policy)
        few, many = self._request(10, policy), self._request(110, policy)
        per_record = (many - few) / 100
        # Each has two mails of its own to write, and each mail its rows.
        self.assertLess(per_record, 9, (few, many))

    def test_two_hundred_votes(self):
        """Decided in one go; the next step opens for all of them."""
        policy = self._policy_of_two_steps()
        self._deciding(2, policy)
        few, many = self._deciding(10, policy), self._deciding(200, policy)
        self.assertLess((many - few) / 190, 5, (few, many))

    def test_two_hundred_rejections(self):
        """They end: one mail each to the requester, and the record's own writes."""
        policy = self._policy_of_two_steps()
        self._deciding(2, policy, "reject")
        few = self._deciding(10, policy, "reject")
        many = self._deciding(200, policy, "reject")
        self.assertLess((many - few) / 190, 5, (few, many))

    def test_votes_without_mails(self):
        """Without the mails, two hundred take hardly more queries than ten."""
        for name in ("asked", "decided"):
            self.env.ref(f"itsm_approval.mail_template_{name}").unlink()
        policy = self._policy_of_two_steps()
        self._deciding(2, policy)
        few, many = self._deciding(10, policy), self._deciding(200, policy)
        self.assertLess((many - few) / 190, 0.3, (few, many))

    def _listing(self, count):
        """Return how many queries it takes to list what waits for somebody."""
        approvals = self._things(count)._approval_request(self._policy_of_two_steps())
        self.env.cr.precommit.run()
        self.env.flush_all()
        self.env.invalidate_all()
        Approval = self.env["itsm.approval"].with_user(self.ann)
        domain = [("my_turn", "=", True), ("id", "in", approvals.ids)]
        names = ("my_turn", "waiting_for", "waiting_since", "due_at", "state")
        found = []

        def read():
            found.extend(Approval.search(domain).read(names))

        queries = self._queries(read)
        self.assertEqual(len(found), count)
        self.assertTrue(all(row["my_turn"] and row["waiting_for"] for row in found))
        return queries

    def test_list_of_what_waits(self):
        """A list of thirty takes about as many queries as one of three."""
        self._listing(2)
        few, many = self._listing(3), self._listing(30)
        self.assertLess((many - few) / 27, 0.1, (few, many))
