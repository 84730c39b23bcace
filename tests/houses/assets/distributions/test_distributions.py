"""Distributions over HTTP: the plan, the procedure, and the payment that comes once."""

import asyncio
import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from random import Random
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from shared.codes.assets import DistributionAction
from shared.codes.monitoring import IncomeBranch
from shared.context import new_context
from shared.contracts.assets import MeasureAccepted, MeasureCompleted, ShareCredited
from shared.ids import derived_id
from shared.months import parse_month
from shared.policy.loader import PolicyBook
from tests.at_once import with_the_first_uncommitted
from tests.builders import (
    HOUSEHOLD,
    OTHER_COUNTY_REGION,
    REGION,
    TODAY,
    audit_rows,
    deliver,
    household_ended,
    household_registered,
)
from tests.conftest import ClientFor, OpenHouse
from tests.houses.assets.builders import (
    ASSET,
    MEASURE,
    OTHER_HOUSEHOLD,
    PUBLISHED_ON,
    STEPS,
    Assets,
    asset,
    cancelled,
    line,
    open_assets,
    plan,
    requested,
    settled,
)
from tests.logged import Logged
from tests.problems import assert_problem, problem, sentences_of

LIST = "/assets/v1/distributions"
VOTE, PUBLISH, APPROVE, FILE, PAY = STEPS
OBJECT = {"action": "object", "on": str(TODAY), "note": "分配不公"}
TOMORROW, YESTERDAY = (str(TODAY + dt.timedelta(days=days)) for days in (1, -1))
REACHED = {"draft": 0, "voted": 1, "published": 2, "approved": 3, "filed": 4, "paid": 5}
"""How many of the steps lead to a status."""
ALLOWED = {
    "draft": ["vote"],
    "voted": ["publish"],
    "published": ["object", "approve"],
    "approved": ["file"],
    "filed": ["pay"],
    "paid": [],
}
PERSONAL = "户主张三 13800138000 有异议"


@pytest.fixture
async def assets(open_house: OpenHouse, client_for: ClientFor) -> Assets:
    return await settled(open_house, client_for)


async def status_of(assets: Assets, distribution_id: str) -> str:
    found: str = (await assets.get(f"distributions/{distribution_id}"))["status"]
    return found


async def test_a_plan_is_taken_and_the_request_hears_of_it(assets: Assets) -> None:
    answer = await assets.propose(plan(request_id=str(MEASURE)))

    assert answer.status_code == 201
    shown = answer.json()
    distribution_id, proposed_at = shown.pop("distribution_id"), shown.pop("proposed_at")
    assert proposed_at.endswith("Z")
    assert shown.pop("updated_at") == proposed_at
    assert shown == {
        "asset_code": ASSET,
        "region_code": REGION,
        "period": "2026",
        "supplementary": False,
        "total": "20000.00",
        "request_id": str(MEASURE),
        "status": "draft",
        "publicity_ends_on": None,
        "publicity_rule": None,
        "history": [],
        "allowed_actions": ["vote"],
        "lines": [
            {"line_no": 1, **line(), "credit_id": None, "withdrawal": None},
            {"line_no": 2, **line(OTHER_HOUSEHOLD, "8000.00", "share"), "credit_id": None, "withdrawal": None},
        ],
    }
    assert await assets.get(f"distributions/{distribution_id}") == answer.json()
    assert [type(event.data) for event in await assets.events()] == [MeasureAccepted]
    assert await assets.request_status() == "accepted"


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"total": "20000.01"}, (422, "distribution-invalid", ["/total"])),
        ({"period": "2027"}, (422, "distribution-invalid", ["/period"])),
        (
            {"lines": [line(), line(amount="8000.00")]},
            (422, "distribution-invalid", ["/lines/1"]),
        ),
        ({"period": "2026-05"}, (422, "invalid", ["/period"])),
        ({"total": "0.00"}, (422, "invalid", ["/total"])),
        ({"lines": []}, (422, "invalid", ["/lines"])),
        ({"lines": [line(amount="0.00")]}, (422, "invalid", ["/lines/0/amount"])),
        ({"lines": [line(amount="-5.00")]}, (422, "invalid", ["/lines/0/amount"])),
        ({"lines": [line(reason="luck")]}, (422, "invalid", ["/lines/0/reason"])),
        ({"asset_code": "NOBODY-S"}, (404, "asset-not-found", [])),
        ({"asset_code": "HOUSE"}, (409, "asset-not-distributable", [])),
        (
            {"lines": [line(), line("NOBODY", "3000.00"), line("OTHER-COUNTY", "5000.00")]},
            (404, "household-unknown", ["/lines/1/household_code", "/lines/2/household_code"]),
        ),
        ({"request_id": str(UUID(int=7))}, (404, "request-not-found", [])),
        ({"request_id": str(MEASURE), "lines": [line(OTHER_HOUSEHOLD, "20000.00")]}, (404, "request-not-found", [])),
    ],
)
async def test_a_plan_that_cannot_be_is_refused_and_changes_nothing(
    assets: Assets, client_for: ClientFor, changes: dict[str, Any], refusal: tuple[int, str, list[str]]
) -> None:
    await assets.put(asset() | {"class": "household"}, code="HOUSE")
    await deliver(assets.house, household_registered(household_code="OTHER-COUNTY", region_code=OTHER_COUNTY_REGION))
    county = Assets(assets.house, client_for(assets.house, region="520626"))
    rows = await assets.rows()

    assert problem(await county.propose(plan() | changes)) == refusal
    assert await assets.rows() == rows


async def test_a_plan_for_a_request_that_waits_no_more_is_refused(assets: Assets) -> None:
    await deliver(assets.house, cancelled())
    rows = await assets.rows()
    refused = await assets.propose(plan(request_id=str(MEASURE)))
    assert (refused.status_code, refused.json()["type"]) == (409, "urn:problem:assets:request-answered")
    assert await assets.rows() == rows


async def test_the_same_plan_under_one_key_is_one_distribution(assets: Assets) -> None:
    first, again = [await assets.propose(key="plan-1") for _ in range(2)]
    other = await assets.propose(plan(period="2025"), key="plan-1")
    assert first.status_code == again.status_code == 201
    assert first.json() == again.json()
    assert problem(other) == (409, "idempotency-key-reused", [])
    assert len((await assets.get("distributions"))["items"]) == 1


async def test_the_procedure_ends_with_one_credit_a_line_and_the_request_completed(assets: Assets) -> None:
    measure_id = derived_id("measure", HOUSEHOLD, 2)
    await deliver(assets.house, requested(measure_id, context=new_context("chain-of-the-task")))
    distribution_id = await assets.proposed(plan(request_id=str(measure_id)))
    await assets.walk(distribution_id, *STEPS)

    shown = await assets.get(f"distributions/{distribution_id}")
    credit_ids = [derived_id("credit", distribution_id, number) for number in (1, 2)]
    assert shown["status"] == "paid"
    assert [UUID(paid["credit_id"]) for paid in shown["lines"]] == credit_ids
    assert [(step["action"], step["on"], step["by"], step["status"]) for step in shown["history"]] == [
        ("vote", str(PUBLISHED_ON), "tester", "voted"),
        ("publish", str(PUBLISHED_ON), "tester", "published"),
        ("approve", str(TODAY), "tester", "approved"),
        ("file", str(TODAY), "tester", "filed"),
        ("pay", str(TODAY), "tester", "paid"),
    ]
    accepted, completed, *credited = await assets.events()
    assert [type(answer.data) for answer in (accepted, completed)] == [MeasureAccepted, MeasureCompleted]
    common = {
        "region_code": REGION,
        "branch": IncomeBranch.PROPERTY,
        "month": parse_month("2026-11"),
        "credited_on": TODAY,
    }
    assert [event.data for event in credited] == [
        ShareCredited(
            credit_id=credit_ids[0], household_code=HOUSEHOLD, amount=1_200_000, measure_id=measure_id, **common
        ),
        ShareCredited(
            credit_id=credit_ids[1], household_code=OTHER_HOUSEHOLD, amount=800_000, measure_id=None, **common
        ),
    ]
    assert [event.context.correlation_id == "chain-of-the-task" for event in (accepted, completed, *credited)] == [
        True,
        True,
        True,
        False,
    ]
    assert await assets.request_status(measure_id) == "completed"


async def test_the_month_of_a_credit_is_that_of_the_payment(assets: Assets) -> None:
    distribution_id = await assets.proposed()
    days = ("2026-10-01", "2026-10-02", "2026-10-08", "2026-10-20", "2026-10-31")
    await assets.walk(distribution_id, *({**step, "on": day} for step, day in zip(STEPS, days, strict=True)))
    assert {(paid.month, paid.credited_on) for paid in await assets.credits()} == {
        (parse_month("2026-10"), dt.date(2026, 10, 31))
    }


@pytest.mark.parametrize("status", REACHED)
async def test_an_action_out_of_turn_is_refused_and_leaves_no_trace(assets: Assets, status: str) -> None:
    distribution_id = await assets.proposed()
    await assets.walk(distribution_id, *STEPS[: REACHED[status]])
    rows = await assets.rows()
    for action in DistributionAction:
        if action not in ALLOWED[status]:
            refused = await assets.act(distribution_id, {**OBJECT, "action": action})
            assert problem(refused) == (409, "transition-not-allowed", [])
            assert refused.json()["allowed_actions"] == ALLOWED[status]
    assert await assets.rows() == rows


@pytest.mark.parametrize("seed", range(4))
async def test_whatever_is_asked_in_whatever_order_pays_each_line_once(assets: Assets, seed: int) -> None:
    chance = Random(seed)
    distribution_id = await assets.proposed(plan(request_id=str(MEASURE)))
    asked = [{**OBJECT, "on": str(PUBLISHED_ON)}, *STEPS]
    for step in [*chance.choices(asked, k=12), *STEPS, *chance.choices(asked, k=6), *STEPS]:
        assert (await assets.act(distribution_id, step)).status_code in {200, 409}

    actions = [step["action"] for step in (await assets.get(f"distributions/{distribution_id}"))["history"]]
    assert actions.count("pay") == 1
    assert actions[-5:] == [step["action"] for step in STEPS]
    assert sum(paid.amount for paid in await assets.credits()) == 2_000_000
    assert len({paid.credit_id for paid in await assets.credits()}) == len(await assets.credits()) == 2
    assert [type(event.data) for event in await assets.events()].count(MeasureCompleted) == 1


async def test_of_two_who_pay_at_once_one_pays(assets: Assets) -> None:
    distribution_id = await assets.proposed(plan(request_id=str(MEASURE)))
    await assets.walk(distribution_id, *STEPS[:-1])
    answers = await asyncio.gather(*(assets.act(distribution_id, PAY) for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409]
    assert len(await assets.credits()) == 2
    assert (await assets.get(f"distributions/{distribution_id}"))["history"][-2]["action"] == "file"


@pytest.mark.parametrize("databases", ["postgresql"], indirect=True)
async def test_who_pays_while_another_does_is_told_that_it_is_paid(assets: Assets, database_url: str) -> None:
    distribution_id = await assets.proposed()
    await assets.walk(distribution_id, *STEPS[:-1])

    async def pay() -> httpx.Response:
        return await assets.act(distribution_id, PAY)

    first, second = await with_the_first_uncommitted(assets.house, database_url, pay, pay)
    assert first.status_code == 200
    assert_problem(second, 409, "transition-not-allowed")
    assert len(await assets.credits()) == 2


async def test_paying_again_under_one_key_repeats_the_answer(assets: Assets) -> None:
    distribution_id = await assets.proposed()
    await assets.walk(distribution_id, *STEPS[:-1])
    first, again = [await assets.act(distribution_id, PAY, key="pay-1") for _ in range(2)]
    assert (first.status_code, first.json()) == (again.status_code, again.json()) == (200, again.json())
    assert len(await assets.credits()) == 2


@pytest.mark.parametrize(
    ("reached", "step", "pointer"),
    [
        ("draft", {**VOTE, "on": TOMORROW}, "/on"),
        ("voted", {**PUBLISH, "on": str(PUBLISHED_ON - dt.timedelta(days=1))}, "/on"),
        ("published", {**OBJECT, "on": str(PUBLISHED_ON - dt.timedelta(days=1))}, "/on"),
        ("published", {**APPROVE, "on": TOMORROW}, "/on"),
        ("approved", {**FILE, "on": YESTERDAY}, "/on"),
        ("filed", {**PAY, "on": YESTERDAY}, "/on"),
        ("filed", {**PAY, "on": TOMORROW}, "/on"),
    ],
)
async def test_a_step_on_an_impossible_day_is_refused(
    assets: Assets, reached: str, step: Mapping[str, Any], pointer: str
) -> None:
    distribution_id = await assets.proposed()
    await assets.walk(distribution_id, *STEPS[: REACHED[reached]])
    rows = await assets.rows()
    assert problem(await assets.act(distribution_id, step)) == (422, "transition-invalid", [pointer])
    assert await assets.rows() == rows


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"action": "vote"}, "/on"),
        ({"action": "vote", "on": "today"}, "/on"),
        ({"action": "vote", "on": 1700000000}, "/on"),
        ({"action": "cancel", "on": str(TODAY)}, "/action"),
        ({"action": "vote", "on": str(TODAY), "status": "paid"}, "/status"),
        ({"action": "object", "on": str(TODAY)}, "/note"),
        ({"action": "object", "on": str(TODAY), "note": ""}, "/note"),
        ({"action": "vote", "on": str(TODAY), "note": "x" * 2001}, "/note"),
    ],
)
async def test_a_malformed_step_is_named_by_pointer(assets: Assets, body: dict[str, Any], pointer: str) -> None:
    distribution_id = await assets.proposed()
    assert problem(await assets.act(distribution_id, body)) == (422, "invalid", [pointer])
    assert await status_of(assets, distribution_id) == "draft"


async def test_the_township_decides_once_the_publicity_days_are_over(assets: Assets) -> None:
    distribution_id = await assets.proposed()
    published = PUBLISHED_ON + dt.timedelta(days=1)
    await assets.walk(distribution_id, VOTE, {**PUBLISH, "on": str(published)})

    refused = await assets.act(distribution_id, APPROVE)
    assert problem(refused) == (409, "publicity-not-over", [])
    tomorrow = str(TODAY + dt.timedelta(days=1))
    assert (refused.json()["publicity_ends_on"], refused.json()["not_before"]) == (str(TODAY), tomorrow)
    shown = await assets.get(f"distributions/{distribution_id}")
    assert (shown["status"], shown["publicity_ends_on"]) == ("published", str(TODAY))
    rule = shown["publicity_rule"]
    assert (rule["key"], rule["value"], rule["status"]) == ("assets.publicity_days", 5, "assumed")
    assert rule["pack"].startswith("national@")


async def test_a_township_too_early_reads_until_when_the_plan_hangs_out(assets: Assets) -> None:
    distribution_id = await assets.proposed()
    await assets.walk(distribution_id, VOTE, {**PUBLISH, "on": str(TODAY)})
    transitions = f"{LIST}/{distribution_id}/transitions"
    assert await sentences_of(assets.client, "POST", transitions, {**APPROVE, "on": str(TODAY)}) == [
        "the plan hangs out until 2026-11-21",
        "收益分配方案公示至2026年11月21日",
    ]
    too_soon = {**APPROVE, "on": TOMORROW}
    assert await sentences_of(assets.client, "POST", transitions, too_soon) == [
        "/on: lies in the future",
        "/on：所填时间尚未到来",
    ]
    assert await sentences_of(assets.client, "POST", transitions, {**APPROVE, "on": YESTERDAY}) == [
        f"/on: lies before {TODAY}, the day of the step before it",
        "/on：不能早于上一环节的办理日期（2026年11月16日）",
    ]


async def test_village_and_township_are_offered_their_own_steps(assets: Assets, client_for: ClientFor) -> None:
    village, township, reader = (
        Assets(assets.house, client_for(assets.house, scopes=("assets:read", *scopes)))
        for scopes in (["assets:write"], ["assets:approve"], [])
    )
    distribution_id = await assets.proposed()
    await assets.walk(distribution_id, VOTE, PUBLISH)
    offered = []
    for client in (village, township, reader):
        shown = await client.get(f"distributions/{distribution_id}")
        (listed,) = (await client.get("distributions"))["items"]
        assert listed["allowed_actions"] == shown["allowed_actions"]
        offered.append(shown["allowed_actions"])
    assert offered == [["object"], ["approve"], []]


async def test_an_objection_sends_the_plan_back_and_it_hangs_out_anew(
    open_house: OpenHouse, client_for: ClientFor, assets: Assets
) -> None:
    distribution_id = await assets.proposed(plan(request_id=str(MEASURE)))
    await assets.walk(distribution_id, VOTE, PUBLISH, OBJECT)
    back = await assets.get(f"distributions/{distribution_id}")
    assert (back["status"], back["publicity_ends_on"], back["publicity_rule"]) == ("draft", None, None)
    assert back["history"][-1]["note"] == OBJECT["note"]
    assert problem(await assets.act(distribution_id, VOTE)) == (422, "transition-invalid", ["/on"])

    today = str(TODAY)
    await assets.walk(distribution_id, {**VOTE, "on": today}, {**PUBLISH, "on": today})
    assert problem(await assets.act(distribution_id, APPROVE)) == (409, "publicity-not-over", [])

    over = TODAY + dt.timedelta(days=6)
    later = await open_assets(open_house, client_for, today=over)
    await later.walk(distribution_id, *({**step, "on": str(over)} for step in STEPS[2:]))
    assert len(await later.credits()) == 2


async def test_where_the_policy_is_silent_a_plan_cannot_be_published(
    open_house: OpenHouse, client_for: ClientFor, policy_book: PolicyBook
) -> None:
    silent = PolicyBook(
        [
            replace(pack, parameters={key: pack.parameters[key] for key in pack.parameters if key[:7] != "assets."})
            for pack in policy_book.packs
        ],
        {},
    )
    assets = await settled(open_house, client_for, policy=silent)
    distribution_id = await assets.proposed()
    await assets.walk(distribution_id, VOTE)

    refused = await assets.act(distribution_id, PUBLISH)
    assert problem(refused) == (409, "policy-value-missing", [])
    assert (refused.json()["keys"], refused.json()["date"]) == (["assets.publicity_days"], str(PUBLISHED_ON))
    assert await status_of(assets, distribution_id) == "voted"


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step["action"])
async def test_township_and_county_decide_what_the_village_cannot(
    assets: Assets, client_for: ClientFor, step: Mapping[str, Any]
) -> None:
    distribution_id = await assets.proposed()
    await assets.walk(distribution_id, *STEPS[: STEPS.index(step)])
    village, township = (
        Assets(assets.house, client_for(assets.house, scopes=("assets:read", scope)))
        for scope in ("assets:write", "assets:approve")
    )
    may, may_not = (township, village) if step["action"] in {"approve", "file"} else (village, township)
    assert problem(await may_not.act(distribution_id, step)) == (403, "scope-missing", [])
    assert (await may.act(distribution_id, step)).status_code == 200


async def test_proposing_and_reading_need_their_scopes(assets: Assets, client_for: ClientFor) -> None:
    distribution_id = await assets.proposed()
    reader = client_for(assets.house, scopes=("assets:read",))
    approver = client_for(assets.house, scopes=("assets:approve",))
    assert problem(await reader.post(LIST, json=plan())) == (403, "scope-missing", [])
    assert problem(await reader.post(f"{LIST}/{distribution_id}/transitions", json=VOTE)) == (403, "scope-missing", [])
    assert problem(await approver.get(f"{LIST}/{distribution_id}")) == (403, "scope-missing", [])


async def test_a_distribution_of_another_region_is_as_good_as_unknown(assets: Assets, client_for: ClientFor) -> None:
    distribution_id = await assets.proposed()
    neighbour = Assets(assets.house, client_for(assets.house, region="520625"))
    rows = await assets.rows()

    assert problem(await neighbour.client.get(f"{LIST}/{distribution_id}")) == (404, "distribution-not-found", [])
    assert problem(await neighbour.act(distribution_id, VOTE)) == (404, "distribution-not-found", [])
    assert problem(await neighbour.propose()) == (404, "asset-not-found", [])
    assert (await neighbour.get("distributions"))["items"] == []
    refused = await neighbour.client.get(LIST, params={"region_code": REGION})
    assert problem(refused) == (403, "region-not-allowed", [])
    assert problem(await assets.act(str(uuid4()), VOTE)) == (404, "distribution-not-found", [])
    assert await assets.rows() == rows


async def test_help_that_nobody_waits_for_any_more_reaches_the_household_all_the_same(assets: Assets) -> None:
    distribution_id = await assets.proposed(plan(request_id=str(MEASURE)))
    await assets.walk(distribution_id, *STEPS[:-1])
    await deliver(assets.house, cancelled())
    assert await assets.request_status() == "cancelled"
    await assets.walk(distribution_id, PAY)
    assert [paid.measure_id for paid in await assets.credits()] == [MEASURE, None]
    assert await assets.request_status() == "completed"


async def test_a_household_that_moves_keeps_its_share_and_is_credited_where_it_was(assets: Assets) -> None:
    distribution_id = await assets.proposed()
    await deliver(
        assets.house, household_registered(household_code=OTHER_HOUSEHOLD, region_code=OTHER_COUNTY_REGION, version=2)
    )
    await assets.walk(distribution_id, *STEPS)
    assert [(paid.household_code, paid.region_code) for paid in await assets.credits()] == [
        (HOUSEHOLD, REGION),
        (OTHER_HOUSEHOLD, REGION),
    ]


async def test_the_audit_says_who_took_which_step_and_how_it_stood_before_and_after(assets: Assets) -> None:
    distribution_id = await assets.proposed()
    await assets.walk(distribution_id, VOTE, PUBLISH)
    proposed, voted, published = [row for row in await audit_rows(assets.house) if row["subject"] == distribution_id]
    assert [row["action"] for row in (proposed, voted, published)] == [
        "distribution.proposed",
        "distribution.vote",
        "distribution.publish",
    ]
    assert (proposed["after"]["total"], proposed["after"]["lines"]) == ("20000.00", 2)
    assert voted["before"] == {"status": "draft", "publicity_ends_on": None, "version": 1}
    assert published["after"] == {"status": "published", "publicity_ends_on": YESTERDAY, "version": 3}
    assert {row["actor"] for row in (proposed, voted, published)} == {"tester"}


async def test_notes_stay_in_the_history_and_reach_no_event_log_or_audit(assets: Assets, logged: Logged) -> None:
    distribution_id = await assets.proposed(plan(request_id=str(MEASURE)))
    steps = [{**step, "note": PERSONAL} for step in (VOTE, PUBLISH, OBJECT)]
    await assets.walk(distribution_id, *steps)
    shown = await assets.get(f"distributions/{distribution_id}")
    assert [step["note"] for step in shown["history"]] == 3 * [PERSONAL]
    published = [event.data.model_dump_json() for event in await assets.events()]
    elsewhere = [*published, logged.text(), *map(str, await audit_rows(assets.house))]
    assert len(logged.lines("distribution.transition")) == 3
    assert not [text for text in elsewhere if "张三" in text or "13800138000" in text]


async def test_distributions_are_listed_newest_first_and_found_by_what_they_are_about(assets: Assets) -> None:
    await assets.put(asset(region_code=OTHER_COUNTY_REGION), code="FAR")
    made = [await assets.proposed(plan(period=str(2020 + number))) for number in range(4)]
    made.append(await assets.proposed(plan(asset_code="FAR")))
    await assets.walk(made[0], VOTE)

    seen: list[dict[str, Any]] = []
    cursor: dict[str, str] = {}
    while not seen or cursor:
        page = await assets.get("distributions", limit=2, **cursor)
        seen += page["items"]
        cursor = {"cursor": page["next_cursor"]} if page["next_cursor"] else {}
    assert [item["distribution_id"] for item in seen] == made[::-1]
    assert "lines" not in seen[0]

    async def ids(**wanted: str) -> list[str]:
        return [item["distribution_id"] for item in (await assets.get("distributions", **wanted))["items"]]

    assert await ids(asset_code="FAR") == [made[4]]
    assert await ids(region_code="520625") == [made[4]]
    assert await ids(status="voted") == [made[0]]
    assert await ids(status="draft", region_code="520626") == made[3:0:-1]


@pytest.mark.parametrize(
    "wanted",
    [
        {"limit": 201},
        {"cursor": "nonsense"},
        {"status": "late"},
        {"asset_code": "a\0b"},
        {"region_code": "52062"},
    ],
)
async def test_a_bad_question_is_refused(assets: Assets, wanted: dict[str, Any]) -> None:
    status, code, pointers = problem(await assets.client.get(LIST, params=wanted))
    assert (status, code, [found.rsplit("/", 1)[-1] for found in pointers]) == (422, "invalid", list(wanted))


async def test_a_plan_gives_nothing_to_a_household_that_is_no_more(assets: Assets) -> None:
    await deliver(assets.house, household_ended(household_code=OTHER_HOUSEHOLD))
    rows = await assets.rows()
    refused = assert_problem(await assets.propose(), 409, "household-ended")
    assert refused["household_codes"] == [OTHER_HOUSEHOLD]
    assert await assets.rows() == rows
    living = plan([line(amount="20000.00")])
    assert (await assets.propose(living)).status_code == 201
