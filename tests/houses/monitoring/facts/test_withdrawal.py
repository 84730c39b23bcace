"""What is taken back is unknown again, and not zero: by every door, in any order, down to the last fact."""

import itertools
from dataclasses import dataclass
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from services.monitoring.models.evidence import Illness
from services.monitoring.models.ledger import HouseholdWindow, LedgerMonth, MedicalMonth
from services.monitoring.recomputes.commands import prove_ledger
from shared.codes.monitoring import IncomeBranch, RiskKind
from shared.contracts.assets import ShareCredited, ShareWithdrawn
from shared.contracts.assistance import TransferCredited, TransferWithdrawn
from shared.contracts.consumption import SaleCredited, SaleWithdrawn
from shared.contracts.employment import WageWithdrawn
from shared.contracts.help import IncomeCredit, IncomeWithdrawal
from shared.db.base import table_of
from shared.db.unit_of_work import Reading
from shared.errors import DomainError
from tests.builders import HOUSEHOLD, deliver, expense_fact, illness_fact, income_fact, published_as
from tests.conftest import ClientFor, OpenHouse
from tests.databases import Databases
from tests.houses.monitoring.builders import (
    WINDOW,
    YEAR_BEFORE,
    Monitoring,
    correction,
    credit,
    credit_withdrawn,
    item_problem,
    open_monitoring,
    statuses,
    take_from_bus,
    wage_credit,
    wages,
    withdrawal,
)
from tests.problems import assert_problem

LAST = WINDOW[-1]


@pytest.fixture
async def monitoring(open_house: OpenHouse, client_for: ClientFor) -> Monitoring:
    found = await open_monitoring(open_house, client_for)
    await found.put()
    return found


async def known_months(monitoring: Monitoring, code: str = HOUSEHOLD) -> int:
    found: int = (await monitoring.get(f"households/{code}/income"))["coverage"]["known"]
    return found


async def post_fine(monitoring: Monitoring, body: Any, status: int = 201) -> dict[str, Any]:
    answer = await monitoring.post(body)
    assert answer.status_code == status, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_a_withdrawn_month_is_unknown_and_raises_nothing(monitoring: Monitoring) -> None:
    await monitoring.record(*wages([*YEAR_BEFORE, *WINDOW[:-1]], "3000.00"))
    last = income_fact(LAST, "3000.00")
    await post_fine(monitoring, last)
    assert await known_months(monitoring) == 12
    await post_fine(monitoring, withdrawal(last, "taken-back"))

    income = await monitoring.get(f"households/{HOUSEHOLD}/income")
    assert income["coverage"] == {"known": 11, "missing": [LAST]}
    assert income["branches"]["wage"] == "33000.00"
    assert await monitoring.risks() == []
    assert (await monitoring.verdicts())["income_drop"]["outcome"] == "insufficient_data"


async def test_a_reported_zero_stays_a_zero(monitoring: Monitoring) -> None:
    await monitoring.record(*wages([*YEAR_BEFORE, *WINDOW[:-1]], "3000.00"))
    last = income_fact(LAST, "3000.00")
    await post_fine(monitoring, last)
    await post_fine(monitoring, correction(last, "zero", amount="0.00"))
    assert await known_months(monitoring) == 12


async def test_a_month_that_others_know_of_stays_known(monitoring: Monitoring) -> None:
    pension = income_fact(LAST, "200.00", branch="transfer")
    wage = income_fact(LAST, "3000.00")
    await monitoring.record(pension, wage, withdrawal(wage, "taken-back"))
    income = await monitoring.get(f"households/{HOUSEHOLD}/income")
    assert (income["coverage"]["known"], income["net_income"]) == (1, "200.00")


async def test_a_withdrawn_diagnosis_clears_its_risk(monitoring: Monitoring) -> None:
    await post_fine(monitoring, illness_fact())
    assert (await monitoring.the_risk(RiskKind.NEW_ILLNESS))["status"] == "open"
    taken = withdrawal(illness_fact(), "wrong-person", payload={"reason": "wrong_person"})
    stored = await post_fine(monitoring, taken)

    risk = await monitoring.the_risk(RiskKind.NEW_ILLNESS)
    assert risk["status"] == "cleared"
    [cleared] = await monitoring.events("risk-cleared.v1")
    assert (cleared.data.clue.type, str(cleared.data.clue.fact_id)) == ("withdrawal", stored["fact_id"])


async def test_a_withdrawn_medical_cost_clears_its_risk(monitoring: Monitoring) -> None:
    bill = expense_fact(LAST, "60000.00", "0.00", member_no=1)
    await post_fine(monitoring, bill)
    assert (await monitoring.the_risk(RiskKind.NEW_ILLNESS))["status"] == "open"
    await post_fine(monitoring, withdrawal(bill, "duplicate"))
    assert (await monitoring.the_risk(RiskKind.NEW_ILLNESS))["status"] == "cleared"


async def test_a_withdrawn_drop_clears_its_risk_though_the_month_is_unknown(monitoring: Monitoring) -> None:
    await monitoring.record(*wages([*YEAR_BEFORE, *WINDOW[:-3]], "3000.00"))
    slips = wages(WINDOW[-3:], "0.00")
    await monitoring.record(*slips)
    assert (await monitoring.the_risk(RiskKind.INCOME_DROP))["status"] == "open"
    for slip in slips:
        await monitoring.record(withdrawal(slip, f"no-{slip['source_ref']}"))
    assert await known_months(monitoring) == 9
    risk = await monitoring.the_risk(RiskKind.INCOME_DROP)
    assert (risk["status"], risk["reasons"][0]["text"][:36]) == ("cleared", "What raised the risk was withdrawn. ")


async def test_a_withdrawal_that_raises_an_alarm_is_its_clue_whatever_came_after_it(monitoring: Monitoring) -> None:
    second = income_fact(LAST, "9000.00", branch="operating")
    await monitoring.record(*wages(WINDOW, "2500.00"), second)
    assert await monitoring.risks() == []
    bill = expense_fact(LAST, "1.00", "0.00")
    answer = await monitoring.post({"mode": "live", "facts": [withdrawal(second, "taken-back"), bill]})

    assert (await monitoring.the_risk(RiskKind.BELOW_LINE))["status"] == "open"
    [raised] = await monitoring.events("risk-raised.v1")
    taken_back, _ = answer.json()["items"]
    assert (raised.data.clue.type, str(raised.data.clue.fact_id)) == ("withdrawal", taken_back["fact_id"])


async def test_an_alarm_that_others_raised_stands_when_a_month_is_withdrawn(monitoring: Monitoring) -> None:
    await monitoring.record(*wages([*YEAR_BEFORE, *WINDOW[:-1]], "900.00"))
    before = income_fact(LAST, "900.00")
    await monitoring.record(before)
    assert (await monitoring.the_risk(RiskKind.BELOW_LINE))["status"] == "open"
    more = income_fact(WINDOW[0], "200.00", branch="transfer")
    await monitoring.record(more, withdrawal(more, "not-his"))
    assert (await monitoring.the_risk(RiskKind.BELOW_LINE))["status"] == "open"


async def test_withdrawing_a_correction_of_what_raised_an_alarm_clears_it(monitoring: Monitoring) -> None:
    await monitoring.record(*wages([*YEAR_BEFORE, *WINDOW[:-1]], "900.00"))
    first = income_fact(LAST, "900.00")
    second = correction(first, "second", amount="800.00")
    await monitoring.record(first)
    await monitoring.record(second, correction(second, "third", amount="700.00"))
    await monitoring.record(withdrawal(second | {"source_ref": "third"}, "none-of-them"))
    assert (await monitoring.the_risk(RiskKind.BELOW_LINE))["status"] == "cleared"


async def test_withdrawing_a_correction_leaves_nothing_of_either(monitoring: Monitoring) -> None:
    first = income_fact(LAST, "3000.00")
    second = correction(first, "second", amount="2000.00")
    await monitoring.record(first, second)
    await post_fine(monitoring, withdrawal(second, "neither"))
    assert await known_months(monitoring) == 0


async def test_the_same_withdrawal_again_changes_nothing(monitoring: Monitoring) -> None:
    wage = income_fact(LAST, "3000.00")
    await monitoring.record(wage)
    first = await post_fine(monitoring, withdrawal(wage, "taken-back"))
    counts = await monitoring.counts()
    again = await post_fine(monitoring, withdrawal(wage, "taken-back"), 200)
    assert (again["fact_id"], again["status"]) == (first["fact_id"], "duplicate")
    assert await monitoring.counts() == counts
    other = withdrawal(wage, "taken-back", payload={"reason": "other"})
    assert_problem(await monitoring.post(other), 409, "fact-contradicts")


async def test_a_withdrawn_reference_is_used_up_and_another_one_says_it_anew(monitoring: Monitoring) -> None:
    wage = income_fact(LAST, "3000.00")
    await monitoring.record(wage, withdrawal(wage, "taken-back"))
    assert (await monitoring.post(wage)).status_code == 200
    assert await known_months(monitoring) == 0
    changed = wage | {"payload": wage["payload"] | {"amount": "2900.00"}}
    assert_problem(await monitoring.post(changed), 409, "fact-contradicts")

    await post_fine(monitoring, changed | {"source_ref": "anew"})
    assert (await monitoring.get(f"households/{HOUSEHOLD}/income"))["branches"]["wage"] == "2900.00"


async def test_what_cannot_be_withdrawn_is_told_why(monitoring: Monitoring) -> None:
    await monitoring.put(code="DJ-0002")
    wage, corrected = income_fact(LAST, "3000.00"), income_fact(WINDOW[0], "3000.00")
    await monitoring.record(wage, corrected, correction(corrected, "corrected", amount="2000.00"))
    taken = withdrawal(wage, "taken-back")
    await post_fine(monitoring, taken)
    counts, net = await monitoring.counts(), (await monitoring.get(f"households/{HOUSEHOLD}/income"))["net_income"]

    refused = [
        (withdrawal(wage, "again"), 409, "fact-already-withdrawn", []),
        (correction(wage, "corrected-after"), 409, "fact-already-withdrawn", []),
        (withdrawal(taken, "of-a-withdrawal"), 409, "withdrawal-is-final", []),
        (
            income_fact(LAST, "500.00") | {"source_ref": "in-place", "supersedes": _named(taken)},
            409,
            "withdrawal-is-final",
            [],
        ),
        (withdrawal(corrected, "of-corrected"), 409, "fact-already-superseded", []),
        (withdrawal(wage, "of-another", household_code="DJ-0002"), 404, "superseded-fact-not-found", []),
        (withdrawal(wage | {"source_ref": "never-said"}, "of-nothing"), 404, "superseded-fact-not-found", []),
        (withdrawal(wage, "without") | {"supersedes": None}, 422, "invalid", ["/supersedes"]),
        (withdrawal(wage, "why", payload={"reason": "because"}), 422, "invalid", ["/payload/reason"]),
        (withdrawal(wage | {"source": "employment"}, "of-a-house"), 422, "fact-invalid", ["/source"]),
    ]
    for document, status, code, _ in refused:
        assert_problem(await monitoring.post(document), status, code)
    answer = await monitoring.post({"facts": [document for document, *_ in refused]})
    assert [item_problem(item) for item in answer.json()["items"]] == [
        (status, code, found) for _, status, code, found in refused
    ]
    assert await monitoring.counts() == counts
    assert (await monitoring.get(f"households/{HOUSEHOLD}/income"))["net_income"] == net


def _named(document: dict[str, Any]) -> dict[str, str]:
    return {"source": document["source"], "source_ref": document["source_ref"]}


async def test_only_who_speaks_for_the_source_withdraws(monitoring: Monitoring, client_for: ClientFor) -> None:
    wage = income_fact(LAST, "3000.00", source="payroll")
    await monitoring.record(wage)
    stranger = Monitoring(monitoring.house, client_for(monitoring.house, sources=("village-report",)))
    taken = withdrawal(wage, "not-mine", source="village-report")
    assert_problem(await stranger.post(taken), 403, "source-not-yours")
    assert statuses(await stranger.post({"facts": [taken]})) == [403]
    assert await known_months(monitoring) == 1

    both = Monitoring(monitoring.house, client_for(monitoring.house, sources=("village-report", "payroll")))
    await post_fine(both, taken)
    assert await known_months(monitoring) == 0


async def test_an_atomic_batch_that_is_refused_withdraws_nothing(monitoring: Monitoring) -> None:
    wage = income_fact(LAST, "3000.00")
    await monitoring.record(wage)
    refused = {"atomic": True, "facts": [withdrawal(wage, "taken-back"), withdrawal(wage, "again")]}
    assert statuses(await monitoring.post(refused)) == [409, 409]
    assert await known_months(monitoring) == 1


# Credits of the other houses

CREDITS: tuple[tuple[IncomeCredit, type[IncomeWithdrawal]], ...] = (
    (wage_credit("a", LAST, "4520.00"), WageWithdrawn),
    (credit(ShareCredited, "c", LAST, "800.00", branch=IncomeBranch.PROPERTY), ShareWithdrawn),
    (credit(SaleCredited, "c", LAST, "800.00", branch=IncomeBranch.OPERATING), SaleWithdrawn),
    (credit(TransferCredited, "d", LAST, "300.10", branch=IncomeBranch.TRANSFER), TransferWithdrawn),
)
EVERY_CREDIT = pytest.mark.parametrize(("credited", "kind"), CREDITS, ids=lambda each: type(each).__name__)


@EVERY_CREDIT
async def test_a_withdrawn_credit_leaves_the_month_as_unknown_as_it_was(
    monitoring: Monitoring, credited: IncomeCredit, kind: type[IncomeWithdrawal]
) -> None:
    taken = published_as(credit_withdrawn(kind, credited, "w"))
    await take_from_bus(monitoring.house, published_as(credited), taken)
    assert await known_months(monitoring) == 0
    counts = await monitoring.counts()
    await deliver(monitoring.house, taken)
    await deliver(monitoring.house, credited, credit_withdrawn(kind, credited, "w"))
    after = await monitoring.counts()
    assert (after["fact"], await known_months(monitoring)) == (counts["fact"], 0)


async def test_a_withdrawn_wage_takes_its_alarm_with_it(monitoring: Monitoring) -> None:
    await monitoring.record(*wages([*YEAR_BEFORE, *WINDOW[:-1]], "3000.00"))
    slip = wage_credit("slip", LAST, "0.00")
    await deliver(monitoring.house, *[wage_credit(f"more-{month}", month, "0.00") for month in WINDOW[-3:-1]], slip)
    taken = published_as(credit_withdrawn(WageWithdrawn, slip, "w"))
    await deliver(monitoring.house, taken)
    assert await known_months(monitoring) == 11
    assert await monitoring.risks(status="open") == []


@EVERY_CREDIT
async def test_a_withdrawal_that_comes_before_its_credit_leaves_nothing_and_waits(
    monitoring: Monitoring, credited: IncomeCredit, kind: type[IncomeWithdrawal]
) -> None:
    counts = await monitoring.counts()
    with pytest.raises(DomainError, match="no fact"):
        await deliver(monitoring.house, credit_withdrawn(kind, credited, "w"))
    assert await monitoring.counts() == counts
    await deliver(monitoring.house, credited, credit_withdrawn(kind, credited, "w"))
    assert await known_months(monitoring) == 0


async def test_a_house_withdraws_no_credit_of_another_house(monitoring: Monitoring) -> None:
    wage = wage_credit("a", LAST, "4520.00")
    await deliver(monitoring.house, wage)
    with pytest.raises(DomainError, match="no fact"):
        await deliver(monitoring.house, credit_withdrawn(TransferWithdrawn, wage, "w"))
    assert await known_months(monitoring) == 1


# Any sequence


@dataclass(frozen=True)
class Step:
    """One thing that is said: a new fact, a correction or a withdrawal of an earlier place, live or as history."""

    kind: str
    month: str
    fen: int
    of: int
    live: bool


_STEPS = st.lists(
    st.builds(
        Step,
        st.sampled_from(["income", "medical", "education", "illness", "correct", "withdraw", "withdraw"]),
        st.sampled_from([*WINDOW[-2:], YEAR_BEFORE[0], "2020-01", "2026-11"]),
        st.sampled_from([0, 10_000, 123_456, 3_000_000]),
        st.integers(0, 11),
        st.booleans(),
    ),
    min_size=1,
    max_size=12,
)
_codes = (f"W{number:08d}" for number in itertools.count())


def _said(step: Step, code: str, place: int, said: list[dict[str, Any]]) -> dict[str, Any]:
    named = {"household_code": code, "source_ref": f"{code}/{place}"}
    yuan = f"{step.fen // 100}.{step.fen % 100:02d}"
    match step.kind:
        case "income":
            return income_fact(step.month, yuan) | named
        case "medical" | "education":
            return expense_fact(step.month, yuan, yuan, kind=step.kind) | named
        case "illness":
            return illness_fact() | named
    old = said[step.of % len(said)] if said else income_fact(step.month, yuan) | {"source_ref": f"{code}/never"}
    if step.kind == "withdraw":
        return withdrawal(old | {"household_code": code}, named["source_ref"])
    if old["type"] == "income":
        return correction(old, named["source_ref"], amount=yuan) | {"household_code": code}
    return correction(old, named["source_ref"]) | {"household_code": code}


async def _withdrawing_everything_leaves_nothing(monitoring: Monitoring, steps: list[Step], size: int) -> None:
    code = next(_codes)
    await monitoring.put(code=code)
    said: list[dict[str, Any]] = []
    for place, step in enumerate(steps):
        said.append(_said(step, code, place, said))
    accepted: list[dict[str, Any]] = []
    for live, group in itertools.groupby(zip(steps, said, strict=True), key=lambda pair: pair[0].live):
        documents = [document for _, document in group]
        for first in range(0, len(documents), size):
            batch = documents[first : first + size]
            answer = await monitoring.post({"mode": "live" if live else "backfill", "facts": batch})
            kept = statuses(answer)
            assert set(kept) <= {201, 404, 409}
            accepted += [document for document, status in zip(batch, kept, strict=True) if status == 201]
            assert (await monitoring.house.database.write(prove_ledger, code[:-1], 1000))[1] == []

    gone = {document["supersedes"]["source_ref"] for document in accepted if document.get("supersedes")}
    standing = [one for one in accepted if one["type"] != "withdrawal" and one["source_ref"] not in gone]
    if standing:
        await monitoring.record(*[withdrawal(one, f"{one['source_ref']}/gone") for one in standing])
    if accepted:  # what history changed is judged the next day, or as soon as something is said live, again or anew
        await monitoring.post({"mode": "live", "facts": accepted[-1:]})
    assert await monitoring.house.database.read(_what_is_known, code) == []
    assert (await monitoring.house.database.write(prove_ledger, code[:-1], 1000))[1] == []
    assert await monitoring.risks(household_code=code, status="open") == []
    assert await known_months(monitoring, code) == 0


def _what_is_known(reading: Reading, code: str) -> list[Any]:
    months, medical = table_of(LedgerMonth), table_of(MedicalMonth)
    ill, window = table_of(Illness), table_of(HouseholdWindow)
    sums = [column != 0 for column in months.c if column.name not in ("household_code", "month")]
    asked = [
        sa.select(months.c.month).where(months.c.household_code == code, sa.or_(*sums)),
        sa.select(medical.c.month).where(medical.c.household_code == code, medical.c.self_paid != 0),
        sa.select(ill.c.fact_id).where(ill.c.household_code == code),
        sa.select(window.c.net).where(
            window.c.household_code == code,
            (window.c.known_mask != 0) | (window.c.net != 0) | (window.c.self_paid != 0),
        ),
    ]
    return [row for statement in asked for row in reading.connection.execute(statement)]


_SHARED = settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
@settings(_SHARED, max_examples=40)
@example(steps=[Step("illness", "2026-11", 0, 0, live=True), Step("withdraw", "2026-11", 0, 0, live=False)], size=1)
@given(steps=_STEPS, size=st.integers(1, 12))
async def test_withdrawing_everything_leaves_nothing_known(
    monitoring: Monitoring, databases: Databases, steps: list[Step], size: int
) -> None:
    await _withdrawing_everything_leaves_nothing(monitoring, steps, size)


@pytest.mark.parametrize("databases", ["postgresql"], indirect=True)
@settings(_SHARED, max_examples=10)
@given(steps=_STEPS, size=st.integers(1, 12))
async def test_withdrawing_everything_leaves_nothing_known_on_postgresql(
    monitoring: Monitoring, databases: Databases, steps: list[Step], size: int
) -> None:
    await _withdrawing_everything_leaves_nothing(monitoring, steps, size)
