from odoo.fields import Command

from odoo.addons.itsm_helpdesk.tests.common import ItsmCase

GROUP = "itsm_cmdb.group_cmdb_%s"


class CmdbCase(ItsmCase):
    """Item classes, relation types and the two roles of the configuration database.

    ============== =======================================================
    user           role
    ============== =======================================================
    engineer       agent of line 2, and configuration engineer
    keeper         configuration engineer, no agent
    cmdb_manager   configuration manager, no agent
    outsider       configuration engineer of the other company
    ============== =======================================================
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Ci = cls.env["itsm.ci"]
        cls.Class = cls.env["itsm.ci.class"]
        cls.lifecycle = cls._make_lifecycle("Equipment of the tests")
        cls.stages = {stage.status: stage for stage in cls.lifecycle.stage_ids}
        cls.class_device = cls._class("test_device", lifecycle_id=cls.lifecycle.id)
        cls.class_server = cls._class(
            "test_server",
            cls.class_device,
            attributes={
                "memory_gb": "integer",
                "os_name": "char",
                "installed_on": "date",
                "is_virtual": "boolean",
                "tier": ("selection", {"gold": "Gold", "silver": "Silver"}),
                "roles": ("tags", {"web": "Web", "db": "Database"}),
            },
        )
        cls.env.flush_all()

    @classmethod
    def _actors(cls):
        actors = super()._actors()
        engineer = GROUP % "engineer"
        login, name, agent = actors["engineer"]
        return actors | {
            "engineer": (login, name, f"{agent},{engineer}"),
            "keeper": ("keeper", "Kim Keeper", engineer),
            "cmdb_manager": ("cmdbm", "Cora Manager", GROUP % "manager"),
            "outsider": ("outsider", "Olga Outsider", engineer, cls.branch),
        }

    @classmethod
    def _make_lifecycle(cls, name, statuses=None):
        """Return a new life cycle with one stage for each of the statuses."""
        statuses = statuses or dict(
            cls.env["itsm.ci.stage"]._fields["status"]._description_selection(cls.env)
        )
        return cls.env["itsm.ci.lifecycle"].create(
            {
                "name": name,
                "stage_ids": [
                    Command.create(
                        {"name": status, "status": status, "sequence": index}
                    )
                    for index, status in enumerate(statuses)
                ],
            }
        )

    @classmethod
    def _class(cls, code, parent=None, attributes=None, **vals):
        """Return a new class.

        :param dict attributes: ``{key: type}`` or ``{key: (type, {option: label})}``
        """
        return cls.Class.create(
            {
                "name": code.replace("_", " ").title(),
                "code": code,
                "parent_id": parent.id if parent else False,
                "attribute_ids": [
                    Command.create(cls._attribute_vals(key, kind))
                    for key, kind in (attributes or {}).items()
                ],
                **vals,
            }
        )

    @classmethod
    def _attribute_vals(cls, key, kind):
        kind, options = kind if isinstance(kind, tuple) else (kind, {})
        return {
            "key": key,
            "name": key.replace("_", " ").title(),
            "type": kind,
            "option_ids": [
                Command.create({"key": option, "name": label})
                for option, label in options.items()
            ],
        }

    @classmethod
    def _ci(cls, name, item_class=None, **vals):
        """Return a new item; a server unless told otherwise, made by the system."""
        return cls.Ci.create(
            {
                "name": name,
                "class_id": (item_class or cls.class_server).id,
                "company_id": cls.company.id,
                **vals,
            }
        )

    @classmethod
    def _relation_type(cls, code, **vals):
        """Return the relation type of a code, made if it is not there."""
        Type = cls.env["itsm.ci.relation.type"]
        return Type.search([("code", "=", code)]) or Type.create(
            {
                "code": code,
                "name": code.replace("_", " ").capitalize(),
                "inverse_name": f"Inverse of {code}",
                **vals,
            }
        )

    @classmethod
    def _relate(cls, source, type_code, target, **vals):
        """Return a new relation: ``source`` depends on ``target`` in most types."""
        relation_type = cls._relation_type(type_code)
        return cls.env["itsm.ci.relation"].create(
            {
                "source_id": source.id,
                "type_id": relation_type.id,
                "target_id": target.id,
                "strength": relation_type.strength,
                "impact": relation_type.impact,
                **vals,
            }
        )
