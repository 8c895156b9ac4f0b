"""Root conftest: load pytest-odoo only when an Odoo and a database are configured.

setup.cfg disables its entry point with ``-p no:odoo``, so that bare ``pytest`` runs
the tests that need neither (``tests/unit`` and the static checks) on any machine.
``make test`` configures both through ODOO_RC.
"""

import importlib.util
import os
from pathlib import Path

ODOO_READY = bool(os.environ.get("ODOO_RC")) and bool(importlib.util.find_spec("odoo"))

if ODOO_READY:
    from pytest_odoo import *  # its hooks and fixtures
else:
    ROOT = Path(__file__).parent
    PLAIN = ("tests/unit", "tests/test_static.py", "tests/test_dev_tools.py")

    def pytest_ignore_collect(collection_path):
        """Collect only what needs neither Odoo nor a server."""
        if collection_path.is_dir():
            return True if collection_path == ROOT / "addons" else None
        path = collection_path.relative_to(ROOT).as_posix()
        return None if path.startswith(PLAIN) else True
