"""A household's way from a department's warning to its admission, out of monitoring and in again, by HTTP, both ways.

Village, township and county each take their own steps. Every day that passes ends every process as a crash would.
"""

import asyncio
import datetime as dt
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import pytest

from shared.clock import BUSINESS_ZONE
from shared.months import format_month, parse_month
from tests.builders import HOUSEHOLD, REGION, TODAY, fact, household, illness_fact, member
from tests.houses.monitoring.builders import WINDOW, wages
from tests.houses.monitoring.cases.builders import CONSENT, CONTACT, VISIT, VOTE, compared
from tests.houses.monitoring.clues.builders import clue
from tests.journeys.conftest import StartSetUp
from tests.journeys.crash_points import CrashPoint
from tests.journeys.set_ups import MAIN_JOB, Caller, SetUp
from tests.problems import assert_problem

ADULTS = household([member(1), member(2, relation="spouse", sex="F", birth_date="1982-03-12")])
ADMITTED = dt.date(2026, 11, 22)
HALF_YEAR, ELIMINATED, AGAIN = dt.date(2027, 5, 22), dt.date(2027, 5, 28), dt.date(2027, 6, 3)
COMMITTED = CrashPoint("monitoring", "committed, not answered")
RELIEF = "800.00"
KEPT_DAYS = 400
SECONDS = 90.0


def morning(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(10), BUSINESS_ZONE)


@dataclass(frozen=True)
class Desks:
    """Who takes a step, on one day."""

    day: dt.date
    province: Caller
    village: Caller
    township: Caller
    county: Caller

    async def takes(self, desk: Caller, case_id: str, action: str, **said: Any) -> dict[str, Any]:
        """A step that is taken; the case behind it."""
        answer = await self.tries(desk, case_id, action, **said)
        assert answer.status_code == 200, (action, answer.text)
        found: dict[str, Any] = answer.json()
        return found

    async def tries(self, desk: Caller, case_id: str, action: str, **said: Any) -> Any:
        """A step, and its answer. Sent again it is the same step."""
        body = {"action": action, "on": self.day.isoformat(), **said}
        once = {"Idempotency-Key": str(uuid4())}
        return await desk.insist("POST", f"/monitoring/v1/cases/{case_id}/transitions", body, headers=once)

    async def tells(self, path: str, body: dict[str, Any], method: str = "POST") -> dict[str, Any]:
        """What the province sends, which is new."""
        answer = await self.province.insist(method, path, body)
        assert answer.status_code == 201, (path, answer.text)
        found: dict[str, Any] = answer.json()
        return found

    async def records(self, *facts: dict[str, Any]) -> None:
        """Facts, all of which are taken."""
        answer = (await self.province.insist("POST", "/monitoring/v1/facts", {"facts": list(facts)})).json()
        assert answer["accepted"] == len(facts), answer

    async def stands(self) -> dict[str, Any]:
        """Where the household stands in monitoring."""
        found: dict[str, Any] = (await self.village.get(f"/monitoring/v1/households/{HOUSEHOLD}"))["monitoring"]
        return found

    async def answer_to(self, source: str, source_ref: str) -> dict[str, Any]:
        """A clue as its sender reads it."""
        path = f"/monitoring/v1/clues?source={source}&source_ref={source_ref}"
        [found] = (await self.province.get(path))["items"]
        return dict(found)

    async def tasks(self) -> list[dict[str, Any]]:
        """The tasks of the household."""
        found: list[dict[str, Any]] = (await self.province.get(f"/assistance/v1/tasks?household_code={HOUSEHOLD}"))[
            "items"
        ]
        return found


@dataclass
class Way:
    """The processes, and what the change feeds told in the end."""

    set_up: SetUp
    heard: list[dict[str, Any]] = field(default_factory=list)

    @asynccontextmanager
    async def on(self, day: dt.date) -> AsyncIterator[Desks]:
        """The desks of a day; when it is over all is settled."""
        async with AsyncExitStack() as stack:
            names = ("province", "village-dejiang", "township-dejiang", "county-approver-dejiang")
            callers = [await stack.enter_async_context(self.set_up.caller(name)) for name in names]
            yield Desks(day, *callers)
            await self.settled()

    async def settled(self) -> None:
        """Nothing is on its way any more."""
        await self.set_up.settled(SECONDS)

    async def killed_unanswered(self, asking: Any) -> Any:
        """What is asked for is committed, and who should answer dies; asked again it is answered."""
        api = self.set_up.api_of("monitoring")
        self.set_up.kill(api)
        self.set_up.start(api, COMMITTED)
        await self.set_up.ready(api)
        asked = asyncio.create_task(asking)
        await self.set_up.died_at(COMMITTED, SECONDS)
        self.set_up.start(api)
        return await asked

    def told(self, event_type: str, *names: str) -> list[tuple[Any, ...]]:
        """What the feeds told of a type, in order, by these fields."""
        return [tuple(one["data"][name] for name in names) for one in self.heard if one["type"] == event_type]

    async def listen(self, caller: Caller) -> None:
        """Read the feeds from their beginning."""
        for house in MAIN_JOB:
            self.heard += (await caller.get(f"/{house}/v1/changes"))["items"]


@pytest.fixture
async def way(start_set_up: StartSetUp, monkeypatch: pytest.MonkeyPatch) -> Way:
    """The feeds keep all that half a year tells."""
    monkeypatch.setenv("SHOUXIAN_CHANGES_DAYS", str(KEPT_DAYS))
    return Way(await start_set_up(houses=MAIN_JOB, at=morning(TODAY)))


async def test_a_household_comes_from_a_warning_to_monitoring_leaves_it_and_comes_again(way: Way) -> None:
    async with way.on(TODAY) as desks:
        await _is_registered(desks)
        case_id = await _warnings_become_one_case_and_one_task(way, desks)
        await _the_block_is_gathered_by_those_who_may(desks, case_id)
        await _the_village_votes_and_publishes(way, desks, case_id)
    await way.set_up.wind_on(morning(ADMITTED))
    async with way.on(ADMITTED) as desks:
        await _nobody_skips_a_level(desks, case_id)
        await _is_admitted(way, desks, case_id, episode=1)
        await _help_arrives(way, desks)
    await way.set_up.wind_on(morning(HALF_YEAR))
    async with way.on(HALF_YEAR) as desks:
        gone = await _an_elimination_is_voted_on(desks)
    await way.set_up.wind_on(morning(ELIMINATED))
    async with way.on(ELIMINATED) as desks:
        await _is_eliminated_and_watched(desks, gone)
        case_id = await _falls_ill_and_is_published_again(way, desks)
    await way.set_up.wind_on(morning(AGAIN))
    async with way.on(AGAIN) as desks:
        await _is_admitted(way, desks, case_id, episode=2)
        await way.listen(desks.province)
    _the_feeds_told_it_all(way)


async def _is_registered(desks: Desks) -> None:
    await desks.tells(f"/monitoring/v1/households/{HOUSEHOLD}", ADULTS, "PUT")
    contact = {"role": "monitor_contact", "region_code": REGION, "area": None, "household_codes": [HOUSEHOLD]}
    await desks.tells(f"/monitoring/v1/contacts/{CONTACT}", contact, "PUT")


async def _warnings_become_one_case_and_one_task(way: Way, desks: Desks) -> str:
    """Two departments warn and nothing opens; the village confirms one, and both are answered."""
    await desks.tells("/monitoring/v1/clues", clue())
    await desks.tells("/monitoring/v1/clues", clue(2, source="civil-affairs"))
    await way.settled()
    assert await desks.tasks() == []
    await _confirm(desks, "YB-0001")
    await way.settled()
    [task] = await desks.tasks()
    first = await desks.answer_to("medical-insurance", "YB-0001")
    second = await desks.answer_to("civil-affairs", "YB-0002")
    assert (task["kind"], task["risk_id"], task["status"]) == ("reported", first["risk_id"], "open")
    assert (first["case_id"], second["joined_to"]) == (second["case_id"], first["clue_id"])
    for found in (first, second):
        assert (found["answer"]["verdict"], found["answer"]["outcome"]) == ("confirmed", "in_procedure")
    case_id: str = first["case_id"]
    case = await desks.village.get(f"/monitoring/v1/cases/{case_id}")
    assert (case["status"], case["due_on"], set(case["clue_ids"])) == (
        "opened",
        "2026-12-01",
        {first["clue_id"], second["clue_id"]},
    )
    return case_id


async def _confirm(desks: Desks, source_ref: str) -> None:
    verdict = {
        "source": "medical-insurance",
        "source_ref": source_ref,
        "on": desks.day.isoformat(),
        "verdict": "confirmed",
    }
    answer = await desks.village.insist("POST", "/monitoring/v1/clues/verdicts", {"verdicts": [verdict]})
    assert [item["status"] for item in answer.json()["items"]] == [200], answer.text


async def _the_block_is_gathered_by_those_who_may(desks: Desks, case_id: str) -> None:
    await desks.takes(desks.village, case_id, "visit", **VISIT)
    early = await desks.tries(desks.county, case_id, "compare", **compared())
    assert_problem(early, 409, "consent-missing")
    await desks.takes(desks.village, case_id, "consent", **CONSENT)
    lower = await desks.tries(desks.village, case_id, "compare", **compared())
    assert_problem(lower, 403, "level-too-low")
    await desks.takes(desks.county, case_id, "compare", **compared())


async def _the_village_votes_and_publishes(way: Way, desks: Desks, case_id: str) -> None:
    """Income is told first, and what follows waits for the publicity."""
    unknown = await desks.tries(desks.village, case_id, "village_review", **VOTE)
    assert_problem(unknown, 409, "income-incomplete")
    await desks.records(*wages(WINDOW, "500.00"))
    await way.settled()
    case = await desks.takes(desks.village, case_id, "village_review", **VOTE)
    assert (case["status"], case["class"]) == ("reviewed", "marginal")
    case = await desks.takes(desks.village, case_id, "publish")
    assert case["publicity_until"] == "2026-11-21"
    early = await desks.tries(desks.township, case_id, "township_review", approved=True)
    assert assert_problem(early, 409, "step-not-yet")["not_before"] == ADMITTED.isoformat()


async def _nobody_skips_a_level(desks: Desks, case_id: str) -> None:
    lower = await desks.tries(desks.village, case_id, "township_review", approved=True)
    assert_problem(lower, 403, "scope-missing")
    skipped = await desks.tries(desks.county, case_id, "county_approve", approved=True)
    assert_problem(skipped, 409, "transition-not-allowed")
    assert (await desks.stands())["status"] == "in_procedure"


async def _is_decided(desks: Desks, case_id: str) -> None:
    await desks.takes(desks.township, case_id, "township_review", approved=True)
    await desks.takes(desks.county, case_id, "county_approve", approved=True)
    await desks.takes(desks.township, case_id, "announce")


async def _is_admitted(way: Way, desks: Desks, case_id: str, episode: int) -> None:
    """The village enters it while the process that answers dies; it is entered once."""
    await _is_decided(desks, case_id)
    case = await way.killed_unanswered(desks.takes(desks.village, case_id, "enter", contact_code=CONTACT))
    assert Counter(entry["action"] for entry in case["history"])["enter"] == 1
    assert (case["status"], case["episode"], case["contact_code"]) == ("monitored", episode, CONTACT)
    assert all(entry["acted_for"] is None for entry in case["history"]), "each took its own steps"
    stands = await desks.stands()
    assert (stands["status"], stands["episode"], stands["admitted_on"]) == (
        "monitored",
        episode,
        desks.day.isoformat(),
    )
    await way.settled()
    clues = (await desks.province.get(f"/monitoring/v1/clues?household_code={HOUSEHOLD}"))["items"]
    assert {one["answer"]["outcome"] for one in clues} == {"admitted"}


async def _help_arrives(way: Way, desks: Desks) -> None:
    """Under the task of its low income cash is asked for and paid, which completes the measure."""
    [task] = [one for one in await desks.tasks() if one["kind"] == "below_line"]
    path = f"/assistance/v1/tasks/{task['task_id']}"
    for action in ("accept", "start"):
        answer = await desks.province.insist("POST", f"{path}/transitions", {"action": action})
        assert answer.status_code == 200, answer.text
    measure = await desks.tells(f"{path}/measures", {"kind": "transfer", "amount": RELIEF})
    paid = {
        "source": "civil-affairs",
        "source_ref": "relief-1",
        "household_code": HOUSEHOLD,
        "measure_id": measure["measure_id"],
        "kind": "temporary_relief",
        "month": "2026-11",
        "amount": RELIEF,
    }
    await desks.tells("/assistance/v1/disbursements", paid)
    await way.settled()


async def _an_elimination_is_voted_on(desks: Desks) -> str:
    """Half a year later income is high and everybody is safe: every criterion is met, and people vote."""
    opened = {"kind": "elimination", "household_code": HOUSEHOLD, "on": desks.day.isoformat()}
    unmet = await desks.tells("/monitoring/v1/cases", opened)
    await desks.takes(desks.village, unmet["case_id"], "visit", checkers=["张三", "李四"], manner="helped")
    stopped = await desks.tries(desks.village, unmet["case_id"], "village_review", **VOTE)
    assert "income_above_line" in assert_problem(stopped, 409, "criteria-unmet")["codes"]
    earlier = wages(_months("2025-11", "2026-10"), "9000.00", "extra-", source="payroll")
    await desks.records(*earlier, *wages(_months("2026-11", "2027-04"), "9000.00"), *_safe(desks.day))
    case = await desks.village.get(f"/monitoring/v1/cases/{unmet['case_id']}")
    assert {one["met"] for one in case["criteria"]} == {True}, case["criteria"]
    await desks.takes(desks.village, unmet["case_id"], "village_review", **VOTE)
    case = await desks.takes(desks.village, unmet["case_id"], "publish")
    found: str = case["case_id"]
    return found


def _months(first: str, last: str) -> list[str]:
    return [format_month(month) for month in range(parse_month(first), parse_month(last) + 1)]


def _safe(on: dt.date) -> list[dict[str, Any]]:
    """Insurance, dwelling and water of the household, all good."""
    insured = {"scheme": "basic_medical", "year": on.year, "status": "insured"}
    dwelling = {"grade": "A", "only_home": True, "checked_by": "县住建局"}
    near = {"litres_per_day": "40", "distance_m": 100, "height_m": 10, "minutes": 5}
    water = near | {"days_short": 0, "quality": "good", "cut_since": None}
    seen = {"observed_on": on.isoformat()}
    return [
        *(fact("insurance", f"insured-{number}", insured, member_no=number, **seen) for number in (1, 2)),
        fact("dwelling", "dwelling", dwelling, **seen),
        fact("water", "water", water, **seen),
    ]


async def _is_eliminated_and_watched(desks: Desks, case_id: str) -> None:
    await _is_decided(desks, case_id)
    case = await desks.takes(desks.village, case_id, "enter", contact_code=CONTACT)
    assert (case["status"], case["watch_until"]) == ("eliminated", "2027-11-28")
    stands = await desks.stands()
    assert (stands["status"], stands["eliminated_on"], stands["episode"]) == (
        "eliminated",
        ELIMINATED.isoformat(),
        1,
    )


async def _falls_ill_and_is_published_again(way: Way, desks: Desks) -> str:
    """Another warning is confirmed, another case opens, with income as good as it is."""
    tasks = len(await desks.tasks())
    await desks.tells("/monitoring/v1/clues", clue(3, received_on=desks.day.isoformat()))
    await _confirm(desks, "YB-0003")
    await way.settled()
    newest = [one for one in await desks.tasks() if one["kind"] == "reported"]
    assert (len(await desks.tasks()), {one["episode"] for one in newest}) == (tasks + 1, {1, 2})
    case_id: str = (await desks.answer_to("medical-insurance", "YB-0003"))["case_id"]
    await desks.records(illness_fact(observed_on=desks.day.isoformat()))
    await _the_block_is_gathered_by_those_who_may(desks, case_id)
    case = await desks.takes(desks.village, case_id, "village_review", **VOTE)
    assert (case["class"], case["status"]) == ("sudden", "reviewed")
    await desks.takes(desks.village, case_id, "publish")
    return case_id


def _the_feeds_told_it_all(way: Way) -> None:
    answered = way.told("monitoring.clue-answered.v1", "clue_id", "verdict", "outcome")
    clues = list(dict.fromkeys(clue_id for clue_id, *_ in answered))
    assert (len(clues), sorted(answered)) == (
        3,
        sorted((clue_id, "confirmed", outcome) for clue_id in clues for outcome in ("in_procedure", "admitted")),
    )
    kinds = [kind for (kind,) in way.told("monitoring.case-opened.v1", "kind")]
    assert kinds == ["identification", "elimination", "identification"]
    assert way.told("monitoring.household-admitted.v1", "class", "episode", "admitted_on") == [
        ("marginal", 1, ADMITTED.isoformat()),
        ("sudden", 2, AGAIN.isoformat()),
    ]
    assert way.told("monitoring.elimination-approved.v1", "manner", "approved_on", "watch_until") == [
        ("helped", ELIMINATED.isoformat(), "2027-11-28")
    ]
    assert len(way.told("assistance.measure-completed.v1", "measure_id")) == 1
