"""The tabular engine of the desk, under whichever root this addon was imported.

Inside Odoo that is ``odoo.addons``; tests of the pure tools import without Odoo.
"""

from __future__ import annotations

import importlib
from typing import Any

_ROOT = __name__.partition("itsm_cmdb")[0]

tabular: Any = importlib.import_module(f"{_ROOT}itsm_helpdesk.tools.tabular")
