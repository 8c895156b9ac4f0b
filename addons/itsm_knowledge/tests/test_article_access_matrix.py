from odoo.exceptions import AccessError, UserError

from .common import ArticleCase

ROLES = (
    "portal",
    "requester",
    "agent",
    "leader",
    "manager",
    "auditor",
    "admin",
)
# Rights on the models as such (r read, w write, c create, d delete); which records they
# cover is the matter of the second class.
MODELS = {
    #                         portal requester agent leader manager auditor admin
    "itsm.article": ("", "", "rwc", "rwc", "rwcd", "r", "rwcd"),
    "itsm.article.category": ("", "", "r", "rwc", "rwcd", "r", "rwcd"),
    "itsm.article.version": ("", "", "r", "r", "r", "r", "r"),
    "itsm.article.use": ("", "", "r", "r", "r", "r", "r"),
    "itsm.article.feedback": ("", "", "r", "r", "r", "r", "r"),
    "itsm.article.language": ("", "", "r", "r", "r", "r", "r"),
    "itsm.article.comparison": ("", "", "rwcd", "rwcd", "rwcd", "rwcd", "rwcd"),
    "itsm.article.action": ("", "", "rwcd", "rwcd", "rwcd", "", "rwcd"),
}
# Those of the search, see test_article_find_rights.
TESTED_ELSEWHERE = (
    "itsm.article.gap",
    "itsm.article.index",
    "itsm.article.search",
    "itsm.article.term",
)
# Which of the articles made below each role reads and writes in the back office: the
# working copies. What others read are published versions.
ALL = "everyone agents team dept draft other other_draft house"
ARTICLES = {
    "portal": ("", ""),
    "requester": ("", ""),
    "agent": (
        "everyone agents team dept draft house",
        "everyone agents team dept draft house",
    ),
    "engineer": (
        "everyone agents dept draft house",
        "everyone agents dept draft house",
    ),
    "leader": (
        "everyone agents team dept draft house",
        "everyone agents team dept draft house",
    ),
    "manager": (
        "everyone agents team dept draft house",
        "everyone agents team dept draft house",
    ),
    "stranger": (
        "other other_draft house",
        "other other_draft house",
    ),
    "foreigner": ("branch house", "branch house"),
    "auditor": (ALL, ""),
    "admin": (ALL, ALL),
}
# Which published versions each reads in the back office.
VERSIONS = {
    "portal": "",
    "requester": "",
    "agent": "everyone agents team dept other house",
    "engineer": "everyone agents dept other house",
    "stranger": "everyone agents other house",
    "foreigner": "branch house",
    "auditor": "everyone agents team dept other house",
    "admin": "everyone agents team dept other house",
}
# Which of them each is shown as a reader.
READERS = {
    "portal": "everyone dept house",
    "requester": "everyone dept house",
    "head": "everyone dept house",
    "outsider": "everyone house",
    "agent": "everyone agents team other house",
    "engineer": "everyone agents other house",
    "stranger": "everyone agents other house",
    "foreigner": "branch house",
    "auditor": "everyone house",
}


class TestArticleModelRights(ArticleCase):
    """Role × model × operation."""

    def test_models(self):
        self._check_model_rights(MODELS, ROLES)

    def test_table_is_complete(self):
        self._check_table_complete(MODELS, "itsm_knowledge", TESTED_ELSEWHERE)

    def test_public_visitor(self):
        self._check_hidden_from_public(MODELS)


class TestArticleRecords(ArticleCase):
    """Which articles each role sees and changes."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.outsider = cls._make_user("outsider", "Olga Outsider")
        cls.ward = cls.env["hr.department"].create({"name": "Hospital"})
        cls.department.parent_id = cls.ward
        system = {"author": cls.env.ref("base.user_admin")}
        make = cls._article
        cls.articles = {
            "everyone": make(),
            "agents": make(audience="agents"),
            "team": make(audience="teams", team_ids=cls.team1.ids),
            "dept": make(audience="departments", department_ids=cls.ward.ids),
            "draft": make(),
            "other": make(
                author=cls.stranger, desk_id=cls.desk_other.id, audience="agents"
            ),
            "other_draft": make(author=cls.stranger, desk_id=cls.desk_other.id),
            "house": make(desk_id=False, **system),
            "branch": make(desk_id=cls.desk_branch.id, author=cls.foreigner),
        }
        for name, article in cls.articles.items():
            # Who reads and writes must not follow from who made it.
            article.owner_id = False
            article._write_system({"editor_ids": False})
            if "draft" not in name:
                article.submit_for_review()
                article.publish()

    def _names(self, articles):
        ids = {article.id: name for name, article in self.articles.items()}
        return {ids[article.id] for article in articles if article.id in ids}

    def _allowed(self, user, operation):
        env = self._as(user)
        return self._names(
            article
            for article in self.articles.values()
            if env["itsm.article"].browse(article.id).has_access(operation)
        )

    def test_back_office(self):
        for role, (readable, writable) in ARTICLES.items():
            user = getattr(self, role)
            with self.subTest(role=role, operation="read"):
                self.assertEqual(self._allowed(user, "read"), set(readable.split()))
            with self.subTest(role=role, operation="write"):
                self.assertEqual(self._allowed(user, "write"), set(writable.split()))
            if readable:
                with self.subTest(role=role, operation="search"):
                    found = self._as(user)["itsm.article"].search([])
                    self.assertEqual(self._names(found), set(readable.split()))

    def test_versions(self):
        published = self.env["itsm.article.version"].search([])
        for role, readable in VERSIONS.items():
            with self.subTest(role=role):
                env = self._as(getattr(self, role))
                own = published.with_env(env)._filtered_access("read").sudo()
                self.assertEqual(self._names(own.article_id), set(readable.split()))
                if readable:
                    found = env["itsm.article.version"].search([]).sudo()
                    self.assertEqual(found, own.with_env(found.env) & found)
                    self.assertEqual(len(found), len(own))

    def test_readers(self):
        for role, shown in READERS.items():
            with self.subTest(role=role):
                self.assertEqual(
                    self._names(self._shown_to(getattr(self, role))),
                    set(shown.split()),
                )

    def test_what_hangs_on_an_article_is_hidden_with_it(self):
        article = self.articles["team"]
        article._record_use("viewed")
        article.with_user(self.agent)._give_feedback(True)
        hung = (
            article.version_ids | article.version_id,
            article.use_ids,
            article.feedback_ids,
            article.language_ids,
        )
        for records in hung:
            with self.subTest(model=records._name):
                self.assertTrue(records)
                env = self._as(self.agent)
                self.assertTrue(
                    env[records._name].browse(records.ids).has_access("read")
                )
                env = self._as(self.engineer)
                self.assertFalse(
                    env[records._name].browse(records.ids).has_access("read")
                )
                self.assertFalse(env[records._name].search([("id", "in", records.ids)]))

    def test_uses_for_tickets_of_another_desk_are_hidden(self):
        ticket = self._create_ticket(desk_id=self.desk_other.id)
        article = self.articles["everyone"]
        article.with_user(self.stranger)._record_use("linked", ticket)
        uses = article.use_ids
        self.assertFalse(
            self._as(self.agent)[uses._name].browse(uses.id).has_access("read")
        )
        self.assertTrue(
            self._as(self.stranger)[uses._name].browse(uses.id).has_access("read")
        )

    def test_only_drafts_are_deleted(self):
        env = self._as(self.manager)
        env["itsm.article"].browse(self.articles["draft"].id).unlink()
        with self.assertRaises(UserError):
            env["itsm.article"].browse(self.articles["everyone"].id).unlink()

    def test_an_article_is_not_pushed_to_a_foreign_desk(self):
        article = self._article().with_user(self.agent)
        with self.assertRaises(UserError):
            article.desk_id = self.desk_other
        with self.assertRaises(UserError):
            self._article(desk_id=self.desk_other.id)
        with self.assertRaises(AccessError):
            self._article(desk_id=self.desk_other.id, owner_id=False)
