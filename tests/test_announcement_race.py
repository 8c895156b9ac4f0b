"""Two jobs send one announcement, and one of them is killed: each gets one mail.

With real processes and real transactions.
"""

import pytest
from outside import Database, Shell, wait_for

PEOPLE = 1500
PREPARE = f"""
people = env["res.partner"].create([
    {{"name": f"Reader {{n}}", "email": f"reader-{{n}}@example.com"}}
    for n in range({PEOPLE})
])
news = env["itsm.announcement"].create({{
    "name": "Race of mails", "audience": "people", "person_ids": people.ids,
    "on_mail": True, "on_portal": False,
}})
# Mails wait in the queue: they are counted here, not sent.
env.ref("mail.ir_cron_mail_scheduler_action").active = False
env.ref("itsm_helpdesk.ir_cron_send_announcements").active = False
news.publish()
env.cr.commit()
print(news.id)
"""
SEND = """
env["itsm.announcement.update"]._cron_send()
env.cr.commit()
"""
MAILS = """
    SELECT count(*) FROM mail_mail mail
      JOIN mail_message message ON message.id = mail.mail_message_id
     WHERE message.model = 'itsm.announcement' AND message.res_id = %s
"""
READERS = """
    SELECT count(DISTINCT rel.res_partner_id)
      FROM mail_mail_res_partner_rel rel
      JOIN mail_mail mail ON mail.id = rel.mail_mail_id
      JOIN mail_message message ON message.id = mail.mail_message_id
     WHERE message.model = 'itsm.announcement' AND message.res_id = %s
"""
STATE = "SELECT state FROM itsm_announcement_update WHERE announcement_id = %s"


@pytest.fixture(scope="module")
def race(live_server):
    """The database and the id of an announcement that is to be sent."""
    return Database(live_server), int(live_server.shell(PREPARE).split()[-1])


def test_each_gets_one_mail(live_server, race):
    """Whatever is killed, and however many send: as many mails as people."""
    database, news_id = race
    killed = Shell(live_server, SEND)
    wait_for(lambda: database.value(MAILS, news_id), "the first batch")
    killed.kill()
    sent = database.value(MAILS, news_id)
    assert 0 < sent < PEOPLE, "it was killed half-way"
    jobs = [Shell(live_server, SEND) for _job in range(2)]
    for job in jobs:
        job.wait()
    # One of two that meet at a row may be turned away; the next turn goes on.
    live_server.shell(SEND)
    assert database.value(STATE, news_id) == "sent"
    assert database.value(MAILS, news_id) == PEOPLE
    assert database.value(READERS, news_id) == PEOPLE
    live_server.shell(SEND)
    assert database.value(MAILS, news_id) == PEOPLE, "nothing is sent again"
