from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError

from .staging_common import StagingCase


class TestStagingBatch(StagingCase):
    """Rows are staged, planned without a trace, applied, and applied again."""

    def test_create(self):
        rows = [
            self._row(
                name="db1",
                serial_number="SN-1",
                asset_code="A-1",
                manufacturer_id="testmaker systems",
                purchase_date="2024年3月5日",
                memory_gb="1.5TB",
                is_virtual="否",
                tier="gold",
                roles="web、数据库、Database".replace("数据库、", ""),
                status="in_use",
                custodian_id=self.employee_requester.name,
            )
        ]
        self.env["itsm.ci.attribute"].search([("key", "=", "memory_gb")]).unit = "GB"
        batch = self._planned(rows)
        self.assertEqual(self._outcomes(batch), ["create"], self._rows(batch).message)
        self.assertFalse(self.Ci.search([("serial_number", "=", "SN-1")]))
        batch.apply()
        item = self._item(serial_number="SN-1")
        self.assertEqual(item.manufacturer_id, self.maker)
        self.assertEqual(str(item.purchase_date), "2024-03-05")
        self.assertEqual(item.attributes["memory_gb"], 1536)
        self.assertEqual(item.attributes["tier"], "Gold")
        self.assertEqual(item.status, "in_use")
        self.assertEqual(item.custodian_id, self.employee_requester)
        self.assertEqual(item.provenance["serial_number"][0], self.ledger.id)
        revision = item.revision_ids
        self.assertEqual((revision.kind, revision.source_id), ("created", self.ledger))
        self.assertEqual(batch.state, "done")
        self.assertEqual(batch.result()["created"], 1)
        self.assertEqual(item.sighting_ids.source_id, self.ledger)

    def test_applied_twice_changes_nothing(self):
        rows = [
            self._row(
                name=f"srv{number}",
                serial_number=f"S{number}",
                manufacturer_id="Testmaker Systems",
                memory_gb=16,
                is_virtual=False,
                roles=["db", "web"],
                note="Two lines\nof text",
                user_department_ids="Radiology",
                status="in_use",
                verified_at="2026-01-01 10:00:00",
            )
            for number in range(5)
        ]
        self._applied(rows)
        items = self.Ci.search([("serial_number", "in", [f"S{n}" for n in range(5)])])
        before = items._snapshot()
        again = self._applied(rows)
        self.assertEqual(set(self._outcomes(again)), {"unchanged"}, again.result())
        self.assertEqual(items._snapshot(), before)
        self.assertEqual(len(items.revision_ids), 5)

    def test_update_shows_old_and_new(self):
        item = self._ci("web1", serial_number="W1", attributes={"memory_gb": 8})
        self.env.cr.execute("UPDATE itsm_ci SET provenance = NULL")
        item.invalidate_recordset()
        batch = self._planned(
            [self._row(serial_number="w1", name="web1", memory_gb=16)]
        )
        row = self._rows(batch)
        self.assertEqual(row.outcome, "update")
        self.assertEqual(row.ci_id, item)
        self.assertEqual(row.differences, {"attributes.memory_gb": [8, 16]})
        self.assertIn("8 → 16", row.message)
        self.assertEqual(item.attributes["memory_gb"], 8)
        batch.apply()
        self.assertEqual(item.attributes["memory_gb"], 16)
        change = item.revision_ids.filtered(lambda each: each.kind == "changed")
        self.assertEqual(change.changes, {"attributes.memory_gb": [8, 16]})
        self.assertEqual((change.res_model, change.res_id), (batch._name, batch.id))

    def test_blank_cells_leave_values(self):
        item = self._ci("web1", serial_number="W1", host_name="web1.lan")
        self._applied([self._row(serial_number="W1", host_name="", asset_code="N/A")])
        self.assertEqual(item.host_name, "web1.lan")
        self.assertFalse(item.asset_code)

    def test_refused_rows_say_why_and_stop_nobody(self):
        rows = [
            self._row(name="good", serial_number="G1"),
            self._row(name="bad date", serial_number="G2", purchase_date="someday"),
            self._row(item_class="no_such_class", name="x"),
            self._row(name="bad key", flavour="mint"),
            self._row(name="bad owner", owner_id="Nobody Known"),
            self._row(name="bad choice", tier="lead"),
            self._row(criticality="1"),
            "no row at all",
        ]
        batch = self._applied(rows)
        rows = self._rows(batch)
        self.assertEqual(rows.mapped("outcome"), ["create"] + ["refused"] * 7)
        self.assertEqual(
            [self._codes(row)[0] for row in rows[1:]],
            [
                "bad_date",
                "unknown_class",
                "unknown_key",
                "name_missing",
                "bad_choice",
                "nameless",
                "bad_row",
            ],
        )
        self.assertTrue(all(rows.mapped("message")))
        result = batch.result()
        self.assertEqual((result["created"], result["refused"]), (1, 7))
        self.assertEqual(len(result["errors"]), 7)

    def test_an_item_that_cannot_be_saved_is_refused_alone(self):
        """What only saving finds out refuses that row."""
        rows = [
            self._row(name=f"rack{n}", serial_number=f"R{n}", rack_position=n % 2)
            for n in range(3)
        ]
        batch = self._planned(rows)
        self.assertEqual(self._outcomes(batch), ["create"] * 3)
        # A position needs a rack to be in, as the item finds out when it is saved.
        batch.apply()
        self.assertEqual(
            self._outcomes(batch), ["create", "refused", "create"], batch.result()
        )
        self._item(serial_number="R0")
        self._item(serial_number="R2")

    def test_unknown_makers_are_created_when_applied(self):
        rows = [
            self._row(name="a", serial_number="M1", manufacturer_id="New Maker Ltd"),
            self._row(name="b", serial_number="M2", manufacturer_id="new maker ltd"),
        ]
        batch = self._planned(rows)
        Partner = self.env["res.partner"]
        self.assertFalse(Partner.search([("name", "=", "New Maker Ltd")]))
        batch.apply()
        maker = Partner.search([("name", "=", "New Maker Ltd")])
        self.assertEqual(len(maker), 1)
        self.assertEqual(self._item(serial_number="M2").manufacturer_id, maker)
        self.ledger.creates_names = False
        refused = self._planned(
            [self._row(name="c", serial_number="M3", manufacturer_id="Other Maker")]
        )
        self.assertEqual(self._outcomes(refused), ["refused"])

    def test_chosen_rows_only(self):
        batch = self._planned(
            [self._row(name=f"s{n}", serial_number=f"C{n}") for n in range(3)]
        )
        rows = self._rows(batch)
        batch.apply(rows[1])
        self._item(serial_number="C1")
        self.assertFalse(self.Ci.search([("serial_number", "in", ["C0", "C2"])]))
        self.assertEqual(batch.state, "applying")
        self.assertEqual(batch.applied_count, 1)
        batch.apply()
        self.assertEqual(batch.state, "done")
        self.assertEqual(
            self.Ci.search_count([("serial_number", "in", ["C0", "C1", "C2"])]), 3
        )

    def test_progress(self):
        batch = self._planned(
            [self._row(name=f"s{n}", serial_number=f"P{n}") for n in range(5)]
        )
        first = batch.apply_next(2)
        self.assertEqual(first, {"done": 2, "total": 5, "finished": False})
        while not (progress := batch.apply_next(2))["finished"]:
            pass
        self.assertEqual(progress["done"], 5)

    def test_stale_plans_are_refused(self):
        item = self._ci("web1", serial_number="W1", host_name="one")
        item._release_statements(list(item.provenance))
        batch = self._planned([self._row(serial_number="W1", host_name="two")])
        item._under("scan").host_name = "three"
        batch.apply()
        self.assertEqual(item.host_name, "three")
        self.assertEqual(self._codes(self._rows(batch)), ["stale"])

    def test_dry_run_leaves_nothing(self):
        before = [
            self.env[model].search_count([])
            for model in (
                "itsm.ci.batch",
                "itsm.ci.batch.row",
                "itsm.ci",
                "res.partner",
            )
        ]
        result = self.Batch._dry_run(
            self.ledger,
            "Dry",
            [self._row(ref="one", name="x", serial_number="D1", supplier_id="Nobody")],
        )
        self.assertEqual(result["created"], 1)
        self.assertEqual(result["outcomes"][0]["outcome"], "create")
        after = [
            self.env[model].search_count([])
            for model in (
                "itsm.ci.batch",
                "itsm.ci.batch.row",
                "itsm.ci",
                "res.partner",
            )
        ]
        self.assertEqual(after, before)

    def test_relations(self):
        self._relation_type("test_runs_on")
        known = self._ci("host", serial_number="H1")
        rows = [self._row("vm", name="vm1", serial_number="V1")]
        relations = [
            {"source": "vm", "type": "test_runs_on", "target": known.code},
            {"source": "vm", "type": "Inverse of test_runs_on", "target": "vm"},
            {
                "source": {"class": "test_server", "values": {"serial_number": "h1"}},
                "type": "test_runs_on",
                "target": "vm",
                "weight": 2,
            },
            {"source": "vm", "type": "no such type", "target": known.code},
            {"source": "vm", "type": "test_runs_on", "target": "nobody knows"},
            {"source": "vm", "type": "test_runs_on", "target": known.code},
        ]
        batch = self._planned(rows, relations=relations)
        self.assertEqual(
            self._outcomes(batch, "relation"),
            ["create", "refused", "create", "refused", "refused", "unchanged"],
        )
        batch.apply()
        item = self._item(serial_number="V1")
        self.assertEqual(item.relation_ids.target_id, known)
        self.assertEqual(item.inverse_relation_ids.weight, 2)
        self.assertEqual(item.relation_ids.source_ref_id, self.ledger)
        again = self._applied(rows, relations=relations)
        self.assertEqual(self._outcomes(again, "relation").count("create"), 0)
        self.assertEqual(len(item.relation_ids), 1)
        again = self._applied(rows, relations=[relations[2] | {"weight": 3}])
        self.assertEqual(self._outcomes(again, "relation"), ["update"])
        self.assertEqual(item.inverse_relation_ids.weight, 3)

    def test_only_managers_apply(self):
        batch = self._planned([self._row(name="x", serial_number="Z1")])
        with self.assertRaises(AccessError):
            batch.with_user(self.engineer).apply()
        with self.assertRaises(AccessError):
            batch.with_user(self.engineer).undo()
        batch.with_user(self.cmdb_manager).apply()
        self.assertEqual(batch.state, "done")
        with self.assertRaises(UserError):
            batch.apply()

    def test_manager_runs_the_whole_path(self):
        manager = self.cmdb_manager
        batch = self.Batch.with_user(manager)._start(
            self.ledger, "Mine", [self._row(name="m", serial_number="MM1", owner_id="")]
        )
        batch.plan()
        batch.apply()
        item = self._item(serial_number="MM1")
        self.assertEqual(item.revision_ids.user_id, manager)
        batch.undo()
        self.assertFalse(item.exists())

    def test_two_departments_that_disagree(self):
        rows = [
            {**self._row(name="d1", serial_number="DD1", memory_gb=8), "sheet": "IT"},
            {**self._row(serial_number="DD1", host_name="d1.lan"), "sheet": "Ward"},
            {**self._row(serial_number="dd1", memory_gb=16), "sheet": "Ward"},
            {**self._row(serial_number="DD1", memory_gb=8), "sheet": "Ward"},
        ]
        batch = self._planned(rows)
        rows = self._rows(batch)
        self.assertEqual(
            rows.mapped("outcome"), ["create", "update", "refused", "unchanged"]
        )
        self.assertEqual(rows[2].reasons[0]["code"], "disagrees")
        self.assertEqual(rows[2].reasons[0]["params"]["row"], "IT 1")
        batch.apply()
        item = self._item(serial_number="DD1")
        self.assertEqual(item.host_name, "d1.lan")
        self.assertEqual(item.attributes["memory_gb"], 8)

    def test_repeats_of_a_known_item(self):
        item = self._ci("k1", serial_number="KK1")
        item._release_statements(list(item.provenance))
        rows = [
            self._row(serial_number="KK1", asset_code="KA1", memory_gb=8),
            self._row(asset_code="KA1", memory_gb=9),
            self._row(asset_code="ka1", host_name="kk"),
        ]
        batch = self._applied(rows)
        self.assertEqual(self._outcomes(batch), ["update", "refused", "update"])
        self.assertEqual((item.asset_code, item.host_name), ("KA1", "kk"))

    def test_memory_of_repeats_spans_portions(self):
        """A row far below the first one of its item knows what that one said."""
        rows = [
            self._row(name="far", serial_number="FAR", memory_gb=1),
            *({"class": "test_server", "values": {}} for _n in range(1200)),
            self._row(serial_number="FAR", memory_gb=2),
        ]
        batch = self._planned(rows)
        self.assertEqual(self._rows(batch)[-1].reasons[0]["code"], "disagrees")

    def _results(self, batch):
        return self._rows(batch).mapped("result")

    def test_results_of_a_plan(self):
        """Nothing was done yet: a row says what would become of it."""
        batch = self._planned([self._row(name="u0", serial_number="U0")])
        self.assertEqual(self._rows(batch).outcome, "create")
        self.assertEqual(self._rows(batch).result, "create")

    @freeze_time("2026-03-02 10:00:00")
    def test_undo(self):
        item = self._ci("u1", serial_number="U1", host_name="old", asset_code="OLD")
        item._release_statements(list(item.provenance))
        batch = self._applied(
            [
                self._row(serial_number="U1", host_name="new", asset_code="NEW"),
                self._row(name="u2", serial_number="U2"),
                self._row(name="u3", serial_number="U3"),
            ]
        )
        removed, used = self._item(serial_number="U2"), self._item(serial_number="U3")
        used.message_post(body="I use it", message_type="comment")
        item._under("stocktake").asset_code = "COUNTED"
        self.assertEqual(self._results(batch), ["updated", "created", "created"])
        counts = batch.undo()
        self.assertEqual(self._results(batch), ["undone"] * 3)
        self.assertFalse(removed.exists())
        self.assertFalse(used.active)
        self.assertEqual(used.status, "retired")
        self.assertEqual((item.host_name, item.asset_code), ("old", "COUNTED"))
        self.assertEqual(
            counts,
            {"removed": 1, "archived": 1, "set_back": 1, "kept": 1, "ended": 0},
        )
        self.assertNotIn("host_name", item.provenance)
        self.assertFalse(item.sighting_ids)
        codes = [self._codes(row) for row in self._rows(batch)]
        self.assertEqual(codes, [["changed_since"], [], ["kept"]])
        self.assertEqual(batch.state, "undone")

    def test_undo_restores_who_said_what_and_when_it_was_seen(self):
        self._applied([self._row(name="u4", serial_number="U4", host_name="one")])
        item = self._item(serial_number="U4")
        # An earlier day: both runs are of one transaction here.
        item.sighting_ids.last_at = "2026-01-05 08:00:00"
        self.env.flush_all()
        first, said = item.sighting_ids.batch_id, dict(item.provenance)
        batch = self._applied([self._row(serial_number="U4", host_name="two")])
        self.assertEqual(item.sighting_ids.batch_id, batch)
        batch.undo()
        self.env.invalidate_all()
        self.assertEqual(item.host_name, "one")
        self.assertEqual(item.provenance, said)
        self.assertEqual(item.sighting_ids.batch_id, first)
        self.assertEqual(str(item.sighting_ids.last_at), "2026-01-05 08:00:00")

    def test_undo_ends_relations(self):
        self._relation_type("test_runs_on")
        one, two = self._ci("one", serial_number="O1"), self._ci("two")
        batch = self._applied(
            [],
            relations=[
                {"source": one.code, "type": "test_runs_on", "target": two.code}
            ],
        )
        self.assertTrue(one.relation_ids)
        self.env.flush_all()
        batch.undo()
        self.assertFalse(one.relation_ids.filtered("active"))
