from odoo import api, models
from odoo.fields import Domain


class ItsmDemo(models.AbstractModel):
    """Announcements of the demo: sent by those who may, read by those they are for."""

    _inherit = "itsm.demo"

    @api.model
    def _announce(self, news_id, login, readers=()):
        """Send a demo announcement, and let people read it; nobody gets a mail.

        :param login: who sends it
        :param readers: ``(login, confirm, reply or join, words)``, the words optional
        """
        news = self.env["itsm.announcement"].browse(news_id)
        if not news.is_draft:
            return  # Loaded again.
        users = self.env["res.users"]
        news.with_user(users.search([("login", "=", login)])).publish()
        for update in news.update_ids:
            while update._send_some():
                pass
        for reader, verb, *words in readers:
            user = users.search([("login", "=", reader)])
            news.with_user(user)._portal_act(verb, user.partner_id, *words)
        mails = self.env["mail.mail"].search(
            Domain("model", "=", news._name) & Domain("res_id", "=", news.id)
        )
        mails.unlink()
