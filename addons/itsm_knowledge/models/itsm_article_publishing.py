from dateutil.relativedelta import relativedelta

from odoo import fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command

from odoo.addons.itsm_helpdesk.models.row_lock import wait_for_rows

from .itsm_article import TEXT_FIELDS

REVIEW_ACTIVITY = "itsm_knowledge.mail_activity_type_review"


class ItsmArticle(models.Model):
    """The way of an article to its readers: draft, review, published, expired.

    Each verb works on many articles, refuses with a sentence and is on record in the
    chatter. Who wrote a draft does not publish it, unless the desk allows that.
    """

    _inherit = "itsm.article"

    can_review = fields.Boolean(compute="_compute_can_review")

    def _compute_can_review(self):
        for article in self:
            article.can_review = (
                article.state == "review" and not article._review_refusal()
            )

    # ------------------------------------------------------------------
    # Verbs
    # ------------------------------------------------------------------

    def submit_for_review(self, reviewer=None):
        """Ask for the drafts to be checked and published.

        :param reviewer: whom, as a record or id; default: the article's reviewer
        """
        self._begin("draft", "expired")
        for article in self:
            article._refuse_incomplete()
        if reviewer:
            self.reviewer_id = self._user_argument(reviewer)
        self._write_system({"state": "review", "submitted_by_id": self.env.uid})
        for article in self.filtered("reviewer_id"):
            article._remind(
                REVIEW_ACTIVITY, article.reviewer_id, self.env._("Check and publish")
            )
        return True

    def publish(self, note=None):
        """Show the drafts to readers as they are now; each gets a new version.

        :param note: what is new, kept with the version
        """
        self._begin("review")
        # What is published is what nobody changes at the same moment.
        wait_for_rows(self)
        for article in self:
            article._refuse_non_reviewer()
            article._refuse_incomplete()
        for article in self:
            article._publish_version(note)
        self.activity_feedback([REVIEW_ACTIVITY])
        self._index_refresh()
        return True

    def send_back(self, reason=None):
        """Give drafts back to their authors.

        :param reason: what is to be mended; the author reads it
        """
        self._begin("review")
        for article in self:
            article._refuse_non_reviewer()
        if not (reason or "").strip():
            raise UserError(self.env._("Say what is to be changed."))
        self._write_system({"state": "draft"})
        self.activity_unlink([REVIEW_ACTIVITY])
        for article in self:
            article._tell_author(reason)
        return True

    def expire(self, reason=None):
        """Show articles to readers no more.

        :param reason: why, kept in the chatter
        """
        self.check_access("write")
        hidden = self.filtered(lambda article: not article.is_live)[:1]
        if hidden:
            raise UserError(
                self.env._(
                    "“%(article)s” is not published.", article=hidden.display_name
                )
            )
        self._expire()
        if (reason or "").strip():
            for article in self:
                article.message_post(body=reason)
        return True

    def renew(self, date=None, expires_at=None):
        """Say that articles are still right, and when to look at them again.

        What had expired is shown again, if nothing was changed since.

        :param date: the next review; default: as long from now as the desk says
        :param expires_at: when they expire; default: not
        """
        self.check_access("write")
        unpublished = self.filtered(lambda article: not article.version_id)[:1]
        if unpublished:
            raise UserError(
                self.env._(
                    "“%(article)s” was never published. Send it to review.",
                    article=unpublished.display_name,
                )
            )
        today = fields.Date.context_today(self)
        date = fields.Date.to_date(date)
        expires_at = fields.Datetime.to_datetime(expires_at) or False
        if date and date <= today:
            raise UserError(self.env._("The next review must lie ahead."))
        if expires_at and expires_at <= fields.Datetime.now():
            raise UserError(self.env._("The date of expiry must lie ahead."))
        for article in self:
            article._refuse_renewal_of_changed()
            article._write_system(
                {
                    "review_date": date or article._next_review(),
                    "expires_at": expires_at,
                    "is_live": True,
                    "state": "published"
                    if article.state == "expired"
                    else article.state,
                }
            )
        self.activity_feedback([REVIEW_ACTIVITY])
        self._index_refresh()
        return True

    # ------------------------------------------------------------------
    # Guards
    # ------------------------------------------------------------------

    def _begin(self, *states):
        """Check who asks and in which state the working copies are."""
        self.check_access("write")
        wrong = self.filtered(lambda article: article.state not in states)[:1]
        if wrong:
            labels = dict(self._fields["state"]._description_selection(self.env))
            raise UserError(
                self.env._(
                    "“%(article)s” is “%(state)s”; this is possible only for:"
                    " %(states)s.",
                    article=wrong.display_name,
                    state=labels[wrong.state],
                    states=", ".join(labels[state] for state in states),
                )
            )

    def _refuse_incomplete(self):
        """Refuse a draft in which a reader would find nothing."""
        self.ensure_one()
        source = self.with_context(lang=self.source_lang)
        if self.kind == "known_fault":
            complete = source.symptom and (source.workaround or source._has_body())
            message = self.env._(
                "Write down by what one knows the fault “%(article)s”, and what helps"
                " against it.",
                article=self.display_name,
            )
        else:
            complete = source._has_body()
            message = self.env._(
                "“%(article)s” has no text yet.", article=self.display_name
            )
        if not complete:
            raise UserError(message)

    def _has_body(self):
        """Tell whether there is something to read or to see in the text."""
        return bool(
            self.body and ("<img" in self.body or self.body.striptags().strip())
        )

    def _review_refusal(self):
        """Return why the user may not publish this draft, if so."""
        self.ensure_one()
        if self.env.su:
            return ""
        user = self.env.user
        if user != self.reviewer_id and not self._is_led_by(user):
            return self.env._(
                "“%(article)s” is checked by its reviewer or a team leader of the"
                " desk.",
                article=self.display_name,
            )
        authors = self.editor_ids | self.submitted_by_id
        # sudo: a setting of the desk, whoever asks.
        if user in authors and not self.sudo().desk_id.article_self_review:
            return self.env._(
                "You worked on “%(article)s” yourself, so somebody else has to check"
                " and publish it.",
                article=self.display_name,
            )
        return ""

    def _refuse_non_reviewer(self):
        """Refuse to send a draft back for who does not publish it either."""
        refusal = self._review_refusal()
        if refusal:
            raise AccessError(refusal)

    def _is_led_by(self, user):
        """Tell whether a user is a team leader who may work on this article."""
        return user.has_group("itsm_helpdesk.group_itsm_leader") and self.with_user(
            user
        ).has_access("write")

    def _refuse_renewal_of_changed(self):
        if self.state == "review" or self.state == "draft" and not self.is_live:
            raise UserError(
                self.env._(
                    "“%(article)s” was changed since it was published. Have the draft"
                    " reviewed, or restore the published version.",
                    article=self.display_name,
                )
            )

    def _user_argument(self, user):
        """Return the user that a caller means by a record or an id."""
        if isinstance(user, models.BaseModel):
            return user
        is_id = isinstance(user, int) and not isinstance(user, bool)
        found = self.env["res.users"].browse(user if is_id else ()).exists()
        if not found:
            raise UserError(self.env._("There is no user with id %(id)s.", id=user))
        return found

    # ------------------------------------------------------------------
    # What the verbs do
    # ------------------------------------------------------------------

    def _begin_draft(self):
        """What somebody changed is a draft again, with them as one of its authors."""
        user = self.env.user
        in_review = self.filtered(lambda article: article.state == "review")
        for article in self:
            values = {}
            if article.state != "draft":
                values["state"] = "draft"
            if user not in article.editor_ids:
                values["editor_ids"] = [Command.link(user.id)]
            if values:
                article._write_system(values)
        if in_review:
            in_review.activity_unlink([REVIEW_ACTIVITY])
            in_review._message_log_batch(
                bodies=dict.fromkeys(
                    in_review.ids,
                    self.env._("Changed during the review: it is a draft again."),
                )
            )

    def _publish_version(self, note):
        self.ensure_one()
        # sudo: nobody makes versions but this verb, which checked who asks.
        version = (
            self.env["itsm.article.version"]
            .sudo()
            .create({**self._version_values(), "note": note})
        )
        now = fields.Datetime.now()
        review = self.review_date
        values = {
            "state": "published",
            "is_live": True,
            "version_id": version.id,
            "published_at": now,
            "submitted_by_id": False,
            "editor_ids": [Command.clear()],
        }
        if not review or review <= now.date():
            values["review_date"] = self._next_review()
        if self.expires_at and self.expires_at <= now:
            values["expires_at"] = False
        self._write_system(values)
        self.message_post(
            body=self.env._("Version %(number)s was published.", number=version.number)
        )

    def _version_values(self):
        """Return the values of a new version: the working copy in all languages."""
        self.ensure_one()
        last = max(self.sudo().version_ids.mapped("number"), default=0)
        texts = self._texts()
        return {
            "article_id": self.id,
            "number": last + 1,
            "author_id": (self.submitted_by_id or self.env.user).id,
            "editor_ids": self.editor_ids.ids,
            "reviewer_id": self.env.uid,
            "kind": self.kind,
            "audience": self.audience,
            "team_ids": self.team_ids.ids if self.audience == "teams" else [],
            "department_ids": self.department_ids.ids
            if self.audience == "departments"
            else [],
            "source_lang": self.source_lang,
            "texts": texts,
            "attachment_ids": self.attachment_ids.ids,
            "picture_ids": self._pictures_in(
                text["body"] for text in texts.values()
            ).ids,
        }

    def _texts(self):
        """Return the working copy, by language and field, where it is translated."""
        self.ensure_one()
        return {
            lang: {field: str(text[field] or "") for field in TEXT_FIELDS}
            for lang in self._written_languages()
            for text in [self.with_context(lang=lang)]
        }

    def _next_review(self):
        # sudo: a setting of the desk, whoever asks.
        months = self.sudo().desk_id.article_review_months or 12
        return fields.Date.context_today(self) + relativedelta(months=months)

    def _expire(self):
        """Hide the articles from readers."""
        self._write_system({"is_live": False})
        published = self.filtered(lambda article: article.state == "published")
        published._write_system({"state": "expired"})
        self._index_refresh()

    def _remind(self, activity, user, summary):
        """Give somebody something to do, as soon as its type says.

        :param activity: external id of the type
        """
        self.activity_schedule(
            activity,
            self.env.ref(activity)._get_date_deadline(),
            user_id=user.id,
            summary=summary,
        )

    def _tell_author(self, reason):
        """Write the reviewer's words down, and tell who sent the draft."""
        self.ensure_one()
        author = self.submitted_by_id or self.owner_id
        self.message_post(
            body=reason,
            partner_ids=author.partner_id.ids,
            subtype_xmlid="mail.mt_note",
        )

    def _index_refresh(self):
        """Hook: what readers find has changed."""
