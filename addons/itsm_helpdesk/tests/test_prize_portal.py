from freezegun import freeze_time

from odoo.tests import tagged

from .portal_common import PortalCase
from .prize_common import AFTER, DURING, DrawSetup


@tagged("post_install", "-at_install")
class TestPrizePortal(DrawSetup, PortalCase):
    def test_before_and_after(self):
        person = self.people[0].user_ids
        url = f"/my/prizes/{self.draw.id}"
        self._login(person)
        self.assertIn("/my/prizes", self._get(url).headers["Location"], "a draft")
        with freeze_time(DURING):
            self.draw.announce()
        secret = self.draw.sudo().secret
        self.env.flush_all()
        page = self._get(url).text
        self.assertIn(self.draw.seed_hash, page)
        self.assertIn("Bicycle", page)
        self.assertNotIn(secret, page)
        with freeze_time(AFTER):
            self.draw.action_draw()
        self.env.flush_all()
        page = self._get(url).text
        self.assertIn(secret, page)
        mine = self.draw.entry_ids.filtered(lambda e: e.partner_id == person.partner_id)
        self.assertIn(mine.digest, page)
        for other in self.people[1:]:
            self.assertNotIn(other.name, page, "names of others are not shown")
        self.assertIn(self.draw.name, self._get("/my/prizes").text)

    def test_hostile(self):
        with freeze_time(DURING):
            self.draw.announce()
        self.env.flush_all()
        self._login(self.foreigner)
        self.assertEqual(self._get(f"/my/prizes/{self.draw.id}").status_code, 303)
        self.assertNotIn(self.draw.name, self._get("/my/prizes").text)
        self._login(self.portal)
        for id_ in (0, 2**31, 2**80):
            self.assertEqual(self._get(f"/my/prizes/{id_}").status_code, 303)
        self._login(None)
        for url in ("/my/prizes", f"/my/prizes/{self.draw.id}"):
            self.assertIn("/web/login", self._get(url).headers["Location"])
