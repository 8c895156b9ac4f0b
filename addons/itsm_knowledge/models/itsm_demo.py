from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Command
from odoo.tools import SQL


class ItsmDemo(models.AbstractModel):
    """Gives the demo articles authors, reviewers and a past."""

    _inherit = "itsm.demo"

    @api.model
    def _publish_article(self, article_id, author, reviewer, days, note=None):
        """Let two people write and publish an article, some days ago.

        :param author: login of who wrote it
        :param reviewer: login of who published it
        """
        newest = self._newest_mail()
        users = self.env["res.users"]
        people = {
            user.login: user
            for user in users.search([("login", "in", [author, reviewer])])
        }
        article = self.env["itsm.article"].browse(article_id)
        if article.state == "published":
            return  # Loaded again: it was published before.
        article._write_system({"editor_ids": [Command.set(people[author].ids)]})
        article.with_user(people[author]).submit_for_review()
        article.with_user(people[reviewer]).publish(note)
        self.env.cr.flush()
        moment = self._moment(days * 24)
        review = moment.date() + timedelta(days=365)
        article.with_context(mail_notrack=True)._write_system(
            {"published_at": moment, "review_date": review}
        )
        self._date_rows(article.version_id, "published_at", moment)
        self._date_rows(article, "create_date", moment)
        self._sign(article.message_ids, people[author].partner_id)
        self._date_messages(article.message_ids, moment)
        self._drop_mails_after(newest)

    @api.model
    def _use_article(self, article_id, views, deflected, tickets=()):
        """Let people read an article, spare tickets by it, and use it for tickets.

        :param views: how many read it since it was published
        :param deflected: how many needed no ticket then
        :param tickets: pairs of the id of a ticket and the kind of use
        """
        article = self.env["itsm.article"].browse(article_id)
        if article.use_ids:
            return  # Loaded again.
        for number in range(views):
            # Those who were helped are spread among those who read it.
            before, after = (n * deflected // views for n in (number, number + 1))
            article._record_use("deflected" if after > before else "viewed")
        for ticket_id, kind in tickets:
            ticket = self.env["itsm.ticket"].browse(ticket_id)
            article.with_user(ticket.user_id or self.env.user).sudo()._record_use(
                kind, ticket
            )
        # Evenly over the time in which readers saw it.
        now, uses = fields.Datetime.now(), article.use_ids
        age = (now - article.published_at) / max(len(uses), 1)
        for number, use in enumerate(uses):
            self._date_rows(use, "used_at", now - age * (number + 0.5))

    @api.model
    def _comment_article(self, article_id, who, helpful, comment=None):
        """Let a reader say whether an article helped.

        :param who: login of the reader
        """
        newest = self._newest_mail()
        user = self.env["res.users"].search([("login", "=", who)])
        article = self.env["itsm.article"].browse(article_id)
        article.with_user(user)._give_feedback(helpful, comment)
        self._drop_mails_after(newest)

    @api.model
    def _date_rows(self, records, column, moment):
        """Move a date that nobody writes."""
        records.flush_recordset()
        self.env.execute_query(
            SQL(
                "UPDATE %s SET %s = %s WHERE id IN %s RETURNING id",
                SQL.identifier(records._table),
                SQL.identifier(column),
                moment,
                tuple(records.ids),
            )
        )
        records.invalidate_recordset([column])
