"""Placements from the match to the end of the work, and what the task and monitoring hear of them."""

import asyncio
import itertools
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from shared.codes.assistance import MeasureKind
from shared.codes.employment import PlacementAction, PlacementEndReason, VacancyKind
from shared.codes.monitoring import Labour
from shared.contracts.employment import (
    MeasureAccepted,
    MeasureCompleted,
    MeasureRefused,
    PlacementEnded,
    PlacementStarted,
)
from shared.contracts.help import MeasureAnswer
from tests.builders import (
    HOUSEHOLD,
    OTHER_COUNTY_REGION,
    REGION,
    TODAY,
    audit_rows,
    deliver,
    household_changed,
    household_member,
    household_registered,
    waiting_events,
)
from tests.conftest import ClientFor, OpenHouse
from tests.houses.employment.builders import (
    BASE,
    VACANCY,
    Employment,
    job_cancelled,
    job_requested,
    open_employment,
    request_id,
    worker_id,
)
from tests.problems import problem

TOMORROW = "2026-11-17"
REQUEST: dict[str, Any] = {"request_id": str(request_id())}


@pytest.fixture
async def employment(open_house: OpenHouse, client_for: ClientFor) -> Employment:
    """A household of two workers that asks for work, and a vacancy with three places."""
    found = await open_employment(open_house, client_for, household_registered(), job_requested())
    await found.put_vacancy()
    return found


async def request_of(employment: Employment, number: int = 1) -> dict[str, Any]:
    found: dict[str, Any] = await employment.get(f"requests/{request_id(number)}")
    return found


async def worker_statuses(employment: Employment) -> list[str]:
    return [worker["status"] for worker in await employment.items("workers")]


async def test_a_placement_has_the_published_fields(employment: Employment) -> None:
    answer = await employment.place(**REQUEST)
    assert answer.status_code == 201
    shown = answer.json()
    placement_id, *moments = [shown.pop(name) for name in ("placement_id", "placed_at", "updated_at")]
    assert all(moment.endswith("Z") for moment in moments)
    (step,) = shown.pop("history")
    assert step == {
        "at": moments[0],
        "action": "place",
        "on": None,
        "by": "tester",
        "status": "placed",
        "reason": None,
    }
    assert shown == {
        "worker_id": worker_id(1),
        "household_code": HOUSEHOLD,
        "region_code": REGION,
        "member_no": 1,
        "vacancy_code": VACANCY,
        "request_id": str(request_id()),
        "status": "placed",
        "departed_on": None,
        "started_on": None,
        "ended_on": None,
        "end_reason": None,
        "allowed_actions": ["depart", "start", "end"],
    }
    assert await employment.get(f"placements/{placement_id}") == answer.json()
    assert await worker_statuses(employment) == ["offered", "idle"]


async def test_work_is_followed_from_the_match_to_its_end(employment: Employment) -> None:
    placement = await employment.placed(**REQUEST)
    assert (await employment.act(placement, "depart", "2026-11-10")).json()["departed_on"] == "2026-11-10"
    assert (await employment.act(placement, "start", "2026-11-12")).json()["started_on"] == "2026-11-12"
    assert await worker_statuses(employment) == ["employed", "idle"]
    ended = await employment.act(placement, "end", TODAY, reason="illness")
    assert (ended.json()["status"], ended.json()["ended_on"], ended.json()["end_reason"]) == (
        "ended",
        str(TODAY),
        "illness",
    )
    assert await employment.get(f"placements/{placement}") == ended.json()
    steps = ended.json()["history"]
    assert [(step["action"], step["on"], step["by"], step["status"], step["reason"]) for step in steps] == [
        ("place", None, "tester", "placed", None),
        ("depart", "2026-11-10", "tester", "departed", None),
        ("start", "2026-11-12", "tester", "started", None),
        ("end", str(TODAY), "tester", "ended", "illness"),
    ]
    assert ended.json()["allowed_actions"] == []
    assert await worker_statuses(employment) == ["idle", "idle"]
    assert (await employment.get(f"vacancies/{VACANCY}"))["taken"] == 0
    whose: dict[str, Any] = {
        "placement_id": UUID(placement),
        "household_code": HOUSEHOLD,
        "region_code": REGION,
        "member_no": 1,
    }
    [started] = await employment.told(PlacementStarted)
    assert started.model_dump() == whose | {
        "vacancy_kind": VacancyKind.MARKET,
        "place_code": "441900000000",
        "started_on": started.started_on,
    }
    assert str(started.started_on) == "2026-11-12"
    [over] = await employment.told(PlacementEnded)
    assert over.model_dump() == whose | {
        "reason": PlacementEndReason.ILLNESS,
        "ended_on": TODAY,
        "last_earner": True,
    }


async def test_the_audit_says_who_did_what_and_how_it_stood(employment: Employment) -> None:
    placement = await employment.placed()
    placed = (await audit_rows(employment.house))[-1]
    assert (placed["actor"], placed["action"], placed["subject"]) == ("tester", "placement.placed", placement)
    assert placed["after"] == {"status": "placed", "version": 1, "vacancy": VACANCY}
    await employment.act(placement, "start")
    row = (await audit_rows(employment.house))[-1]
    assert (row["actor"], row["action"], row["subject"]) == ("tester", "placement.start", placement)
    assert (row["before"], row["after"]) == (
        {"status": "placed", "version": 1},
        {"status": "started", "version": 2},
    )


async def test_events_of_a_placement_carry_no_name_of_employer_or_work(employment: Employment) -> None:
    await employment.act(await employment.started(**REQUEST), "end")
    published = [event.data.model_dump_json() for event in await waiting_events(employment.house)]
    assert len(published) == 4
    assert not [text for text in published if "东莞" in text or "装配" in text]


class TestTheRequest:
    async def test_it_is_accepted_by_the_match_and_completed_by_the_first_day_of_work(
        self, employment: Employment
    ) -> None:
        placement = await employment.placed(**REQUEST)
        assert (await request_of(employment))["status"] == "accepted"
        await employment.act(placement, "start")
        assert (await request_of(employment))["status"] == "completed"
        [accepted], [completed] = await employment.told(MeasureAccepted), await employment.told(MeasureCompleted)
        for answer in (accepted, completed):
            assert (answer.measure_id, answer.household_code, answer.answered_on) == (request_id(), HOUSEHOLD, TODAY)
        chains = [e.context.correlation_id for e in await waiting_events(employment.house) if _answers(e.data)]
        assert chains == 2 * [(await request_of(employment))["correlation_id"]]

    async def test_it_is_refused_with_its_reason_once(self, employment: Employment) -> None:
        path, refusal = f"requests/{request_id()}/transitions", {"action": "refuse", "reason": "no_offer"}
        answer = await employment.post(path, refusal)
        assert (answer.json()["status"], answer.json()["reason"]) == ("refused", "no_offer")
        assert [event.reason for event in await employment.told(MeasureRefused)] == ["no_offer"]
        assert_answered(await employment.post(path, refusal))
        assert_answered(await employment.place(**REQUEST))
        assert await employment.items("placements") == []

    async def test_work_that_never_began_leaves_it_accepted_for_the_next_match(self, employment: Employment) -> None:
        first = await employment.placed(**REQUEST)
        await employment.act(first, "end", reason="family")
        assert [event.last_earner for event in await employment.told(PlacementEnded)] == [False]
        assert (await request_of(employment))["status"] == "accepted"
        await employment.started(2, **REQUEST)
        assert (await request_of(employment))["status"] == "completed"
        answers = [type(event.data) for event in await waiting_events(employment.house) if _answers(event.data)]
        assert answers == [MeasureAccepted, MeasureCompleted]

    async def test_of_a_task_that_closed_nobody_waits_for_it(self, employment: Employment) -> None:
        await deliver(employment.house, job_cancelled())
        assert (await request_of(employment))["status"] == "cancelled"
        before = await employment.everything()
        assert_answered(await employment.place(**REQUEST))
        assert await employment.everything() == before
        assert (await employment.place()).status_code == 201

    async def test_help_under_way_when_the_task_closes_still_arrives(self, employment: Employment) -> None:
        placement = await employment.placed(**REQUEST)
        await deliver(employment.house, job_cancelled())
        assert (await employment.act(placement, "start")).status_code == 200
        assert len(await employment.told(MeasureCompleted)) == 1

    async def test_one_of_another_kind_is_not_for_this_house(self, employment: Employment) -> None:
        await deliver(employment.house, job_requested(2, kind=MeasureKind.PURCHASE))
        assert [item["request_id"] for item in await employment.items("requests")] == [str(request_id())]

    async def test_one_of_another_household_is_not_found(self, employment: Employment) -> None:
        await deliver(employment.house, household_registered(household_code="DJ-0002"))
        answer = await employment.place(household_code="DJ-0002", **REQUEST)
        assert problem(answer)[:2] == (404, "request-not-found")
        assert problem(await employment.place(request_id=str(uuid4())))[:2] == (404, "request-not-found")
        assert await employment.items("placements") == []

    async def test_one_for_another_member_is_a_broken_constraint(self, employment: Employment) -> None:
        await deliver(employment.house, job_requested(2, member_no=2))
        before = await employment.everything()
        answer = await employment.place(1, request_id=str(request_id(2)))
        assert problem(answer)[:2] == (409, "constraint-broken")
        assert answer.json()["constraint"] == "request_for_another_member"
        assert await employment.everything() == before
        assert (await employment.place(2, request_id=str(request_id(2)))).status_code == 201


def assert_answered(answer: httpx.Response) -> None:
    assert (answer.status_code, answer.json()["type"]) == (409, "urn:problem:employment:request-answered")


def _answers(data: object) -> bool:
    return isinstance(data, MeasureAnswer)


@pytest.mark.parametrize(
    ("worker", "work", "constraint"),
    [
        ({"birth_year": 2008}, {}, "too_young"),
        ({"birth_year": 1969}, {}, "too_old"),
        ({"birth_year": 1960}, {"max_age": 70}, "not_of_working_age"),
        ({"labour": Labour.WEAK}, {}, "labour_not_matching"),
    ],
)
async def test_a_broken_constraint_is_named_and_changes_nothing(
    open_house: OpenHouse, client_for: ClientFor, worker: dict[str, Any], work: dict[str, Any], constraint: str
) -> None:
    employment = await open_employment(open_house, client_for, household_registered(household_member(1, **worker)))
    await employment.put_vacancy(**work)
    before = await employment.everything()
    answer = await employment.place()
    assert problem(answer)[:2] == (409, "constraint-broken")
    assert answer.json()["constraint"] == constraint
    assert await employment.everything() == before


async def test_a_member_who_is_gone_cannot_be_placed(employment: Employment) -> None:
    await deliver(employment.house, household_changed(2, household_member(2)))
    answer = await employment.place(1)
    assert (problem(answer)[1], answer.json()["constraint"]) == ("constraint-broken", "not_a_worker")


async def test_a_vacancy_that_is_full_or_expired_and_a_worker_who_is_placed_are_named(employment: Employment) -> None:
    await employment.put_vacancy("ONE", headcount=1)
    await employment.put_vacancy("GONE", valid_until="2026-11-15")
    await employment.placed(1, "ONE")
    assert problem(await employment.place(2, "ONE")) == (409, "no-headcount-left", [])
    assert problem(await employment.place(2, "GONE")) == (409, "vacancy-expired", [])
    assert problem(await employment.place(1)) == (409, "worker-already-placed", [])
    assert len(await employment.items("placements")) == 1


async def test_what_is_unknown_or_of_another_region_is_not_found(employment: Employment, client_for: ClientFor) -> None:
    assert problem(await employment.place(9))[:2] == (404, "worker-not-found")
    assert problem(await employment.place(vacancy_code="X"))[:2] == (404, "vacancy-not-found")
    assert problem(await employment.act(str(uuid4()), "start"))[:2] == (404, "placement-not-found")
    placement = await employment.started()
    neighbour = Employment(employment.house, client_for(employment.house, region="520625"))
    before = await employment.everything()
    assert problem(await neighbour.place(2))[:2] == (404, "worker-not-found")
    assert problem(await neighbour.act(placement, "end"))[:2] == (404, "placement-not-found")
    answer = await neighbour.client.get(f"{BASE}/placements/{placement}")
    assert problem(answer)[:2] == (404, "placement-not-found")
    assert await neighbour.items("placements") == []
    assert await employment.everything() == before


async def test_an_idempotency_key_repeats_the_answer_and_not_the_act(employment: Employment) -> None:
    body = {"worker_id": worker_id(1), "vacancy_code": VACANCY}
    first, again = await employment.post("placements", body, "k-1"), await employment.post("placements", body, "k-1")
    assert (first.status_code, first.json()) == (again.status_code, again.json())
    other = await employment.post("placements", body | {"worker_id": worker_id(2)}, "k-1")
    assert problem(other)[:2] == (409, "idempotency-key-reused")
    assert len(await employment.items("placements")) == 1


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"action": "end", "on": "2026-11-16"}, "/reason"),
        ({"action": "end", "on": "2026-11-16", "reason": "bored"}, "/reason"),
        ({"action": "start", "on": "2026-11-16", "reason": "finished"}, "/reason"),
        ({"action": "vanish", "on": "2026-11-16"}, "/action"),
        ({"action": "start"}, "/on"),
        ({"action": "start", "on": 20260}, "/on"),
        ({"action": "start", "on": "2026-11-16", "by": "me"}, "/by"),
    ],
)
async def test_a_wrong_field_of_a_step_is_named(employment: Employment, body: dict[str, Any], pointer: str) -> None:
    placement = await employment.placed()
    before = await employment.everything()
    answer = await employment.post(f"placements/{placement}/transitions", body)
    assert problem(answer) == (422, "invalid", [pointer])
    assert await employment.everything() == before


@pytest.mark.parametrize(
    ("action", "on"), [("start", TOMORROW), ("start", "2026-11-09"), ("end", TOMORROW), ("end", "2026-11-09")]
)
async def test_a_step_is_neither_in_the_future_nor_before_the_step_before_it(
    employment: Employment, action: str, on: str
) -> None:
    placement = await employment.placed()
    await employment.act(placement, "depart", "2026-11-10")
    before = await employment.everything()
    assert problem(await employment.act(placement, action, on)) == (422, "transition-date-invalid", ["/on"])
    assert await employment.everything() == before


async def test_work_does_not_begin_before_the_work_before_it_ended(employment: Employment) -> None:
    first = await employment.started(on="2026-09-01")
    await employment.act(first, "end", "2026-10-15")
    second = await employment.placed()
    assert problem(await employment.act(second, "start", "2026-10-14"))[:2] == (422, "transition-date-invalid")
    assert (await employment.act(second, "start", "2026-10-15")).status_code == 200


async def test_no_step_is_taken_before_the_latest_of_those_before_it(employment: Employment) -> None:
    first = await employment.started(on="2026-09-01")
    await employment.act(first, "end", "2026-10-15")
    second = await employment.placed()
    await employment.act(second, "depart", "2026-11-10")
    for day in ("2026-10-14", "2026-10-15", "2026-11-09"):
        assert problem(await employment.act(second, "start", day))[:2] == (422, "transition-date-invalid")
    assert (await employment.act(second, "start", "2026-11-10")).status_code == 200


async def test_every_sequence_of_steps_keeps_their_order_and_begins_at_most_once(
    open_house: OpenHouse, client_for: ClientFor
) -> None:
    sequences = list(itertools.product(PlacementAction, repeat=4))
    households = [f"DJ-{number}" for number in range(len(sequences))]
    employment = await open_employment(
        open_house,
        client_for,
        *(household_registered(household_member(1), household_code=code) for code in households),
        *(job_requested(number, household_code=code) for number, code in enumerate(households)),
    )
    await employment.put_vacancy(headcount=len(sequences))
    allowed = {
        "placed": ["depart", "start", "end"],
        "departed": ["start", "end"],
        "started": ["end"],
        "ended": [],
    }
    leads = {"depart": "departed", "start": "started", "end": "ended"}
    begun, ended_before_start = set(), set()
    for number, (code, sequence) in enumerate(zip(households, sequences, strict=True)):
        request: dict[str, Any] = {"request_id": str(request_id(number))}
        placement = await employment.placed(household_code=code, **request)
        status = "placed"
        for action in sequence:
            answer = await employment.act(placement, action)
            if action not in allowed[status]:
                assert problem(answer)[:2] == (409, "transition-not-allowed")
                assert answer.json()["allowed_actions"] == allowed[status]
                continue
            assert answer.json()["status"] == leads[action]
            begun |= {code} if action == "start" else set()
            ended_before_start |= {code} if action == "end" and code not in begun else set()
            status = leads[action]
    assert sorted(event.household_code for event in await employment.told(PlacementStarted)) == sorted(begun)
    assert sorted(event.household_code for event in await employment.told(MeasureCompleted)) == sorted(begun)
    ended = await employment.told(PlacementEnded)
    assert {event.household_code for event in ended if not event.last_earner} == ended_before_start
    assert len({event.placement_id for event in ended}) == len(ended)


async def test_of_many_for_the_last_place_one_gets_it(open_house: OpenHouse, client_for: ClientFor) -> None:
    households = [f"DJ-{number}" for number in range(8)]
    events = [household_registered(household_member(1), household_code=code) for code in households]
    employment = await open_employment(open_house, client_for, *events)
    await employment.put_vacancy(headcount=1)
    answers = await asyncio.gather(*(employment.place(household_code=code) for code in households))
    assert sorted(answer.status_code for answer in answers) == [201] + 7 * [409]
    assert {problem(answer)[1] for answer in answers if answer.status_code == 409} == {"no-headcount-left"}
    assert len(await employment.items("placements")) == 1


async def test_a_worker_wanted_by_many_goes_to_one(employment: Employment) -> None:
    for number in range(4):
        await employment.put_vacancy(f"V-{number}")
    answers = await asyncio.gather(*(employment.place(1, f"V-{number}") for number in range(4)))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]
    assert {problem(answer)[1] for answer in answers if answer.status_code == 409} == {"worker-already-placed"}


async def test_the_headcount_cannot_shrink_under_a_placement_made_at_once(employment: Employment) -> None:
    await employment.placed(1)
    await asyncio.gather(employment.place(2), employment.put_vacancy(headcount=1))
    shown = await employment.get(f"vacancies/{VACANCY}")
    assert shown["taken"] <= shown["headcount"]


class TestTheLastEarner:
    async def test_is_the_one_after_whom_nobody_of_the_household_works(self, employment: Employment) -> None:
        first, second = await employment.started(1), await employment.started(2)
        await employment.act(first, "end", reason="dismissed")
        await employment.act(second, "end", reason="dismissed")
        assert [event.last_earner for event in await employment.told(PlacementEnded)] == [False, True]

    async def test_does_not_count_those_who_have_not_begun(self, employment: Employment) -> None:
        working = await employment.started(1)
        await employment.placed(2)
        await employment.act(working, "end")
        assert [event.last_earner for event in await employment.told(PlacementEnded)] == [True]

    async def test_is_one_where_all_end_at_once(self, open_house: OpenHouse, client_for: ClientFor) -> None:
        members = [household_member(number) for number in range(1, 6)]
        employment = await open_employment(open_house, client_for, household_registered(*members))
        await employment.put_vacancy(headcount=5)
        placements = [await employment.started(number) for number in range(1, 6)]
        answers = await asyncio.gather(*(employment.act(placement, "end") for placement in placements))
        assert [answer.status_code for answer in answers] == 5 * [200]
        told = await employment.told(PlacementEnded)
        assert [event.last_earner for event in told] == [False, False, False, False, True]

    async def test_who_begins_while_another_ends_is_told_in_the_order_it_happened(self, employment: Employment) -> None:
        ending, beginning = await employment.started(1), await employment.placed(2)
        await asyncio.gather(employment.act(ending, "end"), employment.act(beginning, "start"))
        [first, _] = [event.data for event in await waiting_events(employment.house)][1:]
        [ended] = await employment.told(PlacementEnded)
        assert ended.last_earner == isinstance(first, PlacementEnded)


async def test_an_end_told_twice_at_once_happens_once(employment: Employment) -> None:
    placement = await employment.started()
    answers = await asyncio.gather(*(employment.act(placement, "end") for _ in range(3)))
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409]
    assert len(await employment.told(PlacementEnded)) == 1


async def test_an_end_may_say_that_the_worker_left_the_household(employment: Employment) -> None:
    placement = await employment.started()
    answer = await employment.act(placement, "end", reason="left_household")
    assert (answer.status_code, answer.json()["end_reason"]) == (200, "left_household")


async def test_placements_are_found_by_household_region_and_status(
    open_house: OpenHouse, client_for: ClientFor
) -> None:
    employment = await open_employment(
        open_house,
        client_for,
        household_registered(household_code="A"),
        household_registered(household_code="B", region_code=OTHER_COUNTY_REGION),
    )
    await employment.put_vacancy()
    first, second = await employment.placed(household_code="A"), await employment.started(household_code="B")

    async def found(**wanted: str) -> list[str]:
        return [item["placement_id"] for item in await employment.items("placements", **wanted)]

    assert await found() == [second, first]
    assert await found(household_code="A") == [first]
    assert await found(status="started") == [second]
    assert await found(region_code="520625") == [second]
    page = await employment.get("placements", limit=1)
    rest = await employment.get("placements", limit=1, cursor=page["next_cursor"])
    assert [item["placement_id"] for item in page["items"] + rest["items"]] == [second, first]
