"""What `python -m services status` makes of the answers of processes, and of processes that do not answer."""

from collections.abc import Mapping
from typing import Any

import httpx
import pytest

from services.status import Answer, HouseStatus, Sample, Status, ask, summarise, table
from shared.contracts.catalogue import HOUSES

API, WORKER, REPLICA = "http://api:1", "http://worker:1", "http://replica:1"


def shown(house: str, version: str = "1.0", **values: float) -> list[Sample]:
    """What a process shows of a house: its version and the gauges named."""
    build = Sample("shouxian_build_info", {"house": house, "version": version}, 1.0)
    return [build, *(Sample(f"shouxian_{name}", {"house": house}, value) for name, value in values.items())]


def dead_letters(house: str, dead: int, parked: int) -> list[Sample]:
    return [
        Sample("shouxian_dead_letters", {"house": house, "state": state}, number)
        for state, number in (("dead", dead), ("parked", parked))
    ]


def all_houses() -> Answer:
    return Answer(API, [sample for house in HOUSES for sample in shown(house)])


def monitoring(*answers: Answer) -> HouseStatus:
    [found] = [house for house in summarise(answers).houses if house.house == "monitoring"]
    return found


def test_a_house_is_taken_together_over_its_processes() -> None:
    found = monitoring(
        Answer(API, [*shown("monitoring", outbox_pending=7, outbox_oldest_seconds=3.5), *shown("assets")]),
        Answer(WORKER, shown("monitoring", consumer_lag_records=2, consumer_lag_seconds=9.0, outbox_pending=5)),
        Answer(REPLICA, [*shown("monitoring", "1.1", consumer_lag_records=1), *dead_letters("monitoring", 2, 4)]),
    )
    assert found == HouseStatus("monitoring", "1.0, 1.1", True, [], 3, 9.0, 7, 3.5, 2, 4)


def test_a_house_is_ready_when_all_its_processes_are() -> None:
    halted = Answer(WORKER, shown("monitoring"), {"monitoring": ["consumer halted"]})
    assert monitoring(all_houses()).ready
    found = monitoring(all_houses(), halted)
    assert (found.ready, found.not_ready) == (False, [f"consumer halted ({WORKER})"])


def test_all_is_ready_when_every_house_runs_and_every_process_answers() -> None:
    assert summarise([all_houses()]).ready
    assert not summarise([all_houses(), Answer(WORKER, error="does not answer")]).ready
    alone = summarise([Answer(API, shown("monitoring"))])
    assert not alone.ready
    assert {house.house for house in alone.houses if not house.ready} == set(HOUSES) - {"monitoring"}


def test_the_table_shows_a_dash_for_what_nobody_tells_and_the_trouble_below() -> None:
    house = HouseStatus("monitoring", "1.0", False, ["database (http://api:1)"], 12, 3.25, None, None, 0, 0)
    titles, line, *trouble = table(Status(False, [house], {WORKER: "does not answer"})).splitlines()
    assert titles.startswith("house       version  ready  lag records")
    assert line.split() == ["monitoring", "1.0", "no", "12", "3.2", "-", "-", "0", "0"]
    assert trouble == ["monitoring is not ready: database (http://api:1)", f"{WORKER} does not answer"]


@pytest.mark.parametrize(("days", "spoken"), [(60, []), (59, [59]), (-3, [-3])])
def test_the_end_of_the_announced_calendar_is_spoken_of_sixty_days_before(days: int, spoken: list[int]) -> None:
    longer = Sample("shouxian_calendar_days_left", {"house": "assistance"}, 400)
    ending = Sample("shouxian_calendar_days_left", {"house": "assistance"}, days)
    status = summarise([all_houses(), Answer(WORKER, [longer]), Answer(REPLICA, [ending])])
    assert status.calendar_days_left == days
    assert [line for line in table(status).splitlines() if "calendar" in line] == [
        f"the announced working-day calendar ends in {left} days: deadlines beyond are provisional" for left in spoken
    ]
    assert summarise([all_houses()]).calendar_days_left is None


@pytest.mark.parametrize(
    ("pages", "error"),
    [
        ({"/metrics": {"status_code": 404}}, "answers 404 at /metrics"),
        ({"/metrics": {"text": "<html> {"}}, "shows no metrics at /metrics"),
        ({"/metrics": {"text": ""}, "/readyz": {"text": "ok"}}, "does not tell at /readyz whether it is ready"),
        ({"/metrics": {"text": ""}, "/readyz": {"json": []}}, "does not tell at /readyz whether it is ready"),
    ],
)
def test_what_is_no_process_of_ours_is_named(pages: Mapping[str, Mapping[str, Any]], error: str) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(**{"status_code": 200, **pages[request.url.path]})

    with httpx.Client(transport=httpx.MockTransport(answer)) as client:
        assert ask(client, [API]) == [Answer(API, error=error)]


def test_an_address_given_twice_is_asked_once() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(str(request.url))
        if request.url.path == "/metrics":
            return httpx.Response(200, text="")
        return httpx.Response(503, json={"not_ready": {"assets": ["database"]}})

    asked: list[str] = []
    with httpx.Client(transport=httpx.MockTransport(answer)) as client:
        assert ask(client, [API, API]) == [Answer(API, samples=[], not_ready={"assets": ["database"]})]
    assert asked == [f"{API}/metrics", f"{API}/readyz"]


def test_a_worker_that_hangs_does_not_hide_how_far_its_house_is_behind() -> None:
    """It does not answer; the other replica is well, and the api of the house sees both from outside."""
    hangs = Answer(WORKER, error="does not answer (ReadTimeout)")
    outside = shown("monitoring", group_lag_records=600, group_lag_seconds=90.0)
    alone = monitoring(Answer(API, outside), hangs)
    assert (alone.lag_records, alone.lag_seconds) == (600, 90.0)
    well = Answer(REPLICA, shown("monitoring", consumer_lag_records=3, consumer_lag_seconds=0.5))
    beside = monitoring(Answer(API, outside), hangs, well)
    assert (beside.lag_records, beside.lag_seconds) == (600, 90.0)


def test_what_is_seen_from_outside_a_little_late_does_not_count_beside_what_readers_say() -> None:
    api = Answer(API, shown("monitoring", group_lag_records=4, group_lag_seconds=8.0))
    well = Answer(WORKER, shown("monitoring", consumer_lag_records=0, consumer_lag_seconds=0.0))
    assert (monitoring(api, well).lag_records, monitoring(api, well).lag_seconds) == (0, 0.0)
