"""Root conftest: load pytest-odoo only when an Odoo and a database are configured.

setup.cfg disables its entry point with ``-p no:odoo``, so that bare ``pytest`` runs
the tests that need neither (``tests/unit`` and the static checks) on any machine.
``make test`` configures both through ODOO_RC.
"""

import contextlib
import importlib.util
import os
import shutil
from pathlib import Path

ODOO_READY = bool(os.environ.get("ODOO_RC")) and bool(importlib.util.find_spec("odoo"))

if ODOO_READY:
    import pytest_odoo
    from pytest_odoo import *  # its hooks and fixtures

    @contextlib.contextmanager
    def own_filestore(original, copy):
        """Give the database of an xdist worker a filestore of its own.

        pytest-odoo lets the workers share one. When two of them write the same
        content at the same moment, one finds the file there, still empty.
        """
        from odoo.tools import config

        target = Path(config.filestore(copy))
        if copy != original and Path(config.filestore(original)).is_dir():
            shutil.rmtree(target, ignore_errors=True)
            # Links are enough: Odoo never writes into a stored file.
            shutil.copytree(config.filestore(original), target, copy_function=os.link)
        try:
            yield
        finally:
            if copy != original:
                shutil.rmtree(target, ignore_errors=True)

    pytest_odoo._shared_filestore = own_filestore
else:
    ROOT = Path(__file__).parent
    PLAIN = ("tests/unit", "tests/test_static.py", "tests/test_dev_tools.py")

    def pytest_ignore_collect(collection_path):
        """Collect only what needs neither Odoo nor a server."""
        if collection_path.is_dir():
            return True if collection_path == ROOT / "addons" else None
        path = collection_path.relative_to(ROOT).as_posix()
        return None if path.startswith(PLAIN) else True
