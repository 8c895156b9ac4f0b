import copy
from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tools import SQL

from ..models.itsm_desk_pack import shipped
from ..tools import packs
from .common import NonitCase


class PackCase(NonitCase):
    """Packs, and what is in the database before and after."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Pack = cls.env["itsm.desk.pack"]

    def _pack(self, key="facilities"):
        """Return a pack as the administrator sees it."""
        pack = self.Pack.search([("key", "=", key)])
        return pack.with_user(self.admin)

    def _rows(self):
        """Return ``{table: number of rows}`` of the whole database."""
        self.env.flush_all()
        self.env.cr.execute(
            "SELECT relname FROM pg_class JOIN pg_namespace ns ON ns.oid = relnamespace"
            " WHERE relkind = 'r' AND nspname = current_schema"
        )
        counts = {}
        # Notices to browsers are nobody's records.
        for (table,) in set(self.env.cr.fetchall()) - {("bus_bus",)}:
            self.env.cr.execute(SQL("SELECT count(*) FROM %s", SQL.identifier(table)))
            counts[table] = self.env.cr.fetchone()[0]
        return counts

    def _differences(self, before):
        """Return ``{table: rows more or less}`` since ``before``."""
        now = self._rows()
        return {t: now[t] - n for t, n in before.items() if now[t] != n}

    def _refused_removal(self, pack, *words):
        with self.assertRaises(UserError) as caught:
            pack.remove()
        for word in words:
            self.assertIn(word, str(caught.exception))
        self.assertTrue(pack.desk_id.exists())


class WiredCase(PackCase):
    """Moving an office orders a shelf of facilities, and has their team for a task."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        data = {key: copy.deepcopy(shipped()[key]) for key in ("facilities", "moves")}
        office = packs.services(data["moves"])[0]
        office["orders"] = [
            {
                "service": "facilities-mount",
                "condition": {
                    "match": "all",
                    "rules": [{"question": "size", "op": "equals", "value": "room"}],
                },
                "mapping": {"what": "words"},
            }
        ]
        office["plan"].append(
            {
                "key": "lights",
                "name": {"en_US": "Look at the lights", "zh_CN": "检查照明"},
                "team": {"name": "Electricians", "desk": "Facilities Desk"},
            }
        )
        cls.startClassPatcher(
            patch.object(type(cls.Pack), "_data", lambda pack: data.get(pack.key, {}))
        )
