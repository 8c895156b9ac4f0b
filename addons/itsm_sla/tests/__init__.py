from . import test_worktime_equals_odoo
