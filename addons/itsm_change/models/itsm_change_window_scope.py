from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import SQL, format_list

from odoo.addons.itsm_cmdb.models.itsm_ci_impact import id_array

# Which of some items windows are for, by the parts of their scopes.
_PARTS = """
    WITH item AS (
        SELECT ci.id, class.parent_path AS class_path, place.parent_path AS place_path
          FROM itsm_ci AS ci
          JOIN itsm_ci_class AS class ON class.id = ci.class_id
          LEFT JOIN itsm_location AS place ON place.id = ci.location_id
         WHERE ci.id = ANY(%(ids)s::int[])
    )
    SELECT rel.window_id, item.id
      FROM itsm_change_window_ci_rel AS rel JOIN item ON item.id = rel.ci_id
     WHERE rel.window_id = ANY(%(windows)s::int[])
     UNION
    SELECT rel.window_id, item.id
      FROM itsm_change_window_class_rel AS rel
      JOIN itsm_ci_class AS class ON class.id = rel.class_id
      JOIN item ON starts_with(item.class_path, class.parent_path)
     WHERE rel.window_id = ANY(%(windows)s::int[])
     UNION
    SELECT rel.window_id, item.id
      FROM itsm_change_window_location_rel AS rel
      JOIN itsm_location AS place ON place.id = rel.location_id
      JOIN item ON starts_with(item.place_path, place.parent_path)
     WHERE rel.window_id = ANY(%(windows)s::int[])
     UNION
    SELECT rel.window_id, item.id
      FROM itsm_change_window_service_rel AS rel
      JOIN itsm_service_ci_rel AS delivered USING (service_id)
      JOIN item ON item.id = delivered.ci_id
     WHERE rel.window_id = ANY(%(windows)s::int[])
"""
PARTS = ("ci_ids", "class_ids", "location_ids", "service_ids")


class ItsmChangeWindow(models.Model):
    """What a window is for: everything, some items, or those that a filter finds."""

    _inherit = "itsm.change.window"

    scope = fields.Selection(
        [
            ("all", "Everything"),
            ("parts", "Items, Classes, Locations and Services"),
            ("domain", "Items Found by a Filter"),
        ],
        "Is For",
        required=True,
        default="all",
        tracking=True,
    )
    ci_ids = fields.Many2many(
        "itsm.ci",
        "itsm_change_window_ci_rel",
        "window_id",
        "ci_id",
        "Items",
        check_company=True,
    )
    class_ids = fields.Many2many(
        "itsm.ci.class",
        "itsm_change_window_class_rel",
        "window_id",
        "class_id",
        "Classes",
        help="With the classes below them.",
    )
    location_ids = fields.Many2many(
        "itsm.location",
        "itsm_change_window_location_rel",
        "window_id",
        "location_id",
        "Locations",
        help="With the places in them.",
    )
    service_ids = fields.Many2many(
        "itsm.service",
        "itsm_change_window_service_rel",
        "window_id",
        "service_id",
        "Services",
        help="The items that deliver them.",
    )
    domain = fields.Char("Filter", default="[]", tracking=True)
    reach = fields.Selection(
        [
            ("touched", "Changes to Them, and to What They Depend On"),
            ("chosen", "Changes to Them Only"),
        ],
        "Concerns",
        required=True,
        default="touched",
        help="Whether a change that does not name an item, but disturbs it by what "
        "depends on what, is concerned too.",
    )
    scope_text = fields.Char("Scope", compute="_compute_scope_text")

    @api.model
    def _scope_fields(self):
        """Return the fields that say what a window is for."""
        return {"active", "company_id", "domain", "kind", "reach", "scope", *PARTS}

    @api.constrains("domain", "scope")
    def _check_domain(self):
        for window in self.filtered(lambda window: window.scope == "domain"):
            # Odoo checks as the system: an author may not search by what is hidden.
            items = window.sudo(False).env["itsm.ci"]
            items._condition(window.domain, window.name)

    @api.constrains("scope", *PARTS)
    def _check_parts(self):
        for window in self.filtered(lambda window: window.scope == "parts"):
            if not any(window[part] for part in PARTS):
                raise ValidationError(
                    self.env._(
                        "Choose items, classes, locations or services that “%(window)s”"
                        " is for, or let it be for everything.",
                        window=window.name,
                    )
                )

    @api.depends("scope", "domain", *(f"{part}.display_name" for part in PARTS))
    def _compute_scope_text(self):
        for window in self:
            if window.scope == "all":
                window.scope_text = self.env._("Everything")
            elif window.scope == "domain":
                window.scope_text = self.env._("Items found by a filter")
            else:
                names = [
                    *window.env["itsm.ci"]._impact_names(window.ci_ids).values(),
                    *(
                        name
                        for part in PARTS[1:]
                        for name in window[part].mapped("display_name")
                    ),
                ]
                window.scope_text = format_list(self.env, names)

    def _items_in_scope(self, ids):
        """Return ``{window id: ids}`` of those items that the windows are for.

        Windows for everything are not in it. The whole of the items counts, whatever
        the user may see.

        :param ids: of items
        """
        found = {window.id: set() for window in self if window.scope != "all"}
        if not ids or not found:
            return found
        for window, item in self._items_by_parts(ids):
            found[window].add(item)
        # A filter is a search of its own; few windows have one.
        Item = self.env["itsm.ci"].sudo().with_context(active_test=False)
        for window in self.filtered(lambda window: window.scope == "domain"):
            condition = Item._condition(window.domain, window.name)
            query = Item._search(condition & Domain("id", "in", list(ids)))
            found[window.id].update(query.get_result_ids())
        return found

    def _items_by_parts(self, ids):
        windows = self.filtered(lambda window: window.scope == "parts")
        if not windows:
            return []
        self.env["itsm.ci"].flush_model(["class_id", "location_id"])
        windows.flush_recordset(PARTS)
        self.env["itsm.service"].flush_model(["ci_ids"])
        return self.env.execute_query(
            SQL(_PARTS, ids=id_array(ids), windows=id_array(windows.ids))
        )
