from . import test_any_model
from . import test_worktime_equals_odoo
