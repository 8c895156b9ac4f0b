from . import controllers, models, report, wizards


def uninstall_hook(env):
    """Tickets and tasks go with this addon; so does what was promised for them."""
    for model in ("itsm.ticket", "itsm.task"):
        env["itsm.sla.policy"]._forget_model(model)
