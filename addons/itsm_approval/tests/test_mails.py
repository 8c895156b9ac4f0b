import re

from markupsafe import escape

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import NAME, ApprovalCase

EVIL = "<img src=x onerror=alert(1)>"


@tagged("post_install", "-at_install")
class TestMails(ApprovalCase):
    """Mails, their links, and notes on the record."""

    def setUp(self):
        super().setUp()
        self.policy = self._policy(self._step("Step", self._line(self.ann)))

    def _token(self, mail):
        return re.search(r"/approval/([\w\-=]+)", str(mail.body_html)).group(1)

    # ------------------------------------------------------------------
    # Who gets what
    # ------------------------------------------------------------------

    def test_asked(self):
        self._ask(self.policy)
        mail = self._mails()
        self.assertEqual(mail.recipient_ids, self.ann.partner_id)
        self.assertIn("Laptop", mail.subject)
        self.assertIn("Asker", mail.body_html)
        self.assertTrue(mail.auto_delete)
        vote, partner = self.env["itsm.approval.vote"]._from_link(self._token(mail))
        self.assertEqual((vote.partner_id, partner), (self.ann.partner_id,) * 2)

    def test_delegates_get_one_too(self):
        """With a link of their own, by which their name is in the record."""
        self._delegate(self.ann, self.bob)
        self._delegate(self.bob, self.cleo)
        approval = self._ask(self.policy)
        mails = self._mails()
        found = {mail.recipient_ids.name: mail for mail in mails}
        self.assertEqual(sorted(found), ["Ann", "Bob", "Cleo"])
        self.assertIn("Ann", found["Cleo"].body_html)
        Vote = self.env["itsm.approval.vote"]
        Vote._decide_by_link(self._token(found["Cleo"]), "approve")
        vote = approval.vote_ids
        self.assertEqual(
            (vote.partner_id, vote.decided_by_id, vote.way),
            (self.ann.partner_id, self.cleo.partner_id, "mail"),
        )
        for name in found:
            self.assertFalse(Vote._from_link(self._token(found[name]))[0], name)

    def test_delegate_who_must_not_decide_gets_none(self):
        self._delegate(self.ann, self.asker)
        self._ask(self.policy)
        self.assertEqual(self._mailed(), ["ann@example.com"])

    def test_question_answer_and_decision(self):
        approval = self._ask(self.policy)
        self._mails()
        approval.with_user(self.ann).ask("What for?")
        mail = self._mails()
        self.assertEqual(mail.recipient_ids, self.asker.partner_id)
        self.assertIn("What for?", mail.body_html)
        approval.with_user(self.asker).answer("For work.")
        mail = self._mails()
        self.assertEqual(mail.recipient_ids, self.ann.partner_id)
        self.assertIn("For work.", mail.body_html)
        self._vote(self.ann, approval, "reject", "Too dear.")
        mail = self._mails()
        self.assertEqual(mail.recipient_ids, self.asker.partner_id)
        self.assertIn("Too dear.", mail.body_html)

    def test_language_of_the_reader(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        template = self.env.ref("itsm_approval.mail_template_asked")
        template.with_context(lang="fr_FR").subject = "Décidez"
        self.ann.partner_id.lang = "fr_FR"
        self._ask(self.policy)
        self.assertEqual(self._mails().subject, "Décidez")

    def test_no_address(self):
        """Nothing breaks; the record says whom no mail could reach."""
        self.ann.partner_id.email = False
        self._delegate(self.ann, self.bob)
        approval = self._ask(self.policy)
        self.assertEqual(self._mailed(), ["bob@example.com"])
        notes = self._notes(self.env[NAME].browse(approval.res_id))
        self.assertIn("Ann", notes[-1])
        self.assertIn("address", notes[-1])

    def test_requester_without_address(self):
        self.asker.partner_id.email = False
        approval = self._ask(self.policy)
        self._mails()
        self._vote(self.ann, approval)
        self.assertFalse(self._mailed())
        self.assertEqual(approval.state, "granted")

    def test_no_requester(self):
        approval = self._ask(self.policy, requester_id=False)
        self._mails()
        self._vote(self.ann, approval)
        self.assertFalse(self._mailed())

    def test_template_switched_off(self):
        self.env.ref("itsm_approval.mail_template_asked").unlink()
        self._ask(self.policy)
        self.assertFalse(self._mails())

    def test_voided_in_the_same_transaction(self):
        """Only the approval that counts is mailed."""
        thing = self._thing()
        thing._approval_request()
        thing.price = 2
        mail = self._mails()
        vote, _partner = self.env["itsm.approval.vote"]._from_link(self._token(mail))
        self.assertEqual(vote.approval_id, thing.approval_id)

    # ------------------------------------------------------------------
    # Links
    # ------------------------------------------------------------------

    def test_link_ends_with_the_vote(self):
        self._ask(self.policy)
        token = self._token(self._mails())
        Vote = self.env["itsm.approval.vote"]
        approval = Vote._decide_by_link(token, "approve", "Fine")
        self.assertEqual(approval.state, "granted")
        self.assertFalse(approval.vote_ids.sudo().link_nonce)
        with self.assertRaises(UserError):
            Vote._decide_by_link(token, "reject", "No")

    def test_link_ends_with_the_approval(self):
        approval = self._ask(self.policy)
        token = self._token(self._mails())
        approval.with_user(self.asker).withdraw("No need")
        with self.assertRaises(UserError):
            self.env["itsm.approval.vote"]._decide_by_link(token, "approve")

    def test_reminder_makes_a_new_link(self):
        self.policy.step_ids.remind_after = 1
        self._ask(self.policy)
        old = self._token(self._mails())
        self._sweep("2026-03-02 10:00:00")
        new = self._token(self._mails())
        Vote = self.env["itsm.approval.vote"]
        self.assertFalse(Vote._from_link(old)[0])
        self.assertTrue(Vote._from_link(new)[0])

    def test_link_expires(self):
        self.env["ir.config_parameter"].set_param("itsm_approval.link_days", "2")
        self._ask(self.policy)
        token = self._token(self._mails())
        Vote = self.env["itsm.approval.vote"]
        self.frozen.move_to("2026-03-04 07:59:00")
        self.assertTrue(Vote._from_link(token)[0])
        self.frozen.move_to("2026-03-04 08:01:00")
        self.assertFalse(Vote._from_link(token)[0])

    def test_bad_setting(self):
        for value in ("", "soon", "-3", "0"):
            self.env["ir.config_parameter"].set_param("itsm_approval.link_days", value)
            self.assertGreaterEqual(self.env["itsm.approval.vote"]._link_days(), 1)

    def test_forged_links(self):
        """Any text is looked at; none but ours is good."""
        self._ask(self.policy)
        token = self._token(self._mails())
        Vote = self.env["itsm.approval.vote"]
        forged = [
            "",
            "x",
            "=",
            "\0",
            "ä" * 50,
            "\ud800",
            "A" * 100_000,
            "AQ" + "A" * 60,
            token[:-2],
            token[2:],
            token.swapcase(),
            token + token,
            None,
            7,
            b"bytes",
            ["list"],
        ]
        forged += [token[:n] + "x" + token[n + 1 :] for n in range(0, len(token), 7)]
        for text in forged:
            if text == token:
                continue
            self.assertFalse(Vote._from_link(text)[0], repr(text))
            with self.assertRaises(UserError):
                Vote._decide_by_link(text, "approve")

    def test_delegate_s_link_ends_with_the_absence(self):
        delegation = self._delegate(self.ann, self.bob)
        self._ask(self.policy)
        mails = self._mails().filtered(lambda m: m.recipient_ids.name == "Bob")
        token = self._token(mails)
        Vote = self.env["itsm.approval.vote"]
        self.assertTrue(Vote._from_link(token)[0])
        delegation.date_from = delegation.date_to = "2020-01-01"
        self.assertFalse(Vote._from_link(token)[0])

    def test_question_by_link(self):
        approval = self._ask(self.policy)
        token = self._token(self._mails())
        Vote = self.env["itsm.approval.vote"]
        Vote._ask_by_link(token, "Why?")
        self.assertEqual(approval.question_ids.asked_by_id, self.ann.partner_id)
        Vote._decide_by_link(token, "approve")
        self.assertEqual(approval.state, "granted")

    def test_link_decides_as_the_person(self):
        """A visitor's click is noted as the person's, not as the public user's."""
        approval = self._ask(self.policy)
        token = self._token(self._mails())
        public = self.env.ref("base.public_user")
        self.env["itsm.approval.vote"].with_user(public)._decide_by_link(
            token, "reject", "No"
        )
        thing = self.env[NAME].browse(approval.res_id)
        authors = thing.message_ids.sorted("id")[-2:].author_id
        self.assertEqual(authors, self.ann.partner_id)

    # ------------------------------------------------------------------
    # Nobody reads the key but whom it is for
    # ------------------------------------------------------------------

    def test_requester_cannot_read_the_key(self):
        """Not by the message of the mail, though their own deed made it."""
        thing = self._thing()
        thing.with_user(self.asker).sudo()._approval_request(self.policy)
        mails = self._mails()
        message = mails.mail_message_id
        self.assertIn("/approval/", str(message.body) + str(mails.body_html))
        for user in (self.asker, self.dan, self.manager):
            for what in (message, mails):
                with self.assertRaises(AccessError):
                    what.with_user(user).read(["body"])
            Message = self.env["mail.message"].with_user(user)
            self.assertFalse(Message.search([("id", "in", message.ids)]))
            with self.assertRaises(AccessError):
                thing.approval_id.vote_ids.with_user(user).read(["link_nonce"])

    def test_forged_context_sends_no_mail_elsewhere(self):
        """Keys of a request's context do not decide whom a mail goes to."""
        thing = self._thing().with_context(
            itsm_approval_reader=self.dan.partner_id.id,
            default_email_to="dan@example.com",
            default_recipient_ids=[(6, 0, self.dan.partner_id.ids)],
        )
        thing._approval_request(self.policy)
        mail = self._mails()
        self.assertEqual(mail.recipient_ids, self.ann.partner_id)
        self.assertFalse(mail.email_to)

    # ------------------------------------------------------------------
    # Notes, and HTML in what people write
    # ------------------------------------------------------------------

    def test_notes(self):
        """Who was asked, who decided, what was said, how it ended."""
        approval = self._ask(self.policy)
        thing = self.env[NAME].browse(approval.res_id)
        before = len(thing.message_ids)
        approval.with_user(self.ann).ask("What for?")
        approval.with_user(self.asker).answer("For work.")
        self._vote(self.ann, approval, "approve", "Go on.")
        notes = self._notes(thing)
        asked, question, answer, vote, end = notes[before - 1 :]
        self.assertIn("Ann", asked)
        self.assertIn("What for?", question)
        self.assertIn("For work.", answer)
        self.assertIn("Go on.", vote)
        self.assertIn("granted", end)
        authors = thing.message_ids.sorted("id").author_id
        self.assertIn(self.ann.partner_id, authors)

    def test_html_is_text(self):
        """Names, reasons, questions and subjects are never taken for HTML."""
        self.ann.partner_id.name = f"Ann {EVIL}"
        self.policy.step_ids.name = f"Step {EVIL}"
        approval = self._ask(self.policy, name=f"Thing {EVIL}")
        approval.with_user(self.ann).ask(f"Why {EVIL}")
        approval.with_user(self.asker).answer(f"So {EVIL}")
        self._vote(self.ann, approval, "reject", f"No {EVIL}")
        thing = self.env[NAME].browse(approval.res_id)
        bodies = [str(body) for body in self._notes(thing)]
        bodies += [str(mail.body_html) for mail in self._mails()]
        self.assertGreater(len(bodies), 6)
        for body in bodies:
            self.assertNotIn("<img src=x", body)
        self.assertTrue(any(str(escape(EVIL)) in body for body in bodies))

    def test_template_injection(self):
        """A title is text, not a template."""
        approval = self._ask(self.policy, name="{{ object.env.cr }} ${1+1}")
        mail = self._mails()
        self.assertIn("{{ object.env.cr }} ${1+1}", mail.subject)
        self.assertEqual(approval.name, "{{ object.env.cr }} ${1+1}")
