from .catalogue_common import CatalogueCase


class TestCatalogueSearch(CatalogueCase):
    """Staff find what they need in their own words."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("zh_CN")
        cls.category = cls.env["itsm.service.category"].create({"name": "Gadgets"})
        cls.laptop = cls._service(
            "Laptop", keywords="notebook, PC", category_id=cls.category.id
        )
        cls.laptop.with_context(lang="zh_CN").write(
            {"name": "笔记本电脑", "keywords": "电脑，便携机"}
        )
        cls.printer = cls._service("Printer", description="Toner and paper jams.")
        cls.draft = cls._service("Laptop stand", publish=False)

    def _find(self, term, user=None, lang="en_US"):
        Service = self._as(user or self.portal)["itsm.service"]
        found = Service.with_context(lang=lang)._search_catalogue(term, 5)
        return self.env["itsm.service"].browse(found.ids)

    def test_words_of_all_kinds(self):
        for term in ("laptop", "NOTEBOOK", "lapotp", "lapt", "gadgets", "pc"):
            with self.subTest(term=term):
                self.assertEqual(self._find(term)[:1], self.laptop)
        self.assertEqual(self._find("paper"), self.printer)
        self.assertFalse(self._find("submarine"))

    def test_chinese_without_blanks(self):
        for term in ("电脑", "我想要一台新电脑", "便携", "笔记本"):
            with self.subTest(term=term):
                self.assertEqual(self._find(term, lang="zh_CN")[:1], self.laptop)

    def test_english_words_are_found_in_every_language(self):
        self.assertEqual(self._find("notebook", lang="zh_CN")[:1], self.laptop)

    def test_drafts_are_not_found(self):
        for user in (self.portal, self.agent, self.manager):
            self.assertNotIn(self.draft, self._find("laptop stand", user))
        self.draft.action_publish()
        self.assertEqual(self._find("laptop stand")[:1], self.draft)

    def test_what_is_for_others_is_not_found(self):
        self.laptop.available_group_ids = self.env.ref("base.group_user")
        self.assertFalse(self._find("notebook"))
        self.assertEqual(self._find("notebook", self.requester), self.laptop)

    def test_new_words_count_at_once(self):
        self._find("slate")
        self.laptop.keywords = "slate"
        self.assertEqual(self._find("slate"), self.laptop)
        self.category.name = "Hardware"
        self.assertEqual(self._find("hardware"), self.laptop)
        self.laptop.update_field_translations("keywords", {"zh_CN": "平板"})
        self.assertEqual(self._find("平板", lang="zh_CN"), self.laptop)
        self.laptop.action_retire()
        self.assertFalse(self._find("hardware"))

    def test_hostile_terms(self):
        for term in (
            "%",
            "' OR 1=1 --",
            "\\",
            "a" * 5000,
            "<b>",
            "\x00",
            None,
            "()[]*+",
        ):
            with self.subTest(term=term):
                self._find(term)
