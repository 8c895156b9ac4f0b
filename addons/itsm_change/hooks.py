from odoo.addons.base.models.ir_model import MODULE_UNINSTALL_FLAG
from odoo.addons.itsm_approval.models.itsm_approval import _ENGINE
from odoo.addons.itsm_helpdesk.hooks import release_tables


def uninstall_hook(env):
    """Changes go with this addon; so does what other addons keep of them."""
    _forget_steps(env)
    _forget_approvals(env)
    release_tables(env, "itsm_change")


def _forget_steps(env):
    """Steps are tasks of the desk, which stays; they go for good, done or not."""
    steps = env["itsm.task"].search([("change_id", "!=", False)])
    steps.with_context(**{MODULE_UNINSTALL_FLAG: True}).unlink()


def _forget_approvals(env):
    """Leave no policy for records that are gone, nor what was decided on them."""
    models = [
        name
        for name, Model in env.registry.items()
        if Model._original_module == "itsm_change"
    ]
    domain = [("res_model", "in", models)]
    approvals = env["itsm.approval"].search(domain)
    approvals.with_context(itsm_approval_engine=_ENGINE).unlink()
    env["itsm.approval.policy"].with_context(active_test=False).search(domain).unlink()
