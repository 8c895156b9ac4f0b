"""Writes what closes a period: the draw of a quarter and the service reports."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta

from dateutil.relativedelta import relativedelta

from .load_organisation import QUIET, translate

# The secret half of the seed; a real draw takes one that nobody knows.
_SECRET = "900" * 21 + "9"
_PUBLIC_NUMBER = "07 11 19 23 31 06"
# The addons' demo draw is about these last days; a rating takes part in one draw.
_DRAWN_ALREADY = timedelta(days=61)


def load_draw(env, words: Mapping, today: date) -> None:
    """Draw the prizes of the last quarter that is not drawn yet, and tell."""
    from odoo.addons.itsm_helpdesk.tools import draw, period

    start, end = period.last(period.QUARTER, today - _DRAWN_ALREADY)
    record = (
        env["itsm.prize.draw"]
        .with_context(**QUIET)
        .create(
            {
                "name": words["name"]["en_US"],
                "rules": words["rules"]["en_US"],
                "desk_ids": [(6, 0, [desk.id for desk in _two_desks(env)])],
                "date_from": start,
                "date_to": end,
                "use_public_value": True,
                "public_source": "State lottery, first drawing after the quarter",
                "prize_ids": [
                    (0, 0, {"name": name["en_US"], "quantity": quantity})
                    for quantity, name in words["prizes"]
                ],
            }
        )
    )
    translate(record, "name", words["name"])
    translate(record, "rules", words["rules"])
    for prize, (_quantity, name) in zip(record.prize_ids, words["prizes"], strict=True):
        translate(prize, "name", name)
    record.announce()
    record._write_system({"secret": _SECRET, "seed_hash": draw.commitment(_SECRET)})
    record.public_value = _PUBLIC_NUMBER
    newest = env["itsm.demo"]._newest_mail()
    record.action_draw()
    record.tell()
    env["itsm.demo"]._drop_mails_after(newest)
    drawn = datetime.combine(end + timedelta(days=6), time(3))
    moments = {
        "announced_at": datetime.combine(start, time(1)),
        "drawn_at": drawn,
        "told_at": drawn + timedelta(hours=1),
    }
    record._write_system(moments)
    record.winner_ids._write_system({"told_at": moments["told_at"]})


def _two_desks(env) -> list:
    """Return the desk of IT and that of facilities, which have most to do."""
    facilities = (
        env["itsm.desk"]
        .with_context(lang="en_US")
        .search([("name", "=", "Facilities Desk")], limit=1)
        .with_env(env)
    )
    return [env.ref("itsm_helpdesk.desk_it"), facilities]


def load_reports(env, words: Sequence[Mapping], today: date) -> int:
    """Issue the reports of the last months, and plan the next ones.

    One desk writes English, the other Chinese.

    :param words: of each month, the last one first
    """
    it, facilities = _two_desks(env)
    desks = {"en_US": it, "zh_CN": facilities}
    manager = env.ref("itsm_helpdesk.demo_user_manager")
    number = 0
    for language, desk in desks.items():
        for back, said in enumerate(words, 1):
            first = today.replace(day=1) - relativedelta(months=back)
            report = (
                env["itsm.service.report"]
                .with_context(lang=language, **QUIET)
                .create(
                    {
                        "desk_ids": [(6, 0, desk.ids)],
                        "period": "month",
                        "date_from": first,
                        "date_to": first + relativedelta(months=1, days=-1),
                        **{part: text[language] for part, text in said.items()},
                    }
                )
            )
            report.action_issue()
            issued = datetime.combine(report.date_to + timedelta(days=3), time(2))
            report._write_system({"issued_at": issued, "issued_by_id": manager.id})
            number += 1
    schedule = env["itsm.service.report.schedule"].create(
        {
            "name": "Monthly report of the IT Service Desk",
            "desk_ids": [(6, 0, desks["en_US"].ids)],
            "period": "month",
            "days_after": 2,
            "user_id": manager.id,
            "recipient_ids": [(6, 0, manager.ids)],
        }
    )
    translate(
        schedule,
        "name",
        {"en_US": schedule.name, "zh_CN": "信息科服务台月度报告"},
    )
    return number
