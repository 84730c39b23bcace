"""The persons behind the workers: old enough on the day, and placed no longer once they are gone."""

import asyncio
import datetime as dt
from typing import Any

import pytest

from shared.codes.employment import PlacementEndReason
from shared.codes.monitoring import Labour, Sex
from shared.contracts.employment import MeasureAccepted, MeasureCompleted, MeasureRefused, PlacementEnded
from shared.contracts.monitoring import HouseholdMember
from shared.ids import derived_id
from tests.builders import (
    HOUSEHOLD,
    TODAY,
    audit_rows,
    deliver,
    household_changed,
    household_ended,
    household_member,
    household_registered,
    published_as,
    waiting_events,
)
from tests.conftest import ClientFor, OpenHouse
from tests.houses.employment.builders import (
    VACANCY,
    Employment,
    job_requested,
    open_employment,
    request_id,
    wage,
    worker_id,
)
from tests.problems import problem

FIRST_DAY = "2026-09-14"


def person(member_no: int, who: str, born: str = "1980-05-01", **changes: Any) -> HouseholdMember:
    """A member with the person behind the number."""
    born_on = dt.date.fromisoformat(born)
    known = {"person_id": derived_id("person", who), "birth_year": born_on.year, "born_on": born_on}
    return household_member(member_no, **known | changes)


def id_of(who: str) -> str:
    return str(derived_id("worker", HOUSEHOLD, str(derived_id("person", who))))


FATHER, MOTHER = person(1, "father"), person(2, "mother", "1982-03-12", sex=Sex.FEMALE)


@pytest.fixture
async def employment(open_house: OpenHouse, client_for: ClientFor) -> Employment:
    """A couple who can both work, and a vacancy with three places."""
    found = await open_employment(open_house, client_for, household_registered(FATHER, MOTHER))
    await found.put_vacancy()
    return found


async def place(employment: Employment, who: str, **more: Any) -> Any:
    return await employment.post("placements", {"worker_id": id_of(who), "vacancy_code": VACANCY, **more})


async def at_work(employment: Employment, who: str, **more: Any) -> str:
    placement_id: str = (await place(employment, who, **more)).json()["placement_id"]
    assert (await employment.act(placement_id, "start", FIRST_DAY)).status_code == 200
    return placement_id


async def workers(employment: Employment) -> list[tuple[str, int, str]]:
    shown = await employment.items("workers")
    return [(worker["worker_id"], worker["member_no"], worker["status"]) for worker in shown]


class TestAge:
    """国务院令第364号: nobody below 16 works, not even for a few days."""

    @pytest.mark.parametrize(
        ("born", "constraint", "why_not"),
        [
            ("2010-11-17", "not_of_working_age", ["not_of_working_age"]),
            ("2010-12-20", "not_of_working_age", ["not_of_working_age"]),
            ("2010-11-16", None, []),
            ("1966-11-17", None, []),
            ("1966-11-16", "not_of_working_age", ["not_of_working_age"]),
        ],
    )
    async def test_the_list_the_suggestions_and_the_placement_agree_to_the_day(
        self, open_house: OpenHouse, client_for: ClientFor, born: str, constraint: str | None, why_not: list[str]
    ) -> None:
        employment = await open_employment(
            open_house, client_for, household_registered(person(1, "somebody", born)), job_requested()
        )
        await employment.put_vacancy(min_age=0, max_age=120)
        listed = await workers(employment)
        suggested = await employment.get(f"requests/{request_id()}/suggestions")
        answer = await place(employment, "somebody")
        assert [item["why_not"] for item in suggested["rest"]] == ([why_not] if why_not else [])
        assert (len(listed), suggested["fitting"], answer.status_code) == ((0, 0, 409) if constraint else (1, 1, 201))
        assert answer.json().get("constraint") == constraint

    @pytest.mark.parametrize(
        ("work", "constraint"),
        [
            ({"max_age": 45}, "too_old"),
            ({"max_age": 46}, None),
            ({"min_age": 47}, "too_young"),
            ({"min_age": 46}, None),
        ],
    )
    async def test_the_limits_of_the_vacancy_are_counted_to_the_day_too(
        self, employment: Employment, work: dict[str, Any], constraint: str | None
    ) -> None:
        await employment.put_vacancy(**work)
        assert (await place(employment, "father")).json().get("constraint") == constraint

    @pytest.mark.parametrize(("on", "status"), [("2026-11-09", 409), ("2026-11-10", 200)])
    async def test_the_first_day_of_work_decides_again(
        self, open_house: OpenHouse, client_for: ClientFor, on: str, status: int
    ) -> None:
        young = household_registered(person(1, "young", "2010-11-10"))
        employment = await open_employment(open_house, client_for, young)
        await employment.put_vacancy(min_age=16)
        placement = (await place(employment, "young")).json()["placement_id"]
        await employment.act(placement, "depart", "2026-11-01")
        before = await employment.everything()
        answer = await employment.act(placement, "start", on)
        assert answer.status_code == status
        if status == 409:
            assert (problem(answer)[1], answer.json()["constraint"]) == ("constraint-broken", "not_of_working_age")
            assert "too_young" in answer.json()["detail"]
            assert await employment.everything() == before

    async def test_a_refusal_says_that_the_year_of_birth_alone_is_known(
        self, open_house: OpenHouse, client_for: ClientFor
    ) -> None:
        employment = await open_employment(
            open_house, client_for, household_registered(household_member(1, birth_year=2010))
        )
        await employment.put_vacancy(min_age=16)
        answer = await employment.place()
        assert answer.json()["constraint"] == "not_of_working_age"
        assert "the year of birth alone is known" in answer.json()["detail"]

    async def test_a_corrected_birthday_counts_from_then_on(self, employment: Employment) -> None:
        await deliver(employment.house, household_changed(2, person(1, "father", "1960-01-01"), MOTHER))
        assert await workers(employment) == [(id_of("mother"), 2, "idle")]
        await deliver(employment.house, household_changed(3, person(1, "father", born_on=None), MOTHER))
        [father, _] = await employment.items("workers")
        assert (father["birth_year"], father["birthday_known"]) == (1980, False)


class TestWhoLeaves:
    @pytest.mark.parametrize("begun", [False, True])
    async def test_is_placed_no_longer_and_the_place_is_free(self, employment: Employment, begun: bool) -> None:
        if begun:
            placement = await at_work(employment, "father")
        else:
            placement = (await place(employment, "father")).json()["placement_id"]
        event = published_as(household_changed(2, MOTHER))
        await deliver(employment.house, event)
        shown = await employment.get(f"placements/{placement}")
        assert (shown["status"], shown["ended_on"], shown["end_reason"]) == ("ended", str(TODAY), "left_household")
        assert (await employment.get(f"vacancies/{VACANCY}"))["taken"] == 0
        assert await workers(employment) == [(id_of("mother"), 2, "idle")]
        [told] = [found for found in await waiting_events(employment.house) if isinstance(found.data, PlacementEnded)]
        assert (told.data.reason, told.data.last_earner) == (PlacementEndReason.LEFT_HOUSEHOLD, begun)
        assert told.context.causation_id == str(event.event_id)
        row = (await audit_rows(employment.house))[-1]
        assert (row["actor"], row["action"], row["subject"]) == ("monitoring", "placement.end", placement)
        before = await employment.everything()
        await deliver(employment.house, household_changed(2, MOTHER))
        assert await employment.everything() == before, "told again it changes nothing"

    async def test_is_not_the_last_earner_while_another_one_works(self, employment: Employment) -> None:
        await at_work(employment, "father")
        await at_work(employment, "mother")
        await deliver(employment.house, household_changed(2, MOTHER))
        assert [told.last_earner for told in await employment.told(PlacementEnded)] == [False]
        await deliver(employment.house, household_changed(3, household_member(3, labour=Labour.NONE)))
        assert [told.last_earner for told in await employment.told(PlacementEnded)] == [False, True]

    async def test_with_all_the_others_leaves_one_last_earner(self, employment: Employment) -> None:
        await at_work(employment, "father")
        await at_work(employment, "mother")
        await deliver(employment.house, household_changed(2, household_member(3, labour=Labour.NONE)))
        assert [told.last_earner for told in await employment.told(PlacementEnded)] == [False, True]

    async def test_keeps_what_was_earned_and_wages_of_before_can_still_come(self, employment: Employment) -> None:
        placement = await at_work(employment, "father")
        await employment.post("wages", wage(placement))
        await deliver(employment.house, household_changed(2, MOTHER))
        assert (await employment.post("wages", wage(placement, "2026-11"))).status_code == 201
        assert len(await employment.items("wages")) == 2

    async def test_cannot_be_placed_and_can_again_after_coming_back(self, employment: Employment) -> None:
        await deliver(employment.house, household_changed(2, MOTHER))
        answer = await place(employment, "father")
        assert (problem(answer)[1], answer.json()["constraint"]) == ("constraint-broken", "not_a_worker")
        await deliver(employment.house, household_changed(3, FATHER, MOTHER))
        assert (await place(employment, "father")).status_code == 201

    async def test_ends_the_wait_of_a_request_for_this_member_alone(self, employment: Employment) -> None:
        for number, member_no in ((1, 1), (2, 2), (3, None)):
            await deliver(employment.house, job_requested(number, member_no=member_no))
        await place(employment, "father", request_id=str(request_id(1)))
        await deliver(employment.house, household_changed(2, MOTHER))
        stands = {item["member_no"]: item["status"] for item in await employment.items("requests")}
        assert stands == {1: "refused", 2: "requested", None: "requested"}
        assert [told.reason for told in await employment.told(MeasureRefused)] == ["not_eligible"]

    async def test_leaves_a_completed_request_completed_and_an_open_one_accepted(self, employment: Employment) -> None:
        await deliver(employment.house, job_requested(1), job_requested(2, member_no=1))
        await place(employment, "mother", request_id=str(request_id(1)))
        await at_work(employment, "father", request_id=str(request_id(2)))
        await deliver(employment.house, household_changed(2, person(3, "son")))
        stands = {item["member_no"]: item["status"] for item in await employment.items("requests")}
        assert stands == {None: "accepted", 1: "completed"}
        assert (len(await employment.told(MeasureAccepted)), len(await employment.told(MeasureCompleted))) == (2, 1)

    async def test_while_being_placed_is_either_placed_and_ended_or_not_placed(self, employment: Employment) -> None:
        answer, _ = await asyncio.gather(
            place(employment, "father"), deliver(employment.house, household_changed(2, MOTHER))
        )
        standing = [item["status"] for item in await employment.items("placements")]
        assert (answer.status_code, standing) in [(201, ["ended"]), (409, [])]
        assert (await employment.get(f"vacancies/{VACANCY}"))["taken"] == 0

    async def test_while_another_one_stops_leaves_one_last_earner(self, employment: Employment) -> None:
        await at_work(employment, "father")
        placement = await at_work(employment, "mother")
        await asyncio.gather(employment.act(placement, "end"), deliver(employment.house, household_changed(2, MOTHER)))
        assert sorted(told.last_earner for told in await employment.told(PlacementEnded)) == [False, True]


class TestANumberThatPassesOn:
    async def test_is_another_worker_and_the_work_stays_with_the_one_before(self, employment: Employment) -> None:
        placement = await at_work(employment, "father")
        await employment.post("wages", wage(placement))
        await deliver(employment.house, job_requested(member_no=1))
        await deliver(employment.house, household_changed(2, person(1, "uncle"), MOTHER))
        assert await workers(employment) == [(id_of("uncle"), 1, "idle"), (id_of("mother"), 2, "idle")]
        shown = await employment.get(f"placements/{placement}")
        assert (shown["worker_id"], shown["status"], shown["end_reason"]) == (
            id_of("father"),
            "ended",
            "left_household",
        )
        assert (await employment.get(f"requests/{request_id()}"))["status"] == "refused"
        assert [item["placement_id"] for item in await employment.items("wages")] == [placement]
        assert (await place(employment, "uncle")).status_code == 201

    async def test_to_a_child_leaves_no_worker(self, employment: Employment) -> None:
        await at_work(employment, "father")
        newborn = person(1, "newborn", "2026-11-10", labour=Labour.NONE, born_on=None)
        await deliver(employment.house, household_changed(2, newborn, MOTHER))
        assert await workers(employment) == [(id_of("mother"), 2, "idle")]
        assert [told.reason for told in await employment.told(PlacementEnded)] == ["left_household"]

    async def test_is_seen_without_the_person_by_sex_or_birth(
        self, open_house: OpenHouse, client_for: ClientFor
    ) -> None:
        employment = await open_employment(open_house, client_for, household_registered(household_member(1)))
        await employment.put_vacancy()
        placement = await employment.started()
        await deliver(employment.house, household_changed(2, household_member(1, birth_year=1999)))
        assert (await employment.get(f"placements/{placement}"))["end_reason"] == "left_household"
        [(new_id, member_no, status)] = await workers(employment)
        assert (member_no, status, new_id != worker_id(1)) == (1, "idle", True)

    async def test_who_is_told_with_the_person_for_the_first_time_is_the_same_worker(
        self, open_house: OpenHouse, client_for: ClientFor
    ) -> None:
        employment = await open_employment(open_house, client_for, household_registered(household_member(1)))
        await employment.put_vacancy()
        placement = await employment.started()
        await deliver(employment.house, household_changed(2, FATHER))
        assert await workers(employment) == [(worker_id(1), 1, "employed")]
        await deliver(employment.house, household_changed(3, person(7, "father", "1981-01-01")))
        assert await workers(employment) == [(worker_id(1), 7, "employed")]
        assert (await employment.get(f"placements/{placement}"))["member_no"] == 7


class TestAHouseholdThatEnded:
    async def test_has_no_workers_no_work_and_asks_for_nothing(self, employment: Employment) -> None:
        await deliver(employment.house, job_requested(1), job_requested(2, member_no=1))
        placement = await at_work(employment, "father")
        last_day = TODAY - dt.timedelta(days=3)
        await deliver(employment.house, household_ended(ended_on=last_day))
        shown = await employment.get(f"placements/{placement}")
        assert (shown["end_reason"], shown["ended_on"]) == ("left_household", str(last_day))
        assert (await employment.get(f"vacancies/{VACANCY}"))["taken"] == 0
        assert await workers(employment) == []
        assert {item["status"] for item in await employment.items("requests")} == {"refused"}
        assert [told.reason for told in await employment.told(MeasureRefused)] == 2 * ["not_eligible"]
        assert (await place(employment, "mother")).json()["constraint"] == "not_a_worker"
        before = await employment.everything()
        await deliver(employment.house, household_ended(ended_on=last_day), household_registered(FATHER, MOTHER))
        assert await employment.everything() == before

    async def test_before_the_work_began_ends_it_as_it_begins(self, employment: Employment) -> None:
        placement = await at_work(employment, "father")
        await deliver(employment.house, household_ended(ended_on=dt.date(2026, 9, 1)))
        assert (await employment.get(f"placements/{placement}"))["ended_on"] == FIRST_DAY

    async def test_is_refused_what_a_task_asks_for_afterwards(self, employment: Employment) -> None:
        await deliver(employment.house, household_ended())
        await deliver(employment.house, job_requested())
        assert (await employment.get(f"requests/{request_id()}"))["reason"] == "not_eligible"
        assert [told.measure_id for told in await employment.told(MeasureRefused)] == [request_id()]

    async def test_may_be_registered_anew(self, employment: Employment) -> None:
        await deliver(employment.house, household_ended())
        await deliver(employment.house, household_changed(3, FATHER))
        assert await workers(employment) == [(id_of("father"), 1, "idle")]
        await deliver(employment.house, job_requested())
        assert (await employment.get(f"requests/{request_id()}"))["status"] == "requested"
