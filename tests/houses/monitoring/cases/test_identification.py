"""An identification as officials take it: no step is skipped, each is dated, and what it rests on is shown."""

import datetime as dt
from typing import Any

import pytest

from services.monitoring.jobs import JOBS
from shared.security.issuer import ALL_SCOPES
from tests.builders import HOUSEHOLD, OTHER_COUNTY_REGION, TODAY, household, illness_fact
from tests.conftest import ClientFor, OpenHouse
from tests.houses.monitoring.builders import WINDOW, open_monitoring, wages
from tests.houses.monitoring.cases.builders import (
    CONSENT,
    CONTACT,
    VISIT,
    VOTE,
    Cases,
    compared,
    day,
    later,
    open_cases,
    with_household,
)
from tests.mechanism.probe import ON_SQLITE
from tests.problems import assert_problem, problem

pytestmark = ON_SQLITE


@pytest.fixture
async def cases(open_house: OpenHouse, client_for: ClientFor) -> Cases:
    return await with_household(await open_cases(open_house, client_for))


async def on_day(number: int, open_house: OpenHouse, client_for: ClientFor) -> Cases:
    return await open_cases(open_house, client_for, today=day(number))


async def test_a_household_is_admitted_step_by_step(cases: Cases, open_house: OpenHouse, client_for: ClientFor) -> None:
    assert (await cases.monitored())["status"] == "none"
    case_id = await cases.opened()
    case = await cases.get(case_id)
    assert (case["status"], case["class"], case["due_on"], case["overdue"]) == (
        "opened",
        "marginal",
        "2026-12-01",
        False,
    )
    assert case["figures"] == {"per_head": "3000.00", "reference_per_head": "3000.00", "line": "7990.00"}
    assert (case["pack"], case["steps"]) == ("520600_tongren@2026.11+development", {})
    assert (await cases.monitored())["status"] == "in_procedure"
    assert_problem(await cases.open(), 409, "case-open")

    refused = assert_problem(await cases.step(case_id, "village_review", **VOTE), 409, "block-incomplete")
    assert refused["missing"] == ["visit", "consent", "compare"]
    assert_problem(await cases.step(case_id, "compare", **compared()), 409, "consent-missing")
    await cases.gather(case_id)
    case = await cases.from_vote_to_publicity(case_id)
    assert (case["status"], case["publicity_until"], case["class"]) == ("publicity", "2026-11-21", "marginal")
    early = assert_problem(await cases.step(case_id, "township_review", approved=True), 409, "step-not-yet")
    assert early["not_before"] == "2026-11-22"

    then = await on_day(6, open_house, client_for)
    case = await then.decide(case_id, day(6))
    assert (case["status"], case["episode"], case["contact_code"]) == ("monitored", 1, CONTACT)
    assert case["steps"]["county_approve"] == "2026-11-22"
    assert case["package"]["amounts"]["wage"] == "12000.00"
    assert case["package"]["amounts"]["reference_per_head"] == "3000.00"
    assert set(case["package"]["protections"]) == {"schooling", "medical", "housing", "water"}
    assert await then.monitored() == {
        "status": "monitored",
        "class": "marginal",
        "episode": 1,
        "admitted_on": "2026-11-22",
        "eliminated_on": None,
        "watch_until": None,
    }
    [admitted] = await then.monitoring.events("household-admitted.v1")
    assert admitted.data.model_dump(mode="json") == {
        "case_id": case_id,
        "household_code": HOUSEHOLD,
        "region_code": "520626001001",
        "class": "marginal",
        "main_risk": "below_line",
        "risks": ["below_line"],
        "episode": 1,
        "admitted_on": "2026-11-22",
        "pack": "520600_tongren@2026.11+development",
    }
    assert [step["action"] for step in case["history"]] == [
        "open",
        "visit",
        "consent",
        "compare",
        "village_review",
        "publish",
        "township_review",
        "county_approve",
        "announce",
        "enter",
    ]
    assert case["history"][3]["acted_for"] == "county"
    assert_problem(await then.open(on=day(6)), 409, "already-monitored")


async def test_a_failed_vote_is_appealed_against_once_and_in_time(
    cases: Cases, open_house: OpenHouse, client_for: ClientFor
) -> None:
    case_id = await cases.opened()
    await cases.gather(case_id)
    failed = VOTE | {"in_favour": 5, "against": 5}
    case = await cases.took(case_id, "village_review", **failed)
    assert (case["status"], case["refusal"]) == ("refused", {"reason": "vote_failed", "appeal_until": "2026-12-01"})
    assert (case["allowed_actions"], (await cases.monitored())["status"]) == (["appeal"], "none")
    [refused] = await cases.monitoring.events("case-refused.v1")
    assert (refused.data.reason, refused.data.on, refused.data.kind) == ("vote_failed", TODAY, "identification")

    then = await on_day(15, open_house, client_for)
    case = await then.took(case_id, "appeal", day(15))
    assert (case["status"], case["refusal"], sorted(case["steps"])) == (
        "opened",
        None,
        ["appeal", "compare", "consent", "visit"],
    )
    assert (await then.monitored())["status"] == "in_procedure"
    case = await then.took(case_id, "refuse", day(15), reason="can_cope")
    assert (case["refusal"], case["allowed_actions"]) == ({"reason": "can_cope", "appeal_until": None}, [])
    assert_problem(await then.step(case_id, "appeal", day(15)), 409, "transition-not-allowed")
    assert [event.type.split(".")[1] for event in await then.monitoring.events() if "case-" in event.type] == [
        "case-opened",
        "case-refused",
        "case-opened",
        "case-refused",
    ]


async def test_an_appeal_after_its_days_comes_too_late_and_one_beside_a_new_case_finds_it(
    cases: Cases, open_house: OpenHouse, client_for: ClientFor
) -> None:
    first = await cases.opened()
    await cases.took(first, "refuse", reason="consent_refused")
    second = await cases.opened()
    other = assert_problem(await cases.step(first, "appeal"), 409, "case-open")
    assert other["case_id"] == second
    assert (await cases.took(second, "withdraw"))["status"] == "withdrawn"
    then = await on_day(16, open_house, client_for)
    late = assert_problem(await then.step(first, "appeal", day(16)), 409, "step-lapsed")
    assert late["not_after"] == "2026-12-01"


async def test_an_upheld_objection_begins_anew_with_the_vote(
    cases: Cases, open_house: OpenHouse, client_for: ClientFor
) -> None:
    case_id = await cases.opened()
    await cases.gather(case_id)
    await cases.from_vote_to_publicity(case_id)
    assert (await cases.took(case_id, "object", objection_ref="O-1"))["status"] == "objection"
    assert_problem(await cases.step(case_id, "township_review", approved=True), 409, "transition-not-allowed")
    case = await cases.took(case_id, "resolve", upheld=False)
    assert (case["status"], case["publicity_until"]) == ("publicity", "2026-11-21")
    await cases.took(case_id, "object", objection_ref="O-2")
    case = await cases.took(case_id, "resolve", upheld=True)
    assert (case["status"], case["publicity_until"]) == ("opened", None)
    assert sorted(case["steps"]) == ["compare", "consent", "visit"]
    then = await on_day(2, open_house, client_for)
    case = await then.from_vote_to_publicity(case_id, day(2))
    assert case["publicity_until"] == "2026-11-23"
    early = await on_day(7, open_house, client_for)
    assert_problem(await early.step(case_id, "township_review", day(7), approved=True), 409, "step-not-yet")
    then = await on_day(8, open_house, client_for)
    assert (await then.decide(case_id, day(8)))["status"] == "monitored"


async def test_help_begins_before_the_admission_once_the_village_confirmed(cases: Cases) -> None:
    case_id = await cases.opened()
    assert "emergency" in (await cases.get(case_id))["allowed_actions"]
    case = await cases.took(case_id, "emergency", minutes_ref="M-0")
    assert (case["emergency"], case["status"]) == (True, "opened")
    assert "emergency" not in case["allowed_actions"]
    assert_problem(await cases.step(case_id, "emergency", minutes_ref="M-0"), 409, "transition-not-allowed")
    [told] = await cases.monitoring.events("emergency-confirmed.v1")
    assert str(told.data.case_id) == case_id
    await cases.gather(case_id)
    assert (await cases.from_vote_to_publicity(case_id))["status"] == "publicity"


async def test_what_stops_a_review_is_told_one_by_one(cases: Cases) -> None:
    case_id = await cases.opened()
    await cases.gather(case_id, can_cope=True)
    assert_problem(await cases.step(case_id, "village_review", **VOTE), 409, "can-cope")
    await cases.took(case_id, "visit", **VISIT)
    await cases.took(case_id, "compare", **compared("vehicle"))
    hit = assert_problem(await cases.step(case_id, "village_review", **VOTE), 409, "excluded")
    assert hit["hits"] == ["vehicle"]
    case = await cases.took(case_id, "village_review", **VOTE, exception=True)
    assert (case["status"], case["figures"]["per_head"]) == ("reviewed", "3000.00")


async def test_unknown_months_and_figures_of_no_class_stop_a_review(
    open_house: OpenHouse, client_for: ClientFor
) -> None:
    cases = await open_cases(open_house, client_for)
    await cases.monitoring.put()
    await cases.monitoring.record(*wages(WINDOW[1:], "4000.00"))
    case_id = await cases.opened()
    await cases.gather(case_id)
    unknown = assert_problem(await cases.step(case_id, "village_review", **VOTE), 409, "income-incomplete")
    assert unknown["missing"] == ["2025-11"]
    await cases.monitoring.record(*wages(WINDOW[:1], "4000.00"))
    assert (await cases.get(case_id))["class"] is None
    assert_problem(await cases.step(case_id, "village_review", **VOTE), 409, "no-class")
    await cases.monitoring.record(illness_fact())
    assert (await cases.get(case_id))["class"] == "sudden"
    await cases.took(case_id, "visit", **VISIT | {"life_difficult": False})
    assert_problem(await cases.step(case_id, "village_review", **VOTE), 409, "no-class")
    await cases.took(case_id, "visit", **VISIT)
    assert (await cases.took(case_id, "village_review", **VOTE))["class"] == "sudden"


@pytest.mark.parametrize(
    ("action", "said", "pointers"),
    [
        ("visit", VISIT | {"checkers": ["张三", "张三"]}, ["/checkers"]),
        ("visit", VISIT | {"checkers": ["张三"]}, ["/checkers"]),
        ("visit", {"checkers": ["a", "b"]}, ["/can_cope", "/life_difficult", "/risks"]),
        ("visit", VISIT | {"manner": "helped"}, ["/manner"]),
        ("visit", VISIT | {"risks": ["below_line"] * 2}, ["/risks"]),
        ("consent", CONSENT | {"signed_by": 9}, ["/signed_by"]),
        ("village_review", VOTE | {"in_favour": 8}, ["/attended"]),
        ("village_review", {**VOTE, "approved": True}, ["/approved"]),
        ("refuse", {"reason": "vote_failed"}, ["/reason"]),
        ("refuse", {"reason": "income"}, ["/reason"]),
        ("withdraw", {"on": "2026-11-17"}, ["/on"]),
        ("withdraw", {"on": "2026-11-15"}, ["/on"]),
        ("withdraw", {"unknown": 1}, ["/unknown"]),
    ],
)
async def test_what_cannot_be_of_a_step_is_one_refusal_and_nothing_is_written(
    cases: Cases, action: str, said: dict[str, Any], pointers: list[str]
) -> None:
    case_id = await cases.opened()
    before = await cases.get(case_id)
    answer = await cases.monitoring.client.post(
        f"/monitoring/v1/cases/{case_id}/transitions", json={"action": action, "on": TODAY.isoformat(), **said}
    )
    assert (answer.status_code, problem(answer)[2]) == (422, pointers), answer.text
    assert await cases.get(case_id) == before


@pytest.mark.parametrize(
    ("results", "pointers"),
    [
        (compared()["results"][1:], ["/results"]),
        ([*compared()["results"], compared()["results"][0]], ["/results/0/item", "/results/4/item"]),
        ([*compared()["results"], {"item": "gold", "hit": True, "source_ref": "x"}], ["/results/4/item"]),
    ],
)
async def test_every_item_is_compared_once(cases: Cases, results: Any, pointers: list[str]) -> None:
    case_id = await cases.opened()
    await cases.took(case_id, "consent", **CONSENT)
    assert problem(await cases.step(case_id, "compare", results=results)) == (422, "case-invalid", pointers)


async def test_a_strangers_contact_enters_nothing(cases: Cases, open_house: OpenHouse, client_for: ClientFor) -> None:
    case_id = await cases.opened()
    await cases.gather(case_id)
    await cases.from_vote_to_publicity(case_id)
    then = await on_day(6, open_house, client_for)
    await then.took(case_id, "township_review", day(6), approved=True)
    case = await then.took(case_id, "county_approve", day(6), approved=True)
    assert case["allowed_actions"] == ["announce"], "nothing is withdrawn behind the county"
    await then.took(case_id, "announce", day(6))
    stranger = await then.step(case_id, "enter", day(6), contact_code="C-9")
    assert problem(stranger) == (422, "case-invalid", ["/contact_code"])
    assert (await then.monitored())["status"] == "in_procedure"


async def test_each_level_takes_its_steps_and_a_wider_one_acts_for_it(cases: Cases, client_for: ClientFor) -> None:
    scopes = ("monitoring:read", "monitoring:write", "monitoring:approve")
    house = cases.monitoring.house
    village = later(cases, client_for(house, scopes=scopes[:2], region="520626001001", client_id="village"))
    township = later(cases, client_for(house, scopes=scopes, region="520626001", client_id="township"))
    stranger = later(cases, client_for(house, scopes=scopes, region="520625", client_id="stranger"))
    case_id = await village.opened()
    assert_problem(await stranger.step(case_id, "withdraw"), 404, "case-not-found")
    assert_problem(await stranger.open(), 404, "household-not-found")
    await village.took(case_id, "visit", **VISIT)
    await village.took(case_id, "consent", **CONSENT)
    low = assert_problem(await township.step(case_id, "compare", **compared()), 403, "level-too-low")
    assert low["level"] == "county"
    await cases.took(case_id, "compare", **compared())
    case = await township.took(case_id, "village_review", **VOTE)
    assert [step["acted_for"] for step in case["history"]] == [None, None, None, "county", "village"]
    assert case["history"][1]["details"]["checkers"] is None, "names are for who may see persons"
    assert (await cases.get(case_id))["history"][1]["details"]["checkers"] == ["张三", "李四"]
    await village.took(case_id, "publish")
    missing = await village.step(case_id, "township_review", approved=True)
    assert_problem(missing, 403, "scope-missing")


async def test_an_identification_that_is_late_is_told_once(
    cases: Cases, open_house: OpenHouse, client_for: ClientFor
) -> None:
    case_id = await cases.opened()
    then = await on_day(16, open_house, client_for)
    tell = JOBS["tell-overdue"].command
    for _ in range(2):
        await then.monitoring.house.database.write(tell)
    [told] = await then.monitoring.events("case-overdue.v1")
    assert (str(told.data.case_id), told.data.on) == (case_id, dt.date(2026, 12, 1))
    [listed] = (await then.monitoring.get("cases", overdue="true"))["items"]
    assert (listed["case_id"], listed["overdue"], listed["history"][-1]["action"]) == (case_id, True, "overdue")
    await then.took(case_id, "withdraw", day(16))
    assert (await then.monitoring.get("cases", overdue="true"))["items"] == []


async def test_a_case_moves_with_its_household_and_keeps_its_policy(cases: Cases, client_for: ClientFor) -> None:
    case_id = await cases.opened()
    await cases.monitoring.put(household(region_code=OTHER_COUNTY_REGION))
    case = await cases.get(case_id)
    assert (case["region_code"], case["pack"]) == (OTHER_COUNTY_REGION, "520600_tongren@2026.11+development")
    left = later(cases, client_for(cases.monitoring.house, region="520626"))
    assert (await left.monitoring.get("cases"))["items"] == []
    assert len((await cases.monitoring.get("cases", region_code="520625"))["items"]) == 1


async def test_a_household_that_ends_takes_its_case_along(cases: Cases) -> None:
    case_id = await cases.opened()
    end = {"on": TODAY.isoformat(), "reason": "died"}
    answer = await cases.monitoring.client.post(f"/monitoring/v1/households/{HOUSEHOLD}/end", json=end)
    assert (answer.status_code, answer.json()["monitoring"]["status"]) == (201, "ended")
    case = await cases.get(case_id)
    assert (case["status"], case["history"][-1]["by"]) == ("withdrawn", "system")
    assert_problem(await cases.open(), 409, "household-ended")


async def test_the_publicity_names_heads_and_no_more(
    cases: Cases, open_house: OpenHouse, client_for: ClientFor
) -> None:
    case_id = await cases.opened()
    await cases.gather(case_id)
    await cases.from_vote_to_publicity(case_id)
    line = {
        "head_name": "成员1",
        "village": "德江县",
        "region_code": "520626001001",
        "kind": "identification",
        "class": "marginal",
        "members": 4,
        "until": "2026-11-21",
    }
    report = await cases.monitoring.get("reports/publicity", region_code="520626")
    assert report["items"] == [line | {"village": report["items"][0]["village"]}]
    masked = client_for(cases.monitoring.house, scopes=[scope for scope in ALL_SCOPES if scope != "monitoring:pii"])
    answer = await masked.get("/monitoring/v1/reports/publicity")
    assert answer.json()["items"][0]["head_name"] == "成**"
    for form, kind in (("xlsx", "sheet"), ("pdf", "pdf")):
        answer = await cases.monitoring.client.get("/monitoring/v1/reports/publicity", params={"format": form})
        assert (answer.status_code, kind in answer.headers["content-type"]) == (200, True)
    other = await open_monitoring(open_house, client_for)
    assert (await other.get("reports/publicity", region_code="520625"))["items"] == []


async def test_a_case_cannot_begin_in_the_future_or_with_clues_of_others(cases: Cases) -> None:
    assert problem(await cases.open(on=day(1))) == (422, "case-invalid", ["/on"])
    strange = await cases.open(clue_ids=["019a8b1c-2f60-7c3e-9d41-5b7e0a6c1f99"])
    assert problem(strange) == (422, "case-invalid", ["/clue_ids/0"])
    assert_problem(await cases.open("elimination"), 409, "not-monitored")
    assert_problem(await cases.open(household_code="DJ-0009"), 404, "household-not-found")
    assert (await cases.monitoring.get("cases"))["items"] == []
