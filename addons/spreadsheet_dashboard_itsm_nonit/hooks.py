"""What must be said once, when the addon comes in."""


def post_init_hook(env):
    """Tell which desk is for IT: the one that comes with the service desk."""
    desk = env.ref("itsm_helpdesk.desk_it", raise_if_not_found=False)
    if desk:
        desk.is_it = True
