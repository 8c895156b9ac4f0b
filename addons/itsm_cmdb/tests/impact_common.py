from .common import CmdbCase


class ImpactCase(CmdbCase):
    """Items by name, with relations of three types made for the tests."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        kinds = cls.env["itsm.ci.relation.type"]
        cls.types = {
            code: kinds.create(
                {
                    "name": code,
                    "inverse_name": f"inverse of {code}",
                    "code": f"test_{code}",
                    "impact": effect,
                    "strength": strength,
                }
            )
            for code, effect, strength in (
                ("needs", "source", "hard"),
                ("likes", "source", "soft"),
                ("feeds", "target", "hard"),
                ("ring", "both", "hard"),
                ("near", "none", "hard"),
            )
        }

    @classmethod
    def _items(cls, names, **vals):
        return [cls._ci(name, **vals) for name in names.split()]

    @classmethod
    def _link(cls, source, code, target, **vals):
        return cls.env["itsm.ci.relation"].create(
            {
                "source_id": source.id,
                "type_id": cls.types[code].id,
                "target_id": target.id,
                **vals,
            }
        )

    @classmethod
    def _group(cls, item, providers, minimum=1, **vals):
        group = cls.env["itsm.ci.dependency.group"].create(
            {"ci_id": item.id, "name": "Group", "minimum": minimum, **vals}
        )
        for provider in providers:
            cls._link(item, "needs", provider, group_id=group.id)
        return group

    def _states(self, items, **options):
        analysis = items._impact_analysis(**options)
        return {
            self.env["itsm.ci"].browse(ci_id).name: (hit.state, hit.distance)
            for ci_id, hit in analysis.outcome.items()
        }
