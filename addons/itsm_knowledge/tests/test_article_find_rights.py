from odoo.exceptions import AccessError
from odoo.tests import tagged

from .find_common import FindCase

ROLES = (
    *("portal", "requester", "agent", "leader", "manager"),
    *("stranger", "auditor", "admin"),
)
READ_BY_AGENTS = ("", "", "r", "r", "r", "r", "r", "r")
# What the search is made of holds words of articles that are not for everybody.
READ_BY_ADMINISTRATORS = ("", "", "", "", "", "", "", "r")
MODELS = {
    "itsm.article.gap": READ_BY_AGENTS,
    "itsm.article.search": READ_BY_AGENTS,
    "itsm.article.index": READ_BY_ADMINISTRATORS,
    "itsm.article.term": READ_BY_ADMINISTRATORS,
}


@tagged("post_install", "-at_install")
class TestArticleFindRights(FindCase):
    """Who reads what is found by, and what was looked for."""

    def test_models(self):
        self._check_model_rights(MODELS, ROLES)

    def test_marks_of_forms_are_nobodys(self):
        """Nobody joins a search or a use to the ticket of who made it."""
        for model, name in (
            ("itsm.article.search", "key"),
            ("itsm.article.use", "form_key"),
        ):
            for user in (self.agent, self.manager, self.auditor, self.admin):
                Model = self.env[model].with_user(user)
                with self.subTest(model=model, user=user.login):
                    with self.assertRaises(AccessError):
                        Model.search([(name, "!=", False)])
                    with self.assertRaises(AccessError):
                        Model._read_group([], [name], ["__count"])
