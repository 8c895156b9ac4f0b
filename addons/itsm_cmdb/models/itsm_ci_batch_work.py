import psycopg2

from odoo.exceptions import UserError

from ..tools import staging
from .itsm_ci_batch_names import CREATED, Names
from .itsm_ci_batch_specs import Specs
from .itsm_ci_batch_staging import reason


class Desk:
    """What the portions of a batch share while they are applied one after another.

    ``reached``: the last position of each kind. The rows before it were looked at, and
    the database need not pass over them again.
    """

    def __init__(self, batch):
        self.batch = batch
        self.reached = {"item": 0, "relation": 0}
        self.specs = Specs(batch.env)
        self.names = Names(batch.env, batch.company_id, True)


class Work:
    """Writes one portion of rows; a row that fails is refused and stops no other."""

    def __init__(self, desk, rows):
        self.desk = desk
        self.batch = desk.batch
        self.env = self.batch.env
        self.rows = rows

    def _in_halves(self, rows, work):
        """Do work on rows at once; where that fails, on ever smaller halves."""
        if not rows:
            return
        try:
            with self.env.cr.savepoint():
                work(rows)
            return
        except UserError as error:
            text = str(error)
        except psycopg2.IntegrityError as error:
            text = error.diag.message_primary or str(error)
        if len(rows) == 1:
            self._refuse(rows[0], reason("failed", None, text=text[:500]))
            return
        half = len(rows) // 2
        self._in_halves(rows[:half], work)
        self._in_halves(rows[half:], work)

    @staticmethod
    def _refuse(row, why):
        row["outcome"] = "refused"
        row["reasons"] = [why]


class ItemWork(Work):
    """Creates and changes the items of a portion."""

    def __init__(self, desk, rows):
        super().__init__(desk, rows)
        self.items = self.batch._items_under()

    def do(self):
        self._create_names()
        self._in_halves(self._of("create"), self._create)
        self._follow_first()
        self.batch._keep_before(
            [row for row in self._of("update", "unchanged") if row["ci_id"]]
        )
        changed = self._sound(self._of("update"))
        self._in_halves(changed, self._change)
        self._in_halves(
            [row for row in self._of("update", "unchanged") if row["confirmed"]],
            self._confirm,
        )
        done = [row for row in self.rows if row["outcome"] != "refused"]
        self.batch._sight({row["ci_id"] for row in done if row["ci_id"]})
        self.batch._mark_applied(self.rows)

    def _of(self, *outcomes):
        return [row for row in self.rows if row["outcome"] in outcomes]

    # ------------------------------------------------------------------
    # New items
    # ------------------------------------------------------------------

    def _create(self, rows):
        company_id = self.batch.company_id.id
        values = [self._creation(row, company_id) for row in rows]
        items = self.items.create(values)
        for row, item in zip(rows, items, strict=True):
            row["ci_id"] = item.id

    def _create_names(self):
        """Create the makers and models of the rows that nobody knows; fill in ids."""
        wanted = {}
        for row in self.rows:
            differences = row["differences"] or {}
            for key in filter(differences.get, CREATED):
                _old, new = differences[key]
                if isinstance(new, list) and new[0] == 0:
                    wanted.setdefault(key, []).append(new)
        for key, values in wanted.items():
            self.desk.names.load_or_create(key, values)

    def _creation(self, row, company_id):
        values = {"class_id": row["class_id"], "company_id": company_id}
        attributes = {}
        for key, value in self._new_values(row).items():
            if key.startswith("attributes."):
                attributes[key.removeprefix("attributes.")] = value
            else:
                values[key] = value
        return values | {"attributes": attributes}

    def _new_values(self, row):
        """Return the new values of a row as they are written: records by their ids."""
        specs = self._specs_of(row)
        return {
            key: staging.plain(new, specs[key].type)
            if specs[key].type in staging.RECORD_TYPES
            else new
            for key, (_old, new) in (row["differences"] or {}).items()
        }

    def _specs_of(self, row):
        # sudo: the tree of classes is no secret.
        return self.desk.specs.of(
            self.env["itsm.ci.class"].sudo().browse(row["class_id"])
        )

    def _follow_first(self):
        """Give rows the item that another row, of this portion or before, created."""
        made = {row["id"]: row["ci_id"] for row in self.rows}
        waiting = [row for row in self.rows if row["same_as_id"] and not row["ci_id"]]
        elsewhere = self.env["itsm.ci.batch.row"].browse(
            row["same_as_id"] for row in waiting if row["same_as_id"] not in made
        )
        made.update((row.id, row.ci_id.id) for row in elsewhere)
        for row in waiting:
            row["ci_id"] = made.get(row["same_as_id"])
            if not row["ci_id"]:
                self._refuse(row, reason("first_failed"))

    # ------------------------------------------------------------------
    # Known items
    # ------------------------------------------------------------------

    def _sound(self, rows):
        """Return the rows whose items still are as the plan saw them."""
        items = self.env["itsm.ci"].with_context(active_test=False)
        items = items.browse({row["ci_id"] for row in rows}).exists()
        states = items._snapshot()
        for row in rows:
            state = states.get(row["ci_id"])
            if state is None:
                self._refuse(row, reason("gone"))
            elif not row["same_as_id"] and self._is_stale(row, state):
                self._refuse(row, reason("stale"))
        return self._of("update")

    def _is_stale(self, row, state):
        specs = self._specs_of(row)
        return any(
            not staging.same(
                staging.plain(state.get(key), specs[key].type),
                staging.plain(old, specs[key].type),
                specs[key].type,
            )
            for key, (old, _new) in row["differences"].items()
        )

    def _change(self, rows):
        values = {}
        for row in rows:
            values.setdefault(row["ci_id"], {}).update(self._new_values(row))
        self.items._write_values(values)

    def _confirm(self, rows):
        keys = {}
        for row in rows:
            keys.setdefault(row["ci_id"], []).extend(row["confirmed"])
        self.items._confirm(keys)


class RelationWork(Work):
    """Begins and alters the relations of a portion."""

    def do(self):
        self._find_ends()
        self.relations = self.env["itsm.ci.relation"]._under(
            self.batch.source_id.code,
            origin=self.batch._origin_record(),
            reason=self.batch.name,
            batch=self.batch,
        )
        self._in_halves(
            [row for row in self.rows if row["outcome"] == "create"], self._begin
        )
        for row in self.rows:
            if row["outcome"] == "update":
                self._in_halves([row], self._alter)
        self.batch._mark_applied(self.rows)

    def _find_ends(self):
        """Put the items that rows created in the place of those rows."""
        tokens = {
            -token
            for row in self.rows
            for token in (row["ends"]["source"], row["ends"]["target"])
            if token < 0
        }
        made = {
            row.id: row.ci_id.id for row in self.env["itsm.ci.batch.row"].browse(tokens)
        }
        for row in self.rows:
            for end in ("source", "target"):
                token = row["ends"][end]
                row[end] = token if token > 0 else made.get(-token)
            if not (row["source"] and row["target"]):
                self._refuse(row, reason("end_missing"))

    def _begin(self, rows):
        relations = self.relations.create(
            [
                {
                    "source_id": row["source"],
                    "type_id": row["ends"]["type"],
                    "target_id": row["target"],
                    "source_ref_id": self.batch.source_id.id,
                    **self._facts(row),
                }
                for row in rows
            ]
        )
        for row, relation in zip(rows, relations, strict=True):
            row["relation_id"] = relation.id

    def _alter(self, rows):
        """Say other facts of a relation: it ends, and its successor begins."""
        for row in rows:
            relation = self.relations.browse(row["relation_id"])
            relation.write(self._facts(row))
            successor = relation.search(
                [
                    ("source_id", "=", relation.source_id.id),
                    ("target_id", "=", relation.target_id.id),
                    ("type_id", "=", relation.type_id.id),
                ],
                limit=1,
            )
            row["relation_id"] = successor.id or relation.id

    @staticmethod
    def _facts(row):
        return {
            key: row["ends"][key]
            for key in ("strength", "weight")
            if key in row["ends"]
        }
