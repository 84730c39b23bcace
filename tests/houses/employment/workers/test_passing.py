"""Somebody passes to another household 分户、并户: the work goes on there, and nobody is there twice."""

import datetime as dt
import itertools
from typing import Any

import pytest

from shared.codes.monitoring import HouseholdEndReason, Sex
from shared.contracts.employment import PlacementEnded, WageCredited
from tests.builders import HOUSEHOLD, deliver, household_changed, household_ended, household_registered
from tests.conftest import ClientFor, OpenHouse
from tests.houses.employment.builders import VACANCY, Employment, open_employment, wage
from tests.houses.employment.workers.test_persons import FATHER, MOTHER, id_of, person

pytestmark = pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
NEW = "DJ-0009"


SPLIT = (
    household_changed(2, FATHER, passed_to=NEW, passed_on=(MOTHER.person_id,), passed_as=(2,)),
    household_registered(MOTHER, household_code=NEW),
)


@pytest.fixture
async def employment(open_house: OpenHouse, client_for: ClientFor) -> Employment:
    """The mother of a couple has work."""
    found = await open_employment(open_house, client_for, household_registered(FATHER, MOTHER))
    await found.put_vacancy()
    return found


async def at_work(employment: Employment) -> str:
    body = {"worker_id": id_of("mother"), "vacancy_code": VACANCY}
    placement_id: str = (await employment.post("placements", body)).json()["placement_id"]
    assert (await employment.act(placement_id, "start", "2026-09-14")).status_code == 200
    return placement_id


async def workers(employment: Employment) -> set[tuple[Any, ...]]:
    shown = await employment.items("workers")
    return {(one["worker_id"], one["household_code"], one["member_no"], one["status"]) for one in shown}


@pytest.mark.parametrize("order", list(itertools.permutations(range(2))))
async def test_work_goes_on_in_the_new_household_whichever_is_heard_of_first(
    employment: Employment, order: tuple[int, ...]
) -> None:
    placement_id = await at_work(employment)
    for place in order:
        await deliver(employment.house, SPLIT[place])
    assert await workers(employment) == {
        (id_of("father"), HOUSEHOLD, 1, "idle"),
        (id_of("mother"), NEW, 2, "employed"),
    }
    assert (await employment.post("wages", wage(placement_id))).status_code == 201
    [credited] = await employment.told(WageCredited)
    assert (credited.household_code, credited.member_no) == (NEW, 2)
    assert await employment.told(PlacementEnded) == []
    later = household_changed(2, person(2, "mother", "1982-03-12", sex=Sex.FEMALE, student=True), household_code=NEW)
    await deliver(employment.house, later)
    assert await workers(employment) == {(id_of("father"), HOUSEHOLD, 1, "idle")}


async def test_what_is_said_later_in_the_same_batch_hides_nobody(employment: Employment) -> None:
    await at_work(employment)
    await deliver(employment.house, *SPLIT, household_changed(3, FATHER, dibao=True))
    assert (id_of("mother"), NEW, 2, "employed") in await workers(employment)


async def test_work_goes_on_where_a_household_merged_into(employment: Employment) -> None:
    await at_work(employment)
    other = person(1, "other", "1990-01-01")
    await deliver(employment.house, household_registered(other, household_code=NEW))
    moved = {"merged_into": NEW, "passed_on": (FATHER.person_id, MOTHER.person_id), "passed_as": (2, 3)}
    merged = household_ended(2, reason=HouseholdEndReason.MERGED, ended_on=dt.date(2026, 11, 1), **moved)
    mother = MOTHER.model_copy(update={"member_no": 3})
    father = FATHER.model_copy(update={"member_no": 2})
    await deliver(employment.house, merged, household_changed(2, other, father, mother, household_code=NEW))
    assert {(home, number, status) for _, home, number, status in await workers(employment)} == {
        (NEW, 1, "idle"),
        (NEW, 2, "idle"),
        (NEW, 3, "employed"),
    }
    assert await employment.told(PlacementEnded) == []
