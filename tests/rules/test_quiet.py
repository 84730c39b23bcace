"""A household about which every rule is quiet is one that a judgement would leave alone."""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from services.monitoring.evidence.circumstances import PEOPLE
from services.monitoring.evidence.expense import EDUCATION
from services.monitoring.evidence.illness import Diagnosis
from services.monitoring.evidence.job_loss import JobLoss
from services.monitoring.ledger.rules.income import WindowSummary
from services.monitoring.risks.rules.glance import may_be_concerned
from services.monitoring.risks.rules.judge import RULES, judge
from services.monitoring.risks.rules.life_cycle import decide_change
from services.monitoring.risks.rules.parameters import RULE_KEYS, WINDOW_MONTHS, RuleParameters
from services.monitoring.risks.rules.quiet import QUIET, QuietRules
from services.monitoring.risks.rules.state import HouseholdState, LatestRisk
from shared.codes.circumstances import InsuranceStatus, SchoolingEvent
from shared.codes.monitoring import HouseholdCategory, RiskGrade, RiskKind, RiskStatus
from tests.rules.builders import (
    LAST,
    PEOPLE_OF_FOUR,
    POLICY,
    circumstances,
    diagnosis,
    evidence,
    fact_said,
    income,
    job_loss,
    policy,
    report,
    slow_sale,
)
from tests.rules.builders import household as state_of

_LINE = 820_000
_FEN = st.one_of(
    st.integers(-3_000_000, 12_000_000), st.sampled_from([0, 1, -1, _LINE - 1, _LINE, _LINE + 1, 4 * _LINE])
)


def _masks(length: int) -> st.SearchStrategy[int]:
    whole = (1 << length) - 1
    return st.one_of(st.just(whole), st.just(whole), st.sampled_from([0, whole - 1, whole >> 1]), st.integers(0, whole))


@st.composite
def _windows(draw: st.DrawFn, length: int) -> WindowSummary:
    """Any window: also what no history would give, such as a quarter richer than its year."""
    return WindowSummary(
        anchor=LAST + draw(st.integers(-30, 2)),
        net=draw(_FEN),
        self_paid=draw(st.one_of(st.just(0), _FEN)),
        known_mask=draw(_masks(length)),
        previous_net=draw(_FEN),
        previous_mask=draw(_masks(length)),
        quarter_net=draw(_FEN),
        previous_quarter_net=draw(_FEN),
        length=length,
    )


_DIAGNOSES = st.builds(
    diagnosis, st.sampled_from(["C34.9", "i21", "J00"]), serious=st.booleans(), main_earner=st.booleans()
)
_MEDICAL = st.dictionaries(st.integers(0, 3), st.sampled_from([-5, 0, 1, 499_999, 500_000, 2_000_000]), max_size=2)
_LOSSES: st.SearchStrategy[JobLoss | None] = st.sampled_from([None, job_loss(), job_loss(regained_by=2)])
_NO_EVIDENCE: st.SearchStrategy[Mapping[str, Any]] = st.just({})
_EVIDENCE = st.one_of(
    _NO_EVIDENCE,
    _NO_EVIDENCE,
    st.builds(evidence, st.lists(_DIAGNOSES, max_size=2).map(tuple[Diagnosis, ...]), _MEDICAL, _LOSSES),
)
_SAID: Mapping[str, Mapping[str, Sequence[Any]]] = {
    "schooling": {"event": [*SchoolingEvent], "stage": ["junior"]},
    "dwelling": {"grade": ["B", "C", "D"], "only_home": [True, False], "checked_by": ["住建局"]},
    "water": {"quality": [None, "good", "bad"], "distance_m": [None, 800, 801], "cut_since": [None, "2025-10-01"]},
    "insurance": {"scheme": ["basic_medical", "pension"], "year": [2025, 2026], "status": [*InsuranceStatus]},
    "work": {"status": ["working", "jobless"], "willing": [True, False]},
    "disability": {"kind": ["physical"], "grade": [1, 3]},
    "disaster": {"sub_kind": ["flood", "drought"], "loss": ["0.00"], "house_damaged": [True, False]},
    "accident": {"kind": ["fire"], "effect": ["injury", "death"], "main_earner": [True]},
    "production": {"kind": ["crop"], "outcome": ["failed"], "loss": ["0.00"]},
    "relief": {"scheme": ["dibao", "tekun", "orphan"], "status": ["granted", "ended"]},
    "loan": {"kind": ["student"], "balance": ["0.00"], "overdue": [True]},
}
"""By type, what may be said; each of a member, which does no harm to what is about the household."""
OF_THE_HOUSEHOLD = frozenset({"dwelling", "water"})
"""Whoever of it is named."""
EACH_SAID = [
    {"type": name, "member_no": member_no, "observed": day, **dict(zip(fields, values, strict=True))}
    for name, fields in _SAID.items()
    for values in itertools.product(*fields.values())
    for member_no, day in itertools.product((1, 3), (date(2025, 11, 1), date(2025, 11, 2), date(2026, 10, 3)))
]
_FACTS = st.lists(st.sampled_from([fact_said(number, one) for number, one in enumerate(EACH_SAID)]), max_size=3)


@st.composite
def _known(draw: st.DrawFn) -> dict[str, Any]:
    """What is known of a household beside its window; names stay when what they name was withdrawn."""
    seen, names = circumstances(draw(_FACTS))
    withdrawn = draw(st.sets(st.sampled_from(sorted(seen)))) if seen else set()
    left = {name: said for name, said in seen.items() if name not in withdrawn}
    people = {PEOPLE.name: PEOPLE_OF_FOUR} if left else {}
    costs = draw(st.sampled_from([{}, {EDUCATION.name: {1: 1_000_001}, PEOPLE.name: PEOPLE_OF_FOUR}]))
    return {"evidence": {**draw(_EVIDENCE), **left, **people, **costs}, "known": names}


@st.composite
def _policies(draw: st.DrawFn) -> RuleParameters:
    """Any policy that says how long the window is; every other value may be missing."""
    values = {
        "income_line": draw(st.sampled_from([Decimal(8200), Decimal("8200.50"), Decimal(0), Decimal(30000)])),
        "income_window_months": draw(st.integers(3, 12)),
        "income_min_months": draw(st.sampled_from([0, 1, 6, 12, 13])),
        "income_drop_ratio": draw(st.sampled_from([Decimal("0.30"), Decimal("0.333"), Decimal(0), Decimal(1)])),
    }
    missing = draw(st.sets(st.sampled_from([key for key in RULE_KEYS if key != WINDOW_MONTHS]), max_size=3))
    return policy(**values | {key.partition(".")[2]: None for key in missing})


_CLEARED = st.dictionaries(st.sampled_from(RiskKind), st.sampled_from(RiskGrade), max_size=2).map(
    lambda found: {
        kind: LatestRisk(kind, RiskStatus.CLEARED, grade, 2, frozenset[str]()) for kind, grade in found.items()
    }
)
_HOUSEHOLDS = {
    "category": st.sampled_from(HouseholdCategory),
    "members": st.integers(0, 5),
    "able_workers": st.integers(0, 3),
    "fragile_members": st.integers(0, 1),
    "relocated": st.booleans(),
    "dibao": st.booleans(),
    "monitored": st.booleans(),
}


@settings(max_examples=1000, deadline=None)
@given(data=st.data(), parameters=_policies(), household=st.fixed_dictionaries(_HOUSEHOLDS), cleared=_CLEARED)
def test_what_is_quiet_would_change_nothing_and_is_counted_as_it_would_be_judged(
    data: st.DataObject,
    parameters: RuleParameters,
    household: dict[str, Any],
    cleared: Mapping[RiskKind, LatestRisk],
) -> None:
    window = data.draw(_windows(parameters.demand_window()))
    state = HouseholdState(**household, window=window, **data.draw(_known()))
    rules = QuietRules.under(parameters)
    known = rules.what_is_known(state)
    verdicts = judge(state, parameters, cleared)

    if known is None:
        return
    assert [(verdict.kind, verdict.outcome) for verdict in verdicts] == list(rules.outcomes(known))
    assert [decide_change(cleared.get(verdict.kind), verdict) for verdict in verdicts] == [None] * len(RULES)


@settings(max_examples=500, deadline=None)
@given(data=st.data(), parameters=_policies(), household=st.fixed_dictionaries(_HOUSEHOLDS))
def test_without_evidence_only_those_speak_that_a_rule_fires_for(
    data: st.DataObject, parameters: RuleParameters, household: dict[str, Any]
) -> None:
    """Otherwise a screening would look at more households than it has to."""
    state = HouseholdState(**household, window=data.draw(_windows(parameters.demand_window())))
    assume(QuietRules.under(parameters).what_is_known(state) is None)
    assert any(decide_change(None, verdict) for verdict in judge(state, parameters, {}))


def test_every_rule_brings_its_half_in_the_order_of_the_rules() -> None:
    assert list(QUIET) == list(RULES)


_FLOOD: Mapping[str, Any] = {
    "type": "disaster",
    "observed": date(2026, 10, 3),
    "sub_kind": "flood",
    "loss": "0.00",
    "house_damaged": False,
}
_SAFE_HOME: Mapping[str, Any] = {
    "type": "dwelling",
    "observed": date(2026, 10, 3),
    "grade": "A",
    "only_home": True,
    "checked_by": "住建局",
}


def test_each_rule_is_heard_where_it_alone_has_something_to_say() -> None:
    rich = income("40000.00")
    calm = state_of(rich, said=[_SAFE_HOME])
    of_concern = [kind for kind, half in QUIET.items() if half.may_speak is may_be_concerned]
    speaking = {
        RiskKind.BELOW_LINE: state_of(income("30000.00")),
        RiskKind.INCOME_DROP: state_of(income("40000.00", year_before="90000.00")),
        RiskKind.RIGID_EXPENSE: state_of(income("40000.00", self_paid="20000.00")),
        RiskKind.NEW_ILLNESS: state_of(rich, diagnoses=(diagnosis("J00"),)),
        RiskKind.JOB_LOSS: state_of(rich, job_loss=job_loss()),
        RiskKind.SLOW_SALE: state_of(rich, slow_sales=[slow_sale()]),
        RiskKind.EDUCATION_COST: state_of(rich, education={3: "1.00"}),
        **dict.fromkeys(of_concern, state_of(rich, said=[_FLOOD])),
        RiskKind.NO_LABOUR: state_of(income("39000.00"), able_workers=0),
        RiskKind.REPORTED: state_of(rich, report=report()),
    }
    rules = QuietRules.under(policy())
    asked = rules.may_speak
    assert set(speaking) == set(RiskKind)
    assert rules.what_is_known(calm) is not None
    for kind, state in speaking.items():
        alone = replace(rules, may_speak=(QUIET[kind].may_speak,))
        others = replace(rules, may_speak=tuple(other for other in asked if other is not QUIET[kind].may_speak))
        assert alone.what_is_known(state) is None, kind
        assert others.what_is_known(state) is not None, kind


def test_what_is_not_decided_is_counted_as_undecided() -> None:
    assert len(POLICY) == len(RULE_KEYS)
    rules = QuietRules.under(policy(income_line=None, zero_job_for=None))
    known = rules.what_is_known(state_of(income("0.00")))
    assert known is not None
    outcomes = {str(kind): str(outcome) for kind, outcome in rules.outcomes(known)}
    undecided = dict.fromkeys(("below_line", "rigid_expense", "no_labour", "zero_job"), "undecided")
    unknown = dict.fromkeys(("dropout", "unsafe_housing", "unsafe_water"), "insufficient_data")
    assert outcomes == dict.fromkeys(RiskKind, "clear") | undecided | unknown
