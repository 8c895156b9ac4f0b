"""Writes whom the desks asked for their opinion: by mail, with badges and surveys."""

from __future__ import annotations

import random
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta

from .load_organisation import QUIET, translate
from .organisation import LANGUAGES

# Older requests without an answer are not kept.
_ASKED_DAYS = 120
# So many who do not answer beside each who does.
_SILENT = 1.4
_SURVEYS = 2
_MOST_ASKED = 150
_ANSWERS = 0.42
_BADGES_AT = "IT Service Desk"


def load_asking(env, words: Mapping, today: date) -> int:
    """Write requests to rate, badges and surveys; return how many were asked."""
    _badges(env)
    return _requests(env, today) + _surveys(env, words, today)


def _badges(env) -> None:
    """Give the engineers who go to people a code on their badge."""
    desk = (
        env["itsm.desk"].with_context(lang="en_US").search([("name", "=", _BADGES_AT)])
    )
    env["itsm.rating.badge"]._for_users(desk.team_ids.member_ids)


def _requests(env, today) -> int:
    """Write the requests behind the ratings that came by mail, and some in vain."""
    since = datetime.combine(today - timedelta(days=_ASKED_DAYS), time())
    rated = env["rating.rating"].search(
        [("itsm_way", "=", "mail"), ("rated_on", ">=", since)], order="id"
    )
    values = [
        _request(rating.itsm_ticket_id, rating.rated_on, rating) for rating in rated
    ]
    unrated = env["itsm.ticket"].search(
        [("closed_at", ">=", since), ("rating_ids", "=", False)], order="id"
    )
    silent = unrated.filtered(lambda ticket: _needs_no_reminder(ticket, today))
    rng = random.Random(11)
    number = min(round(len(rated) * _SILENT), len(silent))
    for place in sorted(rng.sample(range(len(silent)), number)):
        values.append(_request(silent[place], silent[place].closed_at))
    made, _keys = env["itsm.rating.invitation"].with_context(**QUIET)._issue(values)
    return len(made)


def _needs_no_reminder(ticket, today) -> bool:
    """Tell whether a request is too new or too old for the demo to send a reminder."""
    days, desk = (today - ticket.closed_at.date()).days, ticket.desk_id
    return days < desk.rating_reminder_days - 1 or days > desk.rating_link_days


def _request(ticket, at, rating=None) -> dict:
    # Who rates does so within a day.
    sent = at - timedelta(hours=1 + ticket.id % 20) if rating else at
    return {
        "ticket_id": ticket.id,
        "partner_id": ticket.partner_id.id,
        "way": "mail",
        "sent_at": sent,
        "expires_at": sent + timedelta(days=ticket.desk_id.rating_link_days),
        "used_at": at if rating else False,
        "rating_id": rating.id if rating else False,
    }


def _surveys(env, words, today) -> int:
    """Write a survey of the IT desk and its last rounds, each after a quarter."""
    survey, scales, wish = _survey(env, words)
    desk, number = env.ref("itsm_helpdesk.desk_it"), 0
    for back, (start, end) in enumerate(_last_quarters(today), 1):
        # A round has one name for all; the last one is Chinese.
        name = words["name"][LANGUAGES[back % len(LANGUAGES)]].format(
            quarter=(start.month + 2) // 3, year=start.year
        )
        held = (
            env["itsm.survey.round"]
            .with_context(**QUIET)
            .create(
                {
                    "name": name,
                    "survey_id": survey.id,
                    "desk_id": desk.id,
                    "date_from": start,
                    "date_to": end,
                    "max_people": _MOST_ASKED,
                    "deadline": end + timedelta(days=21),
                }
            )
        )
        number += _answers(env, held, words, scales, wish)
        sent = datetime.combine(end + timedelta(days=4), time(2))
        held._write_system({"state": "closed", "sent_at": sent})
    return number


def _last_quarters(today):
    """Yield first and last day of as many quarters as there are surveys, backwards."""
    from odoo.addons.itsm_helpdesk.tools import period

    for _quarter in range(_SURVEYS):
        start, end = period.last(period.QUARTER, today)
        yield start, end
        today = start


def _survey(env, words):
    """Return the survey, its scales with what people choose, and its open question."""
    survey = env["survey.survey"].create(
        {
            "title": words["title"]["en_US"],
            "description": words["about"]["en_US"],
            "description_done": words["thanks"]["en_US"],
            "access_mode": "token",
        }
    )
    translate(survey, "title", words["title"])
    survey.update_field_translations(
        "description", {"zh_CN": _terms(survey, "description", words["about"])}
    )
    survey.update_field_translations(
        "description_done",
        {"zh_CN": _terms(survey, "description_done", words["thanks"])},
    )
    scales = {}
    for place, (mean, asked) in enumerate(words["scales"]):
        scales[_question(env, survey, "scale", asked, place, words)] = mean
    wish = _question(env, survey, "text_box", words["open"], len(scales), words)
    return survey, scales, wish


def _terms(record, field, words) -> dict[str, str]:
    terms = record._fields[field].get_trans_terms
    return dict(zip(terms(words["en_US"]), terms(words["zh_CN"]), strict=True))


def _question(env, survey, kind, asked, place, words):
    question = env["survey.question"].create(
        {
            "survey_id": survey.id,
            "title": asked["en_US"],
            "question_type": kind,
            "sequence": place,
            "scale_min": 0,
            "scale_max": 10,
            "scale_min_label": words["least"]["en_US"],
            "scale_max_label": words["most"]["en_US"],
        }
    )
    translate(question, "title", asked)
    translate(question, "scale_min_label", words["least"])
    translate(question, "scale_max_label", words["most"])
    return question


def _answers(env, held, words, scales, wish) -> int:
    """Write what came back of a round; return how many were asked."""
    people = held._sample()
    rng = random.Random(held.date_to.toordinal())
    asked = datetime.combine(held.date_to + timedelta(days=4), time(2))
    Input, values, lines = env["survey.user_input"].with_context(**QUIET), [], []
    for person in people:
        said = rng.random() < _ANSWERS
        at = asked + timedelta(hours=rng.uniform(1, 200))
        done = {"state": "done", "start_datetime": at, "end_datetime": at}
        values.append({**held._answer_values(person), **(done if said else {})})
        lines.append(_lines(rng, person, words, scales, wish) if said else [])
    made = Input.create(values)
    env["survey.user_input.line"].create(
        [
            {**line, "user_input_id": answer.id}
            for answer, own in zip(made, lines, strict=True)
            for line in own
        ]
    )
    env.flush_all()
    env.cr.execute(
        "UPDATE survey_user_input SET create_date = %s WHERE id = ANY(%s)",
        [asked, made.ids],
    )
    made.invalidate_recordset(["create_date"])
    return len(made)


def _lines(rng, person, words, scales, wish) -> list[dict]:
    lines = [
        {
            "question_id": question.id,
            "answer_type": "scale",
            "value_scale": round(min(10, max(0, rng.gauss(mean, 1.9)))),
        }
        for question, mean in scales.items()
    ]
    if rng.random() < 0.35:
        wishes = rng.choice(words["wishes"])
        lines.append(
            {
                "question_id": wish.id,
                "answer_type": "text_box",
                "value_text_box": wishes.get(person.lang) or wishes["en_US"],
            }
        )
    return lines
