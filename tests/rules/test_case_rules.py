"""The rules of cases, worked out in tables: class, criteria, deadlines, votes, and what each place says."""

import datetime as dt
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from services.monitoring.cases.rules.classing import class_of
from services.monitoring.cases.rules.criteria.state import EliminationState
from services.monitoring.cases.rules.criteria.table import judge_criteria
from services.monitoring.cases.rules.figures import Figures
from services.monitoring.cases.rules.parameters import due_by
from services.monitoring.cases.rules.votes import carries, is_possible
from services.monitoring.ledger.rules.income import IncomeMonth, state_income
from shared.codes.circumstances import Protection, ProtectionStatus
from shared.codes.monitoring import EliminationCriterion, EliminationManner, RiskKind
from shared.codes.policy import ValueStatus
from shared.money import parse_yuan
from shared.policy.loader import PolicyBook
from shared.policy.parameters import ParameterValue
from shared.workdays import WorkdayCalendar

_FILES: Final = Path(__file__).parent / "case_rules"
_LINE: Final = 7300
_FIRST, _MONTHS = 24000, 12
_MET: Final = dict.fromkeys((code.value for code in EliminationCriterion), True)


def rows_of(name: str) -> list[Any]:
    rows = yaml.safe_load((_FILES / f"{name}.yaml").read_text("utf-8"))
    named = ("name", "place", "key")
    return [pytest.param(row, id="-".join(str(row[part]) for part in named if part in row)) for row in rows]


def fen(yuan: float) -> int:
    return parse_yuan(f"{yuan:.2f}")


def figures(net: float, members: int, *, known: int = 12, needed: int = 12, **said: Any) -> Figures:
    """Figures of a window whose first months are unknown, where some are; all the money came in the last."""
    months = {_FIRST + place: IncomeMonth(income_facts=1) for place in range(_MONTHS - known, _MONTHS)}
    last = months.setdefault(_FIRST + _MONTHS - 1, IncomeMonth())
    last.wage, last.self_paid_compliant = fen(net), fen(said.get("self_paid", 0))
    income = state_income(months, _FIRST, _FIRST + _MONTHS - 1, members)
    return Figures(income, Fraction(fen(said.get("line", _LINE))), needed)


@pytest.mark.parametrize("row", rows_of("class"))
def test_the_class_follows_from_figures(row: dict[str, Any]) -> None:
    names = ("known", "needed", "self_paid", "line")
    shown = figures(row["net"], row["members"], **{name: row[name] for name in names if name in row})
    found = class_of(
        shown,
        is_lifted=row.get("lifted", False),
        life_difficult=row.get("difficult", False),
        open_risks=[RiskKind(kind) for kind in row.get("risks", ())],
    )
    assert found == row["expected"]


@pytest.mark.parametrize("row", rows_of("criteria"))
def test_each_criterion_looks_at_what_it_is_about(row: dict[str, Any]) -> None:
    found = {criterion.code.value: criterion.met for criterion in judge_criteria(state_of(row))}
    assert found == _MET | row["expected"]


def state_of(row: dict[str, Any]) -> EliminationState:
    net, earlier = row.get("net", 20000), row.get("earlier_net", 20000)
    manner, measure = row.get("manner", "helped"), row.get("measure", "2026-12-01")
    said = row.get("protections", {})
    now = None if net is None else figures(net, 2, known=row.get("known", 12), self_paid=row.get("self_paid", 0))
    return EliminationState(
        on=dt.date.fromisoformat(row.get("day", "2027-06-01")),
        admitted_on=dt.date.fromisoformat(row.get("admitted", "2026-11-22")),
        months=row.get("months", 6),
        manner=manner and EliminationManner(manner),
        figures=now,
        earlier=None if earlier is None else figures(earlier, 2, known=row.get("earlier_known", 12)),
        measure_done_on=measure and dt.date.fromisoformat(measure),
        protections={one: ProtectionStatus(said.get(one.value, "met")) for one in Protection},
        open_risks=[RiskKind(kind) for kind in row.get("risks", ())],
    )


@pytest.mark.parametrize("row", rows_of("due"))
def test_an_identification_is_due_by_the_policy_of_its_day(row: dict[str, Any]) -> None:
    value = row["limit"] and ParameterValue("limit", row["limit"], "none", "a row", ValueStatus.ASSUMED, "a pack")
    clue = row["clue"] and dt.date.fromisoformat(row["clue"])
    due = due_by(value, dt.date.fromisoformat(row["opened"]), clue, WorkdayCalendar({}))
    assert (due.on and due.on.isoformat(), due.provisional) == (row["expected"], row.get("provisional", False))


@pytest.mark.parametrize("row", rows_of("votes"))
def test_a_vote_carries_with_more_than_half_of_those_who_came(row: dict[str, Any]) -> None:
    assert is_possible(row["attended"], row["in_favour"], row["against"]) is row["possible"]
    assert carries(row["attended"], row["in_favour"]) is row["carries"]


@pytest.fixture(scope="module")
def book() -> PolicyBook:
    return PolicyBook.load()


@pytest.mark.parametrize("row", rows_of("places"))
def test_each_place_has_its_own_values(book: PolicyBook, row: dict[str, Any]) -> None:
    found = book.at(row["region"], dt.date.fromisoformat(row["day"])).find(f"monitoring.{row['key']}")
    if row["expected"] is None:
        assert found is None
        return
    assert found is not None
    wanted = tuple(row["expected"]) if isinstance(row["expected"], list) else row["expected"]
    assert (found.value, found.status) == (wanted, row["status"])
