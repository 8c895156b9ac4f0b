"""What the demo check opens: all that the menus offer."""

from pathlib import Path

from lxml import etree

from dev import paths
from dev.demo_users import DEMO_USERS

# Dialogs and what leads elsewhere are no pages; Odoo's own screens are not ours.
NO_PAGES = {"ir.actions.server", "ir.actions.act_url", "ir.actions.report"}


def _name(module: str, xml_id: str) -> str:
    return xml_id if "." in xml_id else f"{module}.{xml_id}"


def _records() -> list[tuple[str, etree._Element]]:
    found = []
    for folder in paths.addon_folders():
        for path in [*folder.glob("views/*.xml"), *folder.glob("*/itsm_*.xml")]:
            found += [(folder.name, node) for node in etree.parse(path).iter()]
    return found


def _actions(records) -> dict[str, tuple[str, str, str]]:
    """Return ``{external id: (kind, path, target)}``."""
    found = {}
    for module, node in records:
        if node.tag == "record" and node.get("model", "").startswith("ir.actions."):
            path, target = (
                node.findtext(f"field[@name='{field}']", "")
                for field in ("path", "target")
            )
            name = _name(module, node.get("id"))
            found[name] = node.get("model"), path, target
    return found


def test_each_screen_of_the_menus_is_opened_by_somebody():
    """A page that nobody opens may be broken and nobody knows."""
    records = _records()
    actions = _actions(records)
    offered = {
        _name(module, node.get("action"))
        for module, node in records
        if node.tag == "menuitem" and node.get("action")
    }
    wanted = {
        f"/odoo/{path or f'action-{name}'}"
        for name in offered & set(actions)
        for kind, path, target in [actions[name]]
        if kind not in NO_PAGES and target != "new"
    }
    opened = {page.path for user in DEMO_USERS for page in user.pages}
    assert len(wanted) > 100
    assert not wanted - opened


def test_pictures_of_pages_do_not_overwrite_each_other():
    for user in DEMO_USERS:
        names = [page.name for page in user.pages]
        assert len(set(names)) == len(names)
        assert not [name for name in names if Path(name).name != name]


def test_clicks_lead_somewhere():
    """What is clicked must show something that was not there before."""
    for user in DEMO_USERS:
        for page in user.pages:
            assert bool(page.click) == bool(page.behind) == bool(page.label)
