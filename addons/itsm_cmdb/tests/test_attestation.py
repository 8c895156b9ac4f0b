from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time
from lxml import html

from odoo import fields, http
from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, tagged

from odoo.addons.base.models.ir_cron import IrCron

from .common import CmdbCase


@tagged("-at_install", "post_install")
class AttestationCase(CmdbCase):
    """A portal user, an engineer and an internal user who own items."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.employee_keeper = cls._make_employee(cls.keeper)
        cls.mine = cls._used("Mine", cls.employee_portal, serial_number="S-77")
        cls.mine2 = cls._used("Mine too", cls.employee_portal)
        cls.theirs = cls._used("Theirs", cls.employee_requester)
        cls.kims = cls._used("Kim's", cls.employee_keeper)
        cls.nobodys = cls._used("Nobody's", None)
        cls.stock = cls._ci("Stock", owner_id=cls.employee_portal.id)
        cls.campaign = cls.env["itsm.ci.attestation"].create(
            {
                "name": "Attestation 2026",
                "company_id": cls.company.id,
                "domain": f"[('status', '=', 'in_use'),"
                f" ('class_id', '=', {cls.class_server.id})]",
                "due_date": fields.Date.today() + timedelta(days=30),
            }
        )

    @classmethod
    def _used(cls, name, owner, **vals):
        return cls._ci(
            name,
            owner_id=owner.id if owner else False,
            stage_id=cls.stages["in_use"].id,
            **vals,
        )

    def _start(self):
        self.campaign.with_user(self.cmdb_manager).action_start()
        self.env.invalidate_all()

    def _list(self, employee):
        return self.campaign.person_ids.filtered(lambda p: p.employee_id == employee)

    def _line(self, item):
        return self.campaign.line_ids.filtered(lambda line: line.ci_id == item)

    def _long_ago(self, item):
        """Let an item be verified long ago; return when."""
        item.verified_at = fields.Datetime.to_datetime("2020-01-01")
        self.env.flush_all()
        return item.verified_at

    def _without_commits(self):
        commit = patch.object(IrCron, "_commit_progress", lambda *_a, **_kw: True)
        commit.start()
        self.addCleanup(commit.stop)

    def _mails(self):
        campaigns = self.campaign | self.campaign.next_id
        return self.env["mail.mail"].search(
            [
                ("model", "=", "itsm.ci.attestation.person"),
                ("res_id", "in", campaigns.person_ids.ids),
            ]
        )

    def _finding(self, item):
        rule = self.env.ref("itsm_cmdb.audit_rule_attestation")
        return self.env["itsm.ci.finding"].search(
            [("rule_id", "=", rule.id), ("ci_id", "=", item.id)]
        )


class TestAttestation(AttestationCase):
    def test_lists(self):
        self.assertEqual(self.campaign.unasked_count, 1)
        self._start()
        self.assertEqual(
            self._list(self.employee_portal).line_ids.ci_id, self.mine | self.mine2
        )
        self.assertEqual(self.campaign.person_count, 3)
        self.assertEqual(self.campaign.line_count, 4)
        mails = self._mails()
        self.assertEqual(len(mails), 3)
        self.assertIn(
            f"/my/attestations/{self._list(self.employee_portal).id}",
            "".join(mails.mapped("body_html")),
        )
        with self.assertRaises(UserError):
            self._start()

    def test_custodians(self):
        self.campaign.asked = "custodian"
        self.nobodys.custodian_id = self.employee_portal
        self._start()
        self.assertEqual(self.campaign.line_ids.ci_id, self.nobodys)

    def test_nobody_to_ask(self):
        self.campaign.domain = "[('id', '=', 0)]"
        with self.assertRaises(UserError):
            self._start()

    def test_right_counts_as_verified(self):
        self._start()
        before = self._long_ago(self.kims)
        line = self._line(self.kims).with_user(self.keeper)
        line.action_right()
        self.env.invalidate_all()
        self.assertGreater(self.kims.verified_at, before)
        self.assertIn("owner_id", self.kims.provenance)
        self.assertEqual(line.answered_by_id, self.keeper)
        self.assertEqual(self.campaign.answered_count, 1)
        self.assertEqual(len(self.kims.revision_ids), 1, "nothing was changed")

    def test_wrong_becomes_a_finding(self):
        self._start()
        before = self._long_ago(self.kims)
        line = self._line(self.kims).with_user(self.keeper)
        with self.assertRaises(UserError):
            line.write({"answer": "wrong"})
        line.write({"answer": "wrong", "comment": "It is in room 7"})
        finding = self._finding(self.kims)
        self.assertEqual(finding.state, "open")
        self.assertIn("room 7", finding.note)
        self.assertEqual(self.kims.verified_at, before)
        line.write({"answer": "wrong", "comment": "In room 8"})
        self.assertEqual(len(self._finding(self.kims)), 1)
        line.write({"answer": "right", "comment": ""})
        self.assertEqual(finding.state, "fixed")
        line.write({"answer": "wrong", "comment": "Room 9"})
        self.assertEqual((finding.state, finding.times_found), ("open", 2))
        finding.with_user(self.keeper).action_fixed()
        self.assertEqual(finding.state, "fixed")

    def test_everybody_answers_their_own(self):
        self._start()
        line = self._line(self.kims)
        for user in (self.engineer, self.cmdb_manager, self.requester, self.auditor):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                line.with_user(user).write({"answer": "right"})
        with self.assertRaises(AccessError):
            line.with_user(self.keeper).write({"ci_id": self.mine.id})
        with self.assertRaises(AccessError):
            line.with_user(self.keeper).write({"answered_by_id": 1})
        with self.assertRaises(AccessError):
            self.campaign.with_user(self.cmdb_manager).write({"state": "closed"})
        with self.assertRaises(AccessError):
            self.campaign.with_user(self.engineer).action_close()
        Line = self.env["itsm.ci.attestation.line"]
        own = Line.with_user(self.requester).search([])
        self.assertEqual(own, self._line(self.theirs))
        self.assertEqual(own.with_user(self.requester).ci_name, "Theirs")
        self.assertLessEqual(
            self.campaign.line_ids, Line.with_user(self.auditor).search([])
        )
        self.assertFalse(Line.with_user(self.outsider).search([]))

    def test_closed_takes_no_answers(self):
        self._start()
        self.campaign.with_user(self.cmdb_manager).action_close()
        with self.assertRaises(UserError):
            self._line(self.kims).with_user(self.keeper).action_right()

    def test_reminders(self):
        self._start()
        self._line(self.kims).with_user(self.keeper).action_right()
        sent = len(self._mails())
        self._without_commits()
        cron = self.env["itsm.ci.attestation"]
        due = self.campaign.due_date

        def on(days):
            nonlocal sent
            with freeze_time(due + timedelta(days=days)):
                cron._cron_attestations()
            new, sent = len(self._mails()) - sent, len(self._mails())
            return new

        self.assertEqual(on(-10), 0)
        # Who has answered all is left alone.
        self.assertEqual(on(-7), 2)
        self.assertEqual(on(-6), 0)
        self.assertEqual(on(1), 2)
        self.assertEqual(on(2), 0)
        for week in range(1, 4):
            self.assertEqual(on(1 + 7 * week), 2)
        self.assertEqual(on(60), 0, "at some time it is enough")

    def test_next_year(self):
        self._start()
        self._without_commits()
        cron = self.env["itsm.ci.attestation"]
        with freeze_time(fields.Date.today() + timedelta(days=364)):
            cron._cron_attestations()
        self.assertFalse(self.campaign.next_id)
        with freeze_time(fields.Date.today() + timedelta(days=367)):
            cron._cron_attestations()
            cron._cron_attestations()
        following = self.campaign.next_id
        self.assertEqual(self.campaign.state, "closed")
        self.assertEqual(following.state, "running")
        self.assertEqual(following.line_count, 4)
        self.assertEqual(following.name, "Attestation 2027")
        self.assertFalse(following.next_id)

    def test_query_count(self):
        counts = []
        for number in (5, 100):
            self.env["itsm.ci"].create(
                [
                    {
                        "name": f"n{i}",
                        "class_id": self.class_server.id,
                        "company_id": self.company.id,
                        "owner_id": self.employee_keeper.id,
                        "stage_id": self.stages["in_use"].id,
                    }
                    for i in range(number)
                ]
            )
            campaign = self.campaign.copy()
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            campaign._make_lists()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0])


class TestAttestationPortal(AttestationCase, HttpCase):
    def setUp(self):
        super().setUp()
        self._start()
        self.list = self._list(self.employee_portal)
        self.url = f"/my/attestations/{self.list.id}"

    def _login(self, user):
        self.authenticate(user.login, user.login.ljust(8, "x"))

    def _get(self, url):
        self.env.flush_all()
        return self.url_open(url, allow_redirects=False)

    def _post(self, url, **data):
        self.env.flush_all()
        data["csrf_token"] = http.Request.csrf_token(self)
        response = self.url_open(url, data=data, allow_redirects=False)
        self.env.invalidate_all()
        return response

    def test_answer_on_one_page(self):
        self._login(self.portal)
        page = self._get("/my/attestations")
        self.assertTrue(page.headers["Location"].endswith(self.url))
        tree = html.fromstring(self._get(self.url).text)
        self.assertEqual(len(tree.xpath("//fieldset")), 2)
        self.assertIn("S-77", tree.text_content())
        one, two = self._line(self.mine), self._line(self.mine2)
        before = self._long_ago(self.mine)
        answer = self._post(
            self.url,
            **{
                f"answer_{one.id}": "right",
                f"answer_{two.id}": "wrong",
                f"comment_{two.id}": "",
            },
        )
        self.assertEqual(answer.status_code, 200, "it is asked what is wrong")
        self.assertEqual(one.answer, "right")
        self.assertFalse(two.answer)
        self.assertGreater(self.mine.verified_at, before)
        answer = self._post(
            self.url,
            **{f"answer_{two.id}": "wrong", f"comment_{two.id}": "<b>broken</b>"},
        )
        self.assertEqual(answer.status_code, 303)
        self.assertEqual(two.answer, "wrong")
        self.assertEqual(two.answered_by_id, self.portal)
        self.assertIn("<b>broken</b>", self._finding(self.mine2).note)
        self.assertNotIn("<b>broken</b>", self._get(self.url).text)

    def test_others_are_not_shown(self):
        theirs = self._list(self.employee_requester)
        self._login(self.portal)
        for guess in (theirs.id, 0, 2**31, 10**12, self.list.id + 1000):
            url = f"/my/attestations/{guess}"
            for response in (self._get(url), self._post(url, x="1")):
                self.assertEqual(response.status_code, 303, guess)
                self.assertTrue(
                    response.headers["Location"].endswith("/my/attestations")
                )
        for guess in ("x", "1%20OR%201=1", "1e3"):
            self.assertEqual(self._get(f"/my/attestations/{guess}").status_code, 404)

    def test_lines_of_others_are_not_taken(self):
        line = self._line(self.theirs)
        self._login(self.portal)
        self._post(
            self.url,
            **{
                f"answer_{line.id}": "right",
                "answer_0": "right",
                f"answer_{self._line(self.mine).id}": "perhaps",
            },
        )
        self.assertFalse(line.answer)
        self.assertFalse(self._line(self.mine).answer)

    def test_without_sign_in_and_without_token(self):
        self.authenticate(None, None)
        self.assertIn("/web/login", self._get(self.url).headers["Location"])
        self._login(self.portal)
        response = self.url_open(self.url, data={"x": "1"}, allow_redirects=False)
        self.assertEqual(response.status_code, 400)

    def test_over(self):
        self.campaign.with_user(self.cmdb_manager).action_close()
        self._login(self.portal)
        self.assertEqual(self._get(self.url).status_code, 303)
        self.assertEqual(self._get("/my/attestations").status_code, 200)

    def test_internal_owner_and_home(self):
        self._login(self.requester)
        theirs = self._list(self.employee_requester)
        self.assertEqual(self._get(f"/my/attestations/{theirs.id}").status_code, 200)
        counters = self.make_jsonrpc_request(
            "/my/counters", {"counters": ["itsm_attestation_count"]}
        )
        self.assertEqual(counters["itsm_attestation_count"], 1)

    def test_what_is_answered_is_not_asked_for_again(self):
        """The home page and “My equipment” lead to the list while it is open."""
        self._login(self.portal)
        self.assertIn(self.url, self._get("/my/equipment").text)
        self.assertEqual(self._count_on_home(), 1)
        for item in (self.mine, self.mine2):
            self._post(self.url, **{f"answer_{self._line(item).id}": "right"})
        self.assertEqual(self._count_on_home(), 0)
        self.assertNotIn(self.url, self._get("/my/equipment").text)

    def _count_on_home(self):
        self.env.flush_all()
        return self.make_jsonrpc_request(
            "/my/counters", {"counters": ["itsm_attestation_count"]}
        )["itsm_attestation_count"]
