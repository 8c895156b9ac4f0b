from unittest.mock import patch

from odoo.addons.base.models.ir_cron import IrCron
from odoo.addons.itsm_helpdesk.tests.common import ItsmCase

PIXEL = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00"
    b"\x00\x1f\x15\xc4\x89\x00\x00\x00\rIDATx\x9cc\xf8\xff\xff?\x00\x05\xfe\x02\xfe\xa75"
    b"\x81\x84\x00\x00\x00\x00IEND\xaeB`\x82"
)


class ArticleCase(ItsmCase):
    """Articles of the IT desk, written by the agent and published by the leader."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Article = cls.env["itsm.article"]
        cls.chinese = cls.env["res.lang"]._activate_lang("zh_CN")
        cls.category = cls.env["itsm.article.category"].create({"name": "Printing"})

    @classmethod
    def _article(cls, author=None, **vals):
        """Return a new draft, written by the agent unless somebody else is named."""
        author = author or cls.agent
        return (
            cls.Article.with_user(author)
            .create(
                {
                    "name": "The printer prints blank pages",
                    "body": "<p>Press the red key.</p>",
                    "desk_id": cls.desk.id,
                    "category_id": cls.category.id,
                    **vals,
                }
            )
            .with_env(cls.env)
        )

    @classmethod
    def _publish(cls, article, note=None):
        """Let the agent send an article to review and the leader publish it."""
        article.with_user(cls.agent).submit_for_review()
        article.with_user(cls.leader).publish(note)
        return article

    @classmethod
    def _published(cls, **vals):
        """Return a new article that readers see."""
        return cls._publish(cls._article(**vals))

    @classmethod
    def _picture(cls, article, name="screen.png"):
        """Return a picture that was uploaded into an article."""
        return cls.env["ir.attachment"].create(
            {
                "name": name,
                "raw": PIXEL,
                "res_model": article._name,
                "res_id": article.id,
                "mimetype": "image/png",
            }
        )

    def _shown_to(self, user):
        """Return the articles that a user is shown as a reader."""
        return self._as(user)["itsm.article"]._search_for_reader()

    def _run_job(self, name):
        """Run a job of articles; what it would commit stays in the test."""
        with patch.object(IrCron, "_commit_progress", lambda *_args, **_kwargs: True):
            getattr(self.Article, name)()
