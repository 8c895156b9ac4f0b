from odoo import fields


class WholeHtml(fields.Html):
    """Cleaned HTML that has a text of its own in each language.

    Odoo translates cleaned HTML sentence by sentence, in one layout for all languages:
    whoever writes a new text in one language wipes out those in the others. What
    people write anew in each language is translated as a whole.
    """

    def _get_attrs(self, model_class, name):
        attrs = super()._get_attrs(model_class, name)
        attrs["translate"] = True
        return attrs
