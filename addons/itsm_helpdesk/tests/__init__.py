from . import test_presence
from . import test_demo
from . import test_kanban
from . import test_tours
