"""A household that is no more: nothing of it is judged any longer, and its history stays."""

import asyncio
import datetime as dt
import json
from typing import Any

import httpx
import pytest

from services.monitoring.operations import OPERATIONS
from services.monitoring.screenings.commands.screen import screen_all
from shared.codes.monitoring import RiskKind
from shared.policy.loader import PolicyBook
from tests.builders import (
    HOUSEHOLD,
    OTHER_COUNTY_REGION,
    TODAY,
    audit_rows,
    deliver,
    household,
    illness_fact,
    income_fact,
)
from tests.conftest import ClientFor, OpenHouse
from tests.houses.monitoring.builders import WINDOW, Monitoring, open_monitoring, wage_credit, wages
from tests.problems import problem

PATH = f"/monitoring/v1/households/{HOUSEHOLD}"
END = {"on": "2026-11-10", "reason": "died", "note": "王建国一家"}


@pytest.fixture
async def monitoring(open_house: OpenHouse, client_for: ClientFor) -> Monitoring:
    found = await open_monitoring(open_house, client_for)
    await found.put()
    return found


async def end(monitoring: Monitoring, **changes: Any) -> httpx.Response:
    return await monitoring.client.post(f"{PATH}/end", json=END | changes)


async def test_a_household_ends_once_and_its_open_risks_clear(monitoring: Monitoring) -> None:
    await monitoring.record(*wages(WINDOW, "300.00"), illness_fact())
    first, again = await end(monitoring), await end(monitoring)

    assert [answer.status_code for answer in (first, again)] == [201, 200]
    assert first.json() == again.json()
    shown = await monitoring.get(f"households/{HOUSEHOLD}")
    assert (shown["ended_on"], shown["end_reason"], shown["end_note"]) == ("2026-11-10", "died", "王建国一家")
    assert (shown["version"], len(shown["members"])) == (2, 4)
    [told] = await monitoring.events("household-ended.v1")
    assert (told.data.ended_on, told.data.reason, told.data.version) == (dt.date(2026, 11, 10), "died", 2)
    assert {(risk["kind"], risk["status"]) for risk in await monitoring.risks()} == {
        ("below_line", "cleared"),
        ("new_illness", "cleared"),
    }
    cleared = await monitoring.events("risk-cleared.v1")
    assert [(event.data.clue.type, event.data.rules) for event in cleared] == 2 * [("household", ())]
    reason = (await monitoring.the_risk(RiskKind.BELOW_LINE))["reasons"][0]
    assert (reason["rule"], reason["inputs"]) == ("household.ended", {"ended_on": "2026-11-10", "reason": "died"})
    rows = [row for row in await audit_rows(monitoring.house) if row["subject"] == HOUSEHOLD]
    assert [row["action"] for row in rows if row["action"] != "person.read"] == [
        "household-registered",
        "household-ended",
    ]
    assert "王建国" not in str(await audit_rows(monitoring.house))


async def test_another_end_is_refused(monitoring: Monitoring) -> None:
    await end(monitoring)
    for changed in ({"on": "2026-11-11"}, {"reason": "moved"}, {"note": "x"}):
        assert problem(await end(monitoring, **changed)) == (409, "household-end-contradicts", [])
    assert len(await monitoring.events("household-ended.v1")) == 1


@pytest.mark.parametrize(
    ("changes", "code", "pointers"),
    [
        ({"on": "2026-11-17"}, "household-end-invalid", ["/on"]),
        ({"on": "2019-12-31"}, "household-end-invalid", ["/on"]),
        ({"on": "2026-02-30"}, "invalid", ["/on"]),
        ({"reason": "sold"}, "invalid", ["/reason"]),
        ({"note": "x\x00"}, "invalid", ["/note"]),
    ],
)
async def test_an_end_that_cannot_be_true_is_refused(
    monitoring: Monitoring, changes: dict[str, Any], code: str, pointers: list[str]
) -> None:
    assert problem(await end(monitoring, **changes)) == (422, code, pointers)
    assert (await monitoring.get(f"households/{HOUSEHOLD}"))["ended_on"] is None


async def test_nobody_elses_household_is_ended(monitoring: Monitoring, client_for: ClientFor) -> None:
    reader = client_for(monitoring.house, scopes=("monitoring:read",))
    neighbour = client_for(monitoring.house, region=OTHER_COUNTY_REGION[:6])
    assert problem(await reader.post(f"{PATH}/end", json=END)) == (403, "scope-missing", [])
    assert problem(await neighbour.post(f"{PATH}/end", json=END)) == (404, "household-not-found", [])
    unknown = await monitoring.client.post("/monitoring/v1/households/DJ-9999/end", json=END)
    assert problem(unknown) == (404, "household-not-found", [])
    assert await monitoring.events("household-ended.v1") == []


async def test_an_ended_household_is_changed_no_more(monitoring: Monitoring) -> None:
    await end(monitoring)
    assert problem(await monitoring.put(household(dibao=True))) == (409, "household-ended", [])
    assert problem(await monitoring.put()) == (409, "household-ended", [])
    assert (await monitoring.get(f"households/{HOUSEHOLD}"))["dibao"] is False


async def test_facts_from_before_the_end_are_history_and_later_ones_are_refused(monitoring: Monitoring) -> None:
    await end(monitoring)
    assert (await monitoring.post(illness_fact(observed_on="2026-11-10"))).status_code == 201
    later = illness_fact("I63.9", observed_on="2026-11-11")
    assert problem(await monitoring.post(later)) == (409, "household-ended", [])
    assert await monitoring.risks() == []


async def test_income_that_our_own_houses_bring_home_is_entered_after_the_end_and_judges_nobody(
    monitoring: Monitoring,
) -> None:
    await monitoring.record(*wages(WINDOW[:-1], "300.00"))
    await end(monitoring)
    await deliver(monitoring.house, wage_credit("late", WINDOW[-1], "300.00"))
    assert (await monitoring.get(f"households/{HOUSEHOLD}/income"))["coverage"]["known"] == 12
    assert await monitoring.risks() == []


async def test_a_screening_counts_the_households_that_it_judged(
    monitoring: Monitoring, capsys: pytest.CaptureFixture[str]
) -> None:
    for code in ("DJ-0002", "DJ-0003"):
        await monitoring.put(code=code)
    await end(monitoring)
    await OPERATIONS["screen"](monitoring.house)
    assert json.loads(capsys.readouterr().out.splitlines()[-1])["households"] == 2


async def test_neither_time_nor_a_screening_judges_an_ended_household(
    monitoring: Monitoring, open_house: OpenHouse, client_for: ClientFor, policy_book: PolicyBook
) -> None:
    await monitoring.put(code="DJ-0002")
    for code in (HOUSEHOLD, "DJ-0002"):
        await monitoring.record(
            *[fact | {"household_code": code} for fact in wages(WINDOW, "300.00", prefix=code)], mode="backfill"
        )
        await monitoring.record(
            income_fact("2026-10", "100.00") | {"household_code": code, "source_ref": f"{code}-live"}
        )
    assert {risk["household_code"] for risk in await monitoring.risks(status="open")} == {HOUSEHOLD, "DJ-0002"}
    await end(monitoring)
    counts = await monitoring.counts()

    december = await open_monitoring(open_house, client_for, today=TODAY + dt.timedelta(days=30), policy=policy_book)
    assert (await december.roll())["households"] == 1
    await screen_all(december.house)
    assert (await december.counts())["risk"] == counts["risk"]
    assert [risk["household_code"] for risk in await december.risks(status="open")] == ["DJ-0002"]
    assert await december.verdicts() == {}
    assert set(await december.verdicts(as_of="2026-11-09")) == set(RiskKind)


async def test_two_who_end_a_household_at_once_end_it_once(monitoring: Monitoring) -> None:
    answers = await asyncio.gather(*(end(monitoring) for _ in range(6)), end(monitoring, reason="moved"))
    assert sorted(answer.status_code for answer in answers).count(201) == 1
    assert len(await monitoring.events("household-ended.v1")) == 1
