"""What is posted can be taken back: the ledger is then where it began, whatever the type of the fact."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from hypothesis import given
from hypothesis import strategies as st

from services.monitoring.evidence.schemas import ReportedFact
from services.monitoring.evidence.table import read_fact, reported_types
from services.monitoring.facts.store import FACT_KIND
from services.monitoring.ledger.rules.dossiers import HouseholdDossier
from services.monitoring.ledger.rules.income import IncomeMonth, WindowSummary, summarise
from services.monitoring.ledger.rules.postings import post, take_back
from shared.codes.monitoring import ExpenseKind, HouseholdCategory, IncomeBranch
from shared.codes.records import WithdrawalReason
from shared.ids import derived_id
from shared.money import format_yuan
from shared.months import format_month, parse_month
from tests.builders import HOUSEHOLD, REGION, fact
from tests.houses.monitoring.circumstances import CIRCUMSTANCES

_ANCHOR: Final = parse_month("2026-10")
_PERSONS: Final = st.sampled_from([None, derived_id("person", "one"), derived_id("person", "two")])
_amounts = st.integers(0, 10**9)
_months = st.integers(_ANCHOR - 30, _ANCHOR + 1).map(format_month)


@st.composite
def _expenses(draw: st.DrawFn) -> dict[str, Any]:
    self_paid, reimbursed, rest = draw(_amounts), draw(_amounts), draw(_amounts)
    return {
        "kind": draw(st.sampled_from(ExpenseKind)),
        "month": draw(_months),
        "amount": format_yuan(self_paid + reimbursed + rest),
        "self_paid_compliant": format_yuan(self_paid),
        "reimbursed": format_yuan(reimbursed),
    }


_PAYLOADS: Final[Mapping[str, st.SearchStrategy[dict[str, Any]]]] = {
    "income": st.fixed_dictionaries(
        {"branch": st.sampled_from(IncomeBranch), "month": _months, "amount": _amounts.map(format_yuan)}
    ),
    "expense": _expenses(),
    "illness": st.fixed_dictionaries(
        {
            "code": st.sampled_from(["C34.9", "I10"]),
            "name": st.just("病"),
            "serious": st.booleans(),
            "main_earner": st.booleans(),
        }
    ),
    "withdrawal": st.fixed_dictionaries({"reason": st.sampled_from(WithdrawalReason)}),
    **{name: st.just(example["payload"]) for name, example in CIRCUMSTANCES.items()},
}


@st.composite
def _facts(draw: st.DrawFn) -> ReportedFact:
    name = draw(st.sampled_from(reported_types()))
    reference = f"{draw(st.integers(0, 10**12))}"
    named = {"supersedes": {"source": "somebody", "source_ref": "before"}} if name == "withdrawal" else {}
    return read_fact(fact(name, reference, draw(_PAYLOADS[name]), member_no=1, **named))


def _dossier() -> HouseholdDossier:
    window = WindowSummary(_ANCHOR)
    return HouseholdDossier(
        HOUSEHOLD,
        REGION,
        HouseholdCategory.ORDINARY,
        4,
        2,
        0,
        False,
        False,
        False,
        None,
        False,
        window,
        frozenset(),
        None,
        None,
    )


def _holds(dossier: HouseholdDossier) -> Any:
    """What a dossier adds to the ledger; sums of nothing are like none."""
    return (
        {month: replace(sums) for month, sums in dossier.months.items() if sums != IncomeMonth()},
        {
            (kept.name, key): amount
            for kept, amounts in dossier.amounts.items()
            for key, amount in amounts.items()
            if amount
        },
        {(kept.name, fact_id): row for kept, rows in dossier.rows.items() for fact_id, row in rows.items()},
    )


def test_every_type_that_is_reported_is_among_the_examples() -> None:
    assert set(_PAYLOADS) == set(reported_types())


@given(
    staying=st.lists(st.tuples(_facts(), _PERSONS), max_size=3, unique_by=lambda one: FACT_KIND.id_of(one[0])),
    going=st.tuples(_facts(), _PERSONS),
)
def test_what_is_taken_back_leaves_the_ledger_where_it_began(
    staying: list[tuple[ReportedFact, Any]], going: tuple[ReportedFact, Any]
) -> None:
    dossier = _dossier()
    for said, person_id in staying:
        post(dossier, FACT_KIND.id_of(said), said, person_id, ())
    assert dossier.window == summarise(dossier.months, _ANCHOR)
    before = _holds(dossier)

    said, person_id = going
    post(dossier, FACT_KIND.id_of(said), said, person_id, ())
    assert dossier.window == summarise(dossier.months, _ANCHOR)
    take_back(dossier, FACT_KIND.id_of(said), said, person_id, ())
    assert _holds(dossier) == before
    assert dossier.window_stale


@given(said=_facts(), person_id=_PERSONS)
def test_a_window_names_whatever_a_fact_adds_beside_the_months(said: ReportedFact, person_id: Any) -> None:
    dossier = _dossier()
    post(dossier, FACT_KIND.id_of(said), said, person_id, ())
    marked = {kept.concern for kept in dossier.rows if said.posting(person_id).concerns}
    assert dossier.evidence == {kept.name for kept in (*dossier.amounts, *dossier.rows)} | marked
