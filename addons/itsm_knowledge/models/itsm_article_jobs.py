from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

from .itsm_article_publishing import REVIEW_ACTIVITY

# An article that nobody used has had this many days to be found.
DAYS_TO_BE_FOUND = 30


class ItsmArticle(models.Model):
    """What time does to articles: they are to be reviewed, and they expire."""

    _inherit = "itsm.article"

    is_stale = fields.Boolean(
        "Review Overdue",
        compute="_compute_is_stale",
        search="_search_is_stale",
        help="Readers see it, and the day of its review has passed.",
    )
    is_never_used = fields.Boolean(
        "Never Used",
        compute="_compute_is_never_used",
        search="_search_is_never_used",
        help="Published for a month or more, and it never helped anybody.",
    )

    @api.depends("review_date", "is_live")
    def _compute_is_stale(self):
        stale = self.filtered_domain(self._stale_domain())
        for article in self:
            article.is_stale = article in stale

    @api.depends("use_count", "is_live", "published_at")
    def _compute_is_never_used(self):
        unused = self.filtered_domain(self._never_used_domain())
        for article in self:
            article.is_never_used = article in unused

    def _search_is_stale(self, operator, value):
        return NotImplemented if operator != "in" else self._stale_domain()

    def _search_is_never_used(self, operator, value):
        return NotImplemented if operator != "in" else self._never_used_domain()

    @api.model
    def _stale_domain(self):
        today = fields.Date.context_today(self)
        return Domain("is_live", "=", True) & Domain("review_date", "<=", today)

    @api.model
    def _never_used_domain(self):
        since = fields.Datetime.now() - timedelta(days=DAYS_TO_BE_FOUND)
        return (
            Domain("is_live", "=", True)
            & Domain("use_count", "in", [0, False])
            & Domain("published_at", "<=", since)
        )

    @api.model
    def _cron_look_after(self):
        """Hide what has expired, and ask owners to review what is due."""
        self._cron_expire()
        self._cron_ask_for_review()

    @api.model
    def _cron_expire(self, limit=200):
        due = Domain("is_live", "=", True) & Domain(
            "expires_at", "<=", fields.Datetime.now()
        )
        self._in_batches(due, limit, lambda articles: articles._expire())

    @api.model
    def _cron_ask_for_review(self, limit=200):
        """Give each owner one activity for each article, and not a second one."""
        kind = self.env.ref(REVIEW_ACTIVITY)
        asked = Domain("activity_ids.activity_type_id", "=", kind.id)
        due = self._stale_domain() & ~asked
        self._in_batches(due, limit, lambda articles: articles._ask_for_review())

    def _ask_for_review(self):
        for article in self:
            owner = article.owner_id.filtered("active") or (
                article.desk_id.manager_ids[:1] or self.env.ref("base.user_admin")
            )
            article._remind(REVIEW_ACTIVITY, owner, self.env._("Is it still right?"))

    @api.model
    def _in_batches(self, domain, limit, process):
        """Process the articles of a domain in batches that are kept one by one."""
        Cron = self.env["ir.cron"]
        Cron._commit_progress(remaining=self.search_count(domain))
        last = 0
        while True:
            found = self.search(
                domain & Domain("id", ">", last), limit=limit, order="id"
            )
            if not found:
                return
            last = found[-1].id
            # What another job holds is done by it.
            process(found.try_lock_for_update())
            if not Cron._commit_progress(len(found)):
                return
