"""What happens beside the tickets of the demo is always the same, and believable."""

import re
from collections import Counter
from datetime import datetime

import pytest

from dev.hospital.articles import articles, life
from dev.hospital.demand import demands, stories
from dev.hospital.news import news
from dev.hospital.organisation import LANGUAGES, organisation
from dev.hospital.voices import LOW, Voices
from dev.hospital.work import work

UNTIL = datetime(2026, 11, 20, 15, 30)
PLACEHOLDER = re.compile(r"\{+\w+\}+")


@pytest.fixture(scope="module")
def hospital():
    return organisation()


@pytest.fixture(scope="module")
def rated(hospital):
    return [story for story in stories(hospital, UNTIL) if story.rating]


def languages_of(node):
    """Yield each text that is there in several languages."""
    if isinstance(node, dict):
        if "en_US" in node:
            yield node
        else:
            for part in node.values():
                yield from languages_of(part)
    elif isinstance(node, list):
        for part in node:
            yield from languages_of(part)


def test_same_day_same_life(hospital, rated):
    assert articles(UNTIL) == articles(UNTIL)
    assert news(UNTIL) == news(UNTIL)
    logged = list(work(hospital.specialists, UNTIL.date()))
    assert logged == list(work(hospital.specialists, UNTIL.date()))
    for story in rated[:200]:
        assert Voices(UNTIL).of(story) == Voices(UNTIL).of(story)


def test_words_are_there_in_both_languages():
    texts = list(languages_of(life()))
    for article in articles(UNTIL):
        texts += [article.title, article.summary, article.keywords, *article.steps]
    assert len(texts) > 200
    for text in texts:
        assert set(text) == set(LANGUAGES)
        assert text["en_US"].strip()
        assert re.search("[\u4e00-\u9fff]", text["zh_CN"])
        english, chinese = (PLACEHOLDER.findall(text[code]) for code in LANGUAGES)
        assert sorted(english) == sorted(chinese)


def test_pages_of_news_translate_term_by_term():
    """Odoo pairs the terms of a page, so both languages have as many."""
    for each in news(UNTIL):
        for page in (each.body, *(told.body for told in each.told if told.body)):
            parts = [len(re.findall(r"<\w+", page[code])) for code in LANGUAGES]
            assert parts[0] == parts[1]


def test_articles_are_about_what_people_ask_for():
    services = {demand.service for demand in demands()}
    found = articles(UNTIL)
    assert len(found) >= 40
    assert {article.service for article in found} <= services
    assert {article.kind for article in found} == {
        *("howto", "known_fault", "policy", "question")
    }
    titles = Counter(article.title["zh_CN"] for article in found)
    assert max(titles.values()) == 1


def test_articles_are_read_after_they_were_published():
    kinds = Counter()
    for article in articles(UNTIL):
        moments = [use.at for use in article.uses]
        moments += [comment.at for comment in article.comments]
        assert all(article.published <= at <= UNTIL for at in moments)
        kinds.update(use.kind for use in article.uses)
    assert kinds["viewed"] > 5 * kinds["deflected"] > 0
    assert kinds["linked"] and kinds["inserted"]


def test_low_ratings_are_followed_up(rated):
    voices = Voices(UNTIL)
    states, outcomes = Counter(), Counter()
    for story in rated:
        voice = voices.of(story)
        assert bool(voice.follow_up) == (story.rating.stars <= LOW)
        assert not (voice.pleased and story.rating.stars <= LOW)
        if voice.follow_up:
            done = voice.follow_up
            states[done.state] += 1
            outcomes[done.outcome] += 1
            moments = [done.heard_at, done.made_good_at, done.answered_at]
            happened = [at for at in moments if at]
            assert happened == sorted(happened)
            assert moments[: len(happened)] == happened
            assert all(story.rating.at < at < UNTIL for at in happened)
            assert bool(done.answer) == (done.state == "answered")
    assert states["answered"] > 0.9 * sum(states.values())
    assert outcomes["content"] > outcomes["not_content"] > 0


def test_few_complain(rated):
    voices = Voices(UNTIL)
    found = [each for story in rated for each in voices.complaints(story)]
    assert 5 <= len(found) <= 40
    for complaint in found:
        assert complaint.opened < complaint.answered < complaint.resolved < UNTIL


def test_news_are_over_and_outages_were_cleared():
    found = news(UNTIL)
    assert [each.shown_from for each in found] == sorted(
        each.shown_from for each in found
    )
    for each in found:
        assert each.shown_from < each.shown_to < UNTIL
        assert each.told[0].kind == "first"
        assert 0 < each.read_share < 1
    outages = [each for each in found if each.kind == "disturbance"]
    assert len(outages) == 3
    assert all(each.told[-1].kind == "all_clear" for each in outages)


def test_nobody_logs_more_than_a_day(hospital):
    days, kinds = Counter(), Counter()
    for each in work(hospital.specialists, UNTIL.date()):
        assert each.day < UNTIL.date()
        days[each.login, each.day] += each.minutes
        kinds[each.kind] += 1
    assert max(days.values()) <= 16 * 60
    assert len(kinds) == 8
    assert kinds["meeting"] == max(kinds.values())
