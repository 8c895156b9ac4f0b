from odoo import fields, models
from odoo.exceptions import AccessError, UserError

from .itsm_ci_stage import ENDED

# What was gone by these and is seen all the same is there again.
FOUND_AGAIN = ENDED | {"missing"}


class ItsmCiStocktake(models.Model):
    """After the count: what to do about what differs, and signing it off."""

    _inherit = "itsm.ci.stocktake"

    def action_review(self):
        """End the count: what nobody saw is missing; propose what to do."""
        self._check_lead("counting")
        # sudo: results are written by verbs only; rights were checked above.
        lines = self.sudo().line_ids
        lines.filtered(lambda line: line.result == "pending").write(
            {"result": "missing"}
        )
        proposals = {"moved": "place", "missing": "missing"}
        undecided = lines.filtered(lambda line: not line.decision)
        for result, group in undecided.grouped("result").items():
            if result in proposals:
                group.write({"decision": proposals[result]})
        self._write_system({"state": "review", "reviewed_at": fields.Datetime.now()})
        return True

    def action_count_on(self):
        """Go back to counting; what was missing is expected again."""
        self._check_lead("review")
        # sudo: results are written by verbs only; rights were checked above.
        lines = self.sudo().line_ids
        lines.filtered(lambda line: line.result == "missing").write(
            {"result": "pending", "decision": False}
        )
        self._write_system({"state": "counting", "reviewed_at": False})
        return True

    def action_sign_off(self):
        """Correct the items by what was found, and close the stock-take.

        It happens in one transaction: an item that cannot be corrected stops all.

        :raise AccessError: for whoever counted, and for all but managers
        :raise UserError: while something is undecided
        """
        self.check_access("write")
        for stocktake in self:
            stocktake._check_sign_off()
            # sudo: corrections reach items of all classes; rights were checked.
            stocktake.sudo()._apply_corrections()
            stocktake._write_system(
                {
                    "state": "signed",
                    "signed_at": fields.Datetime.now(),
                    "signed_by_id": self.env.uid,
                }
            )
        return True

    def _check_sign_off(self):
        if self.state != "review":
            raise UserError(
                self.env._("“%s” is not in review; reload the page.", self.name)
            )
        if not self.env.user.has_group("itsm_cmdb.group_cmdb_manager"):
            raise AccessError(
                self.env._("Stock-takes are signed off by a configuration manager.")
            )
        # sudo: whoever counted what this manager may not see counted, too.
        counters = self.counter_ids | self.sudo().line_ids.seen_by_id
        if self.env.user in counters:
            raise AccessError(
                self.env._(
                    "You counted in “%(stocktake)s”. It is signed off by a manager who"
                    " did not.",
                    stocktake=self.name,
                )
            )
        if self.undecided_count:
            raise UserError(
                self.env._(
                    "%(count)s lines of “%(stocktake)s” still need a decision: what to"
                    " do, the reason for leaving it, or the name and class of the new"
                    " item.",
                    count=self.undecided_count,
                    stocktake=self.name,
                )
            )

    def _apply_corrections(self):
        """Write what was decided to the items, in batches and under this origin."""
        items = self.env["itsm.ci"]._under(
            source="stocktake", origin=self, reason=self.name
        )
        changes = {line.ci_id.id: line._correction() for line in self.line_ids}
        items._write_values(
            {key: vals for key, vals in changes.items() if key and vals}
        )
        items._under(at=self.reviewed_at)._confirm(
            {key: ["location_id"] for key in self._confirmed_lines().ci_id.ids}
        )
        found = self.line_ids.filtered(lambda line: line.decision == "create")
        created = items.create([line._new_item_vals() for line in found])
        for line, item in zip(found, created, strict=True):
            line.write({"created_ci_id": item.id, "class_id": item.class_id.id})

    def _confirmed_lines(self):
        """Return the lines whose place on file was seen to be right, and still is."""
        return self.line_ids.filtered(
            lambda line: line.result == "seen" and not line.is_changed_since
        )

    def _report_lines(self):
        """Return what differs, for the printed report."""
        lines = self.env["itsm.ci.stocktake.line"].search(
            [
                ("stocktake_id", "in", self.ids),
                ("result", "not in", ("seen", "pending")),
            ]
        )
        return lines.sudo()  # sudo: names of people, for those without HR rights


class ItsmCiStocktakeLine(models.Model):
    """What a line means for its item."""

    _inherit = "itsm.ci.stocktake.line"

    def _correction(self):
        """Return the values that the item gets, in the naming of its history."""
        self.ensure_one()
        item = self.ci_id
        if self.decision == "missing":
            return {} if item.status == "missing" else {"status": "missing"}
        values = {}
        if self.decision == "place":
            if item.location_id != self.seen_location_id:
                values["location_id"] = self.seen_location_id.id
            if item.status in FOUND_AGAIN:
                values["status"] = "in_use" if item.custodian_id else "in_stock"
        return values

    def _new_item_vals(self):
        """Return the values of the item that is created for an unknown label."""
        self.ensure_one()
        return {
            "name": self.new_name,
            "class_id": self.new_class_id.id,
            "company_id": self.company_id.id,
            "location_id": self.seen_location_id.id,
            self.new_code_kind or "asset_code": self.code_read,
            "image_1920": self.image,
        }
