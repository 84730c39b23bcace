"""Risks over HTTP: raised with their reasons, told to the other houses, updated, cleared, opened again, listed."""

import datetime as dt
from collections.abc import AsyncIterator
from dataclasses import replace
from decimal import Decimal
from typing import Any
from uuid import uuid4

import httpx
import pytest
from prometheus_client import REGISTRY

from services.monitoring.screenings.commands.judge import screen_households
from shared.bus.relay import pending_events
from shared.codes.monitoring import RiskGrade, RiskKind
from shared.contracts.monitoring import Clue
from shared.ids import derived_id
from shared.policy.loader import Pack, Parameter, PolicyBook
from tests.builders import (
    HOUSEHOLD,
    OTHER_COUNTY_REGION,
    REGION,
    TODAY,
    audit_rows,
    expense_fact,
    household,
    illness_fact,
    income_fact,
    member,
)
from tests.conftest import ClientFor, OpenHouse
from tests.houses.monitoring.builders import (
    WINDOW,
    YEAR_BEFORE,
    Monitoring,
    correction,
    issued_id,
    open_monitoring,
    wages,
)
from tests.problems import problem

BELOW, DROP, RIGID, ILL, _ = list(RiskKind)[:5]
FOUR = household()["members"]
"""Four members need 31960.00 a year to reach the line of 7990.00, and 33558.00 for an open risk to clear."""


@pytest.fixture
async def monitoring(open_house: OpenHouse, client_for: ClientFor) -> Monitoring:
    found = await open_monitoring(open_house, client_for)
    await found.put()
    return found


def cited(reason: dict[str, Any]) -> dict[str, tuple[Any, str]]:
    """Value and status of each parameter a reason cites; every one has to name where it stands."""
    assert reason["text"]
    for parameter in reason["parameters"]:
        assert set(parameter) == {"key", "value", "reference", "status"}
        assert parameter["reference"]
    return {
        entry["key"].removeprefix("monitoring."): (entry["value"], entry["status"]) for entry in reason["parameters"]
    }


async def test_income_below_the_line(monitoring: Monitoring) -> None:
    await monitoring.record(*wages(WINDOW[:-1], "2500.00"))
    assert await monitoring.risks() == []
    await monitoring.post(wages(WINDOW[-1:], "2500.00")[0])

    [risk] = await monitoring.risks()
    [reason] = risk.pop("reasons")
    moments = ("opened_at", "released_at", "updated_at")
    opened_at, released_at, updated_at = [dt.datetime.fromisoformat(risk.pop(name)) for name in moments]
    assert released_at == opened_at
    [event] = await monitoring.events("risk-raised.v1")
    assert risk == {
        "risk_id": str(derived_id("risk", HOUSEHOLD, "below_line", 1)),
        "household_code": HOUSEHOLD,
        "region_code": REGION,
        "duty": {"level": "village", "by": "2026-11-23"},
        "incident_id": None,
        "kind": "below_line",
        "grade": "orange",
        "status": "open",
        "episode": 1,
        "cleared_at": None,
        "cleared_because": None,
        "verdict": None,
        "event_id": str(event.id),
    }
    assert abs(opened_at - dt.datetime.now(dt.UTC)) < dt.timedelta(minutes=5)
    assert abs(updated_at - opened_at) < dt.timedelta(minutes=5)
    assert reason["rule"] == "below_line"
    assert cited(reason) == {
        "income_line": ("7990", "assumed"),
        "income_window_months": (12, "assumed"),
        "income_min_months": (12, "assumed"),
    }
    figures = {"members": 4, "net_income": "30000.00", "per_head": "7500.00", "line": "7990.00", "shortfall": "1960.00"}
    assert reason["inputs"] | figures == reason["inputs"]
    assert "7500.00" in reason["text"]


@pytest.mark.parametrize(
    ("changed", "grade"),
    [({"labour": "none"}, "red"), ({"health": "disabled"}, "red"), ({"health": "chronic"}, "orange")],
    ids=["nobody can work", "a member is severely disabled", "a chronic illness"],
)
async def test_income_below_the_line_is_red_for_the_weakest(
    monitoring: Monitoring, changed: dict[str, str], grade: str
) -> None:
    await monitoring.put(household([member(1, **changed)]))
    await monitoring.record(*wages(WINDOW, "600.00"))
    assert (await monitoring.the_risk(BELOW))["grade"] == grade


@pytest.mark.parametrize(
    ("monthly", "grade"), [("4000.00", "orange"), ("3100.00", "red")], ids=["well off", "near line"]
)
async def test_a_sharp_fall_of_income(monitoring: Monitoring, monthly: str, grade: str) -> None:
    await monitoring.record(*wages(YEAR_BEFORE, "6000.00"), *wages(WINDOW, monthly))

    [risk] = await monitoring.risks()
    assert (risk["kind"], risk["grade"]) == ("income_drop", grade)
    assert [reason["rule"] for reason in risk["reasons"]] == ["income_drop.year", "income_drop.quarter"]
    for reason in risk["reasons"]:
        assert cited(reason)["income_drop_ratio"] == ("0.30", "assumed")
    year, quarter = (reason["inputs"] for reason in risk["reasons"])
    assert (year["net_income_before"], year["window"]) == ("72000.00", "2025-11..2026-10")
    assert (quarter["net_income_before"], quarter["window"]) == ("18000.00", "2026-08..2026-10")


async def test_a_fall_of_one_quarter_needs_only_the_months_it_compares(monitoring: Monitoring) -> None:
    await monitoring.record(*wages(YEAR_BEFORE[-3:], "6000.00"), *wages(WINDOW[-3:], "4200.00"))
    [risk] = await monitoring.risks()
    assert [reason["rule"] for reason in risk["reasons"]] == ["income_drop.quarter"]
    assert risk["reasons"][0]["inputs"]["drop"] == "30.00 %"


@pytest.mark.parametrize(("self_paid", "grade"), [("4040.01", "orange"), ("36000.01", "red")])
async def test_expense_that_pushes_under_the_line(monitoring: Monitoring, self_paid: str, grade: str) -> None:
    await monitoring.record(*wages(WINDOW, "3000.00"), expense_fact("2026-05", "4040.00", "4040.00", "education"))
    assert await monitoring.risks() == []
    more = str(Decimal(self_paid) - 4040)
    await monitoring.record(expense_fact("2026-06", more, more, "disaster"))

    [risk] = await monitoring.risks()
    assert (risk["kind"], risk["grade"]) == ("rigid_expense", grade)
    [reason] = risk["reasons"]
    assert reason["inputs"]["compliant_self_paid"] == self_paid
    assert cited(reason)["income_line"] == ("7990", "assumed")
    [raised] = await monitoring.events("risk-raised.v1")
    assert raised.data.rules == ("rigid_expense",)


@pytest.mark.parametrize(
    ("payload", "grade"),
    [
        ({"serious": False}, "orange"),
        ({"serious": False, "main_earner": True}, "red"),
        ({"code": "Z99.9", "serious": True}, "orange"),
    ],
    ids=["on the list", "of a main earner", "serious by its source"],
)
async def test_a_serious_diagnosis(monitoring: Monitoring, payload: dict[str, Any], grade: str) -> None:
    fact = illness_fact(member_no=2)
    await monitoring.record(fact | {"payload": fact["payload"] | payload})

    [risk] = await monitoring.risks()
    assert (risk["kind"], risk["grade"]) == ("new_illness", grade)
    [reason] = risk["reasons"]
    assert reason["rule"] == "new_illness.serious"
    assert reason["inputs"]["member_no"] == 2
    listed = {"serious_illnesses": (["C34"], "assumed")}
    assert cited(reason) == (listed if payload.get("code") is None else {})


async def test_a_light_diagnosis_raises_nothing(monitoring: Monitoring) -> None:
    fact = illness_fact("J00")
    await monitoring.record(fact | {"payload": fact["payload"] | {"serious": False}})
    assert await monitoring.risks() == []


async def test_self_paid_medical_cost_of_one_member(monitoring: Monitoring) -> None:
    def bill(month: str, member_no: int | None = 3) -> dict[str, Any]:
        return expense_fact(month, "10000.00", "0.00", member_no=member_no)

    await monitoring.record(bill("2026-01"), bill("2025-10"), bill("2026-02", 4), bill("2026-03", None))
    assert await monitoring.risks() == []
    await monitoring.record(bill("2026-06"))

    [risk] = await monitoring.risks()
    [reason] = risk["reasons"]
    assert (reason["rule"], reason["inputs"]["member_no"]) == ("new_illness.cost", 3)
    assert reason["inputs"]["self_paid_medical"] == "20000.00"
    assert cited(reason)["medical_cost_threshold"] == ({"lifted": "5000", "ordinary": "20000"}, "assumed")


async def test_the_cost_of_a_member_who_left_is_no_longer_the_household_s(monitoring: Monitoring) -> None:
    await monitoring.record(expense_fact("2026-06", "30000.00", "0.00", member_no=4), illness_fact(member_no=4))
    await monitoring.put(household(FOUR[:3]))
    assert (await monitoring.the_risk(ILL))["status"] == "cleared"


async def test_events_tell_codes_and_nothing_about_a_person(monitoring: Monitoring) -> None:
    number = issued_id(dt.date(1980, 5, 1))
    await monitoring.put(household([member(1, name="王建国", id_number=number), *FOUR[1:]]))
    await monitoring.record(*wages(WINDOW, "100.00"), illness_fact(member_no=1))

    published = await monitoring.house.database.read(pending_events)
    assert [event.headers["ce_type"].split(".")[1] for event in published] == [
        "household-registered",
        "household-changed",
        "risk-raised",
        "risk-raised",
    ]
    for event in published:
        told = f"{event.headers} {event.value.decode()}"
        assert not [word for word in ("王", "成员", number, "C34", "肺癌", "village-report") if word in told]
    assert {event.key for event in published} == {HOUSEHOLD}
    raised = [event.data for event in await monitoring.events("risk-raised.v1")]
    assert [(risk.kind, risk.rules) for risk in raised] == [(BELOW, ("below_line",)), (ILL, ("new_illness.serious",))]
    assert {(risk.decided_on, risk.version, risk.pack) for risk in raised} == {
        (TODAY, 1, "520600_tongren@2026.11+development")
    }


async def test_a_chain_keeps_its_correlation_id_from_request_to_event_and_audit(monitoring: Monitoring) -> None:
    headers = {"x-correlation-id": "case-7", "traceparent": f"00-{'a' * 32}-{'b' * 16}-01"}
    await monitoring.client.post("/monitoring/v1/facts", json=illness_fact(), headers=headers)
    [event] = await monitoring.events("risk-raised.v1")
    assert event.context.correlation_id == "case-7"
    assert event.context.traceparent.split("-")[1] == "a" * 32
    assert [row["action"] for row in await audit_rows(monitoring.house) if row["correlation_id"] == "case-7"] == [
        "risk.raised"
    ]


async def test_the_audit_of_a_risk_names_its_grade_and_reasons_as_they_are_shown(monitoring: Monitoring) -> None:
    await monitoring.record(*wages(WINDOW, "2500.00"))
    [risk] = await monitoring.risks()
    [raised] = [row for row in await audit_rows(monitoring.house) if row["action"] == "risk.raised"]
    assert (raised["subject"], raised["actor"], raised["before"]) == (risk["risk_id"], "rules", None)
    assert (raised["after"]["grade"], raised["after"]["decided_on"]) == (risk["grade"], TODAY.isoformat())
    assert [reason["rule"] for reason in raised["after"]["reasons"]] == [reason["rule"] for reason in risk["reasons"]]
    assert raised["after"]["pack"]


async def test_a_risk_names_the_fact_that_explains_it_and_belongs_to_its_chain(monitoring: Monitoring) -> None:
    """What came in last is named where nothing that came in is of the rule's own kind."""
    await monitoring.record(*wages(WINDOW, "2500.00"), illness_fact(member_no=2), expense_fact("2026-10", "1.00", "0"))
    raised = {event.data.kind: event for event in await monitoring.events("risk-raised.v1")}
    named = {kind: (event.data.clue.type, event.data.clue.fact_id) for kind, event in raised.items()}
    assert named == {
        BELOW: ("income", derived_id("fact", "village-report", f"wage-{WINDOW[-1]}")),
        ILL: ("expense", derived_id("fact", "village-report", expense_fact("2026-10", "1.00", "0")["source_ref"])),
    }
    headers = {"x-correlation-id": "recovery"}
    better = correction(illness_fact(member_no=2), "c1", code="J00", serious=False)
    await monitoring.client.post("/monitoring/v1/facts", json=better, headers=headers)
    told = {event.data.kind: event for event in await monitoring.events() if event.context.correlation_id == "recovery"}
    expected = ("illness", derived_id("fact", "village-report", "c1"))
    assert {kind: (event.data.clue.type, event.data.clue.fact_id) for kind, event in told.items()} == {
        BELOW: expected,
        ILL: expected,
    }


async def test_a_risk_that_no_fact_explains_names_the_change_or_the_screening(monitoring: Monitoring) -> None:
    await monitoring.record(*wages(WINDOW, "2500.00"), mode="backfill")
    await monitoring.house.database.write(screen_households, [HOUSEHOLD], TODAY)
    await monitoring.put(household(FOUR[:3]))
    await monitoring.put(household(region_code=OTHER_COUNTY_REGION))
    clues = [(event.type.split(".")[1], event.data.clue) for event in await monitoring.events() if "risk" in event.type]
    assert clues == [
        ("risk-raised", Clue(type="screening")),
        ("risk-cleared", Clue(type="household")),
        ("risk-raised", Clue(type="household")),
    ]


async def test_an_open_risk_is_updated_when_its_grade_or_reasons_change(monitoring: Monitoring) -> None:
    await monitoring.record(*wages(WINDOW, "2500.00"))
    await monitoring.record(income_fact("2026-10", "100.00", "transfer"))
    assert len(await monitoring.events("risk-raised.v1")) == 1
    assert await monitoring.events("risk-updated.v1") == []

    await monitoring.record(illness_fact(member_no=2))
    below = await monitoring.the_risk(BELOW)
    assert (below["grade"], below["episode"], below["status"]) == ("red", 1, "open")
    [updated] = await monitoring.events("risk-updated.v1")
    assert (updated.data.grade, updated.data.version, str(updated.id)) == (RiskGrade.RED, 2, below["event_id"])

    await monitoring.record(illness_fact("I21", member_no=3))
    assert len((await monitoring.the_risk(ILL))["reasons"]) == 2
    assert [event.data.kind for event in await monitoring.events("risk-updated.v1")] == [BELOW, ILL]


async def test_a_risk_clears_with_its_cause_and_opens_again_as_the_next_episode(monitoring: Monitoring) -> None:
    window = wages(WINDOW, "2500.00")
    await monitoring.record(*window)
    opened = await monitoring.the_risk(BELOW)
    held = correction(window[0], "c1", amount="5000.00")
    await monitoring.record(held)
    assert (await monitoring.the_risk(BELOW))["status"] == "open"

    enough = correction(held, "c2", amount="6058.00")
    await monitoring.record(enough)
    cleared = await monitoring.the_risk(BELOW)
    assert (cleared["status"], cleared["risk_id"], cleared["grade"]) == ("cleared", opened["risk_id"], "orange")
    assert cleared["cleared_at"] > cleared["opened_at"] == opened["opened_at"]
    assert cleared["reasons"][0]["inputs"]["line_to_clear"] == "8389.50"
    [event] = await monitoring.events("risk-cleared.v1")
    assert (str(event.id), event.data.version, event.data.rules) == (cleared["event_id"], 2, ())

    await monitoring.record(correction(enough, "c3", amount="4460.00"))
    assert len(await monitoring.risks()) == 1
    await monitoring.record(correction(correction(enough, "c3"), "c4", amount="4459.99"))
    again, first = await monitoring.risks()
    assert (again["episode"], again["status"], first) == (2, "open", cleared)
    assert again["risk_id"] != first["risk_id"]
    assert [event.data.episode for event in await monitoring.events("risk-raised.v1")] == [1, 2]


async def test_repeats_and_replays_leave_one_open_risk_of_a_kind(monitoring: Monitoring) -> None:
    facts = [*wages(WINDOW, "100.00"), illness_fact(), illness_fact(member_no=2)]
    for fact in facts:
        await monitoring.post(fact)
    await monitoring.put()
    for fact in reversed(facts):
        await monitoring.post(fact)
    assert sorted(risk["kind"] for risk in await monitoring.risks(status="open")) == ["below_line", "new_illness"]
    assert len(await monitoring.events("risk-raised.v1")) == 2


async def test_a_new_household_raises_no_alarm(monitoring: Monitoring) -> None:
    verdicts = await monitoring.verdicts()
    unknown = (BELOW, DROP, RIGID, RiskKind.DROPOUT, RiskKind.UNSAFE_HOUSING, RiskKind.UNSAFE_WATER)
    outcomes = {kind: verdict["outcome"] for kind, verdict in verdicts.items()}
    assert outcomes == dict.fromkeys(RiskKind, "clear") | dict.fromkeys(unknown, "insufficient_data")
    assert verdicts["below_line"]["missing_months"] == list(WINDOW)

    await monitoring.record(*wages([month for month in WINDOW if month != "2026-03"], "0.00"))
    assert await monitoring.risks() == []
    below = (await monitoring.verdicts())["below_line"]
    assert (below["outcome"], below["missing_months"]) == ("insufficient_data", ["2026-03"])
    assert below["reasons"][0]["inputs"]["missing_months"] == ["2026-03"]
    assert cited(below["reasons"][0])["income_min_months"] == (12, "assumed")


async def test_a_late_fact_is_judged_with_the_same_care(monitoring: Monitoring) -> None:
    await monitoring.record(*wages(WINDOW, "2500.00"))
    late = income_fact("2025-12", "3558.00", "property", observed_on="2025-12-31")
    await monitoring.post(late)
    assert (await monitoring.the_risk(BELOW))["status"] == "cleared"
    await monitoring.post(correction(late, "c1", month="2025-10"))
    assert [risk["episode"] for risk in await monitoring.risks(kind="below_line", status="open")] == [2]


async def test_lists_are_filtered_and_kept_to_the_caller_s_region(
    monitoring: Monitoring, client_for: ClientFor
) -> None:
    await monitoring.put(household([*FOUR[:3], FOUR[3] | {"health": "disabled"}]))
    await monitoring.put(household(region_code=OTHER_COUNTY_REGION), code="YJ-0001")
    await monitoring.record(
        *wages(WINDOW, "2500.00"),
        illness_fact(),
        illness_fact() | {"source_ref": "yj", "household_code": "YJ-0001"},
    )
    await monitoring.record(correction(illness_fact(), "c1", code="J00", serious=False))
    officer = client_for(monitoring.house, region="520626")

    async def kinds(client: httpx.AsyncClient, **wanted: str) -> list[tuple[str, str]]:
        answer = await client.get("/monitoring/v1/risks", params=wanted)
        assert answer.status_code == 200
        return [(risk["household_code"], risk["kind"]) for risk in answer.json()["items"]]

    mine, ill, theirs = (HOUSEHOLD, "below_line"), (HOUSEHOLD, "new_illness"), ("YJ-0001", "new_illness")
    everything = client_for(monitoring.house)
    assert sorted(await kinds(everything)) == [mine, ill, theirs]
    assert sorted(await kinds(officer)) == sorted(await kinds(everything, region_code="520626000000")) == [mine, ill]
    assert await kinds(everything, region_code="520625") == [theirs]
    assert await kinds(everything, household_code="YJ-0001") == [theirs]
    assert await kinds(officer, household_code="YJ-0001") == []
    assert await kinds(everything, kind="below_line") == [mine]
    assert await kinds(everything, status="cleared") == [ill]
    assert sorted(await kinds(everything, status="open", grade="orange")) == [theirs]
    assert await kinds(everything, grade="red") == [mine]
    assert await kinds(officer, region_code=REGION, kind="below_line", status="open") == [mine]


async def test_what_a_list_cannot_answer_is_refused(monitoring: Monitoring, client_for: ClientFor) -> None:
    officer = client_for(monitoring.house, region="520626")
    refused = {
        "region_code=520625": (403, "region-not-allowed", []),
        "region_code=52": (403, "region-not-allowed", []),
        "region_code=5": (422, "invalid", ["/region_code"]),
        "kind=hunger": (422, "invalid", ["/kind"]),
        "limit=0": (422, "invalid", ["/limit"]),
        "limit=201": (422, "invalid", ["/limit"]),
        "cursor=x": (422, "invalid", ["/cursor"]),
    }
    answers = {wanted: problem(await officer.get(f"/monitoring/v1/risks?{wanted}")) for wanted in refused}
    assert answers == refused


async def test_pages_show_every_risk_once_the_newest_first(monitoring: Monitoring) -> None:
    codes = [f"DJ-1{number:03d}" for number in range(10)]
    for code in codes:
        await monitoring.put(code=code)
    await monitoring.record(*(illness_fact() | {"source_ref": code, "household_code": code} for code in codes[:9]))
    await monitoring.record(illness_fact() | {"source_ref": "last", "household_code": codes[9]})

    pages = [page async for page in _pages(monitoring, limit=3)]
    assert [len(page) for page in pages] == [3, 3, 3, 1]
    seen = [risk for page in pages for risk in page]
    assert sorted(risk["household_code"] for risk in seen) == codes
    assert seen[0]["household_code"] == codes[9]
    assert [risk["opened_at"] for risk in seen] == sorted((risk["opened_at"] for risk in seen), reverse=True)
    assert [len(page) async for page in _pages(monitoring, limit=5)] == [5, 5]


async def _pages(monitoring: Monitoring, limit: int) -> AsyncIterator[list[dict[str, Any]]]:
    page = await monitoring.get("risks", limit=limit)
    yield page["items"]
    while page["next_cursor"] is not None:
        page = await monitoring.get("risks", limit=limit, cursor=page["next_cursor"])
        yield page["items"]


async def test_one_risk_is_shown_to_its_region_only(monitoring: Monitoring, client_for: ClientFor) -> None:
    await monitoring.record(illness_fact())
    [risk] = await monitoring.risks()
    path = f"/monitoring/v1/risks/{risk['risk_id']}"

    assert (await client_for(monitoring.house, region="520626").get(path)).json() == risk
    assert problem(await client_for(monitoring.house, region="520625").get(path)) == (404, "risk-not-found", [])
    assert problem(await monitoring.client.get(f"/monitoring/v1/risks/{uuid4()}")) == (404, "risk-not-found", [])
    assert problem(await monitoring.client.get("/monitoring/v1/risks/7")) == (422, "invalid", ["/risk_id"])


async def test_verdicts_explain_any_day_and_change_nothing(monitoring: Monitoring) -> None:
    await monitoring.record(*wages(YEAR_BEFORE, "2500.00"), *wages(WINDOW, "3000.00"))
    counts = await monitoring.counts()

    answer = await monitoring.get(f"households/{HOUSEHOLD}/verdicts", as_of="2025-11-30")
    assert (answer["as_of"], answer["pack"]) == ("2025-11-30", "520600_tongren@2026.11+development")
    found = {verdict["kind"]: verdict for verdict in answer["verdicts"]}
    assert (found["below_line"]["outcome"], found["below_line"]["grade"]) == ("fires", "orange")
    assert found["below_line"]["reasons"][0]["inputs"]["line"] == "7750.00"
    assert found["income_drop"]["missing_months"][:2] == ["2023-11", "2023-12"]
    today = await monitoring.verdicts()
    assert {today[kind]["outcome"] for kind in (BELOW, DROP, RIGID, ILL)} == {"clear"}
    looks = [row for row in await audit_rows(monitoring.house) if row["action"] == "person.read"]
    assert await monitoring.counts() == counts | {"audit": counts["audit"] + len(looks)}
    assert len(looks) == 2


async def test_days_nobody_can_decide_on(monitoring: Monitoring) -> None:
    refused = {
        "2019-06-01": (409, "policy-value-missing", []),
        "9999-12-31": (422, "invalid", ["/as_of"]),
        "today": (422, "invalid", ["/as_of"]),
    }
    for path in ("income", "verdicts"):
        asked = f"/monitoring/v1/households/{HOUSEHOLD}/{path}?as_of="
        assert {day: problem(await monitoring.client.get(asked + day)) for day in refused} == refused


async def test_without_a_published_line_facts_are_kept_and_the_line_is_not_guessed(
    open_house: OpenHouse, client_for: ClientFor
) -> None:
    published = await open_monitoring(
        open_house, client_for, today=dt.date(2026, 11, 22), policy=PolicyBook.load(development=False)
    )
    await published.put()
    answers = [await published.post(fact) for fact in [*wages(WINDOW, "100.00"), illness_fact()]]

    assert {answer.status_code for answer in answers} == {201}
    assert [risk["kind"] for risk in await published.risks()] == ["new_illness"]
    refused = await published.client.get(f"/monitoring/v1/households/{HOUSEHOLD}/income")
    assert problem(refused) == (409, "policy-value-missing", [])
    assert refused.json()["keys"] == ["monitoring.income_line"]
    below = (await published.verdicts())["below_line"]
    assert (below["outcome"], below["grade"]) == ("undecided", None)
    assert below["reasons"][0]["inputs"]["lacking"] == ["monitoring.income_line"]
    assert "monitoring.income_line" in below["reasons"][0]["text"]


async def test_a_risk_that_moves_with_its_household_keeps_its_causes_and_says_so(monitoring: Monitoring) -> None:
    await monitoring.record(*wages(WINDOW, "2500.00"), illness_fact())
    await monitoring.put(household(region_code=OTHER_COUNTY_REGION))
    raised = {event.data.kind: event.data for event in await monitoring.events("risk-raised.v1")}
    moved = {event.data.kind: event.data for event in await monitoring.events("risk-updated.v1")}
    assert set(moved) == {BELOW, ILL}
    for kind, risk in moved.items():
        assert (risk.region_code, risk.causes) == (OTHER_COUNTY_REGION, raised[kind].causes)
        assert risk.causes
    rows = [row for row in await audit_rows(monitoring.house) if row["action"] == "risk.moved"]
    assert {row["subject"] for row in rows} == {str(risk.risk_id) for risk in moved.values()}
    places = {"before": {"region_code": REGION}, "after": {"region_code": OTHER_COUNTY_REGION}}
    assert [{name: row[name] for name in places} for row in rows] == 2 * [places]


async def test_every_verdict_is_counted_by_rule_and_outcome(monitoring: Monitoring) -> None:
    def counted(outcome: str) -> float:
        labels = {"rule": "new_illness", "outcome": outcome}
        return REGISTRY.get_sample_value("shouxian_rule_verdicts_total", labels) or 0.0

    fired, clear = counted("fires"), counted("clear")
    await monitoring.record(income_fact("2026-10", "100.00"))
    await monitoring.record(illness_fact())
    assert (counted("fires"), counted("clear")) == (fired + 1, clear + 1)


def with_line(book: PolicyBook, yuan: str) -> PolicyBook:
    """The same packs under the same names, with another income line."""

    def drawn(parameter: Parameter) -> Parameter:
        values = [replace(dated, value=replace(dated.value, value=Decimal(yuan))) for dated in parameter.values]
        return replace(parameter, values=tuple(values))

    def changed(pack: Pack) -> Pack:
        line = {key: drawn(parameter) for key, parameter in pack.parameters.items() if key == "monitoring.income_line"}
        return replace(pack, parameters={**pack.parameters, **line})

    return PolicyBook([changed(pack) for pack in book.packs], book.workday_overrides())


async def test_another_book_of_the_same_name_judges_by_its_own_numbers(
    open_house: OpenHouse, client_for: ClientFor, policy_book: PolicyBook
) -> None:
    monitoring = await open_monitoring(open_house, client_for)
    await monitoring.put()
    await monitoring.record(*wages(WINDOW, "3200.00"))
    assert (await monitoring.verdicts())["below_line"]["outcome"] == "clear"
    simulated = await open_monitoring(open_house, client_for, policy=with_line(policy_book, "20000"))
    assert (await simulated.verdicts())["below_line"]["outcome"] == "fires"
    assert (await monitoring.verdicts())["below_line"]["outcome"] == "clear"


async def test_a_book_that_takes_the_place_of_another_judges_the_next_fact(
    monitoring: Monitoring, policy_book: PolicyBook
) -> None:
    in_use = monitoring.house.database.resources
    await monitoring.put()
    await monitoring.record(*wages(WINDOW, "3200.00"))
    assert await monitoring.risks() == []

    in_use.policy = with_line(policy_book, "20000")
    await monitoring.record(income_fact(WINDOW[-1], "100.00") | {"source_ref": "one more"})
    risk = await monitoring.the_risk(RiskKind.BELOW_LINE, status="open")
    line = next(cited for cited in risk["reasons"][0]["parameters"] if cited["key"] == "monitoring.income_line")
    assert line["value"] == "20000"

    in_use.policy = policy_book
    await monitoring.record(income_fact(WINDOW[-1], "200.00") | {"source_ref": "and one more"})
    assert (await monitoring.the_risk(RiskKind.BELOW_LINE))["status"] == "cleared"
