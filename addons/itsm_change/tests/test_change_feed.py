from datetime import timedelta
from unittest.mock import patch

import vobject

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import HttpCase, tagged

from ..models import itsm_change_feed
from .conflict_common import ConflictCase


class FeedCase(ConflictCase):
    """Feeds and what they say."""

    def _feed(self, user, **vals):
        """Return the feed of a user, with an address."""
        feed = self.env["itsm.change.feed"].with_user(user)._mine()
        feed.action_renew()
        feed.write(vals)
        return feed

    def _read(self, feed):
        """Return the entries that the address answers with, by their summary."""
        feed.env.flush_all()
        mine = self.env["itsm.change.feed"]._by_token(feed.token)
        text = mine._ical(mine._events())
        return {each.summary.value: each for each in _entries(text)}


def _entries(text):
    return list(getattr(vobject.readOne(text), "vevent_list", []))


@tagged("post_install", "-at_install")
class TestChangeFeed(FeedCase):
    """Whose address it is, and what its entries say."""

    def test_no_address_before_it_is_made(self):
        feed = self.env["itsm.change.feed"].with_user(self.agent)._mine()
        self.assertFalse(feed.token or feed.address)
        self.assertEqual(
            feed, self.env["itsm.change.feed"].with_user(self.agent)._mine()
        )
        feed.action_renew()
        self.assertIn(feed.token, feed.address)
        self.assertGreaterEqual(len(feed.token), 40)

    def test_renewed_and_revoked(self):
        feed = self._feed(self.agent)
        old = feed.token
        feed.action_renew()
        self.assertNotEqual(feed.token, old)
        find = self.env["itsm.change.feed"]._by_token
        self.assertFalse(find(old))
        self.assertEqual(find(feed.token), feed)
        token = feed.token
        feed.action_revoke()
        self.assertFalse(feed.token or find(token))

    def test_nobody_sees_or_makes_those_of_others(self):
        feed = self._feed(self.agent)
        for user in (self.agent2, self.change_manager, self.auditor, self.admin):
            theirs = feed.with_user(user)
            with self.subTest(user=user.name):
                self.assertFalse(theirs.search([("id", "=", feed.id)]))
                for refused in (
                    lambda theirs=theirs: theirs.read(["token"]),
                    theirs.action_renew,
                    theirs.action_revoke,
                    lambda theirs=theirs: theirs.write({"scope": "mine"}),
                ):
                    with self.assertRaises(AccessError):
                        refused()
        with self.assertRaises(AccessError):
            feed.with_user(self.env.ref("base.user_root")).action_renew()

    def test_facts_are_not_written(self):
        feed = self._feed(self.agent)
        for vals in (
            {"token": "guess"},
            {"user_id": self.change_manager.id},
            {"read_at": fields.Datetime.now()},
        ):
            with self.subTest(vals=vals), self.assertRaises(AccessError):
                feed.write(vals)
        with self.assertRaises(AccessError):
            feed.create({"user_id": self.agent.id})
        with self.assertRaises(AccessError):
            feed.unlink()
        for user in (self.requester, self.portal):
            with self.assertRaises(AccessError):
                self.env["itsm.change.feed"].with_user(user).action_mine()

    def test_the_address_ends_with_the_right(self):
        """It is as good as its owner's login, no better."""
        feed = self._feed(self.agent)
        find = self.env["itsm.change.feed"]._by_token
        token, other = feed.token, self._feed(self.agent2).token
        self.assertTrue(find(token) and find(other))
        self.agent.group_ids = self.env.ref("base.group_user")
        self.assertFalse(find(token))
        self.agent2.active = False
        self.assertFalse(find(other))

    def test_hostile_tokens(self):
        feed = self._feed(self.agent)
        self.env["itsm.change.feed"].with_user(self.agent2)._mine()
        find = self.env["itsm.change.feed"]._by_token
        for token in (
            "",
            False,
            None,
            "%",
            "_" * len(feed.token),
            feed.token[:-1],
            feed.token + "=",
            feed.token.swapcase(),
            "ä" * 43,
            "x" * 100_000,
            "' OR 1=1 --",
        ):
            with self.subTest(token=str(token)[:20]):
                self.assertFalse(find(token))

    # ------------------------------------------------------------------
    # Entries
    # ------------------------------------------------------------------

    def test_entries(self):
        change = self._planned(1, 5, state="scheduled", name="Main, and; spare")
        change.implementer_id = self.implementer
        draft = self._planned(30, 31, state="draft", has_outage=False)
        freeze = self._window(0, 8)
        entries = self._read(self._feed(self.implementer))
        entry = entries[change.display_name]
        start, end = self._at(1, 5)
        self.assertEqual(entry.dtstart.value.utcoffset(), timedelta(0))
        self.assertEqual(entry.dtstart.value.replace(tzinfo=None), start)
        self.assertEqual(entry.dtend.value.replace(tzinfo=None), end)
        self.assertEqual(entry.status.value, "CONFIRMED")
        self.assertEqual(entry.transp.value, "OPAQUE")
        self.assertTrue(entry.url.value.endswith(f"/itsm.change/{change.id}"))
        self.assertIn(self.implementer.name, entry.description.value)
        outage = next(
            entry
            for name, entry in entries.items()
            if change.display_name in name and name != change.display_name
        )
        self.assertNotEqual(outage.uid.value, entry.uid.value)
        self.assertEqual(entries[draft.display_name].status.value, "TENTATIVE")
        self.assertEqual(entries[freeze.name].transp.value, "TRANSPARENT")
        self.assertEqual(
            len({each.uid.value for each in entries.values()}), len(entries)
        )

    def test_only_what_the_owner_may_read(self):
        change = self._planned(1, 5)
        branch = self._planned(
            1, 5, company_id=self.branch.id, team_id=False, name="Of the branch"
        )
        mine = self._read(self._feed(self.coordinator))
        theirs = self._read(self._feed(self.change_other))
        self.assertIn(change.display_name, mine)
        self.assertNotIn(branch.display_name, mine)
        self.assertIn(branch.display_name, theirs)
        self.assertNotIn(change.display_name, theirs)

    def test_a_stricter_rule_for_changes_holds(self):
        change = self._planned(1, 5, name="Confidential")
        feed = self._feed(self.coordinator)
        self.env["ir.rule"].create(
            {
                "name": "Not the confidential ones",
                "model_id": self.env.ref("itsm_change.model_itsm_change").id,
                "domain_force": "[('name', '!=', 'Confidential')]",
            }
        )
        self.assertNotIn(change.display_name, self._read(feed))

    def test_mine_only(self):
        mine = self._planned(1, 5, implementer_id=self.implementer2.id)
        other = self._planned(1, 5, team_id=False)
        team = self._planned(1, 5, team_id=self.team2.id)
        freeze = self._window(0, 8)
        feed = self._feed(self.implementer2, scope="mine", has_windows=False)
        entries = self._read(feed)
        self.assertIn(mine.display_name, entries)
        self.assertNotIn(other.display_name, entries)
        self.assertNotIn(team.display_name, entries)
        self.assertNotIn(freeze.name, entries)
        feed.has_windows = True
        self.assertIn(freeze.name, self._read(feed))
        self.assertIn(
            team.display_name, self._read(self._feed(self.implementer, scope="mine"))
        )

    def test_limits(self):
        now = fields.Datetime.now()
        far = self._change(
            planned_start=now + timedelta(days=400),
            planned_end=now + timedelta(days=401),
        )
        old = self._change(
            planned_start=now - timedelta(days=100),
            planned_end=now - timedelta(days=99),
        )
        for n in range(5):
            self._planned(n, n + 1)
        feed = self._feed(self.coordinator)
        entries = self._read(feed)
        self.assertNotIn(far.display_name, entries)
        self.assertNotIn(old.display_name, entries)
        over = self._change(
            planned_start=now - timedelta(days=3), planned_end=now - timedelta(days=2)
        )
        self.assertIn(over.display_name, self._read(feed))
        with patch.object(itsm_change_feed, "MOST", 3):
            entries = self._read(feed)
        self.assertEqual(len(entries), 3)
        self.assertNotIn(over.display_name, entries)

    def test_hostile_names(self):
        """A name cannot end its entry, begin another one, or break the file."""
        name = (
            "A\r\nEND:VEVENT\nBEGIN:VEVENT\rSUMMARY:forged\x0b\x1b\u2028\u202e,;\\n"
            + "界" * 200
        )
        change = self._planned(1, 2, name=name, has_outage=False)
        feed = self._feed(self.coordinator)
        text = self.env["itsm.change.feed"]._by_token(feed.token)
        text = text._ical(text._events())
        lines = text.split("\r\n")
        self.assertEqual(lines.count("BEGIN:VEVENT"), lines.count("END:VEVENT"))
        self.assertNotIn("SUMMARY:forged", lines)
        self.assertFalse([line for line in lines if len(line.encode()) > 75])
        self.assertFalse(set(text) & set("\x0b\x1b\u2028"))
        (entry,) = (e for e in _entries(text) if change.number in e.summary.value)
        self.assertTrue(entry.summary.value.endswith("界" * 200))
        self.assertEqual(entry.dtstart.value.replace(tzinfo=None), self._at(1, 2)[0])

    def test_same_content_same_tag(self):
        change = self._planned(1, 5)
        feed = self._feed(self.coordinator)
        feed = self.env["itsm.change.feed"]._by_token(feed.token)

        def tag():
            self.env.flush_all()
            self.env.invalidate_all()
            return feed._etag(feed._events())

        first = tag()
        self.assertEqual(tag(), first)
        change.planned_end += timedelta(hours=1)
        self.assertNotEqual(tag(), first)


@tagged("post_install", "-at_install")
class TestChangeFeedAddress(FeedCase, HttpCase):
    """What the address answers to a calendar program."""

    def _get(self, token, **headers):
        self.env.flush_all()
        self.env.invalidate_all()
        return self.url_open(f"/itsm/changes/{token}.ics", headers=headers)

    def test_read_without_a_login(self):
        change = self._planned(1, 5)
        feed = self._feed(self.coordinator)
        answer = self._get(feed.token)
        self.assertEqual(answer.status_code, 200)
        self.assertIn("text/calendar", answer.headers["Content-Type"])
        self.assertIn("private", answer.headers["Cache-Control"])
        self.assertIn("max-age", answer.headers["Cache-Control"])
        self.assertEqual(answer.headers["Referrer-Policy"], "no-referrer")
        self.assertNotIn("session_id", answer.cookies)
        names = [each.summary.value for each in _entries(answer.text)]
        self.assertIn(change.display_name, names)
        self.assertTrue(feed.read_at)

    def test_not_sent_twice(self):
        feed = self._feed(self.coordinator)
        tag = self._get(feed.token).headers["ETag"]
        again = self._get(feed.token, **{"If-None-Match": tag})
        self.assertEqual((again.status_code, again.content), (304, b""))
        self.assertEqual(again.headers["ETag"], tag)
        self._planned(1, 5)
        self.assertEqual(
            self._get(feed.token, **{"If-None-Match": tag}).status_code, 200
        )

    def test_unknown_addresses(self):
        feed = self._feed(self.coordinator)
        token = feed.token
        feed.action_revoke()
        for wrong in (token, "x", "x" * 3000, "%00", "..%2f..", "False", "None", "ä"):
            with self.subTest(token=wrong[:20]):
                answer = self._get(wrong)
                self.assertEqual(answer.status_code, 404)
                self.assertNotIn("VCALENDAR", answer.text)

    def test_nothing_is_written_by_sending(self):
        feed = self._feed(self.coordinator)
        answer = self.opener.post(
            f"{self.base_url()}/itsm/changes/{feed.token}.ics", data={"scope": "mine"}
        )
        self.assertEqual(answer.status_code, 405)
        self.assertEqual(feed.scope, "all")
