"""A household about which every rule is quiet is one that a judgement would leave alone."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from services.monitoring.evidence.illness import Diagnosis
from services.monitoring.evidence.job_loss import JobLoss
from services.monitoring.ledger.rules.income import WindowSummary
from services.monitoring.risks.rules.judge import RULES, judge
from services.monitoring.risks.rules.life_cycle import decide_change
from services.monitoring.risks.rules.parameters import RULE_KEYS, WINDOW_MONTHS, RuleParameters
from services.monitoring.risks.rules.quiet import QUIET, QuietRules
from services.monitoring.risks.rules.state import HouseholdState, LatestRisk
from shared.codes.monitoring import HouseholdCategory, RiskGrade, RiskKind, RiskStatus
from tests.rules.builders import LAST, POLICY, diagnosis, evidence, income, job_loss, policy
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
    return policy(**values | {key.removeprefix("monitoring."): None for key in missing})


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
}


@settings(max_examples=2000, deadline=None)
@given(data=st.data(), parameters=_policies(), household=st.fixed_dictionaries(_HOUSEHOLDS), cleared=_CLEARED)
def test_what_is_quiet_would_change_nothing_and_is_counted_as_it_would_be_judged(
    data: st.DataObject,
    parameters: RuleParameters,
    household: dict[str, Any],
    cleared: Mapping[RiskKind, LatestRisk],
) -> None:
    window = data.draw(_windows(parameters.demand_window()))
    state = HouseholdState(**household, window=window, evidence=data.draw(_EVIDENCE))
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


def test_each_rule_is_heard_where_it_alone_has_something_to_say() -> None:
    rich = income("40000.00")
    calm = state_of(rich)
    speaking = {
        RiskKind.BELOW_LINE: state_of(income("30000.00")),
        RiskKind.INCOME_DROP: state_of(income("40000.00", year_before="90000.00")),
        RiskKind.RIGID_EXPENSE: state_of(income("40000.00", self_paid="20000.00")),
        RiskKind.NEW_ILLNESS: state_of(rich, diagnoses=(diagnosis("J00"),)),
        RiskKind.JOB_LOSS: state_of(rich, job_loss=job_loss()),
    }
    rules = QuietRules.under(policy())
    assert rules.what_is_known(calm) is not None
    for kind, state in speaking.items():
        alone = replace(rules, may_speak=(QUIET[kind].may_speak,))
        others = replace(rules, may_speak=tuple(half.may_speak for name, half in QUIET.items() if name is not kind))
        assert alone.what_is_known(state) is None, kind
        assert others.what_is_known(state) is not None, kind


def test_what_is_not_decided_is_counted_as_undecided() -> None:
    assert len(POLICY) == len(RULE_KEYS)
    rules = QuietRules.under(policy(income_line=None))
    known = rules.what_is_known(state_of(income("0.00")))
    assert known is not None
    outcomes = {str(kind): str(outcome) for kind, outcome in rules.outcomes(known)}
    assert outcomes == {
        "below_line": "undecided",
        "income_drop": "clear",
        "rigid_expense": "undecided",
        "new_illness": "clear",
        "job_loss": "clear",
    }
