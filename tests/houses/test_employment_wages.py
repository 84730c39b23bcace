"""Wages, each credited to its household exactly once."""

import asyncio
from typing import Any
from uuid import UUID, uuid4

import pytest

from services.employment.commands.wages import WageToRecord, record_wages
from services.employment.schemas import WageIn
from shared.context import new_context
from shared.contracts.codes import IncomeBranch
from shared.contracts.employment import WageCredited
from shared.ids import derived_id
from shared.months import parse_month
from shared.security.actor import SYSTEM, Actor
from tests.builders import HOUSEHOLD, REGION, TODAY, audit_rows, household_registered
from tests.conftest import ClientFor, OpenHouse
from tests.houses.employment_builders import (
    Employment,
    job_requested,
    open_employment,
    request_id,
    wage,
)
from tests.problems import problem

SOURCE = "labour-station-dongguan"


@pytest.fixture
async def employment(open_house: OpenHouse, client_for: ClientFor) -> Employment:
    found = await open_employment(open_house, client_for, household_registered(), job_requested())
    await found.put_vacancy()
    return found


@pytest.fixture
async def placement(employment: Employment) -> str:
    """At work since 14 September, as a request asked for."""
    return await employment.started(request_id=str(request_id()))


def correcting(corrected: dict[str, Any], source_ref: str, amount: str, **changes: Any) -> dict[str, Any]:
    named = {"source": corrected["source"], "source_ref": corrected["source_ref"]}
    return {**corrected, "source_ref": source_ref, "amount": amount, "supersedes": named, **changes}


async def credits_told(employment: Employment) -> list[WageCredited]:
    return await employment.told(WageCredited)


async def test_a_wage_is_credited_to_the_household(employment: Employment, placement: str) -> None:
    answer = await employment.post("wages", wage(placement))
    wage_id = derived_id("wage", SOURCE, f"{placement}-2026-10")
    assert answer.status_code == 201
    shown = answer.json()
    assert shown.pop("recorded_at").endswith("Z")
    assert shown == {
        "wage_id": str(wage_id),
        "source": SOURCE,
        "source_ref": f"{placement}-2026-10",
        "placement_id": placement,
        "month": "2026-10",
        "amount": "4520.00",
        "supersedes_id": None,
    }
    assert await employment.items("wages", placement_id=placement) == [answer.json()]
    assert await credits_told(employment) == [
        WageCredited(
            credit_id=wage_id,
            household_code=HOUSEHOLD,
            region_code=REGION,
            member_no=1,
            branch=IncomeBranch.WAGE,
            month=parse_month("2026-10"),
            amount=452000,
            credited_on=TODAY,
            measure_id=request_id(),
            supersedes=None,
        )
    ]
    row = (await audit_rows(employment.house))[-1]
    assert (row["actor"], row["action"], row["subject"]) == ("tester", "wage.recorded", str(wage_id))


async def test_the_same_again_is_answered_the_same_and_another_content_is_refused(
    employment: Employment, placement: str
) -> None:
    first = await employment.post("wages", wage(placement))
    before = await employment.everything()
    again = await employment.post("wages", wage(placement, amount="4520"))
    assert (again.status_code, again.json()) == (200, first.json())
    other = await employment.started(2)
    before = await employment.everything()
    for changes in (
        {"amount": "4520.01"},
        {"month": "2026-11"},
        {"placement_id": other},
        {"supersedes": {"source": SOURCE, "source_ref": "x"}},
    ):
        answer = await employment.post("wages", wage(placement) | changes)
        assert problem(answer) == (409, "wage-contradicts", [])
    assert await employment.everything() == before


async def test_the_same_wage_sent_by_many_at_once_is_credited_once(employment: Employment, placement: str) -> None:
    answers = await asyncio.gather(*(employment.post("wages", wage(placement)) for _ in range(6)))
    assert sorted(answer.status_code for answer in answers) == 5 * [200] + [201]
    assert len({answer.text for answer in answers}) == 1
    assert len(await credits_told(employment)) == 1


async def test_one_reference_with_many_contents_at_once_credits_one(employment: Employment) -> None:
    placements = [await employment.started(number) for number in (1, 2)]
    sent = [wage(placement, source_ref="one") for placement in placements for _ in range(2)]
    answers = await asyncio.gather(*(employment.post("wages", body) for body in sent))
    assert sorted(answer.status_code for answer in answers) == [200, 201, 409, 409]
    assert len(await credits_told(employment)) == 1


@pytest.mark.parametrize(
    ("month", "code"),
    [("2026-08", "wage-before-placement"), ("2026-12", "wage-in-future"), ("2026-11", "wage-after-placement")],
)
async def test_a_month_without_work_is_refused(employment: Employment, placement: str, month: str, code: str) -> None:
    await employment.act(placement, "end", "2026-10-31")
    before = await employment.everything()
    answer = await employment.post("wages", wage(placement, month))
    assert problem(answer) == (422, code, ["/month"])
    assert await employment.everything() == before


@pytest.mark.parametrize("month", ["2026-09", "2026-10"])
async def test_the_months_of_the_first_and_the_last_day_are_paid(
    employment: Employment, placement: str, month: str
) -> None:
    await employment.act(placement, "end", "2026-10-01")
    assert (await employment.post("wages", wage(placement, month))).status_code == 201


async def test_work_that_has_not_begun_pays_nothing(employment: Employment) -> None:
    placement = await employment.placed()
    assert problem(await employment.post("wages", wage(placement)))[:2] == (409, "placement-not-started")
    await employment.act(placement, "end")
    assert problem(await employment.post("wages", wage(placement)))[:2] == (409, "placement-not-started")


async def test_a_placement_unknown_or_of_another_region_is_not_found(
    employment: Employment, placement: str, client_for: ClientFor
) -> None:
    neighbour = Employment(employment.house, client_for(employment.house, region="520625"))
    await employment.post("wages", wage(placement))
    before = await employment.everything()
    missing = (404, "placement-not-found")
    assert problem(await employment.post("wages", wage(str(uuid4()))))[:2] == missing
    assert problem(await neighbour.post("wages", wage(placement)))[:2] == missing
    assert await neighbour.items("wages") == []
    assert await neighbour.items("wages", placement_id=placement) == []
    assert await employment.everything() == before


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"amount": "0.00"}, "/amount"),
        ({"amount": "-1.00"}, "/amount"),
        ({"amount": 4520}, "/amount"),
        ({"amount": "1.001"}, "/amount"),
        ({"month": "2026-13"}, "/month"),
        ({"source": ""}, "/source"),
        ({"source_ref": "a\nb"}, "/source_ref"),
        ({"placement_id": "7"}, "/placement_id"),
        ({"branch": "wage"}, "/branch"),
        ({"supersedes": {"source": "x"}}, "/supersedes/source_ref"),
    ],
)
async def test_a_wrong_field_is_named(
    employment: Employment, placement: str, changes: dict[str, Any], pointer: str
) -> None:
    answer = await employment.post("wages", wage(placement) | changes)
    assert problem(answer) == (422, "invalid", [pointer])
    assert await employment.items("wages") == []


class TestACorrection:
    async def test_takes_the_place_of_the_wage_it_names(self, employment: Employment, placement: str) -> None:
        wrong = (await employment.post("wages", wage(placement))).json()
        correction = correcting(wage(placement), "corrected", "4000.00", month="2026-09")
        answer = await employment.post("wages", correction)
        assert (answer.status_code, answer.json()["supersedes_id"]) == (201, wrong["wage_id"])
        [_, credit] = await credits_told(employment)
        assert (credit.supersedes, credit.amount) == (UUID(wrong["wage_id"]), 400000)
        assert (await employment.post("wages", correction)).status_code == 200
        assert len(await credits_told(employment)) == 2

    async def test_of_zero_takes_the_wage_back(self, employment: Employment, placement: str) -> None:
        await employment.post("wages", wage(placement))
        answer = await employment.post("wages", correcting(wage(placement), "taken-back", "0.00"))
        assert (answer.status_code, answer.json()["amount"]) == (201, "0.00")

    async def test_needs_a_wage_of_the_same_placement(self, employment: Employment, placement: str) -> None:
        other = await employment.started(2)
        await employment.post("wages", wage(other))
        before = await employment.everything()
        unknown = (404, "superseded-wage-not-found")
        for named in (wage(other), wage(placement), wage(placement, source_ref="itself")):
            correction = correcting(named, "itself", "1.00", placement_id=placement)
            assert problem(await employment.post("wages", correction))[:2] == unknown
        assert await employment.everything() == before

    async def test_of_a_corrected_wage_is_refused_and_of_the_correction_taken(
        self, employment: Employment, placement: str
    ) -> None:
        await employment.post("wages", wage(placement))
        first = correcting(wage(placement), "first", "4000.00")
        await employment.post("wages", first)
        second = correcting(wage(placement), "second", "4100.00")
        assert problem(await employment.post("wages", second)) == (409, "wage-already-superseded", [])
        assert (await employment.post("wages", correcting(first, "second", "4100.00"))).status_code == 201

    async def test_is_one_where_several_are_sent_at_once(self, employment: Employment, placement: str) -> None:
        await employment.post("wages", wage(placement))
        sent = [correcting(wage(placement), f"c-{number}", "4000.00") for number in range(5)]
        answers = await asyncio.gather(*(employment.post("wages", body) for body in sent))
        assert sorted(answer.status_code for answer in answers) == [201] + 4 * [409]
        assert len(await credits_told(employment)) == 2


async def test_a_list_of_wages_is_decided_one_by_one_in_its_order(employment: Employment, placement: str) -> None:
    stranger = Actor("neighbour", frozenset(), ("520625",))
    september, october = wage(placement, "2026-09"), wage(placement)
    sent = [
        (september, SYSTEM),
        (october, stranger),
        (september, SYSTEM),
        (correcting(september, "corrected", "1.00"), SYSTEM),
        (correcting(september, "again", "2.00"), SYSTEM),
        (october, SYSTEM),
    ]
    items = [WageToRecord(WageIn.model_validate(body), actor, new_context("payroll")) for body, actor in sent]
    outcomes = await employment.house.database.write(record_wages, items)
    assert [outcome.result for outcome in outcomes] == [
        "stored",
        "refused",
        "duplicate",
        "stored",
        "refused",
        "stored",
    ]
    assert [outcome.error.code for outcome in outcomes if outcome.error] == [
        "placement-not-found",
        "wage-already-superseded",
    ]
    assert [credit.amount for credit in await credits_told(employment)] == [452000, 100, 452000]
    assert len(await employment.items("wages")) == 3


async def test_pages_hold_every_wage_once_and_the_newest_first(employment: Employment, placement: str) -> None:
    for month in ("2026-09", "2026-10", "2026-11"):
        await employment.post("wages", wage(placement, month))
    first = await employment.get("wages", limit=2)
    rest = await employment.get("wages", limit=2, cursor=first["next_cursor"])
    assert [item["month"] for item in first["items"] + rest["items"]] == ["2026-11", "2026-10", "2026-09"]
