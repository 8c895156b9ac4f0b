from .common import CmdbCase


class ClassCase(CmdbCase):
    """A device class with subclasses, made anew for the tests of classes."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("zh_CN")
        cls.top = cls._class("zz_top", attributes={"zz_weight": "float"})
        cls.middle = cls._class(
            "zz_middle",
            cls.top,
            attributes={"zz_tier": ("selection", {"gold": "Gold", "iron": "Iron"})},
        )
        cls.leaf = cls._class("zz_leaf", cls.middle, attributes={"zz_slots": "integer"})

    def _attribute(self, item_class, key, **vals):
        return self.env["itsm.ci.attribute"].create(
            {"class_id": item_class.id, "key": key, "name": key.title(), **vals}
        )

    def _keys(self, item_class):
        return [each["name"] for each in item_class.attribute_definition]
