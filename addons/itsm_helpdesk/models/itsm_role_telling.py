from collections import defaultdict

from odoo import models

from ..tools import role_ledger

_GAINED, _LOST = (role_ledger.GIVEN,), (role_ledger.TAKEN,)


class ItsmRoleGrant(models.Model):
    """People are told what a role gave them, and what they lost with it."""

    _inherit = "itsm.role.grant"

    def _tell_people(self):
        """Tell everybody of these rows once, in their language.

        Only what was really given or taken: nobody is told of what they had anyhow.
        People with the same news, such as all whose job changed, get one message.
        """
        changes = self.filtered(lambda grant: grant.state in _GAINED + _LOST)
        news = defaultdict(lambda: self.env["res.users"])
        for user, grants in changes.grouped("user_id").items():
            if user.active and not user.share:
                rows = grants.sorted(lambda grant: (grant.role_id.id, grant.id))
                what = tuple((row._news_key(), row.role_id.id) for row in rows)
                news[user.lang, what] |= user
        for (lang, _what), users in news.items():
            rows = changes.filtered(lambda grant, one=users[0]: grant.user_id == one)
            rows.with_context(lang=lang)._tell(users)

    def _news_key(self):
        return self.state, self.kind, self.target

    def _tell(self, users):
        """Send the news of one of these people to all of them."""
        rows = self.sorted(lambda grant: (grant.role_id.id, grant.id))
        body = self.env["ir.qweb"]._render(
            "itsm_helpdesk.role_news",
            {
                "gained": rows.filtered(lambda grant: grant.state in _GAINED),
                "lost": rows.filtered(lambda grant: grant.state in _LOST),
            },
        )
        self.env["mail.thread"].sudo().message_notify(
            partner_ids=users.partner_id.ids,
            subject=self.env._("Your access has changed"),
            body=body,
            email_layout_xmlid="itsm_helpdesk.mail_layout",
        )
