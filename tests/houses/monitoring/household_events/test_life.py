"""What happens to households, by every door, and what cannot have happened so."""

import datetime as dt
from typing import Any

import pytest
import sqlalchemy as sa

from services.monitoring.models.households import Household
from shared.db.base import table_of
from tests.builders import (
    HOUSEHOLD,
    OTHER_COUNTY_REGION,
    REGION,
    audit_rows,
    household,
    illness_fact,
    member,
    resident_id,
)
from tests.conftest import ClientFor, OpenHouse
from tests.houses.monitoring.builders import WINDOW, Monitoring, open_monitoring, wages
from tests.houses.monitoring.clues.builders import CLUES, clue, no_risk, step, the_clue
from tests.houses.monitoring.clues.builders import send as send_clue
from tests.houses.monitoring.household_events.builders import (
    NEW,
    PATH,
    event,
    happened,
    lives_in,
    net,
    prove,
    send,
    split,
)
from tests.problems import pointers, problem, problem_document
from tests.sheets import counts, csv_file, imported

pytestmark = pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
BABY = member(5, name="王小", relation="child", birth_date="2026-05-20", labour="none")
SPOUSE = {"member_no": 2, "reason": "married_out"}
FAR = "520626001002"


@pytest.fixture
async def monitoring(open_house: OpenHouse, client_for: ClientFor) -> Monitoring:
    found = await open_monitoring(open_house, client_for)
    await found.put()
    return found


async def test_who_comes_and_goes_counts_from_the_day_on(monitoring: Monitoring) -> None:
    await monitoring.record(*wages(WINDOW, "1200.00", member_no=4))
    await happened(monitoring, event("join", "j", member=BABY, reason="born", on="2026-05-20"))
    await happened(monitoring, event("death", "d", member_no=4, on="2026-07-01"))
    await happened(monitoring, event("leave", "l", **SPOUSE, on="2026-09-01"))

    days = ("2026-05-19", "2026-05-20", "2026-07-01", "2026-08-31", "2026-09-01")
    lived = [await lives_in(monitoring, as_of=day) for day in days]
    assert lived == [[1, 2, 3, 4], [1, 2, 3, 4, 5], [1, 2, 3, 5], [1, 2, 3, 5], [1, 3, 5]]
    income = [(await monitoring.get(f"households/{HOUSEHOLD}/income", as_of=day))["members"] for day in days]
    assert income == [4, 5, 4, 4, 3]
    assert await net(monitoring) == "14400.00"
    then = await monitoring.get(f"households/{HOUSEHOLD}", as_of="2026-06-30")
    assert [one["name"] for one in then["members"]] == ["成员1", "成员2", "成员3", "成员4", "王小"]
    assert "成员4" not in str(await audit_rows(monitoring.house))
    await prove(monitoring)


async def test_the_register_is_dated_as_well(monitoring: Monitoring) -> None:
    await monitoring.put(household([member(1), member(2, relation="spouse", sex="F", birth_date="1982-03-12")]))
    assert await lives_in(monitoring, as_of="2026-11-15") == [1, 2, 3, 4]
    assert await lives_in(monitoring, as_of="2026-11-16") == [1, 2]


async def test_with_the_last_one_the_household_ends(monitoring: Monitoring) -> None:
    await monitoring.put(household([member(1)]), code="DJ-0002")
    await monitoring.record(*wages(WINDOW, "300.00", household_code="DJ-0002"))
    assert (await monitoring.risks(household_code="DJ-0002", status="open")) != []
    await happened(monitoring, event("death", household_code="DJ-0002", member_no=1, on="2026-11-01"))

    shown = await monitoring.get("households/DJ-0002")
    assert (shown["ended_on"], shown["end_reason"], shown["members"]) == ("2026-11-01", "died", [])
    assert await monitoring.risks(household_code="DJ-0002", status="open") == []
    late = wages(["2026-10"], "300.00", prefix="late-", household_code="DJ-0002", observed_on="2026-11-10")[0]
    assert problem(await monitoring.post(late)) == (409, "household-ended", [])
    again = await send(monitoring, event("death", household_code="DJ-0002", member_no=1, on="2026-11-01"))
    assert (again.status_code, again.json()["status"]) == (200, "duplicate")
    other = await send(monitoring, event("end", "e-2", household_code="DJ-0002", reason="died"))
    assert problem(other) == (409, "household-ended", [])


async def test_with_its_household_a_risk_is_open_no_longer_and_says_so(monitoring: Monitoring) -> None:
    await monitoring.record(illness_fact())
    await happened(monitoring, event("end", "e-2", reason="died", on="2026-11-01"))
    [risk] = await monitoring.risks(kind="new_illness")
    assert (risk["status"], risk["cleared_because"]) == ("cleared", "household_ended")
    [cleared] = await monitoring.events("risk-cleared.v1")
    assert cleared.data.cleared_because == "household_ended"


async def test_open_clues_go_where_their_household_was_merged(monitoring: Monitoring) -> None:
    await monitoring.put(household([member(1)], region_code=FAR), code="DJ-0002")
    own = await send_clue(monitoring, number=9, household_code="DJ-0002", kinds=[])
    await monitoring.record(illness_fact())
    sent = [
        await send_clue(monitoring, number=1, member_no=2),
        await send_clue(monitoring, number=2, kinds=[], member_no=3),
        await send_clue(monitoring, number=3, kinds=["income_drop"]),
    ]
    await happened(monitoring, event("merge", into="DJ-0002", on="2026-11-12"))
    ill, *others = [await the_clue(monitoring, clue_id) for clue_id in sent]
    assert {(one["household_code"], one["region_code"]) for one in (ill, *others)} == {("DJ-0002", FAR)}
    [risk] = await monitoring.risks(household_code="DJ-0002", kind="new_illness", status="open")
    assert (ill["status"], ill["risk_id"], ill["member_no"]) == ("linked", risk["risk_id"], 3)
    assert [(one["status"], one["joined_to"], one["member_no"]) for one in others] == [
        ("open", own, 4),
        ("open", own, None),
    ]
    assert [step["action"] for step in others[0]["history"]] == ["receive", "pass"]
    again = clue(2, kinds=[], member_no=3)
    assert (await monitoring.client.post(CLUES, json=again)).status_code == 200, "the same again"
    assert (await step(monitoring, own, **no_risk())).status_code == 200
    assert [(await the_clue(monitoring, clue_id))["status"] for clue_id in sent[1:]] == ["answered", "answered"]


async def test_land_stays_where_it_was(monitoring: Monitoring) -> None:
    await happened(monitoring, event("move", "m-1", region_code=FAR, keep_origin=True))
    shown = await monitoring.get(f"households/{HOUSEHOLD}")
    assert (shown["region_code"], shown["origin_region_code"]) == (FAR, REGION)
    assert (await monitoring.get(f"households/{HOUSEHOLD}", as_of="2026-05-31"))["region_code"] == REGION

    async def place(matter: str) -> tuple[str, str]:
        answer = await monitoring.get(f"households/{HOUSEHOLD}/jurisdiction", matter=matter)
        return answer["region_code"], answer["status"]

    assert [await place(matter) for matter in ("land", "farm_subsidy")] == 2 * [(REGION, "assumed")]
    assert [await place(matter) for matter in ("insurance", "employment")] == 2 * [(FAR, "assumed")]
    await happened(monitoring, event("move", "m-2", region_code=REGION, keep_origin=True, on="2026-07-01"))
    assert (await monitoring.get(f"households/{HOUSEHOLD}"))["origin_region_code"] is None


async def test_who_left_is_not_registered_twice(monitoring: Monitoring) -> None:
    head = member(1, id_number=resident_id(dt.date(1980, 5, 1)))
    wife = member(
        2, relation="spouse", sex="F", birth_date="1982-03-12", id_number=resident_id(dt.date(1982, 3, 12), 2)
    )
    before = household([head, wife])
    await monitoring.put(before)
    await happened(monitoring, split(2, head=2))
    assert problem(await monitoring.put(before)) == (409, "member-elsewhere", [])
    await monitoring.put(household([member(1)]), code="DJ-0002")
    back = event("join", household_code="DJ-0002", member=wife | {"relation": "other"}, reason="married_in")
    assert problem(await send(monitoring, back)) == (409, "member-elsewhere", [])
    assert (await lives_in(monitoring), await lives_in(monitoring, "DJ-0002")) == ([1], [1])

    await happened(monitoring, event("leave", "l", household_code=NEW, member_no=2, reason="married_out"))
    await happened(monitoring, back | {"source_ref": "j"})
    assert await lives_in(monitoring, "DJ-0002") == [1, 2]
    assert (await monitoring.get(f"households/{NEW}"))["end_reason"] == "moved"


async def test_a_batch_is_answered_item_by_item_or_as_a_whole(monitoring: Monitoring) -> None:
    good, bad = split(2, head=2), event("death", "d", member_no=9)
    whole = (await send(monitoring, {"atomic": True, "events": [good, bad]})).json()
    assert ([item["status"] for item in whole["items"]], whole["rejected"]) == ([409, 422], 2)
    assert (await lives_in(monitoring), await monitoring.events("household-registered.v1")) == (
        [1, 2, 3, 4],
        (await monitoring.events("household-registered.v1"))[:1],
    )
    each = (await monitoring.client.post(f"{PATH}/batch", json={"events": [good, bad, good, 7]})).json()
    assert [item["status"] for item in each["items"]] == [201, 422, 200, 422]
    assert (each["accepted"], each["duplicate"], each["rejected"]) == (1, 1, 2)
    many = await send(monitoring, {"events": [good] * 1001})
    assert (many.status_code, pointers(problem_document(many))) == (422, ["/events"])


async def test_a_reference_is_used_once(monitoring: Monitoring) -> None:
    await happened(monitoring, split(2, head=2))
    for changed in ({"on": "2026-06-02"}, {"members": [3]}, {"event": "death", "member_no": 1}):
        answer = await send(monitoring, split(2, head=2) | changed)
        assert answer.status_code in (409, 422), answer.text
    assert problem(await send(monitoring, split(2, head=2, on="2026-06-02"))) == (
        409,
        "household-event-contradicts",
        [],
    )
    assert await lives_in(monitoring) == [1, 3, 4]


@pytest.mark.parametrize(
    ("document", "status", "where"),
    [
        (split(2, 2, head=2), 422, ["/members"]),
        (split(9, head=9), 422, ["/members/0"]),
        (split(1, 2, 3, 4, head=1), 422, ["/members"]),
        (split(2, head=3), 422, ["/new/head"]),
        (split(2, head=2, code=HOUSEHOLD), 409, []),
        (split(2, head=2, on="2026-11-17"), 422, ["/on"]),
        (split(2, head=2, on="2019-12-31"), 422, ["/on"]),
        (event("merge", into=HOUSEHOLD), 422, ["/into"]),
        (event("merge", into="DJ-7777"), 404, []),
        (event("move", region_code=REGION), 422, ["/region_code"]),
        (event("move", region_code="529999999999"), 422, ["/region_code"]),
        (event("death", member_no=9), 422, ["/member_no"]),
        (event("leave", member_no=2), 422, ["/reason"]),
        (event("leave", member_no=2, reason="bored"), 422, ["/reason"]),
        (event("join", member=BABY | {"member_no": 1}, reason="born"), 422, ["/member/member_no"]),
        (event("join", member=BABY, reason="born", on="2026-05-19"), 422, ["/on"]),
        (event("join", member=BABY | {"birth_date": "2027-01-01"}, reason="born"), 422, ["/member/birth_date", "/on"]),
        (event("join", member=BABY | {"name": None}, reason="born"), 422, ["/member/name"]),
        (event("join", member=BABY | {"name": "王*"}, reason="born"), 422, ["/member/name"]),
        (event("vanish"), 422, ["/event"]),
        (event("death", member_no=2, source="employment"), 422, ["/source"]),
        (event("death", member_no=2, extra=1), 422, ["/extra"]),
        (event("death", household_code="DJ-7777", member_no=2), 404, []),
    ],
)
async def test_what_cannot_have_happened_is_refused_and_leaves_nothing(
    monitoring: Monitoring, document: dict[str, Any], status: int, where: list[str]
) -> None:
    before = await monitoring.counts()
    answer = await send(monitoring, document)
    assert (answer.status_code, [one["pointer"] for one in answer.json().get("errors", [])]) == (status, where)
    assert await monitoring.counts() == before


async def test_events_come_in_the_order_of_their_days_where_the_whole_household_is_concerned(
    monitoring: Monitoring,
) -> None:
    await happened(monitoring, split(2, head=2))
    early = await send(monitoring, split(3, head=3, source_ref="s-2", code="DJ-0010", on="2026-05-31"))
    assert (early.status_code, early.json()["errors"][0]["code"]) == (422, "before-the-last-event")
    await happened(monitoring, event("death", "d", member_no=4, on="2026-03-01"))
    assert await lives_in(monitoring, as_of="2026-04-01") == [1, 2, 3]
    gone = await send(monitoring, event("death", "d-2", household_code=NEW, member_no=2, on="2026-05-01"))
    assert (gone.status_code, pointers(problem_document(gone))) == (422, ["/on"])


async def test_nobody_acts_outside_the_own_region(monitoring: Monitoring, client_for: ClientFor) -> None:
    stranger = client_for(monitoring.house, region="520625")
    assert problem(await stranger.post(PATH, json=split(2, head=2))) == (404, "household-not-found", [])
    await monitoring.put(household(region_code=OTHER_COUNTY_REGION), code="YJ-1")
    merged = await stranger.post(PATH, json=event("merge", household_code="YJ-1", into=HOUSEHOLD))
    assert problem(merged) == (404, "household-not-found", [])
    here = client_for(monitoring.house, region="520626")
    moved = await here.post(PATH, json=event("move", region_code=OTHER_COUNTY_REGION))
    assert problem(moved) == (403, "region-not-allowed", [])
    reader = client_for(monitoring.house, scopes=("monitoring:read",))
    assert (await reader.post(PATH, json=split(2, head=2))).status_code == 403


async def test_who_lived_there_is_masked_as_whoever_lives_there(monitoring: Monitoring, client_for: ClientFor) -> None:
    await happened(monitoring, event("death", member_no=4))
    reader = client_for(monitoring.house, scopes=("monitoring:read",))
    shown = (await reader.get(f"/monitoring/v1/households/{HOUSEHOLD}", params={"as_of": "2026-05-31"})).json()
    assert [one["name"] for one in shown["members"]] == 4 * ["成**"]
    assert {one["birth_date"] for one in shown["members"]} == {None}


async def test_a_file_says_the_same(monitoring: Monitoring) -> None:
    lines = [
        ["变动类型", "户编号", "变动日期", "分出成员序号", "新户编号", "新户户主序号", "成员序号", "减员原因"],
        ["分户", HOUSEHOLD, "2026-06-01", "2;3", NEW, "2", "", ""],
        ["迁出人员", HOUSEHOLD, "2026-07-01", "", "", "", "4", "参军"],
        ["死亡", HOUSEHOLD, "2026-07-02", "", "", "", "8", ""],
    ]
    sent = csv_file(*lines)
    job = await imported(monitoring.house, monitoring.client, sent, "household-events", source="public-security")
    told = counts(job)
    assert (told["accepted"], told["rejected"]) == (2, 1), job
    assert (await lives_in(monitoring), await lives_in(monitoring, NEW)) == ([1], [2, 3])
    again = await imported(monitoring.house, monitoring.client, sent, "household-events", source="public-security")
    assert counts(again)["duplicate"] == 2


async def test_who_split_off_a_monitored_household_is_looked_at(monitoring: Monitoring) -> None:
    watched = sa.update(table_of(Household)).values(monitored=True)
    await monitoring.house.database.write(lambda uow: uow.connection.execute(watched))
    await happened(monitoring, split(2, head=2))
    [clue] = (await monitoring.get("clues", household_code=NEW))["items"]
    assert (clue["channel"], clue["status"], clue["source"]) == ("platform", "open", "public-security")
    assert (await send(monitoring, split(2, head=2))).status_code == 200
    assert len((await monitoring.get("clues"))["items"]) == 1


async def test_with_its_household_an_open_case_is_withdrawn(monitoring: Monitoring) -> None:
    await monitoring.put(household([member(1)]), code="DJ-0002")
    opened = {"kind": "identification", "household_code": HOUSEHOLD, "on": "2026-11-10", "clue_ids": []}
    case = (await monitoring.client.post("/monitoring/v1/cases", json=opened)).json()["case_id"]
    await happened(monitoring, event("merge", into="DJ-0002", on="2026-11-12"))
    assert (await monitoring.get(f"cases/{case}"))["status"] == "withdrawn"
    assert (await monitoring.get(f"households/{HOUSEHOLD}"))["monitoring"]["status"] in ("none", "ended")
