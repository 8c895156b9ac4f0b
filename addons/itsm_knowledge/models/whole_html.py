from odoo import fields


class WholeHtml(fields.Html):
    """Cleaned HTML that has a text of its own in each language.

    Odoo translates cleaned HTML sentence by sentence, in one layout for all languages.
    An article is written anew in another language, with pictures of screens in that
    language, so its text is translated as a whole.
    """

    def _get_attrs(self, model_class, name):
        attrs = super()._get_attrs(model_class, name)
        attrs["translate"] = True
        return attrs
