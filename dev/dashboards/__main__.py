"""``python3 -m dev.dashboards``: write the dashboards' files; needs Python alone."""

import sys

from . import dashboards

sys.exit(dashboards())
