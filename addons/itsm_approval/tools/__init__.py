"""Pure-Python helpers of the addon, usable without Odoo."""
