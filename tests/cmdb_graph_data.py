"""Items and relations of the picture of impact for ``test_browser_cmdb_graph.py``.

Runs in an Odoo shell of the live server's database: ``make(env)``.
"""

from people_data import make_people

PEOPLE = [("graph-agent", "Gina Graph", "itsm_helpdesk.group_itsm_agent")]
QUIET = {"tracking_disable": True, "mail_create_nolog": True, "mail_notrack": True}
# More than a picture shows.
TOO_MANY = 640
# Sizes of the layers of the large picture: with its start it has 500 items.
LAYERS = (20, 80, 150, 150, 99)
LINKS = 1500


def make(env):
    """Make a small network, one of 500 items, and one of more."""
    env = env(context=dict(env.context, **QUIET))
    make_people(env, PEOPLE)
    classes = make_classes(env)
    needs = env["itsm.ci.relation.type"].create(
        {
            "name": "Stands on",
            "inverse_name": "Carries",
            "code": "graph_needs",
            "impact": "source",
            "strength": "hard",
        }
    )
    make_small(env, classes, needs)
    make_large(env, classes, needs)
    start, *hit = make_items(
        env, classes["host"], [f"Crowd {number:03}" for number in range(TOO_MANY)]
    )
    relate(env, needs, [(each, start) for each in hit])
    env.cr.commit()


def make_classes(env):
    """Return ``{key: class}``; the agent may not see items of one of them."""
    rows = [
        ("net", "Graph Network", "fa-random", []),
        ("host", "Graph Host", "fa-server", []),
        ("app", "Graph Application", "fa-th-large", []),
        ("desktop", "Graph Desktop", "fa-desktop", []),
        ("secret", "Graph Secret", "fa-key", env.ref("base.group_system").ids),
    ]
    return {
        key: env["itsm.ci.class"].create(
            {
                "name": name,
                "code": f"graph_{key}",
                "icon": icon,
                "group_ids": [(6, 0, groups)],
            }
        )
        for key, name, icon, groups in rows
    }


def make_items(env, ci_class, names):
    """Return items of a class."""
    return env["itsm.ci"].create(
        [{"name": name, "class_id": ci_class.id} for name in names]
    )


def relate(env, needs, pairs, **values):
    """Relate items: the first of a pair stands on the second."""
    return env["itsm.ci.relation"].create(
        [
            {"source_id": one.id, "type_id": needs.id, "target_id": other.id, **values}
            for one, other in pairs
        ]
    )


def make_small(env, classes, needs):
    """Make a switch, two hosts that stand in for each other, and what they carry."""
    (core,) = make_items(env, classes["net"], ["Core"])
    one, two, three = make_items(env, classes["host"], ["Host 1", "Host 2", "Host 3"])
    app, report, shop = make_items(env, classes["app"], ["App", "Report", "Shop"])
    (secret,) = make_items(env, classes["secret"], ["Vault"])
    desktops = make_items(env, classes["desktop"], [f"Desktop {n}" for n in range(8)])
    relate(env, needs, [(one, core), (two, core), (secret, one), (shop, app)])
    relate(env, needs, [(desktop, core) for desktop in desktops])
    relate(env, needs, [(report, one)], strength="soft")
    group = env["itsm.ci.dependency.group"].create(
        {"ci_id": app.id, "name": "Hosts", "minimum": 1, "full": 3}
    )
    relate(env, needs, [(app, one), (app, two), (app, three)], group_id=group.id)


def make_large(env, classes, needs):
    """Make 500 items in layers with 1500 relations, no two of them alike."""
    (start,) = make_items(env, classes["net"], ["Large"])
    before, pairs = [start], []
    for depth, size in enumerate(LAYERS, 1):
        names = [f"Large {depth}.{number}" for number in range(size)]
        layer = list(make_items(env, classes["host"], names))
        for number, item in enumerate(layer):
            # Steps without a common divisor with the sizes: the links spread evenly.
            links = {(number * step + step) % len(before) for step in (1, 7, 13)}
            pairs += [(item, before[link]) for link in sorted(links)]
        before = layer
    relate(env, needs, pairs[:LINKS])
