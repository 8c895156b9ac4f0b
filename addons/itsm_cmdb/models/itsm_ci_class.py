from odoo import api, fields, models, tools
from odoo.exceptions import UserError, ValidationError


class ItsmCiClass(models.Model):
    """A class of configuration items: what they are, which attributes they have.

    Classes form a tree. A class has the attributes, identifiers and usual relations of
    those above it, and their life cycle where it names none of its own.
    """

    _name = "itsm.ci.class"
    _inherit = "itsm.cache.source"
    _description = "Item Class"
    _parent_store = True
    _order = "complete_name, id"
    _rec_name = "complete_name"
    _rec_names_search = ["complete_name", "name", "code"]
    _cached_fields = frozenset({"code", "active", "parent_id"})

    name = fields.Char(required=True, translate=True)
    code = fields.Char(
        required=True, help="Stable key for scripts, imports and the feed: server."
    )
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    complete_name = fields.Char(
        "Full Name", compute="_compute_complete_name", recursive=True, store=True
    )
    parent_id = fields.Many2one(
        "itsm.ci.class", "Parent Class", index=True, ondelete="restrict"
    )
    parent_path = fields.Char(index=True)
    child_ids = fields.One2many("itsm.ci.class", "parent_id", "Subclasses")
    icon = fields.Char(
        default="fa-cube", help="Name of an icon of Font Awesome 4, such as fa-server."
    )
    description = fields.Text(translate=True)
    is_abstract = fields.Boolean(
        "Only a Heading", help="Items belong to its subclasses, not to it."
    )
    is_service = fields.Boolean(
        "Business Service", help="An impact analysis counts its items as services."
    )
    lifecycle_id = fields.Many2one(
        "itsm.ci.lifecycle", "Own Life Cycle", ondelete="restrict"
    )
    effective_lifecycle_id = fields.Many2one(
        "itsm.ci.lifecycle",
        "Life Cycle",
        compute="_compute_effective_lifecycle_id",
        recursive=True,
        store=True,
    )
    attribute_ids = fields.One2many(
        "itsm.ci.attribute", "class_id", "Own Attributes", copy=True
    )
    all_attribute_ids = fields.Many2many(
        "itsm.ci.attribute",
        "Attributes",
        compute="_compute_all_attribute_ids",
        recursive=True,
    )
    item_count = fields.Integer(
        "Items", compute="_compute_item_count", help="With those of its subclasses."
    )
    group_ids = fields.Many2many(
        "res.groups",
        "itsm_ci_class_group_rel",
        "class_id",
        "group_id",
        "Visible To",
        help="Empty: everybody who may read items.",
    )

    _code_unique = models.UniqueIndex("(code)", "Another class has this code.")

    # ------------------------------------------------------------------
    # Computes
    # ------------------------------------------------------------------

    @api.depends("name", "parent_id.complete_name")
    def _compute_complete_name(self):
        for each in self:
            parent = each.parent_id.complete_name
            each.complete_name = f"{parent} / {each.name}" if parent else each.name

    @api.depends("complete_name")
    @api.depends_context("lang", "hierarchical_naming")
    def _compute_display_name(self):
        """The path in the reader's language: ``complete_name`` is stored in one."""
        is_path = self.env.context.get("hierarchical_naming", True)
        for each in self:
            names, ancestor = [], each
            while ancestor:
                names.insert(0, ancestor.name or "")
                ancestor = ancestor.parent_id if is_path else ancestor.browse()
            each.display_name = " / ".join(names)

    @api.depends("lifecycle_id", "parent_id.effective_lifecycle_id")
    def _compute_effective_lifecycle_id(self):
        """Without a life cycle all the way up it is the first: items need a status."""
        first = self.env["itsm.ci.lifecycle"].search([], limit=1)
        for each in self:
            each.effective_lifecycle_id = (
                each.lifecycle_id or each.parent_id.effective_lifecycle_id or first
            )

    @api.depends("attribute_ids.active", "parent_id.all_attribute_ids")
    def _compute_all_attribute_ids(self):
        for each in self:
            each.all_attribute_ids = (
                each.parent_id.all_attribute_ids | each.attribute_ids
            ).filtered("active")

    def _compute_item_count(self):
        classes = self._descendants()
        counts = dict(
            self.env["itsm.ci"]._read_group(
                [("class_id", "in", classes.ids)], ["class_id"], ["__count"]
            )
        )
        totals = dict.fromkeys(self.ids, 0)
        for item_class, count in counts.items():
            for ancestor in item_class._path_ids():
                if ancestor in totals:
                    totals[ancestor] += count
        for each in self:
            each.item_count = totals.get(each.id, 0)

    # ------------------------------------------------------------------
    # Reading the tree
    # ------------------------------------------------------------------

    def _descendants(self):
        """Return the classes and all below them, archived ones too."""
        return (
            self.with_context(active_test=False)
            .search([("id", "child_of", self.ids)])
            .with_env(self.env)
        )

    def _path_ids(self):
        """Return the ids from the root of the tree down to the class."""
        self.ensure_one()
        return [int(each) for each in (self.parent_path or "").split("/") if each]

    def _attributes_by_key(self):
        """Return ``{key: attribute}`` of the class, the inherited ones first."""
        self.ensure_one()
        return {each.key: each for each in self._attributes_of_each()[self.id]}

    @api.model
    def _by_code(self, code):
        """Return the class that has this code, or none; archived ones too."""
        return self.browse(self._ids_by_code().get(code))

    @api.model
    @tools.ormcache()
    def _ids_by_code(self):
        classes = self.sudo().with_context(active_test=False).search_fetch([], ["code"])
        return {each.code: each.id for each in classes}

    def action_view_items(self):
        """Open the items of the class and of those below it."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Items of %(class)s", **{"class": self.name}),
            "res_model": "itsm.ci",
            "view_mode": "list,kanban,form",
            "domain": [("class_id", "child_of", self.id)],
            "context": {"default_class_id": not self.is_abstract and self.id},
        }

    # ------------------------------------------------------------------
    # Writing
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        classes = super().create(vals_list)
        classes._regenerate_definitions()
        return classes

    def write(self, vals):
        moved = "parent_id" in vals
        if moved:
            self._refuse_cycle(self.browse(vals["parent_id"]))
            self._refuse_loss_by_move(self.browse(vals["parent_id"]))
        result = super().write(vals)
        if moved:
            self._descendants().with_context(
                active_test=False
            ).attribute_ids._check_key_on_path()
            self._regenerate_definitions()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        for each in self.with_context(active_test=False):
            if each.child_ids - self:
                raise UserError(
                    self.env._(
                        "“%(name)s” has subclasses. Delete or move them first, or "
                        "archive the class.",
                        name=each.name,
                    )
                )
        # sudo: items of other companies count too.
        Item = self.env["itsm.ci"].sudo().with_context(active_test=False)
        used = Item._read_group(
            [("class_id", "in", self.ids)], ["class_id"], ["__count"]
        )
        for item_class, count in used:
            raise UserError(
                self.env._(
                    "“%(name)s” has %(count)s items. Give them another class first, or "
                    "archive the class.",
                    name=item_class.name,
                    count=count,
                )
            )

    def copy_data(self, default=None):
        return [
            dict(
                vals,
                name=self.env._("%(name)s (copy)", name=each.name),
                code=f"{each.code}_copy",
            )
            for each, vals in zip(self, super().copy_data(default), strict=True)
        ]

    def _refuse_cycle(self, parent):
        """Say it before Odoo keeps the paths of the tree, which knows fewer words."""
        if parent and set(parent._path_ids()) & set(self.ids):
            raise ValidationError(
                self.env._(
                    "“%(name)s” cannot stand below “%(parent)s”, which is part of it.",
                    name=self[:1].name,
                    parent=parent.name,
                )
            )
