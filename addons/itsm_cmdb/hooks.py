from odoo.addons.itsm_helpdesk.hooks import release_tables


def uninstall_hook(env):
    """Let the database of items go as a whole, and the profiles that filled it.

    Odoo deletes the classes, sources, stages … that the addon brought one kind after
    the other, and only then the tables. Under items that people wrote down, each of
    these refusals would be an error in the log; so the tables let go of one another.
    """
    profiles = env["itsm.import.profile"].with_context(active_test=False)
    profiles.search([("target", "=", "itsm.ci")]).unlink()
    release_tables(env, "itsm_cmdb")
