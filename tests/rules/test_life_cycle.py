from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.monitoring.risks.rules.judge import judge
from services.monitoring.risks.rules.life_cycle import ChangeKind, RiskChange, decide_change
from services.monitoring.risks.rules.parameters import RuleParameters
from services.monitoring.risks.rules.state import HouseholdState, LatestRisk
from services.monitoring.risks.rules.verdicts import Verdict
from shared.codes.monitoring import RiskGrade, RiskKind, RiskStatus
from tests.rules.builders import diagnosis, household, income, job_loss, open_risk, policy

_LINE = RiskKind.BELOW_LINE


def _change(
    kind: RiskKind, state: HouseholdState, latest: LatestRisk | None, parameters: RuleParameters | None = None
) -> RiskChange | None:
    verdicts = judge(state, parameters or policy(), {} if latest is None else {kind: latest})
    return decide_change(latest, next(verdict for verdict in verdicts if verdict.kind is kind))


def test_a_first_alarm_raises_the_first_episode_with_its_reasons() -> None:
    change = _change(_LINE, household(income("20000.00")), None)
    assert change is not None
    assert (change.change, change.kind, change.grade, change.episode) == (
        ChangeKind.RAISED,
        RiskKind.BELOW_LINE,
        RiskGrade.ORANGE,
        1,
    )
    assert [reason.rule for reason in change.reasons] == ["below_line"]
    assert change.latest == open_risk(_LINE)


def test_a_quiet_household_changes_nothing() -> None:
    assert _change(_LINE, household(income("90000.00")), None) is None


def test_the_same_alarm_with_other_figures_is_no_news() -> None:
    assert _change(_LINE, household(income("19000.00")), open_risk(_LINE)) is None


def test_another_grade_updates_the_same_episode() -> None:
    change = _change(_LINE, household(income("20000.00"), able_workers=0), open_risk(_LINE, episode=3))
    assert change is not None
    assert (change.change, change.grade, change.episode) == (ChangeKind.UPDATED, RiskGrade.RED, 3)


def test_another_reason_updates_even_if_the_grade_stays() -> None:
    drop = RiskKind.INCOME_DROP
    state = household(income("50000.00", year_before="100000.00", quarter="9000.00", quarter_before="20000.00"))
    change = _change(drop, state, open_risk(drop, "income_drop.quarter"))
    assert change is not None
    assert change.change is ChangeKind.UPDATED
    assert change.keys == {"income_drop.quarter", "income_drop.year"}
    assert change.latest.rules == {"income_drop.quarter", "income_drop.year"}


def test_a_second_ill_member_updates_and_the_recovery_of_one_updates_again() -> None:
    illness = RiskKind.NEW_ILLNESS
    both = household(income("90000.00"), diagnoses=(diagnosis("C34.9"), diagnosis("I21.9", member_no=1)))
    change = _change(illness, both, open_risk(illness, "new_illness.serious:2:C349"))
    assert change is not None
    assert change.change is ChangeKind.UPDATED
    assert change.latest.rules == {"new_illness.serious"}
    one = household(income("90000.00"), diagnoses=(diagnosis("I21.9", member_no=1),))
    change = _change(illness, one, change.latest)
    assert change is not None
    assert change.keys == {"new_illness.serious:1:I219"}


def test_a_gone_cause_clears_and_its_return_opens_the_next_episode() -> None:
    cleared = _change(_LINE, household(income("90000.00")), open_risk(_LINE, grade=RiskGrade.RED, episode=2))
    assert cleared is not None
    assert (cleared.change, cleared.grade, cleared.episode) == (ChangeKind.CLEARED, RiskGrade.RED, 2)
    assert cleared.reasons
    assert cleared.latest == LatestRisk(_LINE, RiskStatus.CLEARED, RiskGrade.RED, 2, frozenset())
    assert _change(_LINE, household(income("90000.00")), cleared.latest) is None
    again = _change(_LINE, household(income("20000.00")), cleared.latest)
    assert again is not None
    assert (again.change, again.grade, again.episode) == (ChangeKind.RAISED, RiskGrade.ORANGE, 3)


def test_income_that_wavers_around_the_line_opens_one_episode() -> None:
    latest: LatestRisk | None = None
    changes = []
    for window in ("32000.00", "33000.00", "32500.00", "34000.00", "32799.99", "34439.99"):
        change = _change(_LINE, household(income(window)), latest)
        if change is not None:
            changes.append(change.change)
            latest = change.latest
    assert changes == [ChangeKind.RAISED]


@pytest.mark.parametrize("latest", [None, open_risk(_LINE, grade=RiskGrade.RED)])
def test_missing_facts_and_missing_policy_change_nothing(latest: LatestRisk | None) -> None:
    unknown = household(income("90000.00", unknown=("2026-02",)))
    assert _change(_LINE, unknown, latest) is None
    assert _change(_LINE, household(income("90000.00")), latest, policy(income_line=None)) is None


def test_lost_work_is_one_episode_until_work_is_found_and_the_next_loss_is_another() -> None:
    work = RiskKind.JOB_LOSS
    changes = []
    latest: LatestRisk | None = None
    first, found = job_loss(1), job_loss(1, regained_by=2, regained_on=date(2026, 10, 25))
    for loss in (None, first, first, found, found, job_loss(2), job_loss(3)):
        change = _change(work, household(income("90000.00"), job_loss=loss), latest)
        if change is not None:
            latest = change.latest
            changes.append((change.change, change.episode))
    assert changes == [
        (ChangeKind.RAISED, 1),
        (ChangeKind.CLEARED, 1),
        (ChangeKind.RAISED, 2),
        (ChangeKind.UPDATED, 2),
    ]


_WINDOWS = st.lists(st.integers(0, 6_000_000), min_size=1, max_size=12)


@given(windows=_WINDOWS)
def test_episodes_count_up_by_one_and_open_and_close_in_turn(windows: list[int]) -> None:
    latest: LatestRisk | None = None
    seen: list[tuple[ChangeKind, int]] = []
    for fen in windows:
        change = _change(_LINE, household(income(f"{fen // 100}.{fen % 100:02d}")), latest)
        if change is not None:
            latest = change.latest
            seen.append((change.change, change.episode))
    expected = [(kind, episode) for episode in range(1, 7) for kind in (ChangeKind.RAISED, ChangeKind.CLEARED)]
    assert seen == expected[: len(seen)]


def test_a_verdict_judged_again_after_its_change_changes_nothing() -> None:
    state = household(
        income("20000.00", year_before="60000.00", self_paid="100.00"),
        diagnoses=(diagnosis("C34.9", main_earner=True),),
        medical={2: "30000.00"},
        job_loss=job_loss(),
    )
    latest: dict[RiskKind, LatestRisk] = {}
    for verdict in judge(state, policy(), latest):
        _apply(latest, verdict)
    assert set(latest) == {RiskKind.BELOW_LINE, RiskKind.INCOME_DROP, RiskKind.NEW_ILLNESS, RiskKind.JOB_LOSS}
    again = [decide_change(latest.get(verdict.kind), verdict) for verdict in judge(state, policy(), latest)]
    assert again == [None] * len(RiskKind)


def _apply(latest: dict[RiskKind, LatestRisk], verdict: Verdict) -> None:
    change = decide_change(latest.get(verdict.kind), verdict)
    if change is not None:
        latest[verdict.kind] = change.latest
