"""Installing, using and uninstalling ``itsm_nonit`` leaves ``itsm_helpdesk`` as it was.

A database gets the service desk alone, and is looked at; then the addon comes, a ready
desk is installed and used, and the addon goes. What it brought is gone, what people
wrote down with it is there, and the rest is as it was.
"""

import json
import os

import pytest

ALONE = "itsm_helpdesk,product"
SERVER = ("--stop-after-init", "--no-http", "--max-cron-threads=0")
# How the database is built, and what stands in it besides records of people.
PARTS = {
    "columns": """
        SELECT table_name, column_name, data_type, is_nullable
          FROM information_schema.columns WHERE table_schema = current_schema
    """,
    "constraints": """
        SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid)
          FROM pg_constraint
         WHERE connamespace = current_schema::regnamespace
    """,
    "indexes": """
        SELECT tablename, indexname, indexdef FROM pg_indexes
         WHERE schemaname = current_schema
    """,
    # Of these two kinds Odoo leaves the names of what went with a model.
    "external ids": """
        SELECT module, name, model FROM ir_model_data
         WHERE model NOT IN ('ir.model.inherit', 'ir.model.fields.selection')
    """,
    "views": "SELECT key, model, md5(arch_db::text), active FROM ir_ui_view",
    "rules": "SELECT name::text, domain_force, active FROM ir_rule",
    "rights": """
        SELECT name, perm_read, perm_write, perm_create, perm_unlink
          FROM ir_model_access
    """,
    "menus": "SELECT name::text, parent_path IS NULL, active FROM ir_ui_menu",
    "fields": "SELECT model, name, ttype FROM ir_model_fields",
    "choices": """
        SELECT field.model, field.name, value FROM ir_model_fields_selection row
          JOIN ir_model_fields field ON field.id = row.field_id
    """,
    "jobs": "SELECT cron_name FROM ir_cron",
    "mail templates": "SELECT name::text, model FROM mail_template",
    "pending reasons": "SELECT code, active FROM itsm_pending_reason",
    "desks": "SELECT name::text FROM itsm_desk",
    "approval policies": "SELECT name::text FROM itsm_approval_policy WHERE active",
}
# What somebody does with it: a desk, a request with an approval, its work.
USE = """
admin = env.ref("base.user_admin")
pack = env["itsm.desk.pack"].search([("key", "=", "facilities")])
pack.with_user(admin).install()
desk = pack.desk_id
other = env["itsm.desk.pack"].search([("key", "=", "cleaning")])
other.with_user(admin).install()
other.with_user(admin).remove()
# Its policy asks about goods, and its service cannot do without a policy.
env["itsm.desk.pack"].search([("key", "=", "supplies")]).with_user(admin).install()
ticket = env["itsm.ticket"].with_user(admin).create({
    "name": "Wet floor", "desk_id": desk.id,
    "service_id": env["itsm.service"].search([("code", "=", "facilities-leak")]).id,
})
reason = env["itsm.pending.reason"].search([("code", "=", "awaiting_access")])
ticket.set_pending(reason)
env["itsm.approval.policy"].create({
    "name": "Dear goods", "res_model": "itsm.ticket",
    "domain": "[('goods_value', '>', 5)]",
})
env.cr.commit()
"""
# The service desk goes on with what is there.
GO_ON = """
import json
admin = env.ref("base.user_admin")
ticket = env["itsm.ticket"].with_user(admin).search([("name", "=", "Wet floor")])
ticket.resume()
plain = ticket.copy({"name": "Still wet", "service_id": False})
plain.resolve("solved", "Dry again.")
service = ticket.service_id
again = env["itsm.ticket"].with_user(admin).create(
    {"name": "Wet again", "desk_id": ticket.desk_id.id, "service_id": service.id}
)
again._approval_request()
env["itsm.ticket"].with_user(admin).get_views([(False, "form"), (False, "list")])
service.with_user(admin).action_publish()
print(json.dumps({
    "states": [ticket.state, plain.state],
    "service": service.state,
    "team": again.team_id.name,
    "policy": env["itsm.approval.policy"].with_context(active_test=False).search(
        [("name", "in", ("Dear goods", "Office Supplies"))], order="name"
    ).mapped(lambda p: [p.active, p.domain]),
}))
env.cr.commit()
"""


@pytest.fixture(scope="module")
def database():
    """A database with the service desk alone: its workbench and its name."""
    if not os.environ.get("ODOO_RC"):
        pytest.skip("needs an Odoo and a database: run it with `make test`")
    from dev import databases
    from dev.runner import prepare

    bench, name = prepare(), f"itsm_live_uninstall_{os.getpid()}"
    databases.drop(bench, name)
    try:
        bench.run(["server", "-d", name, "-i", ALONE, *SERVER], name, "It failed.")
        yield bench, name
    finally:
        databases.drop(bench, name)


def snapshot(bench, name):
    """Return ``{part: rows}`` of a database."""
    connection = bench.database.connect(name)
    try:
        with connection.cursor() as cursor:
            parts = {}
            for part, query in PARTS.items():
                cursor.execute(query)
                parts[part] = {tuple(map(str, row)) for row in cursor.fetchall()}
            return parts
    finally:
        connection.close()


def test_the_service_desk_is_as_it_was(database):
    bench, name = database
    before = snapshot(bench, name)
    bench.run(["server", "-d", name, "-i", "itsm_nonit", *SERVER], name, "No install.")
    bench.shell(name, USE)
    used = snapshot(bench, name)
    assert used["columns"] - before["columns"]
    log = bench.run(["module", "uninstall", "-d", name, "itsm_nonit"], name, "No end.")
    assert " ERROR " not in log.read_text(encoding="utf-8")
    after = snapshot(bench, name)
    made = {
        # What people made with it stays, and is no part of the comparison.
        "desks": used["desks"] - before["desks"],
        "pending reasons": used["pending reasons"] - before["pending reasons"],
        "approval policies": used["approval policies"] - before["approval policies"],
    }
    assert made["desks"]
    assert made["desks"] <= after["desks"]
    for part, rows in after.items():
        rows -= made.get(part, set())
        assert rows - before[part] == set(), f"left behind: {part}"
        assert before[part] - rows == set(), f"gone: {part}"
    assert json.loads(bench.shell(name, GO_ON)) == {
        "states": ["in_progress", "resolved"],
        "service": "published",
        "team": "Facilities Front Office",
        "policy": [[False, "[]"], [True, "[]"]],
    }
