"""Which households were seen, and which should have been."""

import asyncio
import datetime as dt
from typing import Any

import pytest

from services.monitoring.patrols.rules import VISITS
from shared.codes.assistance import TaskVerdict
from shared.codes.monitoring import RiskKind
from shared.codes.policy import ValueStatus
from shared.contracts.assistance import TaskClosed
from shared.ids import derived_id
from shared.policy.added import AddedValue, with_values
from shared.policy.loader import PolicyBook
from tests.builders import OTHER_COUNTY_REGION, REGION, TODAY, deliver, household, published_as
from tests.conftest import ClientFor, OpenHouse
from tests.houses.monitoring.builders import Monitoring, open_monitoring
from tests.houses.monitoring.monitored import admit, eliminate
from tests.mechanism.probe import ON_POSTGRESQL, ON_SQLITE
from tests.problems import assert_problem, problem

LIFTED, MONITORED, ORDINARY, FAR = "DJ-0002", "DJ-0003", "DJ-0004", "YJ-0001"
PATROL: dict[str, Any] = {
    "source": "village-report",
    "source_ref": "p-1",
    "contact_code": "GRID-1",
    "on": "2026-11-03",
    "household_codes": [LIFTED, MONITORED],
}


@pytest.fixture
async def monitoring(open_house: OpenHouse, client_for: ClientFor) -> Monitoring:
    return await county(open_house, client_for)


async def county(open_house: OpenHouse, client_for: ClientFor, policy: PolicyBook | None = None) -> Monitoring:
    """A lifted household, a monitored one and others, with a grid worker for their village."""
    found = await open_monitoring(open_house, client_for, policy=policy)
    await found.put(household(category="lifted"), LIFTED)
    await found.put(household(), MONITORED)
    await found.put(household(), ORDINARY)
    await found.put(household(category="lifted", region_code=OTHER_COUNTY_REGION), FAR)
    await admit(found.house, MONITORED, "2026-03-10")
    grid = {"role": "grid_worker", "region_code": REGION}
    assert (await found.client.put("/monitoring/v1/contacts/GRID-1", json=grid)).status_code == 201
    return found


async def patrol(monitoring: Monitoring, **changes: Any) -> int:
    return (await monitoring.client.post("/monitoring/v1/patrols", json=PATROL | changes)).status_code


async def overdue(monitoring: Monitoring, **asked: Any) -> dict[str, tuple[int, int]]:
    found = await monitoring.get("patrols/overdue", **asked)
    return {each["household_code"]: (each["visits"], each["needed"]) for each in found["items"]}


@ON_SQLITE
async def test_whoever_was_not_seen_this_month_is_overdue(monitoring: Monitoring) -> None:
    assert await overdue(monitoring) == {FAR: (0, 1), LIFTED: (0, 1), MONITORED: (0, 1)}
    assert await patrol(monitoring) == 201
    assert await overdue(monitoring) == {FAR: (0, 1)}
    assert await overdue(monitoring, month="2026-10", region_code=REGION) == {LIFTED: (0, 1), MONITORED: (0, 1)}
    [last, _] = (await monitoring.get("patrols/overdue", month="2026-12", region_code=REGION))["items"]
    assert last == {
        "household_code": LIFTED,
        "region_code": REGION,
        "category": "lifted",
        "monitored": False,
        "visits": 0,
        "needed": 1,
        "last_visited_on": "2026-11-03",
        "contact_codes": ["GRID-1"],
    }


@ON_SQLITE
async def test_who_is_on_the_list_of_a_month_was_monitored_then(monitoring: Monitoring) -> None:
    await eliminate(monitoring.house, MONITORED, "2026-10-20")
    for month, there in (("2026-02", False), ("2026-03", True), ("2026-09", True), ("2026-10", False)):
        assert (MONITORED in await overdue(monitoring, month=month)) is there, month


@ON_SQLITE
async def test_days_count_and_not_who_came_on_them(
    open_house: OpenHouse, client_for: ClientFor, policy_book: PolicyBook
) -> None:
    twice = AddedValue("520626", VISITS, 2, dt.date(2026, 11, 1), None, "德江县走访规定", ValueStatus.IN_FORCE)
    monitoring = await county(open_house, client_for, with_values(policy_book, [twice]))
    assert await patrol(monitoring) == 201
    assert await patrol(monitoring, source_ref="p-2") == 201
    assert await overdue(monitoring) == {FAR: (0, 1), LIFTED: (1, 2), MONITORED: (1, 2)}
    assert await patrol(monitoring, source_ref="p-3", on="2026-11-09") == 201
    assert await overdue(monitoring) == {FAR: (0, 1)}
    assert await overdue(monitoring, month="2026-10", region_code=REGION) == {LIFTED: (0, 1), MONITORED: (0, 1)}


@ON_SQLITE
async def test_a_visit_that_closed_a_task_counts_once(monitoring: Monitoring) -> None:
    def closed(verdict: TaskVerdict | None, on: dt.date = TODAY, version: int = 3) -> TaskClosed:
        return TaskClosed(
            task_id=derived_id("task", "x"),
            risk_id=derived_id("risk", "x"),
            household_code=MONITORED,
            region_code=REGION,
            kind=RiskKind.NEW_ILLNESS,
            episode=1,
            verdict=verdict,
            closed_by="person",
            closed_on=on,
            task_version=version,
        )

    await deliver(monitoring.house, published_as(closed(None)))
    assert MONITORED in await overdue(monitoring), "nobody had begun"
    event = published_as(closed(TaskVerdict.CONFIRMED))
    await deliver(monitoring.house, event, event)
    await deliver(monitoring.house, published_as(closed(TaskVerdict.NO_RISK, version=5)))
    assert MONITORED not in await overdue(monitoring)
    unknown = closed(TaskVerdict.CONFIRMED, version=7).model_copy(update={"household_code": "DJ-9999"})
    await deliver(monitoring.house, published_as(unknown))
    counts = await monitoring.counts()
    assert (counts["patrol"], counts["patrol_visit"]) == (2, 2)


@ON_SQLITE
async def test_a_patrol_is_recorded_once(monitoring: Monitoring) -> None:
    first = await monitoring.client.post("/monitoring/v1/patrols", json=PATROL)
    turned = PATROL | {"household_codes": [MONITORED, LIFTED]}
    again = await monitoring.client.post("/monitoring/v1/patrols", json=turned)
    assert (first.status_code, again.status_code, again.json()) == (201, 200, first.json())
    assert first.json()["household_codes"] == [LIFTED, MONITORED]
    other = await monitoring.client.post("/monitoring/v1/patrols", json=PATROL | {"on": "2026-11-04"})
    assert_problem(other, 409, "patrol-contradicts")
    counts = await monitoring.counts()
    assert (counts["patrol"], counts["patrol_visit"]) == (1, 2)


@ON_POSTGRESQL
async def test_two_who_send_one_patrol_at_once_record_it_once(monitoring: Monitoring) -> None:
    assert sorted(await asyncio.gather(*(patrol(monitoring) for _ in range(6)))) == [200] * 5 + [201]
    counts = await monitoring.counts()
    assert (counts["patrol"], counts["patrol_visit"]) == (1, 2)


CORRECTION = {"source_ref": "p-2", "supersedes": {"source": "village-report", "source_ref": "p-1"}}


async def test_a_correction_counts_in_the_place_of_what_it_corrects(monitoring: Monitoring) -> None:
    first = (await monitoring.client.post("/monitoring/v1/patrols", json=PATROL)).json()
    right = PATROL | CORRECTION | {"household_codes": [LIFTED]}
    stored, again = [await monitoring.client.post("/monitoring/v1/patrols", json=right) for _ in range(2)]
    assert (stored.status_code, again.status_code, again.json()) == (201, 200, stored.json())
    assert (stored.json()["supersedes_id"], stored.json()["status"]) == (first["patrol_id"], "stands")
    assert await overdue(monitoring) == {FAR: (0, 1), MONITORED: (0, 1)}, "the second household was not seen"
    old = await monitoring.client.post("/monitoring/v1/patrols", json=PATROL)
    assert (old.status_code, old.json()["status"]) == (200, "superseded")
    for changed, found in (
        ({"source_ref": "p-3"}, (409, "patrol-already-superseded")),
        (
            {"source_ref": "p-3", "supersedes": {"source": "village-report", "source_ref": "p-9"}},
            (404, "superseded-patrol-not-found"),
        ),
        ({"supersedes": None}, (409, "patrol-contradicts")),
    ):
        answer = await monitoring.client.post("/monitoring/v1/patrols", json=right | changed)
        assert_problem(answer, *found)
    assert (await monitoring.counts())["patrol"] == 2


async def test_what_is_withdrawn_was_no_visit(monitoring: Monitoring, client_for: ClientFor) -> None:
    patrol_id = (await monitoring.client.post("/monitoring/v1/patrols", json=PATROL)).json()["patrol_id"]
    path = f"/monitoring/v1/patrols/{patrol_id}/withdrawal"
    body = {"source": "village-report", "source_ref": "w-1", "reason": "wrong_household"}
    elsewhere = client_for(monitoring.house, region="520625", client_id="yinjiang")
    assert_problem(await elsewhere.post(path, json=body), 404, "patrol-not-found")
    stranger = client_for(monitoring.house, client_id="stranger", sources=("somebody-else",))
    assert_problem(await stranger.post(path, json=body | {"source": "somebody-else"}), 403, "source-not-yours")
    stored, again = [await monitoring.client.post(path, json=body) for _ in range(2)]
    assert (stored.status_code, again.status_code, again.json()) == (201, 200, stored.json())
    assert await overdue(monitoring) == {FAR: (0, 1), LIFTED: (0, 1), MONITORED: (0, 1)}
    other = await monitoring.client.post(path, json=body | {"reason": "other"})
    assert_problem(other, 409, "withdrawal-contradicts")
    corrected = await monitoring.client.post("/monitoring/v1/patrols", json=PATROL | CORRECTION)
    assert_problem(corrected, 409, "patrol-already-withdrawn")
    assert await patrol(monitoring, source_ref="p-9") == 201


@ON_POSTGRESQL
async def test_of_two_corrections_at_once_one_counts(monitoring: Monitoring) -> None:
    assert await patrol(monitoring) == 201
    references = ("p-2", "p-2", "p-3", "p-3")
    found = await asyncio.gather(*(patrol(monitoring, **CORRECTION | {"source_ref": each}) for each in references))
    assert sorted(found) == [200, 201, 409, 409]


@ON_SQLITE
@pytest.mark.parametrize(
    ("changed", "found"),
    [
        ({"household_codes": [f"DJ-{number:04}" for number in range(201)]}, (422, "invalid", ["/household_codes"])),
        ({"household_codes": []}, (422, "invalid", ["/household_codes"])),
        ({"household_codes": [LIFTED, LIFTED]}, (422, "invalid", ["/household_codes"])),
        ({"contact_code": "NOBODY"}, (404, "contact-not-found", [])),
        ({"on": "2026-11-17"}, (422, "patrol-invalid", ["/on"])),
        ({"household_codes": [LIFTED, FAR]}, (422, "patrol-invalid", ["/household_codes/1"])),
        ({"household_codes": ["DJ-9999"]}, (404, "household-not-found", [])),
        ({"source": "assistance"}, (422, "patrol-invalid", ["/source"])),
    ],
)
async def test_a_patrol_that_cannot_have_been_is_refused(
    monitoring: Monitoring, changed: dict[str, Any], found: tuple[int, str, list[str]]
) -> None:
    answer = await monitoring.client.post("/monitoring/v1/patrols", json=PATROL | changed)
    assert problem(answer) == found
    counts = await monitoring.counts()
    assert (counts["patrol"], counts["patrol_visit"]) == (0, 0)


@ON_SQLITE
async def test_a_village_reads_and_records_its_own_alone(monitoring: Monitoring, client_for: ClientFor) -> None:
    other = client_for(monitoring.house, region="520625", client_id="yinjiang")
    assert_problem(await other.post("/monitoring/v1/patrols", json=PATROL), 404, "contact-not-found")
    listed = (await other.get("/monitoring/v1/patrols/overdue")).json()["items"]
    assert [each["household_code"] for each in listed] == [FAR]
    asked = {"region_code": REGION}
    assert_problem(await other.get("/monitoring/v1/patrols/overdue", params=asked), 403, "region-not-allowed")
