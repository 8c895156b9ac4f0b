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

    def _bulk_items(self, count, prefix):
        """Return the ids of many items, made without the ORM."""
        self.env.flush_all()
        self.env.cr.execute(
            """
            INSERT INTO itsm_ci (name, code, class_id, company_id, active, criticality)
            SELECT %(prefix)s || n, %(prefix)s || n, %(item_class)s, %(company)s, TRUE,
                   '3'
              FROM generate_series(1, %(count)s) AS n
            RETURNING id
            """,
            {
                "prefix": prefix,
                "item_class": self.class_server.id,
                "company": self.company.id,
                "count": count,
            },
        )
        return sorted(row[0] for row in self.env.cr.fetchall())

    def _bulk_relations(self, pairs, strength="hard"):
        """Make relations between pairs of ids, without the ORM."""
        self.env.cr.execute(
            """
            INSERT INTO itsm_ci_relation (source_id, target_id, type_id, strength,
                                          impact, weight, active, started_at)
            SELECT *, %s, %s, 'source', 1, TRUE, now()
              FROM unnest(%s::int[], %s::int[])
            """,
            [self.types["needs"].id, strength, *map(list, zip(*pairs, strict=True))],
        )
        # As the database does by itself a minute later.
        self.env.cr.execute("ANALYZE itsm_ci_relation")
