from . import controllers, models, report, wizards
from .report import fact_triggers


def uninstall_hook(env):
    """Tickets and tasks go with this addon; so does what was promised for them."""
    for model in ("itsm.ticket", "itsm.task"):
        env["itsm.sla.policy"]._forget_model(model)
    # Tables of others note their changes for figures that go now.
    fact_triggers.remove(env.cr, fact_triggers.present(env.cr))
