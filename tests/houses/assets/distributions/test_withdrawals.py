"""One distribution for each asset and year unless a further one is meant, and the withdrawal of a line, told once."""

import asyncio
import datetime as dt
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from services.assets.models import DistributionLine
from shared.codes.monitoring import IncomeBranch
from shared.codes.records import WithdrawalReason
from shared.contracts.assets import ShareWithdrawn
from shared.db.base import table_of
from shared.ids import derived_id
from shared.months import parse_month
from tests.at_once import with_the_first_uncommitted
from tests.builders import HOUSEHOLD, REGION, TODAY, audit_rows, lay_backwards
from tests.conftest import ClientFor, OpenHouse
from tests.houses.assets.builders import OTHER_HOUSEHOLD, STEPS, Assets, asset, line, plan, settled
from tests.problems import assert_problem, problem

LIST = "/assets/v1/distributions"
SAID = {"source": "village-report", "source_ref": "w-1", "reason": "wrong_household"}
LONG_AGO = "2026-01-01T00:00:00Z"


@pytest.fixture
async def assets(open_house: OpenHouse, client_for: ClientFor) -> Assets:
    return await settled(open_house, client_for)


async def withdraw(assets: Assets, distribution_id: str, line_no: int = 1, **changes: Any) -> httpx.Response:
    path = f"{LIST}/{distribution_id}/lines/{line_no}/withdrawal"
    return await assets.client.post(path, json=SAID | changes)


async def paid(assets: Assets, **changes: Any) -> str:
    """The id of a paid distribution."""
    distribution_id = await assets.proposed(plan() | changes)
    await assets.walk(distribution_id, *STEPS)
    return distribution_id


async def told(assets: Assets) -> list[ShareWithdrawn]:
    return [event.data for event in await assets.events() if isinstance(event.data, ShareWithdrawn)]


async def test_a_second_plan_of_a_year_is_meant_or_refused(assets: Assets) -> None:
    first = await assets.proposed()
    rows = await assets.rows()
    refused = assert_problem(await assets.propose(), 409, "period-distributed")
    assert (refused["distribution_id"], refused["distribution_status"]) == (first, "draft")
    assert await assets.rows() == rows
    further = await assets.propose(plan(supplementary=True))
    assert (further.status_code, further.json()["supplementary"]) == (201, True)
    again = assert_problem(await assets.propose(), 409, "period-distributed")
    assert again["distribution_id"] == first
    await assets.put(asset(name="茶山"), code="OTHER")
    for other in (plan(period="2025"), plan(asset_code="OTHER")):
        assert (await assets.propose(other)).status_code == 201


@pytest.mark.parametrize("reached", range(6))
async def test_a_plan_counts_wherever_it_stands(assets: Assets, reached: int) -> None:
    distribution_id = await assets.proposed()
    await assets.walk(distribution_id, *STEPS[:reached])
    assert assert_problem(await assets.propose(), 409, "period-distributed")["distribution_id"] == distribution_id


async def test_of_several_plans_of_a_year_at_once_one_is_taken(assets: Assets) -> None:
    answers = await asyncio.gather(*(assets.propose() for _ in range(5)))
    assert sorted(answer.status_code for answer in answers) == [201, *[409] * 4]
    assert len((await assets.get("distributions"))["items"]) == 1


@pytest.mark.parametrize("databases", ["postgresql"], indirect=True)
async def test_a_plan_that_comes_while_another_of_the_year_is_written_finds_it(
    assets: Assets, database_url: str
) -> None:
    first, second = await with_the_first_uncommitted(assets.house, database_url, assets.propose, assets.propose)
    assert first.status_code == 201
    assert assert_problem(second, 409, "period-distributed")["distribution_id"] == first.json()["distribution_id"]


@pytest.mark.parametrize("databases", ["postgresql"], indirect=True)
async def test_a_line_withdrawn_while_the_same_is_written_is_told_once(assets: Assets, database_url: str) -> None:
    distribution_id = await paid(assets)

    async def once() -> httpx.Response:
        return await withdraw(assets, distribution_id)

    first, second = await with_the_first_uncommitted(assets.house, database_url, once, once)
    assert (first.status_code, second.status_code, second.json()) == (201, 200, first.json())
    assert len(await told(assets)) == 1


@pytest.mark.parametrize("value", ["true", 1, None])
async def test_a_further_plan_is_said_in_so_many_words(assets: Assets, value: Any) -> None:
    assert problem(await assets.propose(plan(supplementary=value))) == (422, "invalid", ["/supplementary"])


async def test_a_distribution_counts_no_more_once_all_of_it_is_withdrawn(assets: Assets) -> None:
    distribution_id = await paid(assets)
    assert (await withdraw(assets, distribution_id)).status_code == 201
    assert_problem(await assets.propose(), 409, "period-distributed")
    assert (await withdraw(assets, distribution_id, 2, source_ref="w-2")).status_code == 201
    assert (await assets.propose()).status_code == 201


async def test_a_paid_line_is_withdrawn_and_told_once(assets: Assets) -> None:
    distribution_id = await paid(assets)
    before = await assets.get(f"distributions/{distribution_id}")
    made = await withdraw(assets, distribution_id)
    again = await withdraw(assets, distribution_id, source=" Village-Report ", source_ref="\uff57-1")
    assert (made.status_code, again.status_code) == (201, 200)
    assert made.json() == again.json()

    withdrawal_id = derived_id("withdrawal", distribution_id, 1)
    shown = made.json()
    assert shown.pop("withdrawn_at") > before["updated_at"]
    assert shown == SAID | {
        "withdrawal_id": str(withdrawal_id),
        "distribution_id": distribution_id,
        "line_no": 1,
        "withdrawn_on": str(TODAY),
        "withdrawn_by": "tester",
    }
    assert await told(assets) == [
        ShareWithdrawn(
            withdrawal_id=withdrawal_id,
            credit_id=derived_id("credit", distribution_id, 1),
            household_code=HOUSEHOLD,
            region_code=REGION,
            branch=IncomeBranch.PROPERTY,
            month=parse_month("2026-11"),
            reason=WithdrawalReason.WRONG_HOUSEHOLD,
            withdrawn_on=TODAY,
        )
    ]
    after = await assets.get(f"distributions/{distribution_id}")
    assert [given["withdrawal"] for given in after["lines"]] == [made.json(), None]
    assert after["lines"][0]["credit_id"] == before["lines"][0]["credit_id"]
    rows = [row for row in await audit_rows(assets.house) if row["action"] == "distribution.line_withdrawn"]
    assert [(row["actor"], row["subject"], row["reason"]) for row in rows] == [
        ("tester", distribution_id, "wrong_household")
    ]
    assert rows[0]["before"] == {"line_no": 1, "household_code": HOUSEHOLD, "amount": "12000.00"}


async def test_a_withdrawal_is_told_for_the_month_of_the_credit(assets: Assets) -> None:
    distribution_id = await assets.proposed()
    days = ("2026-09-01", "2026-09-02", "2026-09-08", "2026-09-20", "2026-09-30")
    await assets.walk(distribution_id, *({**step, "on": day} for step, day in zip(STEPS, days, strict=True)))
    await withdraw(assets, distribution_id)
    [withdrawn] = await told(assets)
    assert (withdrawn.month, withdrawn.withdrawn_on) == (parse_month("2026-09"), dt.date(2026, 11, 16))


@pytest.mark.parametrize(
    "changes", [{"reason": "duplicate"}, {"source_ref": "w-2"}, {"source": "county-office"}, {"line_no": 2}]
)
async def test_another_withdrawal_under_one_line_or_reference_is_refused(
    assets: Assets, changes: dict[str, Any]
) -> None:
    distribution_id = await paid(assets)
    await withdraw(assets, distribution_id)
    rows = await assets.rows()
    assert_problem(await withdraw(assets, distribution_id, **changes), 409, "withdrawal-contradicts")
    assert await assets.rows() == rows


@pytest.mark.parametrize("reached", range(5))
async def test_a_line_that_nobody_was_credited_for_is_not_withdrawn(assets: Assets, reached: int) -> None:
    distribution_id = await assets.proposed()
    await assets.walk(distribution_id, *STEPS[:reached])
    assert_problem(await withdraw(assets, distribution_id), 409, "line-not-paid")
    assert await told(assets) == []


async def test_a_line_that_is_not_there_is_not_withdrawn(assets: Assets, client_for: ClientFor) -> None:
    distribution_id = await paid(assets)
    assert_problem(await withdraw(assets, distribution_id, 3), 404, "line-not-found")
    assert_problem(await withdraw(assets, str(uuid4())), 404, "distribution-not-found")
    neighbour = Assets(assets.house, client_for(assets.house, region="520625"))
    assert_problem(await withdraw(neighbour, distribution_id), 404, "distribution-not-found")
    assert await told(assets) == []


async def test_a_client_withdraws_in_its_own_name(assets: Assets, client_for: ClientFor) -> None:
    distribution_id = await paid(assets)
    village = Assets(assets.house, client_for(assets.house, client_id="village", sources=("village-office",)))
    itself = Assets(assets.house, client_for(assets.house, client_id="village", sources=None))
    for client in (village, itself):
        assert_problem(await withdraw(client, distribution_id), 403, "source-not-yours")
    reader = Assets(assets.house, client_for(assets.house, scopes=("assets:read", "assets:approve")))
    assert_problem(await withdraw(reader, distribution_id), 403, "scope-missing")
    assert (await withdraw(itself, distribution_id, source="village")).status_code == 201
    assert (await withdraw(village, distribution_id, 2, source="Village-Office")).status_code == 201


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"source": " "}, "/source"),
        ({"source_ref": "a\u0000b"}, "/source_ref"),
        ({"reason": "because"}, "/reason"),
        ({"amount": "0.00"}, "/amount"),
    ],
)
async def test_what_a_withdrawal_cannot_be_is_pointed_at(assets: Assets, changes: dict[str, Any], pointer: str) -> None:
    distribution_id = await paid(assets)
    assert problem(await withdraw(assets, distribution_id, **changes)) == (422, "invalid", [pointer])


async def test_a_line_withdrawn_at_once_several_times_is_told_once(assets: Assets) -> None:
    distribution_id = await paid(assets)
    answers = await asyncio.gather(*(withdraw(assets, distribution_id) for _ in range(5)))
    assert sorted(answer.status_code for answer in answers) == [200, 200, 200, 200, 201]
    assert len(await told(assets)) == 1
    lines = await asyncio.gather(*(withdraw(assets, distribution_id, 2, source_ref=f"w-{n}") for n in range(2, 6)))
    assert sorted(answer.status_code for answer in lines) == [201, 409, 409, 409]
    assert [withdrawn.household_code for withdrawn in await told(assets)] == [HOUSEHOLD, OTHER_HOUSEHOLD]


async def test_lines_are_shown_by_their_numbers_however_they_lie(assets: Assets) -> None:
    kinds = ("no_labour", "post", "share", "hardship")
    lines = [line(code, "1.00", kind) for code in (OTHER_HOUSEHOLD, HOUSEHOLD) for kind in kinds]
    distribution_id = await assets.proposed(plan(lines, total="8.00"))
    before = await assets.get(f"distributions/{distribution_id}")
    await lay_backwards(assets.house, table_of(DistributionLine))
    assert await assets.get(f"distributions/{distribution_id}") == before
    assert [given["line_no"] for given in before["lines"]] == list(range(1, 9))
    assert [given["reason"] for given in before["lines"]] == [*kinds, *kinds]


async def test_what_changed_comes_in_the_order_in_which_it_changed(assets: Assets) -> None:
    made = [await assets.proposed(plan(period=str(2020 + number))) for number in range(4)]
    await assets.walk(made[1], STEPS[0])
    await assets.walk(made[0], *STEPS)
    await withdraw(assets, made[0])

    async def changed(moment: str, **more: Any) -> list[dict[str, Any]]:
        page = await assets.get("distributions", updated_after=moment, **more)
        found: list[dict[str, Any]] = page["items"]
        return found

    items = await changed(LONG_AGO)
    assert [UUID(item["distribution_id"]) for item in items] == [UUID(made[index]) for index in (2, 3, 1, 0)]
    assert [item["updated_at"] for item in items] == sorted({item["updated_at"] for item in items})
    assert await changed(items[-1]["updated_at"]) == []
    assert [item["distribution_id"] for item in await changed(items[1]["updated_at"], status="paid")] == [made[0]]
    page = await assets.get("distributions", updated_after=LONG_AGO, limit=3)
    rest = await assets.get("distributions", updated_after=LONG_AGO, cursor=page["next_cursor"])
    assert [*page["items"], *rest["items"]] == items


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "2026-11-16"])
async def test_a_moment_beyond_the_calendar_or_without_a_zone_is_refused(assets: Assets, moment: str) -> None:
    answer = await assets.client.get(LIST, params={"updated_after": moment})
    assert problem(answer) == (422, "invalid", ["/updated_after"])


async def test_a_poller_misses_no_distribution_of_villages_that_overlap(assets: Assets) -> None:
    seen: list[str] = []

    async def share_out(year: int) -> None:
        lines = [line()] if year % 2 else [line(), line(OTHER_HOUSEHOLD, "8000.00", "share")]
        total = "12000.00" if year % 2 else "20000.00"
        await assets.walk(await assets.proposed(plan(lines, period=str(year), total=total)), *STEPS)

    working = asyncio.gather(*(share_out(year) for year in range(2015, 2023)))
    last = LONG_AGO
    while True:
        ended = working.done()
        items = (await assets.get("distributions", updated_after=last, limit=200))["items"]
        seen += [item["distribution_id"] for item in items if item["status"] == "paid"]
        last = max([last, *(item["updated_at"] for item in items)])
        if ended:
            break
    await working
    assert len(seen) == len(set(seen)) == 8


@pytest.mark.parametrize("source", ["assets", " Monitoring", "ＡＳＳＥＴＳ"])
async def test_nobody_withdraws_a_line_in_the_name_of_a_house(assets: Assets, source: str) -> None:
    distribution_id = await paid(assets)
    rows = await assets.rows()
    assert problem(await withdraw(assets, distribution_id, source=source)) == (422, "invalid", ["/source"])
    assert await assets.rows() == rows
