from odoo import models


class ItsmServiceCategory(models.Model):
    """The tree of the catalogue on the portal."""

    _inherit = "itsm.service.category"

    def _portal_path_ids(self):
        """Return the ids of the category and of those above it; none of no category."""
        return [int(id_) for id_ in (self.parent_path or "").split("/") if id_]

    def _portal_in_tree_order(self):
        """Return ``[(category, depth)]``, each after the one it belongs to."""
        below = self.grouped("parent_id")
        roots = self.filtered(lambda category: category.parent_id not in self)
        result, waiting = [], [(category, 0) for category in reversed(roots)]
        while waiting:
            category, depth = waiting.pop()
            result.append((category, depth))
            waiting += [
                (child, depth + 1) for child in reversed(below.get(category, self[:0]))
            ]
        return result

    def _portal_image_url(self):
        """Return the link of the picture, empty where there is none."""
        self.ensure_one()
        if not self.image:
            return ""
        moment = int(self.write_date.timestamp())
        return f"/web/image/itsm.service.category/{self.id}/image?unique={moment}"
