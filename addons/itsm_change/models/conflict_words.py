"""Conflicts in words: what collides, by which way, and what can be done about it."""

from odoo.fields import Domain
from odoo.tools import format_datetime, format_list

from odoo.addons.itsm_cmdb.tools import impact

from ..tools import conflicts

# So many names a sentence holds.
NAMES = 4


def facts_of(hit, change_id, is_mirror=False):
    """Return a hit as what a row keeps, seen from the one or from the other change."""
    facts = {
        "items": list(hit.items[:50]),
        "count": len(hit.items),
        "windows": list(hit.windows),
    }
    if hit.broken:
        first, second = hit.broken.first, hit.broken.second
        if is_mirror:
            first, second = second, first
        facts |= {
            "state": hit.broken.state,
            "group": hit.broken.group,
            "first": [list(way) for way in first],
            "second": [list(way) for way in second],
        }
    return facts


class ConflictWords:
    """Sentences about conflicts; what the reader may not see is not named.

    :param entries: dicts with ``kind``, ``other``, ``window``, ``item``, ``facts``,
        ``start``, ``end``, ``mine`` (the change), ``is_settled`` (the other),
        ``works_here`` (whether the change is made on the item), ``is_excepted``
    """

    def __init__(self, env, entries):
        self.env, self.entries = env, entries
        self._states = dict(env["itsm.ci"]._impact_state_names())
        self._read_items()
        self._read_changes()
        self._read_windows()
        self._read_groups()
        self._read_services()

    # ------------------------------------------------------------------
    # What is named
    # ------------------------------------------------------------------

    def _read_items(self):
        ids = {entry["item"] for entry in self.entries if entry["item"]}
        for entry in self.entries:
            facts = entry["facts"]
            ids.update(facts.get("items", ())[: NAMES + 1])
            for side in ("first", "second"):
                ids.update(item for way in facts.get(side, ()) for item in way)
        Item = self.env["itsm.ci"]
        self._items = Item._impact_names(Item.browse(sorted(ids)))

    def _read_changes(self):
        ids = {entry["other"] for entry in self.entries if entry["other"]}
        changes = self.env["itsm.change"].browse(sorted(ids)).exists()
        visible = set(changes._filtered_access("read")._ids)
        # sudo: who may read the change reads who leads it.
        self._people = {
            change.id: change.implementer_id.name
            for change in changes.sudo()
            if change.id in visible
        }
        hidden = self.env._("A change that you may not see")
        self._changes = {
            change.id: change.display_name if change.id in visible else hidden
            for change in changes.sudo()
        }

    def _read_windows(self):
        ids = {each for entry in self.entries for each in entry["facts"]["windows"]}
        windows = self.env["itsm.change.window"].browse(sorted(ids)).exists()
        # sudo: by which window somebody is refused may be told; it names no items.
        self._windows = {window.id: window.name for window in windows.sudo()}
        self._reasons = {window.id: window.reason for window in windows.sudo()}
        first = min((e["start"] for e in self.entries if e["start"]), default=None)
        self._openings = {}
        if not (first and windows):
            return
        rows = (
            self.env["itsm.change.window.occurrence"]
            .sudo()
            .search(
                [
                    ("window_id", "in", windows.ids),
                    ("window_id.kind", "=", "maintenance"),
                    ("end", ">", first),
                ],
                limit=500,
            )
        )
        for row in rows:
            self._openings.setdefault(row.window_id.id, []).append((row.start, row.end))

    def _read_groups(self):
        ids = {entry["facts"].get("group") for entry in self.entries} - {None}
        Group = self.env["itsm.ci.dependency.group"]
        groups = Group.with_context(active_test=False).browse(sorted(ids)).exists()
        names = self.env["itsm.ci"]._impact_names_of_groups(groups)
        # sudo: how many are needed names nothing.
        self._groups = {
            group.id: {
                "group": names[group.id],
                "needed": f"{group.minimum:g}{'%' if group.unit == 'percent' else ''}",
                "total": len(group.relation_ids),
            }
            for group in groups.sudo()
        }

    def _read_services(self):
        """Read which services are delivered by items that lose their redundancy."""
        ids = {
            item
            for entry in self.entries
            if entry["kind"] == conflicts.REDUNDANCY
            for item in entry["facts"].get("items", ())
        }
        self._services = {}
        if not ids:
            return
        # sudo: items deliver services whoever looks; names are told to those who may.
        services = (
            self.env["itsm.service"].sudo().search(Domain("ci_ids", "in", sorted(ids)))
        )
        visible = services.with_env(self.env)._filtered_access("read")
        for service in services:
            if service.id in visible._ids:
                for item in service.ci_ids._ids:
                    self._services.setdefault(item, []).append(service.name)

    # ------------------------------------------------------------------
    # Sentences
    # ------------------------------------------------------------------

    def text(self, entry):
        """Return what is in the way."""
        return getattr(self, f"_text_{entry['kind']}")(entry, self._facts(entry))

    def cure(self, entry):
        """Return what can be done about it."""
        if entry["is_excepted"]:
            return self.env._("Nothing: an exception was approved.")
        if entry["kind"] == conflicts.FREEZE:
            return self.env._(
                "Choose a time outside of the freeze, or ask for an exception."
            )
        if entry["kind"] == conflicts.OUTSIDE_MAINTENANCE:
            return self._cure_maintenance(entry)
        if entry["kind"] == conflicts.IMPLEMENTER:
            return self.env._("Name another implementer, or choose another time.")
        if not entry["is_settled"]:
            return self.env._(
                "The other change is not scheduled yet: whichever is scheduled first "
                "keeps the time. Agree on it, or choose another time."
            )
        if entry["kind"] == conflicts.REDUNDANCY:
            return self.env._(
                "Make one after the other: choose a time at which the outages of both "
                "do not overlap."
            )
        return self.env._(
            "Choose another time, or agree with those who make the other."
        )

    def path(self, entry):
        """Return by which way two changes take away redundancy, one line for each."""
        facts = entry["facts"]
        if entry["kind"] != conflicts.REDUNDANCY:
            return ""
        own = self.env._("This change")
        lines = [
            f"{name}: " + " → ".join(self._items.get(item, "…") for item in way)
            for name, side in (
                (own, "first"),
                (self._changes.get(entry["other"], ""), "second"),
            )
            for way in facts.get(side, ())
        ]
        after = " → ".join(
            [
                self.env._("Together"),
                self._items.get(entry["item"], "…"),
                *self._shortened(facts["items"][1:], facts["count"] - 1),
            ]
        )
        return "\n".join([*lines, after])

    def _facts(self, entry):
        return {
            "other": self._changes.get(entry["other"], ""),
            "item": self._items.get(entry["item"], ""),
            "from": self._moment(entry["start"]),
            "to": self._moment(entry["end"]),
        }

    def _moment(self, moment):
        return format_datetime(self.env, moment, dt_format="short") if moment else ""

    def _text_same_item(self, entry, facts):
        return self.env._(
            "%(other)s is made on “%(item)s” too (%(from)s – %(to)s).", **facts
        )

    def _text_impact(self, entry, facts):
        if entry["works_here"]:
            return self.env._(
                "%(other)s disturbs “%(item)s”, which this change is made on "
                "(%(from)s – %(to)s).",
                **facts,
            )
        return self.env._(
            "This change disturbs “%(item)s”, which %(other)s is made on "
            "(%(from)s – %(to)s).",
            **facts,
        )

    def _text_implementer(self, entry, facts):
        facts["person"] = self._people.get(entry["other"]) or "…"
        return self.env._(
            "“%(person)s” leads %(other)s at the same time (%(from)s – %(to)s).",
            **facts,
        )

    def _text_redundancy(self, entry, facts):
        found = entry["facts"]
        facts |= self._groups.get(found.get("group"), {"group": "…", "needed": "…"})
        facts["total"] = facts.get("total", "…")
        facts["state"] = self._states[impact.STATES[found.get("state", impact.DOWN)]]
        text = self.env._(
            "Each alone does no harm to “%(item)s”, but with %(other)s it becomes: "
            "%(state)s. Its redundancy group “%(group)s” needs %(needed)s of %(total)s "
            "(%(from)s – %(to)s).",
            **facts,
        )
        services = dict.fromkeys(
            name for item in found["items"] for name in self._services.get(item, ())
        )
        if services:
            names = self._shortened_names(list(services), len(services))
            text += " " + self.env._(
                "Services hit: %(services)s.",
                services=format_list(self.env, names),
            )
        return text

    def _text_freeze(self, entry, facts):
        facts["window"] = self._windows.get(entry["window"], "…")
        facts["items"] = self._list(entry)
        if facts["items"]:
            text = self.env._(
                "The freeze “%(window)s” holds from %(from)s to %(to)s for %(items)s.",
                **facts,
            )
        else:
            text = self.env._(
                "The freeze “%(window)s” holds from %(from)s to %(to)s.", **facts
            )
        return " ".join(filter(None, (text, self._reasons.get(entry["window"]))))

    def _text_outside_maintenance(self, entry, facts):
        names = [
            self.env._("“%(name)s”", name=self._windows[each])
            for each in entry["facts"]["windows"]
            if each in self._windows
        ]
        facts["windows"] = format_list(self.env, names)
        facts["items"] = self._list(entry) or self.env._("everything")
        return self.env._(
            "Outside of the maintenance windows for %(items)s: %(windows)s.", **facts
        )

    def _cure_maintenance(self, entry):
        """Name the next opening that the change fits into."""
        needed = entry["end"] - entry["start"]
        openings = sorted(
            opening
            for window in entry["facts"]["windows"]
            for opening in self._openings.get(window, ())
            if opening[1] - opening[0] >= needed and opening[0] >= entry["start"]
        )
        if not openings:
            return self.env._(
                "Choose a time inside of a maintenance window, or ask for an exception."
            )
        return self.env._(
            "Next window that is long enough: %(from)s – %(to)s. Or ask for an "
            "exception.",
            **{
                "from": self._moment(openings[0][0]),
                "to": self._moment(openings[0][1]),
            },
        )

    def _list(self, entry):
        facts = entry["facts"]
        return format_list(self.env, self._shortened(facts["items"], facts["count"]))

    def _shortened(self, ids, count):
        return self._shortened_names(
            [self._items.get(item, "…") for item in ids[:NAMES]], count
        )

    def _shortened_names(self, names, count):
        shown = names[:NAMES]
        if count > len(shown):
            shown.append(self.env._("%(count)s more", count=count - len(shown)))
        return shown
