from odoo import api, models


class ItsmArticle(models.Model):
    """Articles that an addon brings, such as those of the demo."""

    _inherit = "itsm.article"

    @api.model
    def _take_shipped_translations(self, addons):
        """Publish the translations of articles that the addons brought with them.

        Translations are loaded after the articles, and past them. An article that
        somebody works on is left alone.
        """
        rows = self.env["ir.model.data"].search(
            [("model", "=", self._name), ("module", "in", list(addons))]
        )
        articles = self.browse(rows.mapped("res_id")).exists()
        if not articles:
            return
        articles.invalidate_recordset()
        articles._refresh_languages()
        fresh = articles.filtered(
            lambda article: (
                article.is_live
                and article.state == "published"
                and set(article._written_languages()) - set(article.version_id.texts)
            )
        )
        for article in fresh:
            article._publish_version(self.env._("Translated"))
        fresh._index_refresh()
