"""The worked cases in `cases/`: each names what it shows, states a household and says what every named rule answers."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from services.monitoring.risks.rules.judge import judge
from services.monitoring.risks.rules.verdicts import Verdict
from shared.codes.monitoring import HouseholdCategory, RiskGrade, RiskKind
from shared.months import format_month
from tests.rules.builders import answer, diagnosis, household, income, job_loss, open_risk, policy
from tests.rules.reading import assert_readable

_CASES = Path(__file__).parent / "cases"
_QUIET_INCOME = {"window": "90000.00"}


def _cases() -> Iterator[Any]:
    for file in sorted(_CASES.glob("*.yaml")):
        for case in yaml.safe_load(file.read_text(encoding="utf-8")):
            yield pytest.param(case, id=f"{file.stem}: {case['name']}")


def _verdicts_of(case: dict[str, Any]) -> dict[RiskKind, Verdict]:
    """What each rule says of the household of a case."""
    state = household(
        income(**case.get("income", _QUIET_INCOME)),
        members=case.get("members", 4),
        able_workers=case.get("able_workers", 2),
        fragile_members=case.get("fragile_members", 0),
        category=HouseholdCategory(case.get("category", "ordinary")),
        diagnoses=tuple(diagnosis(**given) for given in case.get("diagnoses", ())),
        medical=case.get("medical"),
        job_loss=job_loss(**case["job_loss"]) if "job_loss" in case else None,
    )
    grade = RiskGrade(case.get("open_grade", "orange"))
    risks = {
        RiskKind(kind): open_risk(RiskKind(kind), *keys, grade=grade) for kind, keys in case.get("open", {}).items()
    }
    return {verdict.kind: verdict for verdict in judge(state, policy(**case.get("policy", {})), risks)}


@pytest.mark.parametrize("case", list(_cases()))
def test_the_rules_answer_as_the_case_says(case: dict[str, Any]) -> None:
    known = {"name", "members", "able_workers", "fragile_members", "category", "income", "diagnoses", "medical"}
    assert set(case) <= known | {"job_loss", "policy", "open", "open_grade", "expected", "because", "missing"}
    verdicts = _verdicts_of(case)
    assert {kind: answer(verdicts[RiskKind(kind)]) for kind in case["expected"]} == case["expected"]
    for kind, keys in case.get("because", {}).items():
        assert sorted(verdicts[RiskKind(kind)].keys) == keys
    for kind, months in case.get("missing", {}).items():
        assert [format_month(month) for month in verdicts[RiskKind(kind)].missing_months] == months


@pytest.mark.parametrize("case", list(_cases()))
def test_every_verdict_of_a_case_reads_in_both_languages(case: dict[str, Any]) -> None:
    for verdict in _verdicts_of(case).values():
        assert_readable(verdict)
