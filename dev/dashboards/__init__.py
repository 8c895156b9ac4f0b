"""Odoo's spreadsheet dashboards, written from short descriptions.

Odoo Community shows dashboards but has no editor for them: an addon ships each as a
JSON file. ``make dashboards`` writes these files from the descriptions in this
package; the same descriptions always give the same files.
"""

from pathlib import Path

from . import changes, desks, helpdesk, items, people

ADDONS = Path(__file__).resolve().parents[2] / "addons"


def files() -> dict[str, str]:
    """Return what each file in ``addons/`` has to contain."""
    boards = [
        board
        for module in (helpdesk, people, items, changes, desks)
        for board in module.boards()
    ]
    return {board.path: board.text() for board in boards}


def dashboards() -> int:
    """Write the files."""
    for name, text in files().items():
        path = ADDONS / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        print(name)
    return 0
