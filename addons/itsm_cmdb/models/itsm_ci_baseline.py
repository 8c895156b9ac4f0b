from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

# What a baseline is about stays as it was taken.
FROZEN = frozenset({"ci_ids", "domain", "taken_at", "user_id", "company_id"})
# So many items are compared at once: the rest waits, so that memory stays flat.
_PORTION = 1000


class ItsmCiBaseline(models.Model):
    """A set of items at a moment, to see later what differs from it.

    It holds which items belong to it and the moment. How they stood then follows from
    their history, which nobody can alter.
    """

    _name = "itsm.ci.baseline"
    _description = "Baseline"
    _order = "taken_at desc, id desc"

    name = fields.Char(required=True)
    company_id = fields.Many2one(
        "res.company", default=lambda self: self.env.company, index=True
    )
    taken_at = fields.Datetime(
        readonly=True, required=True, default=lambda self: self.env.cr.now()
    )
    user_id = fields.Many2one(
        "res.users", "Taken By", readonly=True, default=lambda self: self.env.uid
    )
    domain = fields.Char(
        "Items That", help="Chooses the items when the baseline is taken."
    )
    ci_ids = fields.Many2many(
        "itsm.ci",
        "itsm_ci_baseline_item_rel",
        "baseline_id",
        "ci_id",
        "Items",
        context={"active_test": False},
    )
    ci_count = fields.Integer("Number of Items", compute="_compute_ci_count")
    note = fields.Text()
    is_locked = fields.Boolean(
        "Locked", copy=False, help="Only a configuration manager changes it."
    )

    @api.depends("ci_ids")
    def _compute_ci_count(self):
        for baseline in self:
            baseline.ci_count = len(baseline.ci_ids)

    # ------------------------------------------------------------------
    # Taking
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        now = self.env.cr.now()
        vals_list = [
            {**vals, "taken_at": now, "user_id": self.env.uid} for vals in vals_list
        ]
        baselines = super().create(vals_list)
        for baseline in baselines:
            if not baseline.ci_ids:
                found = self.env["itsm.ci"].search(baseline._items_domain())
                super(ItsmCiBaseline, baseline).write({"ci_ids": found.ids})
            if not baseline.ci_ids:
                raise UserError(
                    self.env._(
                        "The baseline “%(name)s” would be empty: choose its items, or "
                        "a condition that some items meet.",
                        name=baseline.name,
                    )
                )
        return baselines

    def _items_domain(self):
        """Return what the chosen items meet, or a sentence on what is wrong with it."""
        if not self.domain:
            return Domain.FALSE
        return self.env["itsm.ci"]._condition(self.domain, self.name)

    def write(self, vals):
        if FROZEN & vals.keys():
            raise AccessError(
                self.env._(
                    "A baseline stays as it was taken: take another one instead."
                )
            )
        if self.env.su or not any(self.mapped("is_locked")) and "is_locked" not in vals:
            return super().write(vals)
        self._refuse_unless_manager()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_locked(self):
        locked = self.filtered("is_locked")
        if locked:
            raise UserError(
                self.env._(
                    "The baseline “%(name)s” is locked. Unlock it first.",
                    name=locked[0].name,
                )
            )

    def _refuse_unless_manager(self):
        if not self.env.user.has_group("itsm_cmdb.group_cmdb_manager"):
            raise AccessError(
                self.env._("Only a configuration manager changes locked baselines.")
            )

    def action_lock(self):
        """Let only managers change it."""
        self.write({"is_locked": True})

    def action_unlock(self):
        """Let engineers change it again."""
        self.write({"is_locked": False})

    # ------------------------------------------------------------------
    # What differs from it
    # ------------------------------------------------------------------

    def _differences(self, moment=None, limit=None):
        """Yield what differs from the baseline at another moment, now by default."""
        self.ensure_one()
        Ci = self.env["itsm.ci"]
        found = 0
        ids = self.ci_ids._filtered_access("read").ids
        for start in range(0, len(ids), _PORTION):
            portion = Ci.browse(ids[start : start + _PORTION])
            pairs = [(item, item) for item in portion]
            for row in Ci._compare(pairs, self.taken_at, moment):
                if limit and found >= limit:
                    return
                found += 1
                yield row

    def action_compare(self):
        """Show what differs from the baseline now."""
        self.ensure_one()
        return self.env["itsm.ci.comparison"]._open(
            {"kind": "baseline", "baseline_id": self.id}
        )

    def action_view_items(self):
        """Open the items of the baseline."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.name,
            "res_model": "itsm.ci",
            "view_mode": "list,kanban,form",
            "domain": [("id", "in", self.ci_ids.ids)],
            "context": {"active_test": False},
        }
