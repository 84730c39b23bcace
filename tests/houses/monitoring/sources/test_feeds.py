"""What sources have agreed to bring every month, what came, and who is late."""

import datetime as dt
from typing import Any

import pytest

from services.monitoring.sources.rules import Agreed, overdue_since
from shared import metrics
from tests.builders import TODAY, illness_fact, income_fact
from tests.conftest import ClientFor, OpenHouse
from tests.houses.monitoring.builders import WINDOW, Monitoring, open_monitoring
from tests.problems import IN_CHINESE, problem_document

EARLY, LATE = TODAY.day - 1, TODAY.day
FEED: dict[str, Any] = {"kinds": ["illness"], "due_day": EARLY, "owner": "德江县医疗保障局"}
NOVEMBER_10, NOVEMBER_9, OCTOBER_31, JUNE_1 = (
    dt.date(2026, 11, 10),
    dt.date(2026, 11, 9),
    dt.date(2026, 10, 31),
    dt.date(2026, 6, 1),
)


@pytest.fixture
async def monitoring(open_house: OpenHouse, client_for: ClientFor) -> Monitoring:
    found = await open_monitoring(open_house, client_for)
    await found.put()
    return found


@pytest.mark.parametrize(
    ("due_day", "agreed_on", "last_on", "today", "expected"),
    [
        (10, JUNE_1, dt.date(2026, 10, 8), NOVEMBER_10, None),
        (9, JUNE_1, dt.date(2026, 10, 8), NOVEMBER_10, NOVEMBER_9),
        (9, NOVEMBER_10, None, NOVEMBER_10, NOVEMBER_9),
        (9, JUNE_1, dt.date(2026, 11, 1), NOVEMBER_10, None),
        (31, JUNE_1, dt.date(2026, 9, 30), NOVEMBER_10, OCTOBER_31),
        (31, JUNE_1, dt.date(2026, 10, 1), NOVEMBER_10, None),
        (31, NOVEMBER_9, None, NOVEMBER_10, None),
        (31, JUNE_1, dt.date(2026, 10, 30), dt.date(2026, 11, 30), None),
        (31, JUNE_1, dt.date(2026, 10, 30), dt.date(2026, 12, 1), dt.date(2026, 11, 30)),
    ],
)
def test_a_feed_is_overdue_from_the_day_after_its_due_day(
    due_day: int, agreed_on: dt.date, last_on: dt.date | None, today: dt.date, expected: dt.date | None
) -> None:
    assert overdue_since(Agreed("source", ["illness"], due_day, agreed_on), last_on, today) == expected


async def test_a_feed_tells_what_came_and_is_overdue_while_nothing_did(monitoring: Monitoring) -> None:
    path = "/monitoring/v1/feeds/Medical-Insurance"
    answer = await monitoring.client.put(path, json=FEED)
    again = await monitoring.client.put(path, json=FEED)
    assert (answer.status_code, again.status_code, again.headers["ETag"]) == (201, 200, '"1"')
    due = TODAY.replace(day=EARLY).isoformat()
    assert answer.json() | {"updated_at": ""} == FEED | {
        "source": "medical-insurance",
        "last_received_on": None,
        "rows": 0,
        "overdue": True,
        "overdue_since": due,
        "version": 1,
        "updated_at": "",
    }
    assert await monitoring.counted(metrics.FEED_OVERDUE_DAYS) == {("monitoring", "medical-insurance"): 1}
    income = income_fact(WINDOW[-1], "3000.00", source="medical-insurance")
    await monitoring.record(income)
    assert (await monitoring.get("feeds/medical-insurance"))["overdue"], "income is none of its kinds"
    told = illness_fact(source="medical-insurance")
    await monitoring.record(told, illness_fact("I21", source="medical-insurance"))
    await monitoring.post({"facts": [told, illness_fact("I22", source="another")]})
    [listed] = (await monitoring.get("feeds"))["items"]
    shown = (listed["last_received_on"], listed["rows"], listed["overdue"], listed["overdue_since"])
    assert shown == (TODAY.isoformat(), 2, False, None), "what was known before is not counted again"
    assert await monitoring.counted(metrics.FEED_OVERDUE_DAYS) == {("monitoring", "medical-insurance"): 0}
    changed = await monitoring.client.put(path, json=FEED | {"due_day": LATE}, headers={"If-Match": '"7"'})
    assert changed.status_code == 412


async def test_a_feed_that_cannot_be_is_refused(monitoring: Monitoring, client_for: ClientFor) -> None:
    wrong: list[dict[str, Any]] = [
        {"kinds": ["weather"]},
        {"kinds": []},
        {"due_day": 0},
        {"due_day": 32},
        {"owner": " "},
    ]
    for part in wrong:
        answer = await monitoring.client.put("/monitoring/v1/feeds/hrss", json=FEED | part, headers=IN_CHINESE)
        assert answer.status_code == 422, part
        assert problem_document(answer)["errors"][0]["pointer"].startswith(f"/{next(iter(part))}")
    house = await monitoring.client.put("/monitoring/v1/feeds/employment", json=FEED)
    assert problem_document(house)["type"] == "urn:problem:monitoring:feed-invalid"
    missing = await monitoring.client.get("/monitoring/v1/feeds/hrss")
    assert problem_document(missing)["type"] == "urn:problem:monitoring:feed-not-found"
    assert (await monitoring.client.put("/monitoring/v1/feeds/hrss", json=FEED)).status_code == 201
    county = client_for(monitoring.house, region="520626", client_id="dejiang")
    assert (await county.put("/monitoring/v1/feeds/hrss", json=FEED | {"due_day": 3})).status_code == 403
    assert (await county.get("/monitoring/v1/feeds")).json()["items"][0]["source"] == "hrss"
