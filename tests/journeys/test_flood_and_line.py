"""A prefecture is registered, screened and flooded, and gets another line; its houses are killed in the middle of each.

What is told is one task of each risk, whoever is asked: assistance, the feed, or the receiver of webhooks.
"""

import asyncio
import datetime as dt
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import httpx
import pytest

from services.monitoring.households.sheets import HOUSEHOLDS as HOUSEHOLD_FILE
from shared.clock import BUSINESS_ZONE
from tests.builders import OTHER_COUNTY_REGION, REGION, TODAY, fact
from tests.houses.monitoring.builders import WINDOW, wages
from tests.journeys.conftest import StartSetUp
from tests.journeys.crash_points import CrashPoint
from tests.journeys.desk import Desk, written_above
from tests.journeys.listener import Listener, listening
from tests.journeys.set_ups import MAIN_JOB, Caller, SetUp
from tests.problems import problem
from tests.sheets import result, xlsx_file

ROWS, WRONG = 2200, 22
MORNING = dt.datetime.combine(TODAY, dt.time(10), BUSINESS_ZONE)
TOMORROW = TODAY + dt.timedelta(days=1)
AN_HOUR_LATER = MORNING + dt.timedelta(minutes=70)
NEXT_MORNING = MORNING + dt.timedelta(days=1)
OFFICER, APPROVER = "county-officer-dejiang", "policy-approver"
COUNTY, PREFECTURE = "520626000000", "520600000000"
LINE, OLD, NEW = "monitoring.income_line", "7990", "9000"
MIDWAY = CrashPoint("monitoring", "midway in a job, its part not committed")
WRITTEN = CrashPoint("monitoring", "written, not committed")
COMMITTED = CrashPoint("monitoring", "committed, not answered")
SECONDS = 90.0
HEADINGS = written_above(
    HOUSEHOLD_FILE,
    "household_code region_code category registered_on member_no name relation sex birth_date id_number labour health",
)
AT, BORN, NUMBER = HEADINGS.index("区划代码"), HEADINGS.index("出生日期"), HEADINGS.index("公民身份号码")
MISTAKES: Sequence[tuple[int, Any, str]] = (
    (AT, "530102001001", "region-not-allowed"),
    (BORN, "5/1/1980", "date-unclear"),
    (NUMBER, 522226198005010019, "id-number-as-number"),
)


def code(number: int) -> str:
    return f"PF-{number:05d}"


POOR = [code(number) for number in range(7, ROWS, 150)]
NEAR = [code(number) for number in range(77, ROWS, 150)]
"""Below the old line, and between the old one and the new one."""
LATE = [code(33), code(2133)]
"""They become poor after the first screening, each in another part of the second one."""
AT_ONCE = 50
FLOODED = [code(number) for number in range(1, 200, 2) if number % 100][:75]
RED = FLOODED[AT_ONCE + 2 :: 3]
"""Of those that wait, every third has lost its house."""
POORER, POOR_BY_THE_NEW_LINE = [*POOR[1:], *LATE], [*POOR[1:], *LATE, *NEAR]


@pytest.fixture
async def set_up(start_set_up: StartSetUp) -> SetUp:
    return await start_set_up(houses=MAIN_JOB, at=MORNING)


async def test_a_prefecture_is_registered_screened_and_flooded_and_gets_another_line(
    set_up: SetUp, tmp_path: Path
) -> None:
    async with set_up.caller() as province, set_up.caller(OFFICER) as officer, set_up.caller(APPROVER) as approver:
        await _the_file_is_tried_and_taken(set_up, province, tmp_path)
        await _the_prefecture_is_screened_twice(set_up, province)
        async with listening(set_up, calm=True) as listener:
            await _seventy_five_households_are_flooded(set_up, province)
            await _some_are_told_at_an_officers_word(set_up, officer)
            await _the_others_are_told_with_the_hour(set_up)
            await _everybody_tells_the_same(set_up, province, listener)
        await _another_line_is_tried_and_approved(province, approver)
        await set_up.wind_on(NEXT_MORNING)
        await _it_holds_and_an_old_risk_says_what_changed(set_up, province)


def _lines() -> Iterator[list[Any]]:
    """A household a row, in two counties; every hundredth is wrong in one of three ways."""
    for number in range(ROWS):
        lies = OTHER_COUNTY_REGION if number >= ROWS * 2 // 3 else REGION
        row = [code(number), lies, "一般农户", "2025年1月1日", "1", f"张{number}", "户主", "男", "1980-05-01", ""]
        row += ["普通劳动力", "健康"]
        if number % (ROWS // WRONG) == 0:
            column, cell, _ = MISTAKES[number // (ROWS // WRONG) % len(MISTAKES)]
            row[column] = cell
        yield row


async def _the_file_is_tried_and_taken(set_up: SetUp, province: Caller, folder: Path) -> None:
    desk, file = Desk(province, folder), xlsx_file(HEADINGS, *_lines())
    tried = await desk.send(file, "households", mode="preview")
    assert await desk.done(tried) == result(ROWS, accepted=ROWS - WRONG, rejected=WRONG)
    assert await set_up.rows("monitoring", "household", "code") == []
    taken = await _killed_midway(set_up, desk.send(file, "households", mode="commit", accept="good"))
    assert await desk.done(taken) == result(ROWS, accepted=ROWS - WRONG, rejected=WRONG, stored=ROWS - WRONG)
    back = (await province.get(f"/monitoring/v1/imports/{taken['job_id']}/rows?status=rejected&limit=200"))["items"]
    assert [(row["row"], [(one["column"], one["code"]) for one in row["errors"]]) for row in back[:3]] == [
        (2 + 100 * place, [(HEADINGS[column], found)]) for place, (column, _, found) in enumerate(MISTAKES)
    ]
    assert len(back) == WRONG
    registered = await set_up.rows("monitoring", "household", "code")
    assert [row["code"] for row in registered] == [code(number) for number in range(ROWS) if number % 100]


async def _killed_midway(set_up: SetUp, asked: Any) -> dict[str, Any]:
    """What is asked for is long work: whoever does it dies in its second part and goes on."""
    worker = set_up.worker_of("monitoring")
    set_up.kill(worker)
    set_up.start(worker, MIDWAY)
    await set_up.ready(worker)
    taken: dict[str, Any] = await asked
    await set_up.died_at(MIDWAY, SECONDS)
    [job] = [row for row in await set_up.rows("monitoring", "job") if str(row["id"]) == taken["job_id"]]
    assert 0 < job["done"] < job["total"]
    set_up.start(worker)
    await set_up.ready(worker)
    return taken


async def _the_prefecture_is_screened_twice(set_up: SetUp, province: Caller) -> None:
    await _earn(province, dict.fromkeys(POOR, "500.00") | dict.fromkeys(NEAR, "700.00"))
    first = (await province.job_at_end(await _screen(province)))["result"]
    assert _counted(first) == (ROWS - WRONG, len(POOR), 0, len(POOR), len(POOR), 0)
    await _earn(province, dict.fromkeys(LATE, "500.00"))
    sold = wages(WINDOW[-1:], "60000.00", "sold-", household_code=POOR[0], confirmed="卖了一头牛")
    await _accepted(province, sold)
    taken = await _killed_midway(set_up, _screen(province))
    second = (await province.job_at_end(taken))["result"]
    assert _counted(second) == (ROWS - WRONG, len(LATE), 0, len(POORER), len(LATE), 1)
    assert second["difference"]["previous"] == first["screening_id"]
    for change, those in {"newly": LATE, "no_longer": POOR[:1], "at_risk": POORER}.items():
        path = f"/monitoring/v1/screenings/{second['screening_id']}/households?change={change}&limit=200"
        assert [one["household_code"] for one in (await province.get(path))["items"]] == sorted(those), change
    by_county = {one["region_code"]: one["households"] for one in second["by_region"]}
    assert (by_county[COUNTY], by_county["520625000000"]) == (1451, 727)


async def _screen(province: Caller) -> dict[str, Any]:
    answer = await province.insist("POST", "/monitoring/v1/screenings", {"region_code": PREFECTURE})
    assert answer.status_code == httpx.codes.ACCEPTED, answer.text
    taken: dict[str, Any] = answer.json()
    return taken


def _counted(screening: dict[str, Any]) -> tuple[int, ...]:
    names = ("households", "raised", "cleared", "households_at_risk")
    difference = screening["difference"]
    return (*(screening[name] for name in names), difference["newly"], difference["no_longer"])


async def _earn(province: Caller, wage_of: dict[str, str]) -> None:
    """Tell of the whole window of these households, as history."""
    facts = [one for code, wage in wage_of.items() for one in wages(WINDOW, wage, f"{code}-", household_code=code)]
    await _accepted(province, facts, mode="backfill")


async def _accepted(province: Caller, facts: Sequence[dict[str, Any]], **more: str) -> None:
    answer = (await province.insist("POST", "/monitoring/v1/facts", {"facts": facts, **more})).json()
    assert answer["accepted"] == len(facts), answer


async def _seventy_five_households_are_flooded(set_up: SetUp, province: Caller) -> None:
    """Department and house send at the same time; the house is killed twice between the first fact and the last."""
    api, answered = set_up.api_of("monitoring"), 0
    deaths = [AT_ONCE // 2, AT_ONCE + 10]

    async def send(lane: Iterator[str]) -> None:
        nonlocal answered
        for code in lane:
            payload = {"sub_kind": "flood", "loss": "3000.00", "house_damaged": code in RED}
            flood = fact("disaster", f"flood-{code}", payload, household_code=code, observed_on=TODAY.isoformat())
            answer = await province.insist("POST", "/monitoring/v1/facts", flood)
            assert answer.is_success, answer.text
            answered += 1
            if deaths and answered >= deaths[0]:
                deaths.pop(0)
                set_up.kill(api)
                set_up.start(api)

    for some in (FLOODED[:AT_ONCE], FLOODED[AT_ONCE:]):
        lane = iter(some)
        await asyncio.gather(*(send(lane) for _ in range(8)))
    await set_up.ready()
    assert _numbers(await _the_incident(province)) == (75, 50, 25)
    await set_up.settled(SECONDS)
    assert await _tasks(set_up, "disaster") == Counter(FLOODED[:AT_ONCE])


async def _the_incident(caller: Caller) -> dict[str, Any]:
    [found] = (await caller.get(f"/monitoring/v1/incidents?region_code={COUNTY}&kind=disaster"))["items"]
    return dict(found)


def _numbers(incident: dict[str, Any]) -> tuple[int, int, int]:
    return incident["households"], incident["released"], incident["queued"]


async def _tasks(set_up: SetUp, kind: str) -> Counter[str]:
    rows = await set_up.rows("assistance", "task", "household_code", "kind", "episode")
    assert all(row["episode"] == 1 for row in rows)
    return Counter(row["household_code"] for row in rows if row["kind"] == kind)


async def _some_are_told_at_an_officers_word(set_up: SetUp, officer: Caller) -> None:
    """The house dies before it can say so; asked again it does not tell of five more."""
    path = f"/monitoring/v1/incidents/{(await _the_incident(officer))['incident_id']}"
    early = await officer.insist("POST", f"{path}/transitions", {"action": "close"})
    assert problem(early)[:2] == (409, "households-queued")
    api = set_up.api_of("monitoring")
    set_up.kill(api)
    set_up.start(api, COMMITTED)
    await set_up.ready(api)
    word = {"action": "release", "limit": 5}
    asking = asyncio.create_task(
        officer.insist("POST", f"{path}/transitions", word, headers={"Idempotency-Key": "five"})
    )
    await set_up.died_at(COMMITTED, SECONDS)
    set_up.start(api)
    answer = await asking
    assert (answer.status_code, _numbers(answer.json())) == (200, (75, 55, 20)), answer.text
    waiting = (await officer.get(f"{path}/households?queued=true&limit=200"))["items"]
    assert {one["household_code"] for one in waiting} == set(FLOODED[AT_ONCE:]) - set(RED[:5])


async def _the_others_are_told_with_the_hour(set_up: SetUp) -> None:
    """Whoever tells of them dies before and after its commit."""
    worker = set_up.worker_of("monitoring")
    for name in set_up.roles:
        set_up.kill(name)
    set_up.set_clocks(AN_HOUR_LATER)
    for point in (WRITTEN, COMMITTED):
        set_up.start(worker, point)
        await set_up.died(worker, point, SECONDS)
    await set_up.start_all()
    await set_up.settled(SECONDS)


async def _everybody_tells_the_same(set_up: SetUp, province: Caller, listener: Listener) -> None:
    assert _numbers(await _the_incident(province)) == (75, 75, 0)
    assert await _tasks(set_up, "disaster") == Counter(FLOODED)
    told = await _feed(province, "monitoring.risk-raised.v1")
    floods = [item for item in told if item["data"]["kind"] == "disaster"]
    assert Counter(item["subject"] for item in floods) == Counter(FLOODED)
    in_turn = [item["subject"] for item in floods[AT_ONCE:]]
    assert in_turn == [*RED, *(code for code in FLOODED[AT_ONCE:] if code not in RED)]
    tasks = await _feed(province, "assistance.task-opened.v1", house="assistance")
    assert Counter(item["subject"] for item in tasks if item["data"]["kind"] == "disaster") == Counter(FLOODED)

    def has_heard() -> bool:
        heard = {event_id for ids in listener.heard_of("monitoring").values() for event_id in ids}
        return {item["id"] for item in floods} <= heard

    async with asyncio.timeout(SECONDS):
        while not has_heard():
            await asyncio.sleep(0.05)


async def _feed(caller: Caller, event_type: str, house: str = "monitoring") -> list[dict[str, Any]]:
    """All that a house tells of a type, in order."""
    page = await caller.get(f"/{house}/v1/changes?types={event_type}")
    items: list[dict[str, Any]] = page["items"]
    return items


async def _another_line_is_tried_and_approved(province: Caller, approver: Caller) -> None:
    tried = {"region_code": "5206", "as_of": TOMORROW.isoformat(), "changes": [{"key": LINE, "value": NEW}]}
    taken = (await province.insist("POST", "/monitoring/v1/policy-simulations", tried)).json()
    said = (await province.job_at_end(taken))["result"]
    [below] = [one for one in said["by_kind"] if one["kind"] == "below_line"]
    assert below == {
        "kind": "below_line",
        "open_now": len(POORER),
        "open_then": len(POOR_BY_THE_NEW_LINE),
        "newly_in": len(NEAR),
        "newly_out": 0,
    }
    assert "PF-" not in json.dumps(said), "nobody is named"
    value = {"region_code": "5206", "key": LINE, "value": NEW, "from": TOMORROW.isoformat(), "to": None}
    value |= {"status": "in_force", "reference": "铜仁市农村工作领导小组 2026年第8号 第二条"}
    proposed = (await province.insist("POST", "/monitoring/v1/policy-values", value)).json()
    path, approve = f"/monitoring/v1/policy-values/{proposed['value_id']}/transitions", {"action": "approve"}
    assert problem(await province.insist("POST", path, approve))[:2] == (409, "second-person-needed")
    approved = (await approver.insist("POST", path, approve)).json()
    assert (approved["status"], approved["proposed_by"], approved["approved_by"]) == ("approved", "province", APPROVER)
    assert [await _line(province, on) for on in (TODAY, TOMORROW)] == [OLD, NEW]


async def _line(caller: Caller, on: dt.date) -> Any:
    [found] = (await caller.get(f"/monitoring/v1/policy?region_code={REGION}&on={on}&key={LINE}"))["items"]
    return found["value"]


async def _it_holds_and_an_old_risk_says_what_changed(set_up: SetUp, province: Caller) -> None:
    """The roll comes to what was simulated, by the process that relays; another one replays."""
    async with asyncio.timeout(SECONDS):
        while len(risks := await _open_below_line(province)) < len(POOR_BY_THE_NEW_LINE):
            await asyncio.sleep(0.1)
    assert sorted(risks) == sorted(POOR_BY_THE_NEW_LINE)
    await set_up.settled(SECONDS)
    assert await _tasks(set_up, "below_line") == Counter([*POOR_BY_THE_NEW_LINE, POOR[0]])
    assert await _tasks(set_up, "disaster") == Counter(FLOODED)
    old, new = [
        (await province.insist("POST", f"/monitoring/v1/risks/{risks[code]}/replay")).json()
        for code in (POOR[1], NEAR[0])
    ]
    for replay in (old, new):
        assert replay["same"], replay
        assert {replay[when]["outcome"] for when in ("then", "replayed", "today")} == {"fires"}
    assert old["changed"] == [
        {"key": LINE, "then": OLD, "now": NEW, "changed_by": "province", "approved_by": APPROVER},
    ]
    assert new["changed"] == []
    assert (old["then"]["pack"] != new["then"]["pack"], old["facts_since"]) == (True, 0)


async def _open_below_line(caller: Caller) -> dict[str, str]:
    path = "/monitoring/v1/risks?kind=below_line&status=open&limit=200"
    return {risk["household_code"]: risk["risk_id"] for risk in (await caller.get(path))["items"]}
