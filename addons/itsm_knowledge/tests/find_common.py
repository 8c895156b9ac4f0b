from odoo.addons.itsm_helpdesk.tests.common import ItsmCase


class FindCase(ItsmCase):
    """Published articles of the IT desk, in English and Chinese."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("zh_CN")
        cls.Article = cls.env["itsm.article"]

    @classmethod
    def _article(cls, name, lang="en_US", published=True, **vals):
        """Return a new article, published as it is; nobody wrote it."""
        article = (
            cls.env["itsm.article"]
            .with_context(lang=lang, tracking_disable=True)
            .create(
                {
                    "name": name,
                    "body": f"<p>{name}</p>",
                    "desk_id": cls.desk.id,
                    "source_lang": lang,
                    **vals,
                }
            )
        )
        if published:
            cls._publish(article)
        return article.with_env(cls.env)

    @classmethod
    def _publish(cls, article):
        article.submit_for_review()
        article.publish()
        cls._count_terms()

    @classmethod
    def _count_terms(cls):
        cls.env["itsm.article.term"]._cron_count()

    def _found(self, words, user=None, lang="en_US", **kw):
        """Return what somebody finds, as records of the system."""
        env = self._as(user or self.portal)
        found = env["itsm.article"].with_context(lang=lang)._find(words, **kw)
        return found.with_env(self.env)
