from . import controllers, models, report, wizards


def uninstall_hook(env):
    """Tickets go with this addon; so does what was promised for them."""
    env["itsm.sla.policy"]._forget_model("itsm.ticket")
