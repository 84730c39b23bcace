"""The worked cases in `cases/`: each names what it shows, states a household and says what every named rule answers."""

from collections.abc import Iterator
from typing import Any

import pytest

from deploy.worked_cases import CASES, cases_of, verdicts_of
from services.monitoring.risks.rules.judge import RULES
from services.monitoring.risks.rules.parameters import RULE_KEYS
from services.monitoring.risks.rules.rulebook import RULE_BOOK
from shared.codes.monitoring import RiskKind
from shared.months import format_month
from tests.rules.builders import answer
from tests.rules.reading import assert_readable


def _cases() -> Iterator[Any]:
    for file in sorted(CASES.glob("*.yaml")):
        for case in cases_of(file.stem):
            yield pytest.param(case, id=f"{file.stem}: {case['name']}")


@pytest.mark.parametrize("case", list(_cases()))
def test_the_rules_answer_as_the_case_says(case: dict[str, Any]) -> None:
    known = {"name", "members", "able_workers", "fragile_members", "category", "income", "diagnoses", "medical"}
    known |= {"job_loss", "report", "slow_sales", "said", "people", "education", "relocated", "dibao", "monitored"}
    assert set(case) <= known | {"policy", "open", "open_grade", "expected", "because", "missing"}
    verdicts = verdicts_of(case)
    assert {kind: answer(verdicts[RiskKind(kind)]) for kind in case["expected"]} == case["expected"]
    for kind, keys in case.get("because", {}).items():
        assert sorted(verdicts[RiskKind(kind)].keys) == keys
    for kind, months in case.get("missing", {}).items():
        assert [format_month(month) for month in verdicts[RiskKind(kind)].missing_months] == months


@pytest.mark.parametrize("case", list(_cases()))
def test_every_verdict_of_a_case_reads_in_both_languages(case: dict[str, Any]) -> None:
    for verdict in verdicts_of(case).values():
        assert_readable(verdict)


def test_the_rule_book_has_a_chapter_for_each_rule_with_every_value_that_is_cited() -> None:
    assert list(RULE_BOOK) == list(RULES)
    assert set(RULE_KEYS) <= {key for chapter in RULE_BOOK.values() for key in chapter.parameters}
    for kind, chapter in RULE_BOOK.items():
        for case in cases_of(kind):
            cited = {value.key for reason in verdicts_of(case)[kind].reasons for value in reason.parameters}
            assert cited <= set(chapter.parameters), kind
