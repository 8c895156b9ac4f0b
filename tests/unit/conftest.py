"""Make ``from itsm_helpdesk.tools import ...`` work without Odoo.

The pure logic of an addon lives in its ``tools`` folder and never imports ``odoo``,
but the addon's own ``__init__`` does. This finder offers each addon as a package
whose ``__init__`` is not run.
"""

import importlib.abc
import importlib.machinery
import sys
from pathlib import Path

ADDONS = Path(__file__).resolve().parents[2] / "addons"


class AddonFinder(importlib.abc.MetaPathFinder):
    """Find a top-level ``itsm_*`` package in ``addons/`` as a plain namespace."""

    def find_spec(self, fullname, path=None, target=None):
        """Return a namespace spec for an addon; leave all else to others."""
        folder = ADDONS / fullname
        if "." in fullname or not (folder / "__manifest__.py").is_file():
            return None
        spec = importlib.machinery.ModuleSpec(fullname, None, is_package=True)
        spec.submodule_search_locations = [str(folder)]
        return spec


sys.meta_path.insert(0, AddonFinder())
