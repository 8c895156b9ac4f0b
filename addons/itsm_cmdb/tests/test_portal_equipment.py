import re

from odoo import fields, http
from odoo.fields import Command
from odoo.tests import HttpCase, tagged

from .life_common import PNG, LifeCase


class EquipmentCase(LifeCase, HttpCase):
    """Petra on the portal and Ria in the back office hold a laptop each."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.second = cls._laptop("Laptop Two", purchase_value=12345)
        cls.event = cls._handed_over(cls.laptop, location_id=cls.room.id)
        cls._handed_over(cls.second, cls.employee_requester)
        (cls.laptop | cls.second)._ensure_tokens()
        cls.desk.portal_published = True
        (cls.env["itsm.desk"].search([]) - cls.desk).portal_published = False

    def _sign_in(self, user):
        self.authenticate(user.login, user.login.ljust(8, "x"))

    def _post(self, url, **data):
        return self.url_open(
            url, data={"csrf_token": http.Request.csrf_token(self), **data}
        )

    def _call(self, url, **params):
        return self.make_jsonrpc_request(url, params)


@tagged("post_install", "-at_install")
class TestPortalEquipment(EquipmentCase):
    """“My equipment” as staff use it."""

    def test_everybody_sees_their_own(self):
        for user, mine, other in (
            (self.portal, "Laptop One", "Laptop Two"),
            (self.requester, "Laptop Two", "Laptop One"),
        ):
            self._sign_in(user)
            text = self.url_open("/my/equipment").text
            with self.subTest(user=user.name):
                self.assertIn(mine, text)
                self.assertNotIn(other, text)

    def test_card_says_what_where_since_when(self):
        self._sign_in(self.portal)
        text = self.url_open(f"/my/equipment/{self.laptop.token}").text
        for part in ("Laptop One", self.laptop.code, "Ward 3", "Yours since"):
            self.assertIn(part, text)

    def test_nothing_of_money_owners_and_others(self):
        self.laptop.write(
            {
                "purchase_value": 98765,
                "owner_id": self.employee_head.id,
                "supplier_id": self.supplier.id,
                "note": "Hidden remark",
            }
        )
        self._sign_in(self.portal)
        for url in ("/my/equipment", f"/my/equipment/{self.laptop.token}"):
            text = self.url_open(url).text
            for part in ("98,765", "98765", self.head.name, "Repairs Ltd", "Hidden"):
                with self.subTest(url=url, part=part):
                    self.assertNotIn(part, text)

    def test_what_is_gone_is_not_shown(self):
        self.laptop.stage_id = self.stages["disposed"]
        self._sign_in(self.portal)
        self.assertEqual(
            self.url_open(f"/my/equipment/{self.laptop.token}").status_code, 404
        )

    def test_card_and_figures_on_the_home(self):
        self._sign_in(self.portal)
        self.assertIn("/my/equipment", self.url_open("/my/home").text)
        figures = self._call(
            "/my/counters",
            counters=["itsm_equipment_count", "itsm_equipment_to_sign_count"],
        )
        self.assertEqual(figures["itsm_equipment_count"], 1)
        self.assertEqual(figures["itsm_equipment_to_sign_count"], 1)

    def test_empty_page(self):
        self._sign_in(self.colleague)
        response = self.url_open("/my/equipment")
        self.assertEqual(response.status_code, 200)
        self.assertNotIn("Laptop", response.text)

    # ------------------------------------------------------------------
    # Faults
    # ------------------------------------------------------------------

    def test_report_a_fault(self):
        self._sign_in(self.portal)
        page = self.url_open(f"/my/tickets/new?ci={self.laptop.token}").text
        self.assertIn(f'name="ci" value="{self.laptop.token}"', page)
        self.assertIn("Laptop One", page)
        key = re.search(r'name="portal_key" value="([0-9a-f]{32})"', page)[1]
        self._post(
            "/my/tickets/new",
            portal_key=key,
            desk_id=self.desk.id,
            ci=self.laptop.token,
            type="incident",
            name="Does not start",
            description="Black screen",
            urgency="2",
            impact="3",
        )
        ticket = self.env["itsm.ticket"].search([("name", "=", "Does not start")])
        self.assertEqual(ticket.partner_id, self.portal.partner_id)
        link = self.env["itsm.ticket.ci"].search([("ticket_id", "=", ticket.id)])
        self.assertEqual(link.ci_id, self.laptop)
        self.assertEqual(link.role, "affected")

    def test_choice_of_a_desk_keeps_the_item(self):
        self.desk_other.portal_published = True
        self._sign_in(self.portal)
        page = self.url_open(f"/my/tickets/new?ci={self.laptop.token}").text
        self.assertIn(f"ci={self.laptop.token}", page)
        link = re.search(r'href="(/my/tickets/new\?[^"]*desk=\d+[^"]*)"', page)[1]
        page = self.url_open(link.replace("&amp;", "&")).text
        self.assertIn(f'name="ci" value="{self.laptop.token}"', page)

    def test_form_that_comes_back_keeps_the_item(self):
        self._sign_in(self.portal)
        page = self._post(
            "/my/tickets/new",
            desk_id=self.desk.id,
            ci=self.laptop.token,
            type="incident",
            name="",
        ).text
        self.assertIn(f'name="ci" value="{self.laptop.token}"', page)

    def test_form_without_an_item_is_as_before(self):
        self._sign_in(self.portal)
        page = self.url_open("/my/tickets/new").text
        self.assertNotIn('name="ci"', page)

    def test_unknown_label_on_the_form(self):
        self._sign_in(self.portal)
        before = self.env["itsm.ticket"].search_count([])
        page = self._post(
            "/my/tickets/new",
            desk_id=self.desk.id,
            ci="A" * 22,
            type="incident",
            name="X",
            description="Y",
            urgency="2",
            impact="3",
        ).text
        self.assertEqual(self.env["itsm.ticket"].search_count([]), before)
        self.assertIn("itsm_errors", page)
        self.assertNotIn('name="ci"', page)

    # ------------------------------------------------------------------
    # “Not mine”
    # ------------------------------------------------------------------

    def test_not_mine(self):
        self._sign_in(self.portal)
        url = f"/my/equipment/{self.laptop.token}"
        self._post(f"{url}/dispute", words="It is with <b>Bob</b>.")
        activity = self.laptop.activity_ids
        self.assertEqual(len(activity), 1)
        self.assertTrue(activity.user_id.has_group("itsm_cmdb.group_cmdb_manager"))
        self.assertIn(self.portal.name, activity.summary)
        self.assertNotIn("<b>Bob", activity.note)
        self.assertNotIn(
            self.portal.partner_id, self.laptop.message_partner_ids, "must not follow"
        )
        self.assertEqual(self.laptop.custodian_id, self.employee_portal)
        self._post(f"{url}/dispute", words="Again")
        self.assertEqual(len(self.laptop.activity_ids), 1)

    def test_not_mine_needs_words(self):
        self._sign_in(self.portal)
        page = self._post(f"/my/equipment/{self.laptop.token}/dispute", words=" ")
        self.assertIn("alert-danger", page.text)
        self.assertFalse(self.laptop.activity_ids)

    # ------------------------------------------------------------------
    # Signing
    # ------------------------------------------------------------------

    def _form_url(self, event=None):
        event = event or self.event
        event._ensure_signature_tokens()
        return f"/my/equipment/forms/{event.sudo().signature_token}"

    def test_sign_a_hand_over(self):
        self._sign_in(self.portal)
        page = self.url_open("/my/equipment").text
        url = re.search(r"/my/equipment/forms/[\w-]+", page)[0]
        page = self.url_open(url).text
        self.assertIn("Laptop One", page)
        self.assertIn("portal.signature_form", page)
        answer = self._call(f"{url}/sign", name="Petra P.", signature=PNG)
        self.assertTrue(answer["force_refresh"])
        self.event.invalidate_recordset()
        self.assertEqual(self.event.signed_by, "Petra P.")
        self.assertEqual(self.event.signed_user_id, self.portal)
        self.assertEqual(self.event.signed_via, "portal")
        self.assertTrue(self.event.document_id)
        page = self.url_open(url).text
        self.assertNotIn("portal.signature_form", page)
        self.assertIn("Petra P.", page)
        self.assertEqual(self.url_open(f"{url}/print").status_code, 200)

    def test_sign_once(self):
        self._sign_in(self.portal)
        url = self._form_url()
        self._call(f"{url}/sign", name="Petra", signature=PNG)
        answer = self._call(f"{url}/sign", name="Mallory", signature=PNG)
        self.assertTrue(answer["error"])
        self.event.invalidate_recordset()
        self.assertEqual(self.event.signed_by, "Petra")

    def test_give_back_is_signed_by_who_had_it(self):
        event = self._event("return", self.laptop)
        event.action_done()
        self._sign_in(self.portal)
        page = self.url_open(self._form_url(event)).text
        self.assertIn("portal.signature_form", page)

    def test_taken_back_is_not_signed(self):
        url = self._form_url()
        self.event.action_reverse()
        self._sign_in(self.portal)
        self.assertNotIn("portal.signature_form", self.url_open(url).text)
        self.assertTrue(self._call(f"{url}/sign", signature=PNG)["error"])

    def test_draft_is_not_on_the_portal(self):
        draft = self._event(
            "hand_over",
            self._laptop("Third"),
            custodian_id=self.employee_portal.id,
        )
        self._sign_in(self.portal)
        self.assertEqual(self.url_open(self._form_url(draft)).status_code, 404)
        self.assertNotIn("Third", self.url_open("/my/equipment").text)

    def test_loan_of_several_with_a_date(self):
        items = self._laptop("A1") | self._laptop("A2")
        event = self._event(
            "loan",
            items,
            custodian_id=self.employee_portal.id,
            due_date="2099-12-31",
        )
        event.line_ids[0].accessories = "Charger"
        event.action_begin()
        self._sign_in(self.portal)
        page = self.url_open(self._form_url(event)).text
        for part in ("A1", "A2", "Charger", "2099"):
            self.assertIn(part, page)
        event._extend(fields.Date.to_date("2101-06-30"), "Longer")
        page = self.url_open(self._form_url(event)).text
        for year in ("2099", "2101"):
            self.assertIn(year, page)

    def test_employee_by_work_contact_and_by_user(self):
        found = self.Ci.with_user(self.portal)._portal_employee_ids()
        self.assertEqual(found, self.employee_portal.ids)
        found = self.Ci.with_user(self.requester)._portal_employee_ids()
        self.assertEqual(found, self.employee_requester.ids)

    def test_group_of_a_class_does_not_hide_what_one_holds(self):
        manager = self.env.ref("itsm_cmdb.group_cmdb_manager")
        self.class_laptop.group_ids = [Command.link(manager.id)]
        self._sign_in(self.portal)
        self.assertIn("Laptop One", self.url_open("/my/equipment").text)
