"""The hospital of the demo is the same on every machine, and a believable one."""

from collections import Counter
from datetime import datetime

import pytest

from dev.hospital.demand import demands, stories
from dev.hospital.equipment import (
    BACKUP,
    CLUSTER,
    CORES,
    HOSTS,
    equipment,
)
from dev.hospital.organisation import LANGUAGES, organisation

UNTIL = datetime(2026, 11, 20, 15, 30)
# Services of the addons' demo data that the equipment supports.
SERVICES = {
    "Accounts and Purchasing",
    "Imaging",
    "Laboratory Results",
    "Medical Records",
    "Network Access",
    "Office Work and Mail",
    "Patient Registration",
}


@pytest.fixture(scope="module")
def hospital():
    return organisation()


@pytest.fixture(scope="module")
def told(hospital):
    return list(stories(hospital, UNTIL))


def test_same_seed_same_hospital(hospital, told):
    """Two people who make the demo on the same day look at the same one."""
    assert organisation() == hospital
    assert list(stories(hospital, UNTIL)) == told
    assert equipment(hospital, UNTIL.date()) == equipment(hospital, UNTIL.date())


def test_another_day_tells_the_same_past(hospital, told):
    """What was over a week ago is as it was, but for how much there was to do."""
    later = list(stories(hospital, datetime(2026, 11, 27, 15, 30)))
    assert {story.subject for story in later} == {story.subject for story in told}


def test_as_big_as_it_is_said_to_be(hospital, told):
    assert 1450 <= len(hospital.people) <= 1650
    of_it = [each for each in hospital.specialists if each.desk == "IT Service Desk"]
    assert len(of_it) == 25
    assert {specialist.line for specialist in of_it} == {1, 2, 3}
    assert 14000 <= len(told) <= 16500
    found = equipment(hospital, UNTIL.date())
    assert 2900 <= len(found.items) <= 3200
    assert len(found.relations) > 2500


def test_each_house_has_its_network(hospital):
    """From the rack of each floor over the house to one of the cores."""
    found = equipment(hospital, UNTIL.date())
    joined = {(r.source, r.kind, r.target) for r in found.relations}
    for house in hospital.houses:
        key = house["key"].lower()
        for number, core in enumerate(CORES, 1):
            assert (f"sw-dist-{key}-{number}", "connects_to", core) in joined
        for floor in range(1, house["floors"] + 1):
            switches = {f"sw-acc-{key}{floor}-{number}" for number in (1, 2, 3)}
            for switch in switches:
                assert (f"Rack {house['key']}{floor}", "contains", switch) in joined


def test_mondays_and_mornings_are_busy(told):
    days = Counter(story.opened.weekday() for story in told)
    assert days[0] == max(days.values())
    assert max(days[5], days[6]) < days[2] / 2
    hours = Counter(story.opened.hour for story in told)
    assert hours.most_common(1)[0][0] in (8, 9)


def test_stories_go_forward(told):
    """Each step follows the one before, and nothing happens in the future."""
    for story in told:
        moments = [story.opened, *(step.at for step in story.steps)]
        assert moments == sorted(moments)
        assert moments[-1] < UNTIL
        assert not story.rating or story.rating.at > moments[-1]


def test_every_state_is_there(told):
    states = Counter(story.state for story in told)
    assert set(states) == {
        *("new", "in_progress", "pending", "resolved", "closed", "cancelled")
    }
    assert 40 <= sum(states[s] for s in ("new", "in_progress", "pending")) <= 400


def test_people_are_pleased_mostly(told):
    stars = [story.rating.stars for story in told if story.rating]
    assert 3.6 <= sum(stars) / len(stars) <= 4.5
    assert min(stars) == 1
    assert any(story.rating.words for story in told if story.rating)


def test_both_languages_are_complete(hospital):
    words = [department.name for department in hospital.departments]
    words += [subject for demand in demands() for subject in demand.subjects]
    words += [*hospital.praise, *hospital.blame]
    for each in words:
        assert all(each[language].strip() for language in LANGUAGES)
    assert {person.language for person in hospital.people} == set(LANGUAGES)


def test_relations_join_items_that_exist(hospital):
    found = equipment(hospital, UNTIL.date())
    names = Counter(item.name for item in found.items)
    assert max(names.values()) == 1
    known = set(names) | {*CORES, *HOSTS, CLUSTER, BACKUP} | SERVICES
    for relation in found.relations:
        assert {relation.source, relation.target} <= known
    assert len({(r.source, r.kind, r.target) for r in found.relations}) == len(
        found.relations
    )


def test_records_of_machines_are_nearly_complete(hospital):
    """Audits find something, and not half of the hospital."""
    known = {person.login for person in [*hospital.people, *hospital.specialists]}
    machines = [
        item
        for item in equipment(hospital, UNTIL.date()).items
        if item.kind in ("Desktop", "Laptop")
    ]
    unknown = [item for item in machines if not item.holder]
    assert 0 < len(unknown) < len(machines) / 20
    assert {item.holder for item in machines if item.holder} <= known
