"""Writes what was told to all into a database, and who read it."""

from __future__ import annotations

from collections.abc import Iterable

from .load_organisation import QUIET, translate
from .news import News

# Who reads what is decided by the numbers of both; a prime spreads them.
_SPREAD = 7919


def load_news(env, utc, planned: Iterable[News]) -> int:
    """Write the announcements with their receipts; return how many they are.

    :param utc: function from local moments to those of the database
    """
    planned = list(planned)
    services = {each.code: each for each in env["itsm.service"].search([])}
    Announcement = env["itsm.announcement"].with_context(**QUIET)._as_system()
    records = Announcement.create(
        [_values(utc, services.get(each.service), each) for each in planned]
    )
    for record, each in zip(records, planned, strict=True):
        translate(record, "name", each.name)
        _translate_page(record, each.body)
        _tell(env, utc, record, each)
    env.flush_all()
    for record, each in zip(records, planned, strict=True):
        _receive(env, record, each)
    env.cr.execute(
        "UPDATE itsm_announcement SET create_date = date_from, write_date = date_from"
        " WHERE id = ANY(%s)",
        [records.ids],
    )
    env.invalidate_all()
    return len(records)


def _values(utc, service, news) -> dict:
    return {
        "name": news.name["en_US"],
        "body": news.body["en_US"],
        "kind": news.kind,
        "is_draft": False,
        "audience": "all",
        "date_from": utc(news.shown_from),
        "date_to": utc(news.shown_to),
        "begins_at": news.begins and utc(news.begins),
        "ends_at": news.ends and utc(news.ends),
        "cleared_at": utc(news.ends) if news.kind == "disturbance" else False,
        "desk_ids": [(6, 0, service.desk_id.ids if service else [])],
        "service_ids": [(6, 0, service.ids if service else [])],
        "on_mail": True,
        "ask_confirmation": news.asks,
    }


def _translate_page(record, words) -> None:
    """Translate a page of text, which is written as a whole in each language."""
    record.update_field_translations("body", {"zh_CN": words["zh_CN"]})


def _tell(env, utc, record, news) -> None:
    people = env["res.partner"].search_count([("employee_ids", "!=", False)])
    Update = env["itsm.announcement.update"]._as_system()
    for told in news.told:
        update = Update.create(
            {
                "announcement_id": record.id,
                "kind": told.kind,
                "body": told.body and told.body["en_US"],
                "user_id": env.ref("itsm_helpdesk.demo_user_manager").id,
                "send_at": utc(told.at),
                "sent_at": utc(told.at),
                "state": "sent",
                "told_count": people,
            }
        )
        if told.body:
            _translate_page(update, told.body)


def _receive(env, record, news) -> None:
    """Let the staff get the mail, and a share of them read it within the days."""
    env.cr.execute(
        """
        INSERT INTO itsm_announcement_receipt (
            announcement_id, partner_id, channel, sent_at, read_at, confirmed_at,
            create_date, write_date
        )
        SELECT %(news)s, id, 'mail', %(at)s,
               CASE WHEN chance < %(read)s THEN %(at)s + wait END,
               CASE WHEN %(asks)s AND chance < %(read)s * 0.86
                    THEN %(at)s + wait + interval '1 minute' END,
               %(at)s, %(at)s
          FROM (SELECT partner.id,
                       (partner.id * %(spread)s + %(news)s * 31) %% 1000 / 1000.0
                           AS chance,
                       make_interval(mins => (partner.id * 37) %% 2000) AS wait
                  FROM res_partner AS partner
                 WHERE partner.active AND EXISTS (
                       SELECT FROM hr_employee
                        WHERE work_contact_id = partner.id AND active)) AS reader
         ORDER BY id
        ON CONFLICT DO NOTHING
        """,
        {
            "news": record.id,
            "at": record.date_from,
            "read": news.read_share,
            "asks": news.asks,
            "spread": _SPREAD,
        },
    )
