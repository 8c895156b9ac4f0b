"""People with a login, for the scripts that prepare a live server's database."""


def make_people(env, rows, **vals):
    """Return ``{login: user}``; passwords are the logins.

    :param rows: ``(login, name, *external ids of groups)``
    :param vals: what else all of them have
    """
    users = (
        env["res.users"]
        .with_context(no_reset_password=True)
        .create(
            [
                {
                    "name": name,
                    "login": login,
                    "password": login,
                    "email": f"{login}@example.com",
                    "tz": "UTC",
                    "group_ids": [(6, 0, [env.ref(group).id for group in groups])],
                    **vals,
                }
                for login, name, *groups in rows
            ]
        )
    )
    # Its greeting would cover the screen of a phone.
    users.odoobot_state = "disabled"
    return {user.login: user for user in users}
