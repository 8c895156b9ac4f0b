from odoo.addons.itsm_helpdesk.tests.request_common import RequestCase, question

# The smallest picture that is one.
PNG = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJ"
    "RU5ErkJggg=="
)


class GoodsCase(RequestCase):
    """A service by which office supplies are asked for, and what may be asked."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.category = cls.env["product.category"].create({"name": "Office"})
        cls.paper = cls._product("Paper A4", standard_price=4.0)
        cls.pen = cls._product("Pen", standard_price=1.5)
        cls.desk.manager_ids |= cls.manager
        if "goods_from_stock" in cls.desk._fields:
            # The records of issue are tested here, also where the bridge is installed.
            cls.desk.goods_from_stock = False
        cls.policy = cls.env.ref("itsm_nonit.approval_policy_goods")
        cls.supplies = cls._supplies()

    @classmethod
    def _product(cls, name, **vals):
        return cls.env["product.product"].create(
            {"name": name, "categ_id": cls.category.id, "type": "consu", **vals}
        )

    @classmethod
    def _supplies(cls, name="Office supplies", **vals):
        """Return a published service with a table of goods."""
        columns = [
            question(
                "product",
                "record",
                res_model="product.product",
                domain=f"[('categ_id', '=', {cls.category.id})]",
            ),
            question("quantity", "number"),
        ]
        service = cls._service(
            name,
            [question("goods", "table", columns=columns)],
            publish=False,
            approval_policy_id=cls.policy.id,
            **vals,
        )
        table = service.question_ids
        service.write(
            {
                "goods_question_id": table.id,
                "goods_product_column_id": table.column_ids[0].id,
                "goods_quantity_column_id": table.column_ids[1].id,
            }
        )
        service.action_publish()
        return service

    @classmethod
    def _limit(cls, quantity, product=None, **vals):
        """Return a new limit, of paper unless told otherwise."""
        thing = (
            {} if "category_id" in vals else {"product_id": (product or cls.paper).id}
        )
        return cls.env["itsm.goods.limit"].create(
            {"quantity": quantity, **thing, **vals}
        )

    def _ask(self, *goods, user=None, service=None):
        """Ask for goods, given as product and quantity, with the form."""
        rows = [
            {"product": product.id, "quantity": quantity} for product, quantity in goods
        ]
        return self._submit(service or self.supplies, user, goods=rows)

    def _issued(self, ticket, user=None):
        """Issue what is open, by an agent; return the record."""
        env = self._as(user or self.agent)
        action = env["itsm.ticket"].browse(ticket.id).action_issue_goods()
        issue = env["itsm.goods.issue"].browse(action["res_id"])
        issue.action_done()
        return self.env["itsm.goods.issue"].browse(issue.id)
