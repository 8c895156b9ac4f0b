import base64
from datetime import datetime, timedelta

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tools import SQL

from .common import CmdbCase

DOT = base64.b64encode(
    base64.b64decode(
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9"
        "awAAAABJRU5ErkJggg=="
    )
)


class TestItemHistory(CmdbCase):
    """Each save leaves a revision, with who says so."""

    def _last(self, item):
        self.env.invalidate_all()
        return item.revision_ids[:1]

    def _changes(self, item):
        return self._last(item).changes

    def test_a_creation_is_told_without_changes(self):
        item = self.Ci.with_user(self.keeper).create(
            {"name": "Server", "class_id": self.class_server.id}
        )
        revision = item.revision_ids
        self.assertEqual(revision.kind, "created")
        self.assertEqual(revision.user_id, self.keeper)
        self.assertFalse(revision.changes)

    def test_every_kind_of_value(self):
        room = self.env["itsm.location"].create({"name": "Room"})
        item = self._ci("Server", attributes={"memory_gb": 64, "roles": ["web"]})
        item.write(
            {
                "name": "Database server",
                "location_id": room.id,
                "purchase_date": "2026-01-31",
                "purchase_value": 120.5,
                "criticality": "1",
                "note": "<p>Loud</p>",
                "user_department_ids": [Command.link(self.department.id)],
                "active": False,
                "attributes": {
                    "memory_gb": 0,
                    "roles": ["web", "db"],
                    "installed_on": "2026-02-01",
                    "tier": "gold",
                },
            }
        )
        self.assertEqual(
            self._changes(item),
            {
                "name": ["Server", "Database server"],
                "location_id": [None, [room.id, "Room"]],
                "purchase_date": [None, "2026-01-31"],
                "purchase_value": [None, 120.5],
                "criticality": ["3", "1"],
                "note": [None, "<p>Loud</p>"],
                "user_department_ids": [None, [[self.department.id, "Radiology"]]],
                "active": [True, False],
                "attributes.memory_gb": [64, 0],
                "attributes.roles": [["web"], ["web", "db"]],
                "attributes.installed_on": [None, "2026-02-01"],
                "attributes.tier": [None, "gold"],
            },
        )

    def test_stage_and_status_are_told(self):
        item = self._ci("Server", status="in_stock")
        item.status = "in_use"
        self.assertEqual(
            self._changes(item),
            {
                "stage_id": [
                    [self.stages["in_stock"].id, "in_stock"],
                    [self.stages["in_use"].id, "in_use"],
                ],
                "status": ["in_stock", "in_use"],
            },
        )

    def test_another_class_tells_what_was_lost(self):
        item = self._ci("Server", attributes={"memory_gb": 64})
        item.class_id = self.class_device
        changes = self._changes(item)
        self.assertEqual(changes["attributes.memory_gb"], [64, None])
        self.assertEqual(changes["class_id"][1][0], self.class_device.id)

    def test_pictures_are_told_by_their_checksum(self):
        item = self._ci("Server")
        item.image_1920 = DOT
        self.assertFalse(self._changes(item)["image_1920"][0])
        self.assertTrue(self._changes(item)["image_1920"][1])

    def test_saving_the_same_again_leaves_nothing(self):
        item = self._ci("Server", attributes={"memory_gb": 64})
        item.write({"name": "Server", "attributes": {"memory_gb": 64}})
        item.write({"verified_at": "2026-01-01"})
        self.assertEqual(len(item.revision_ids), 1)

    def test_of_many_only_those_that_changed(self):
        items = self._ci("A") | self._ci("B")
        items.write({"name": "B"})
        self.env.invalidate_all()
        self.assertEqual(items.mapped(lambda each: len(each.revision_ids)), [2, 1])

    # ------------------------------------------------------------------
    # Who says so
    # ------------------------------------------------------------------

    def test_the_origin_is_kept(self):
        source = self._source("ledger")
        item = self._ci("Server").with_user(self.keeper)
        item._under("ledger", origin=self.desk, reason="Move of ward 3").name = "New"
        revision = self._last(item)
        self.assertEqual(revision.source_id, source)
        self.assertEqual((revision.res_model, revision.res_id), self._mark(self.desk))
        self.assertEqual(revision.reason, "Move of ward 3")
        self.assertEqual(revision.user_id, self.keeper)

    def test_a_client_cannot_forge_an_origin(self):
        self._source("ledger")
        manual = self._source("manual")
        forged = {"source": "ledger", "res_model": "itsm.desk", "res_id": self.desk.id}
        item = self._ci("Server").with_user(self.keeper)
        item.with_context(itsm_ci_origin=forged).name = "New"
        revision = self._last(item)
        self.assertEqual(revision.source_id, manual)
        self.assertFalse(revision.res_model)

    def test_each_key_says_who_said_it(self):
        ledger, manual = self._source("ledger"), self._source("manual")
        item = self._ci("Server", attributes={"memory_gb": 64})
        self.assertEqual(item.provenance["name"][0], manual.id)
        self.assertNotIn("serial_number", item.provenance)
        item._under("ledger").write({"serial_number": "S1", "name": "Server"})
        self.env.invalidate_all()
        self.assertEqual(item.provenance["serial_number"][0], ledger.id)
        # The name is the same: nobody said anything new.
        self.assertEqual(item.provenance["name"][0], manual.id)

    def test_confirming_renews_and_leaves_no_revision(self):
        ledger = self._source("ledger")
        yesterday = datetime.now() - timedelta(days=1)
        item = self._ci("Server")
        self.env.cr.execute("UPDATE itsm_ci SET verified_at = NULL")
        self.env.invalidate_all()
        self.Ci._under("ledger", at=yesterday)._confirm({item.id: ["name"]})
        self.assertEqual(item.provenance["name"][0], ledger.id)
        self.assertEqual(
            item.provenance["name"][1], yesterday.strftime("%Y-%m-%d %H:%M:%S")
        )
        self.assertEqual(item.verified_at.date(), yesterday.date())
        self.assertEqual(len(item.revision_ids), 1)

    def test_confirming_is_writing(self):
        item = self._ci("Server")
        with self.assertRaises(AccessError):
            self.Ci.with_user(self.agent)._confirm({item.id: ["name"]})

    # ------------------------------------------------------------------
    # Writing other values for each
    # ------------------------------------------------------------------

    def test_values_of_each_item_are_written_in_one_go(self):
        one = self._ci("One", attributes={"memory_gb": 64, "os_name": "Debian"})
        two = self._ci("Two")
        changes = self.Ci.with_user(self.keeper)._write_values(
            {
                one.id: {"attributes.memory_gb": 128, "serial_number": "S1"},
                two.id: {"name": "Second", "status": "in_use"},
            }
        )
        self.assertEqual(
            changes[one.id],
            {"attributes.memory_gb": [64, 128], "serial_number": [None, "S1"]},
        )
        self.assertEqual(two.status, "in_use")
        # Other attributes stay.
        self.assertEqual(one.attributes["os_name"], "Debian")
        self.assertEqual(self._changes(one), changes[one.id])
        self.assertEqual(self._last(two).user_id, self.keeper)

    def test_values_of_each_item_need_the_right_to_write(self):
        item = self._ci("One")
        foreign = self._ci("Foreign", company_id=self.branch.id)
        for user, target in ((self.agent, item), (self.keeper, foreign)):
            with self.subTest(user=user.name), self.assertRaises(AccessError):
                self.Ci.with_user(user)._write_values({target.id: {"name": "X"}})

    def test_values_go_where_a_stage_leads(self):
        self.stages["in_use"].next_ids = self.stages["in_repair"]
        item = self._ci("One", status="in_use")
        with self.assertRaises(UserError):
            self.Ci.with_user(self.keeper)._write_values(
                {item.id: {"status": "disposed"}}
            )

    def test_values_cannot_carry_an_item_out_of_sight(self):
        item = self._ci("One")
        with self.assertRaises(AccessError):
            self.Ci.with_user(self.keeper)._write_values(
                {item.id: {"company_id": self.branch.id}}
            )

    # ------------------------------------------------------------------
    # Nobody alters it
    # ------------------------------------------------------------------

    def test_revisions_are_append_only_for_everybody(self):
        item = self._ci("Server")
        revision = item.revision_ids.sudo()
        with self.assertRaises(AccessError):
            revision.reason = "Other"
        with self.assertRaises(AccessError):
            revision.unlink()
        with self.assertRaises(AccessError):
            revision.create(
                {
                    "ci_id": item.id,
                    "at": "2026-01-01",
                    "user_id": self.env.uid,
                    "kind": "changed",
                }
            )
        with self.assertRaises(AccessError):
            item.write({"revision_ids": [Command.clear()]})

    # ------------------------------------------------------------------
    # The screen
    # ------------------------------------------------------------------

    def test_rows_say_it_in_words(self):
        item = self._ci("Server", status="in_stock", attributes={"tier": "silver"})
        item._under(origin=self.desk, reason="Why not").write(
            {"status": "in_use", "attributes": {"tier": "gold"}, "active": False}
        )
        self.env.flush_all()
        rows = self.env["itsm.ci.history"].search([("ci_id", "=", item.id)])
        by_key = {row.key: row for row in rows}
        # The status follows the stage: it is told once.
        self.assertEqual(set(by_key), {False, "stage_id", "attributes.tier", "active"})
        tier = by_key["attributes.tier"]
        self.assertEqual((tier.old_text, tier.new_text), ("Silver", "Gold"))
        self.assertEqual(tier.label, "Tier")
        self.assertEqual(tier.made_under, self.desk.display_name)
        self.assertEqual(tier.action_open_origin()["res_id"], self.desk.id)
        self.assertEqual(by_key[False].label, "Created")

    def test_rows_come_latest_first(self):
        item = self._ci("Server")
        item.name = "Second"
        item.name = "Third"
        self.env.flush_all()
        rows = self.env["itsm.ci.history"].search([("ci_id", "=", item.id)])
        self.assertEqual(rows.mapped("new_text"), ["Third", "Second", False])

    def test_rows_are_found_by_what_the_attribute_is_called(self):
        item = self._ci("Server", attributes={"tier": "silver"})
        item.write({"name": "Other", "attributes": {"tier": "gold"}})
        History = self.env["itsm.ci.history"]
        for text, keys in (("Tie", {"attributes.tier"}), ("nam", {"name"})):
            rows = History.search([("ci_id", "=", item.id), ("label", "ilike", text)])
            self.assertEqual(set(rows.mapped("key")), keys)

    def test_what_a_reader_may_not_see_is_not_named(self):
        item = self._ci("Server")
        item._under(origin=self.desk_branch.sudo()).name = "New"
        row = self.env["itsm.ci.history"].search(
            [("ci_id", "=", item.id), ("key", "=", "name")]
        )
        self.assertFalse(row.with_user(self.agent).made_under)
        self.assertFalse(row.with_user(self.agent).action_open_origin())

    # ------------------------------------------------------------------
    # Relations
    # ------------------------------------------------------------------

    def _relation_rows(self, item):
        self.env.flush_all()
        return self.env["itsm.ci.history"].search(
            [("ci_id", "=", item.id), ("key", "=", "relation")]
        )

    def _related(self):
        kind = self.env["itsm.ci.relation.type"].create(
            {"name": "Rests on", "inverse_name": "Carries", "code": "test_rests"}
        )
        app, host = self._ci("App"), self._ci("Host")
        Relation = self.env["itsm.ci.relation"].with_user(self.keeper)
        relation = Relation._under("ledger", origin=self.desk, reason="Rollout").create(
            {"source_id": app.id, "type_id": kind.id, "target_id": host.id}
        )
        return app, host, relation

    def test_both_items_tell_of_a_relation(self):
        ledger = self._source("ledger")
        app, host, relation = self._related()
        for item, label in ((app, "Rests on: Host"), (host, "Carries: App")):
            with self.subTest(item=item.name):
                row = self._relation_rows(item)
                self.assertEqual((row.kind, row.label), ("began", label))
                self.assertEqual(row.at, relation.started_at)
                self.assertEqual(row.user_id, self.keeper)
                self.assertEqual(row.source_id, ledger)
                self.assertEqual(row.made_under, self.desk.display_name)
                self.assertEqual(row.reason, "Rollout")
                self.assertFalse(row.old_text)
                self.assertTrue(row.new_text)
                item.invalidate_recordset(["history_ids"])
                self.assertIn(row, item.history_ids)

    def test_the_end_of_a_relation_is_told(self):
        manual = self._source("manual")
        app, host, relation = self._related()
        ended = relation.with_user(self.engineer).with_context(itsm_ci_origin=None)
        ended._under(reason="Replaced").end()
        for item, label in ((app, "Rests on: Host"), (host, "Carries: App")):
            with self.subTest(item=item.name):
                rows = self._relation_rows(item)
                self.assertEqual(set(rows.mapped("kind")), {"began", "ended"})
                row = rows.filtered(lambda row: row.kind == "ended")
                self.assertEqual(row.label, label)
                self.assertEqual(row.at, relation.ended_at)
                self.assertEqual(row.user_id, self.engineer)
                self.assertEqual(row.source_id, manual)
                self.assertEqual((row.reason, row.made_under), ("Replaced", False))
                self.assertTrue(row.old_text and row.new_text)

    def test_relations_are_found_by_their_reading(self):
        app, host, _relation = self._related()
        self.env.flush_all()
        History = self.env["itsm.ci.history"]
        pair = [("ci_id", "in", (app | host).ids)]
        for text, item in (("ests o", app), ("carr", host)):
            found = History.search([*pair, ("label", "ilike", text)])
            self.assertEqual(found.ci_id, item)

    def test_the_latest_rows_come_out_of_indexes(self):
        item = self._ci("App")
        self.env.flush_all()
        self.env.cr.execute("SET LOCAL enable_sort = off")
        History = self.env["itsm.ci.history"]
        for part in History._parts():
            History = History.with_context(itsm_ci_history_part=part)
            for domain in ([], [("ci_id", "=", item.id)]):
                with self.subTest(part=part, domain=domain):
                    query = History._search(domain, limit=80, order=History._order)
                    plan = self.env.execute_query(SQL("EXPLAIN %s", query.select()))
                    lines = [line for (line,) in plan]
                    self.assertIn("Incremental Sort", "".join(lines))
                    self.assertFalse([line for line in lines if "->  Sort" in line])

    def test_pages_follow_one_another(self):
        app, host, relation = self._related()
        app.name = "New"
        host.name = "Other"
        relation.end()
        self.env.flush_all()
        History = self.env["itsm.ci.history"]
        both = [("ci_id", "in", (app | host).ids)]
        everything = History.search(both)
        self.assertEqual(len(everything), 8)
        pages = [History.search(both, offset=start, limit=3) for start in (0, 3, 6)]
        self.assertEqual([id_ for page in pages for id_ in page.ids], everything.ids)
        self.assertEqual(History.search_count(both, limit=5), 5)

    def _source(self, code):
        Source = self.env["itsm.ci.source"]
        return Source.search([("code", "=", code)]) or Source.create(
            {"name": code.title(), "code": code}
        )

    def _mark(self, record):
        return record._name, record.id
