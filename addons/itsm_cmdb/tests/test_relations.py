from datetime import timedelta

from freezegun import freeze_time
from psycopg2 import IntegrityError

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import CmdbCase


@tagged("post_install", "-at_install")
class TestRelations(CmdbCase):
    """Relations are facts: checked when they begin, kept when they end."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.app, cls.server, cls.rack = (
            cls._ci(name) for name in ("app", "server", "rack")
        )
        cls.Relation = cls.env["itsm.ci.relation"]
        cls.kind = cls.env["itsm.ci.relation.type"].create(
            {"name": "Needs", "inverse_name": "Needed by", "code": "test_needs"}
        )

    def _age(self, relations):
        """Let relations be of an earlier transaction."""
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE itsm_ci_relation SET create_date = create_date - interval '1 day',"
            " started_at = started_at - interval '1 day' WHERE id IN %s",
            [tuple(relations.ids)],
        )
        relations.invalidate_recordset()
        return relations

    def _needs(self, source, target, **vals):
        return self.Relation.create(
            {
                "source_id": source.id,
                "type_id": self.kind.id,
                "target_id": target.id,
                **vals,
            }
        )

    def test_it_takes_strength_and_impact_from_its_type(self):
        soft = self.env["itsm.ci.relation.type"].create(
            {
                "name": "Likes",
                "inverse_name": "Liked by",
                "code": "test_likes",
                "strength": "soft",
                "impact": "both",
            }
        )
        relation = self.Relation.create(
            {
                "source_id": self.app.id,
                "type_id": soft.id,
                "target_id": self.server.id,
                "impact": "none",
            }
        )
        self.assertEqual((relation.strength, relation.impact), ("soft", "both"))

    def test_another_impact_of_a_type_alters_no_history(self):
        kind = self.kind
        relation = self._needs(self.app, self.server)
        self.assertEqual(relation.impact, "source")
        kind.write({"impact": "target", "strength": "soft"})
        self.assertEqual((relation.impact, relation.strength), ("source", "hard"))
        self.assertEqual(self.app.ids, list(self.server.impact())[1:])
        self.assertEqual(kind.outdated_count, 1)
        with self.assertRaises(AccessError):
            kind.with_user(self.engineer).action_renew_relations()
        kind.with_user(self.cmdb_manager).action_renew_relations()
        self.assertFalse(relation.active)
        self.assertEqual(relation.impact, "source")
        self.assertTrue(relation.ended_at)
        successor = self.app.relation_ids.filtered("active")
        self.assertEqual((successor.impact, successor.strength), ("target", "hard"))
        self.assertEqual(list(self.server.impact()), self.server.ids)
        kind.invalidate_recordset(["outdated_count"])
        self.assertEqual(kind.outdated_count, 0)

    def test_none_with_itself(self):
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
            self._needs(self.app, self.app)

    def test_none_twice(self):
        self._needs(self.app, self.server)
        with self.assertRaises(ValidationError):
            self._needs(self.app, self.server)
        self._needs(self.server, self.app)

    def test_none_twice_in_one_batch(self):
        vals = {
            "source_id": self.app.id,
            "type_id": self.kind.id,
            "target_id": self.server.id,
        }
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
            self.Relation.create([vals, dict(vals)])

    def test_what_has_no_direction_is_not_there_the_other_way_round(self):
        self.kind.impact = "both"
        self._needs(self.app, self.server)
        with self.assertRaises(ValidationError):
            self._needs(self.server, self.app)

    def test_rings_are_allowed(self):
        ring = (
            self._needs(self.app, self.server)
            | self._needs(self.server, self.rack)
            | self._needs(self.rack, self.app)
        )
        self.assertEqual(len(ring), 3)

    def test_companies_are_kept_apart(self):
        other = self._ci("theirs", company_id=self.branch.id)
        with self.assertRaises(ValidationError):
            self._needs(self.app, other)
        shared = self._ci("shared", company_id=False)
        self.assertTrue(self._needs(self.app, shared))

    def test_class_pairs(self):
        other_class = self._class("test_other")
        other = self._ci("other", other_class)
        self.kind.rule_ids = [
            Command.create(
                {
                    "source_class_id": self.class_device.id,
                    "target_class_id": other_class.id,
                    "usual": True,
                }
            )
        ]
        self.assertTrue(self._needs(self.app, other), "server is below device")
        with self.assertRaises(ValidationError):
            self._needs(other, self.app)
        with self.assertRaises(ValidationError):
            self._needs(self.app, self.server)

    def test_usual_types_are_offered_first_and_others_not(self):
        kinds = self.env["itsm.ci.relation.type"]
        refused = kinds.create(
            {
                "name": "Aaa refused",
                "inverse_name": "Refused by",
                "code": "test_refused",
                "sequence": 0,
                "rule_ids": [
                    Command.create({"source_class_id": self._class("test_far").id})
                ],
            }
        )
        self.kind.sequence = 1000
        self.kind.rule_ids = [
            Command.create({"source_class_id": self.class_device.id, "usual": True})
        ]
        offered = [
            kind_id
            for kind_id, _name in kinds.with_context(
                relation_class_id=self.class_server.id
            ).name_search("")
        ]
        self.assertEqual(offered[0], self.kind.id)
        self.assertNotIn(refused.id, offered)
        found = kinds.with_context(
            relation_class_id=self.class_server.id, relation_end="target"
        ).name_search("Needed")
        self.assertEqual(found, [(self.kind.id, "Needed by")])

    def test_deleting_ends_what_was_recorded(self):
        relation = self._age(self._needs(self.app, self.server))
        before = fields.Datetime.now() - timedelta(hours=1)
        relation.with_user(self.keeper).unlink()
        self.assertTrue(relation.exists())
        self.assertFalse(relation.active)
        self.assertEqual(relation.ended_by_id, self.keeper)
        self.assertIn(relation, self.app._relations_at(before))
        self.assertNotIn(relation, self.app._relations_at())

    def test_a_slip_of_the_same_transaction_is_deleted(self):
        relation = self._needs(self.app, self.server)
        relation.unlink()
        self.assertFalse(relation.exists())

    def test_another_fact_is_another_relation(self):
        relation = self._age(self._needs(self.app, self.server, note="kept"))
        relation.strength = "soft"
        self.assertFalse(relation.active)
        self.assertEqual(relation.strength, "hard")
        successor = self.app.relation_ids
        self.assertEqual((successor.strength, successor.note), ("soft", "kept"))
        self.assertEqual(successor.started_at, relation.ended_at)

    def test_another_fact_within_the_second_of_the_transaction(self):
        relation = self._age(self._needs(self.app, self.server))
        with freeze_time(self.env.cr.now().replace(microsecond=0)):
            relation.strength = "soft"
        successor = self.app.relation_ids
        self.assertEqual(successor.strength, "soft")
        self.assertEqual(successor.started_at, self.env.cr.now())

    def test_nothing_begins_in_the_future(self):
        moment = fields.Datetime.now() + timedelta(minutes=1)
        with self.assertRaisesRegex(ValidationError, "begin in the future"):
            self._needs(self.app, self.server, started_at=moment)

    def test_the_same_fact_changes_nothing(self):
        relation = self._age(self._needs(self.app, self.server))
        relation.write({"strength": "hard", "target_id": self.server.id, "note": "x"})
        self.assertEqual(self.app.relation_ids, relation)
        self.assertEqual(relation.note, "x")

    def test_what_ended_stays_ended(self):
        relation = self._age(self._needs(self.app, self.server))
        relation.end()
        for vals in ({"active": True}, {"weight": 3}, {"ended_at": False}):
            with self.subTest(vals=vals), self.assertRaises(UserError):
                relation.write(vals)
        self.assertTrue(self._needs(self.app, self.server), "it can begin anew")

    def test_when_it_began_is_no_matter_of_opinion(self):
        relation = self._age(self._needs(self.app, self.server))
        with self.assertRaises(UserError):
            relation.started_at = "2020-01-01"
        with self.assertRaises(ValidationError):
            self._needs(
                self.app,
                self.rack,
                started_at=fields.Datetime.now() + timedelta(days=1),
            )

    def test_it_says_under_what_it_was_made_and_ended(self):
        ticket = self._create_ticket()
        relation = self.Relation._under(origin=ticket).create(
            {
                "source_id": self.app.id,
                "type_id": self.kind.id,
                "target_id": self.server.id,
            }
        )
        self.assertEqual(
            (relation.origin_model, relation.origin_id), ("itsm.ticket", ticket.id)
        )
        self._age(relation)._under(origin=ticket).end()
        self.assertEqual(relation.end_origin_id, ticket.id)

    def test_it_never_ends_before_it_began(self):
        old = self._age(self._needs(self.app, self.server))
        new = self._needs(self.app, self.rack)
        moment = fields.Datetime.now() - timedelta(hours=3)
        (old | new)._under(at=moment).end()
        self.assertEqual(old.ended_at, moment)
        self.assertEqual(new.ended_at, new.started_at)

    def test_a_successor_begins_where_the_other_ended(self):
        relation = self._age(self._needs(self.app, self.server))
        moment = relation.started_at - timedelta(days=3)
        relation._under(at=moment).strength = "soft"
        self.assertEqual(relation.ended_at, relation.started_at)
        self.assertEqual(self.app.relation_ids.started_at, relation.ended_at)

    def test_why_it_began_and_ended_is_not_written_by_people(self):
        relation = self._age(self._needs(self.app, self.server))
        for vals in ({"reason": "x"}, {"end_reason": "x"}, {"end_source_ref_id": 1}):
            with self.subTest(vals=vals), self.assertRaises(UserError):
                relation.write(vals)

    def test_groups_take_providers_of_their_item_only(self):
        group = self.env["itsm.ci.dependency.group"].create(
            {"name": "Power", "ci_id": self.server.id}
        )
        with self.assertRaises(ValidationError):
            self._needs(self.app, self.rack, group_id=group.id)
        with self.assertRaises(ValidationError):
            self._needs(self.app, self.server, group_id=group.id)
        member = self._needs(self.server, self.rack, group_id=group.id, weight=2)
        self.assertEqual(group.total, 2)
        with self.assertRaises(ValidationError):
            group.ci_id = self.app
        self.assertEqual(group.relation_ids, member)

    def test_groups_need_what_can_be(self):
        group = self.env["itsm.ci.dependency.group"].create(
            {"name": "Power", "ci_id": self.server.id}
        )
        for vals in (
            {"minimum": 0},
            {"unit": "percent", "minimum": 101},
        ):
            with (
                self.subTest(vals=vals),
                self.assertRaises(IntegrityError),
                mute_logger("odoo.sql_db"),
                self.env.cr.savepoint(),
            ):
                group.write(vals)
                self.env.flush_all()
        group.invalidate_recordset()
        with self.assertRaises(ValidationError):
            group.write({"minimum": 2, "full": 1})

    def test_a_group_that_relations_were_in_is_kept(self):
        group = self.env["itsm.ci.dependency.group"].create(
            {"name": "Power", "ci_id": self.server.id}
        )
        member = self._age(self._needs(self.server, self.rack, group_id=group.id))
        group.unlink()
        self.assertTrue(group.exists())
        self.assertFalse(group.active)
        self.assertEqual(member.group_id, group)
        self.assertFalse(self.server.relation_ids.group_id)

    def test_agents_read_engineers_keep(self):
        relation = self._needs(self.app, self.server)
        self.assertEqual(relation.with_user(self.agent).type_id, self.kind)
        with self.assertRaises(AccessError):
            relation.with_user(self.agent).note = "x"
        with self.assertRaises(AccessError):
            relation.with_user(self.outsider).read(["note"])

    def test_relations_of_hidden_items_are_hidden(self):
        self.class_secret = self._class(
            "test_secret",
            group_ids=self.env.ref("itsm_cmdb.group_cmdb_manager").ids,
        )
        secret = self._ci("secret", self.class_secret)
        relation = self._needs(self.app, secret)
        mine = self.Relation.with_user(self.keeper)
        self.assertFalse(mine.search([("id", "=", relation.id)]))
        self.assertTrue(
            mine.with_user(self.cmdb_manager).search([("id", "=", relation.id)])
        )
