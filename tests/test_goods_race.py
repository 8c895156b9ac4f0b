"""A department whose people all order at the same moment, with real transactions."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from dev.live import RpcError

PEOPLE, EACH, LIMIT = 8, 3, 10
PREPARE = f"""
import datetime
from odoo.fields import Command
new = env["res.users"].with_context(no_reset_password=True).create
people = new([
    {{"name": f"Orderer {{n}}", "login": f"orderer-{{n}}",
      "email": f"orderer-{{n}}@example.com",
      "group_ids": [(6, 0, [env.ref("base.group_user").id])]}}
    for n in range({PEOPLE})
])
department = env["hr.department"].create({{"name": "Race Department"}})
env["hr.employee"].create([
    {{"name": user.name, "user_id": user.id, "department_id": department.id}}
    for user in people
])
paper = env["product.product"].create({{"name": "Race Paper", "type": "consu"}})
desk = env["itsm.desk"].create({{"name": "Supplies", "resource_calendar_id": False}})
service = env["itsm.service"].create({{
    "name": "Supplies", "code": "race-supplies", "desk_id": desk.id,
    "question_ids": [Command.create({{
        "key": "goods", "type": "table", "name": "Goods",
        "column_ids": [
            Command.create({{"key": "product", "type": "record", "name": "Product",
                             "res_model": "product.product"}}),
            Command.create({{"key": "quantity", "type": "number",
                             "name": "Quantity"}}),
        ],
    }})],
}})
table = service.question_ids
service.write({{
    "goods_question_id": table.id,
    "goods_product_column_id": table.column_ids[0].id,
    "goods_quantity_column_id": table.column_ids[1].id,
}})
service.action_publish()
limit = env["itsm.goods.limit"].create({{
    "product_id": paper.id, "quantity": {LIMIT}, "beyond": "refuse",
}})
until = datetime.datetime.now() + datetime.timedelta(days=1)
keys = [
    env["res.users.apikeys"].with_user(user).sudo()._generate("rpc", "race", until)
    for user in people
]
env.cr.commit()
print(paper.id, *keys)
"""
USED = """
lines = env["itsm.goods.line"].search([("product_id", "=", {paper})])
print(sum(lines.mapped("quantity_counted")))
"""


@pytest.fixture(scope="module")
def orders(live_server):
    """The product, and a key of each person."""
    paper, *keys = live_server.shell(PREPARE).split()
    return int(paper), keys


def test_all_at_once_do_not_exceed_the_limit(live_server, orders):
    """As many as the limit holds get theirs; the others read what is left."""
    paper, keys = orders

    def order(key):
        rows = [{"product": paper, "quantity": EACH}]
        try:
            return live_server.rpc(
                "itsm.ticket",
                "request_service",
                key,
                service="race-supplies",
                answers={"goods": rows},
            )
        except RpcError as error:
            return error

    with ThreadPoolExecutor(PEOPLE) as pool:
        answers = list(pool.map(order, keys))
    refused = [answer for answer in answers if isinstance(answer, RpcError)]
    assert len(answers) - len(refused) == LIMIT // EACH, answers
    assert all(error.status < 500 for error in refused), refused
    assert all("Race Paper" in error.body for error in refused), refused
    used = float(live_server.shell(USED.format(paper=paper)).split()[-1])
    assert used == LIMIT // EACH * EACH
