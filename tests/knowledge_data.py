"""People, articles and a service for ``test_browser_knowledge.py``.

Runs in an Odoo shell of the live server's database: ``make(env)``.
"""

PEOPLE = [
    ("kb-agent", "Paula Agent", "itsm_helpdesk.group_itsm_agent", "en_US"),
    ("kb-nurse", "Nadia Nurse", "base.group_portal", "en_US"),
    ("kb-wang", "王芳", "base.group_portal", "zh_CN"),
]
ENGLISH = {
    "name": "Printer jams: take out the paper",
    "summary": "Open the front and pull slowly.",
    "keywords": "paper jam, tray",
    "body": "<ol><li>Switch it off.</li><li>Pull the paper towards you.</li></ol>",
}
CHINESE = {
    "name": "打印机卡纸：取出纸张",
    "summary": "打开前盖，慢慢拉出。",
    "keywords": "卡纸, 纸盒",
    "body": "<ol><li>关闭电源。</li><li>将纸慢慢向自己拉出。</li></ol>",
}


def make(env):
    """Make two readers, an agent with a ticket, and what helps them."""
    env["res.lang"]._activate_lang("zh_CN")
    people = make_people(env)
    team = env.ref("itsm_helpdesk.team_it_line1")
    team.member_ids = [(4, people["kb-agent"].id)]
    team.desk_id.portal_published = True
    service = env["itsm.service"].create(
        {
            "name": "New toner",
            "code": "kb-toner",
            "desk_id": team.desk_id.id,
            "question_ids": [
                (0, 0, {"name": "Anything else?", "type": "text", "key": "more"})
            ],
        }
    )
    service.action_publish()
    publish(env, team.desk_id, ENGLISH, CHINESE, service_ids=service.ids)
    publish(env, team.desk_id, {"name": "Codes of doors", "body": "<p>See.</p>"})
    env["itsm.article.term"]._cron_count()
    env["itsm.ticket"].create(
        {
            "name": "Printer jams on ward nine",
            "desk_id": team.desk_id.id,
            "partner_id": people["kb-nurse"].partner_id.id,
        }
    )
    env.cr.commit()
    # The server runs already, and knows its languages by heart.
    env.registry.signal_changes()


def make_people(env):
    """Return ``{login: user}``; passwords are the logins."""
    Users = env["res.users"].with_context(no_reset_password=True)
    users = Users.create(
        [
            {
                "name": name,
                "login": login,
                "password": login,
                "email": f"{login}@example.com",
                "lang": lang,
                "tz": "UTC",
                "group_ids": [(6, 0, [env.ref(group).id])],
            }
            for login, name, group, lang in PEOPLE
        ]
    )
    return {user.login: user for user in users}


def publish(env, desk, texts, translation=None, **vals):
    """Publish an article; the system wrote it, so nobody has to review it."""
    article = env["itsm.article"].create({**texts, "desk_id": desk.id, **vals})
    if translation:
        article.with_context(lang="zh_CN").write(translation)
    article.submit_for_review()
    article.publish()
