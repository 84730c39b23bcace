"""Income that other houses brought home: in the ledger once, corrected to the fen, and heard by the rules."""

import itertools
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.monitoring.models.facts import Fact
from services.monitoring.models.ledger import LedgerMonth
from services.monitoring.recomputes.commands import prove_ledger
from shared.codes.monitoring import IncomeBranch, RiskKind
from shared.contracts.assets import ShareCredited
from shared.contracts.assistance import TransferCredited
from shared.contracts.consumption import SaleCredited
from shared.contracts.employment import WageCredited
from shared.contracts.help import IncomeCredit
from shared.db.base import table_of
from shared.db.unit_of_work import Reading
from shared.errors import DomainError
from shared.ids import derived_id
from shared.money import format_yuan
from shared.months import format_month
from tests.builders import HOUSEHOLD, TODAY, deliver, household, member, published_as
from tests.conftest import ClientFor, OpenHouse
from tests.databases import Databases
from tests.houses.monitoring.builders import (
    WINDOW,
    YEAR_BEFORE,
    Monitoring,
    credit,
    open_monitoring,
    placement_ended,
    take_from_bus,
    wage_credit,
    wages,
)

LAST = WINDOW[-1]
LETTERS = "/monitoring/v1/dead-letters"
ONE_OF_EACH = (
    wage_credit("a", LAST, "4520.00"),
    credit(SaleCredited, "b", LAST, "120.05", branch=IncomeBranch.OPERATING),
    credit(ShareCredited, "c", LAST, "800.00", branch=IncomeBranch.PROPERTY),
    credit(TransferCredited, "d", LAST, "300.10", branch=IncomeBranch.TRANSFER),
)


@pytest.fixture
async def monitoring(open_house: OpenHouse, client_for: ClientFor) -> Monitoring:
    found = await open_monitoring(open_house, client_for)
    await found.put()
    return found


async def branches(monitoring: Monitoring) -> dict[str, str]:
    found: dict[str, str] = (await monitoring.get(f"households/{HOUSEHOLD}/income"))["branches"]
    return found


async def facts(monitoring: Monitoring) -> list[dict[str, Any]]:
    def rows(reading: Reading) -> list[dict[str, Any]]:
        table = table_of(Fact)
        found = reading.connection.execute(sa.select(table).order_by(table.c.source, table.c.source_ref))
        return [dict(row) for row in found.mappings()]

    return await monitoring.house.database.read(rows)


async def test_money_of_every_house_enters_the_ledger_by_its_branch(monitoring: Monitoring) -> None:
    events = [published_as(each) for each in ONE_OF_EACH]
    await deliver(monitoring.house, *events)

    expected = {"wage": "4520.00", "operating": "120.05", "property": "800.00", "transfer": "300.10"}
    assert await branches(monitoring) == expected
    found = {fact["source"]: fact for fact in await facts(monitoring)}
    assert set(found) == {"employment", "consumption", "assets", "assistance"}
    wage = found["employment"]
    assert (wage["source_ref"], wage["type"], wage["mode"]) == (str(ONE_OF_EACH[0].credit_id), "income", "live")
    assert (wage["member_no"], wage["observed_on"], wage["recorded_by"]) == (1, TODAY, "system")
    assert wage["correlation_id"] == events[0].headers["ce_correlationid"]


async def test_a_credit_counts_once_however_often_it_is_told(monitoring: Monitoring) -> None:
    events = [published_as(each) for each in ONE_OF_EACH]
    await deliver(monitoring.house, *events, *events, *ONE_OF_EACH)
    told, money, kept = await monitoring.events(), await branches(monitoring), await facts(monitoring)

    await deliver(monitoring.house, *events)
    await deliver(monitoring.house, *reversed(ONE_OF_EACH))
    assert len(kept) == len(ONE_OF_EACH)
    assert (await monitoring.events(), await branches(monitoring), await facts(monitoring)) == (told, money, kept)


async def test_a_correction_takes_the_place_of_what_it_corrects(monitoring: Monitoring) -> None:
    first = wage_credit("w1", LAST, "4520.00")
    second = wage_credit("w2", LAST, "4519.99", supersedes=first.credit_id)
    third = wage_credit("w3", WINDOW[-2], "0.01", supersedes=second.credit_id)
    await deliver(monitoring.house, first, second)
    assert (await branches(monitoring))["wage"] == "4519.99"
    await deliver(monitoring.house, third, first, second)
    assert (await branches(monitoring))["wage"] == "0.01"
    assert (await monitoring.get(f"households/{HOUSEHOLD}/income"))["coverage"]["known"] == 1


async def test_a_wage_clears_the_risks_whose_cause_is_gone(monitoring: Monitoring) -> None:
    await monitoring.record(*wages(YEAR_BEFORE, "5000.00"), *wages(WINDOW, "2600.00"))
    assert {risk["kind"] for risk in await monitoring.risks(status="open")} == {"below_line", "income_drop"}
    wage = published_as(wage_credit("w1", LAST, "30000.00"))
    await deliver(monitoring.house, wage)

    assert await monitoring.risks(status="open") == []
    below, drop = [await monitoring.the_risk(kind) for kind in (RiskKind.BELOW_LINE, RiskKind.INCOME_DROP)]
    assert "has reached the" in below["reasons"][0]["text"]
    assert "not far enough below" in drop["reasons"][0]["text"]
    cleared = await monitoring.events("risk-cleared.v1")
    assert {event.data.kind for event in cleared} == {RiskKind.BELOW_LINE, RiskKind.INCOME_DROP}
    assert {event.context.causation_id for event in cleared} == {str(wage.event_id)}
    assert {event.context.correlation_id for event in cleared} == {wage.headers["ce_correlationid"]}


async def test_money_of_a_member_who_left_is_still_the_household_s(monitoring: Monitoring) -> None:
    wage = wage_credit("w1", LAST, "4520.00", member_no=2)
    await deliver(monitoring.house, wage)
    await monitoring.put(household([member(1)]))
    await deliver(monitoring.house, wage, wage_credit("w2", LAST, "80.00", member_no=2))
    await monitoring.put()
    await deliver(monitoring.house, wage_credit("w2", LAST, "80.00", member_no=2))

    assert (await branches(monitoring))["wage"] == "4600.00"
    assert [fact["member_no"] for fact in await facts(monitoring)] == [2, 2]


@pytest.mark.parametrize(
    ("refused", "error"),
    [
        (wage_credit("x", LAST, "1.00", household_code="DJ-9999"), "HouseholdAwaited"),
        (wage_credit("x", LAST, "1.00", supersedes=derived_id("credit", "unknown")), "SupersededNotFound"),
        (wage_credit("a", LAST, "4520.01"), "FactContradicts"),
    ],
    ids=["unknown household", "unknown correction", "contradiction"],
)
async def test_a_credit_that_cannot_be_entered_leaves_nothing_behind(
    monitoring: Monitoring, refused: IncomeCredit, error: str
) -> None:
    await deliver(monitoring.house, *ONE_OF_EACH)
    counts = await monitoring.counts()
    with pytest.raises(DomainError) as raised:
        await deliver(monitoring.house, wage_credit("fine", LAST, "10.00"), refused)
    assert type(raised.value).__name__ == error
    assert await monitoring.counts() == counts


async def test_a_credit_of_an_unknown_household_enters_by_itself_once_it_is_registered(monitoring: Monitoring) -> None:
    new = {"household_code": "DJ-0002"}
    unknown, behind = wage_credit("w1", LAST, "100.00", **new), wage_credit("w2", LAST, "20.00", **new)
    events = [published_as(each) for each in (unknown, wage_credit("w3", LAST, "3.00"), behind)]
    await take_from_bus(monitoring.house, *events)
    waiting, parked = (await monitoring.client.get(LETTERS)).json()["items"]
    assert (waiting["state"], waiting["key"], parked["state"]) == ("waiting", "DJ-0002", "parked")
    assert waiting["error"].startswith("HouseholdAwaited: no household DJ-0002")
    assert (await branches(monitoring))["wage"] == "3.00"

    await monitoring.put(code="DJ-0002")
    await monitoring.house.consumer.take_up()
    assert (await monitoring.get("households/DJ-0002/income"))["branches"]["wage"] == "120.00"
    assert (await monitoring.client.get(LETTERS)).json()["items"] == []


async def test_a_batch_of_all_kinds_of_events_is_taken_in_order(monitoring: Monitoring) -> None:
    await take_from_bus(
        monitoring.house,
        *[
            published_as(each)
            for each in (ONE_OF_EACH[0], placement_ended("p1"), *ONE_OF_EACH[1:], wage_credit("late", LAST, "1.00"))
        ],
    )
    assert (await branches(monitoring))["wage"] == "4521.00"
    assert (await monitoring.the_risk(RiskKind.JOB_LOSS))["status"] == "open"


# Random credits


_KINDS: dict[type[IncomeCredit], tuple[IncomeBranch, ...]] = {
    WageCredited: (IncomeBranch.WAGE,),
    SaleCredited: (IncomeBranch.OPERATING, IncomeBranch.WAGE, IncomeBranch.PROPERTY),
    ShareCredited: (IncomeBranch.PROPERTY,),
    TransferCredited: (IncomeBranch.TRANSFER,),
}
_MONTHS = st.sampled_from([*WINDOW[-3:], YEAR_BEFORE[0], "2020-01", "2026-11"])
_FEN = st.integers(0, 10**7)
_COLUMNS = {branch: "property_" if branch is IncomeBranch.PROPERTY else branch.value for branch in IncomeBranch}


@dataclass(frozen=True)
class Paid:
    """One credit of a random chain; `corrects` is the place of an earlier one of the same house."""

    kind: type[IncomeCredit]
    branch: IncomeBranch
    month: str
    fen: int
    corrects: int | None


@st.composite
def payments(draw: st.DrawFn) -> list[Paid]:
    """Credits of all houses, some of which correct earlier ones that nobody corrected yet."""
    found: list[Paid] = []
    standing: list[int] = []
    for place in range(draw(st.integers(1, 12))):
        corrects = draw(st.one_of(st.none(), st.sampled_from(standing))) if standing else None
        kind = draw(st.sampled_from(list(_KINDS))) if corrects is None else found[corrects].kind
        found.append(Paid(kind, draw(st.sampled_from(_KINDS[kind])), draw(_MONTHS), draw(_FEN), corrects))
        standing = [one for one in standing if one != corrects] + [place]
    return found


@dataclass(frozen=True)
class Delivery:
    """Random credits as the bus hands them over: batches of a size, repeats among them."""

    paid: tuple[Paid, ...]
    order: tuple[tuple[int, bool], ...]
    """Places in `paid`: each is there, in order; a repeat is the same event, or the same credit as another event."""
    size: int


@st.composite
def deliveries(draw: st.DrawFn) -> Delivery:
    paid = draw(payments())
    order: list[tuple[int, bool]] = []
    for place in range(len(paid)):
        order.append((place, False))
        order += draw(st.lists(st.tuples(st.integers(0, place), st.booleans()), max_size=2))
    return Delivery(tuple(paid), tuple(order), draw(st.integers(1, len(order))))


_codes = (f"C{number:08d}" for number in itertools.count())


def _credits(code: str, paid: Sequence[Paid]) -> list[IncomeCredit]:
    return [
        credit(
            one.kind,
            f"{code}/{place}",
            one.month,
            format_yuan(one.fen),
            branch=one.branch,
            household_code=code,
            supersedes=None if one.corrects is None else derived_id("credit", f"{code}/{one.corrects}"),
        )
        for place, one in enumerate(paid)
    ]


def _recomputed(paid: Sequence[Paid]) -> Counter[tuple[str, str]]:
    """By month and column, what was paid and not corrected."""
    corrected = {one.corrects for one in paid}
    sums: Counter[tuple[str, str]] = Counter()
    for place, one in enumerate(paid):
        sums[one.month, _COLUMNS[one.branch]] += 0 if place in corrected else one.fen
    return +sums


async def _ledger_is_what_was_paid(monitoring: Monitoring, delivery: Delivery) -> None:
    code = next(_codes)
    await monitoring.put(code=code)
    told = _credits(code, delivery.paid)
    once = [published_as(each) for each in told]
    events = [published_as(told[place]) if another else once[place] for place, another in delivery.order]
    for first in range(0, len(events), delivery.size):
        await deliver(monitoring.house, *events[first : first + delivery.size])

    assert await monitoring.house.database.read(_sums, code) == _recomputed(delivery.paid)
    assert (await monitoring.house.database.write(prove_ledger, code[:-1], 1000))[1] == []


def _sums(reading: Reading, code: str) -> Counter[tuple[str, str]]:
    table = table_of(LedgerMonth)
    rows = reading.connection.execute(sa.select(table).where(table.c.household_code == code)).mappings()
    return +Counter({(format_month(row["month"]), column): row[column] for row in rows for column in _COLUMNS.values()})


_SHARED = settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
@settings(_SHARED, max_examples=40)
@given(delivery=deliveries())
async def test_the_ledger_is_the_sum_of_what_was_paid(
    monitoring: Monitoring, databases: Databases, delivery: Delivery
) -> None:
    await _ledger_is_what_was_paid(monitoring, delivery)


@pytest.mark.parametrize("databases", ["postgresql"], indirect=True)
@settings(_SHARED, max_examples=15)
@given(delivery=deliveries())
async def test_the_ledger_is_the_sum_of_what_was_paid_on_postgresql(
    monitoring: Monitoring, databases: Databases, delivery: Delivery
) -> None:
    await _ledger_is_what_was_paid(monitoring, delivery)
