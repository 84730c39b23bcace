"""The rules of tasks: what people may do, by when, and what the newest state of a risk means."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from functools import reduce
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.assistance.households.rules import CreditLine, effect_of
from services.assistance.measures.procedure import next_measure_status
from services.assistance.measures.rules import answer_deadline
from services.assistance.tasks.procedure import TRANSITIONS
from services.assistance.tasks.rules import TaskDecision, TaskState, deadline, next_state
from shared.codes.assistance import MeasureStatus, TaskAction, TaskChange, TaskStatus, TaskVerdict
from shared.codes.monitoring import IncomeBranch, RiskGrade, RiskStatus
from shared.codes.policy import ValueStatus
from shared.contracts.monitoring import RiskState
from shared.ids import derived_id
from shared.policy.parameters import ParameterValue
from shared.workdays import Deadline, WorkdayCalendar
from tests.builders import risk_cleared, risk_raised, risk_updated
from tests.rules.builders import leads_to

OPEN, ACCEPTED, IN_PROGRESS = TaskStatus.OPEN, TaskStatus.ACCEPTED, TaskStatus.IN_PROGRESS
VERIFIED, CLOSED = TaskStatus.VERIFIED, TaskStatus.CLOSED
ORANGE, RED = RiskGrade.ORANGE, RiskGrade.RED
CALENDAR = WorkdayCalendar({})
SOON, LATER = Deadline(date(2026, 11, 19), provisional=False), Deadline(date(2026, 11, 23), provisional=False)

STEPS = {
    OPEN: {TaskAction.ACCEPT: ACCEPTED},
    ACCEPTED: {TaskAction.START: IN_PROGRESS},
    IN_PROGRESS: {TaskAction.VERIFY: VERIFIED},
    VERIFIED: {TaskAction.CLOSE: CLOSED, TaskAction.REOPEN: OPEN},
    CLOSED: {TaskAction.REOPEN: OPEN},
}


@pytest.mark.parametrize("status", TaskStatus)
@pytest.mark.parametrize("action", TaskAction)
def test_an_action_leads_to_its_step_or_nowhere(status: TaskStatus, action: TaskAction) -> None:
    assert leads_to(TRANSITIONS, status, action) == STEPS[status].get(action)


@pytest.mark.parametrize("status", TaskStatus)
def test_what_is_said_to_be_allowed_is_what_works(status: TaskStatus) -> None:
    assert set(TRANSITIONS.allowed(status)) == set(STEPS[status])


@given(actions=st.lists(st.sampled_from(TaskAction), max_size=40))
def test_no_sequence_of_actions_skips_a_step(actions: list[TaskAction]) -> None:
    order = [OPEN, ACCEPTED, IN_PROGRESS, VERIFIED, CLOSED]
    walked = [OPEN]
    for action in actions:
        status = leads_to(TRANSITIONS, walked[-1], action)
        if status is None:
            continue
        assert status is OPEN or order.index(status) == order.index(walked[-1]) + 1
        walked.append(status)
    for status in order[1:]:
        if status in walked:
            assert order[order.index(status) - 1] in walked[: walked.index(status)]


def workdays(**by_grade: int) -> ParameterValue:
    return ParameterValue("key", by_grade, "workdays", "here", ValueStatus.ASSUMED, "here@1")


@pytest.mark.parametrize(
    ("decided_on", "grade", "due"),
    [
        (date(2026, 11, 16), ORANGE, Deadline(date(2026, 11, 23), provisional=False)),
        (date(2026, 11, 16), RED, Deadline(date(2026, 11, 19), provisional=False)),
        (date(2026, 9, 30), RED, Deadline(date(2026, 10, 10), provisional=False)),  # after 国庆, to a worked Saturday
        (date(2026, 12, 28), RED, Deadline(date(2026, 12, 31), provisional=False)),
        (date(2026, 12, 28), ORANGE, Deadline(date(2027, 1, 5), provisional=True)),  # 2027 is not announced
    ],
)
def test_a_task_is_due_so_many_working_days_after_the_decision(
    decided_on: date, grade: RiskGrade, due: Deadline
) -> None:
    assert deadline(decided_on, grade, workdays(red=3, orange=5), CALENDAR) == due


@pytest.mark.parametrize("silent", [None, workdays(red=3)])
def test_without_a_number_for_the_grade_there_is_no_deadline(silent: ParameterValue | None) -> None:
    assert deadline(date(2026, 11, 16), ORANGE, silent, CALENDAR) is None


def opened(due: Deadline | None = LATER, **changes: Any) -> TaskState:
    state = TaskState(OPEN, ORANGE, None, taken_up=False, due=due, risk_status=RiskStatus.OPEN, risk_version=1)
    return replace(state, **changes)


def closed_by_a_person(**changes: Any) -> TaskState:
    closed: dict[str, Any] = {"status": CLOSED, "verdict": TaskVerdict.CONFIRMED, "taken_up": True}
    return opened(**closed | changes)


def decide(task: TaskState | None, risk: RiskState, due: Deadline | None = SOON) -> TaskDecision:
    decision = next_state(task, risk, due)
    assert decision is not None
    return decision


def test_a_raised_risk_opens_a_task() -> None:
    assert decide(None, risk_raised(), LATER) == TaskDecision(TaskChange.OPENED, opened())


def test_an_update_that_comes_first_opens_the_task_as_it_says() -> None:
    decision = decide(None, risk_updated(grade=RED))
    assert decision == TaskDecision(TaskChange.OPENED, opened(SOON, grade=RED, risk_version=2))


def test_a_cause_gone_before_the_task_was_known_makes_it_closed() -> None:
    decision = decide(None, risk_cleared())
    assert (decision.change, decision.after.status, decision.after.verdict) == (TaskChange.CLOSED, CLOSED, None)


@pytest.mark.parametrize("version", [1, 2, 3])
@pytest.mark.parametrize("make", [risk_raised, risk_updated, risk_cleared])
def test_an_older_state_and_the_same_again_change_nothing(make: Any, version: int) -> None:
    assert next_state(opened(risk_version=3), make(version=version, grade=RED), SOON) is None


def test_a_higher_grade_moves_the_due_date_earlier() -> None:
    decision = decide(opened(), risk_updated(grade=RED), SOON)
    assert (decision.change, decision.after.grade, decision.after.due) == (TaskChange.UPDATED, RED, SOON)


@pytest.mark.parametrize("grade", RiskGrade)
def test_no_update_moves_the_due_date_later(grade: RiskGrade) -> None:
    assert decide(opened(SOON), risk_updated(grade=grade), LATER).after.due == SOON


def test_a_due_date_the_policy_lacked_is_set_by_the_next_update_and_never_lost_again() -> None:
    assert decide(opened(None), risk_updated(), SOON).after.due == SOON
    assert decide(opened(SOON), risk_updated(), None).after.due == SOON


def test_an_untouched_task_closes_itself_when_its_cause_is_gone() -> None:
    decision = decide(opened(), risk_cleared())
    assert (decision.change, decision.after.status, decision.after.verdict) == (TaskChange.CLOSED, CLOSED, None)


@pytest.mark.parametrize("status", [OPEN, ACCEPTED, IN_PROGRESS, VERIFIED, CLOSED])
def test_a_task_a_person_has_in_hand_stays_where_it_is_and_its_owner_is_told(status: TaskStatus) -> None:
    decision = decide(opened(status=status, taken_up=True), risk_cleared())
    assert (decision.change, decision.after.status) == (TaskChange.CAUSE_GONE, status)
    assert decision.after.risk_status is RiskStatus.CLEARED


def test_a_closed_task_opens_again_when_its_risk_grows_more_urgent() -> None:
    decision = decide(closed_by_a_person(due=SOON), risk_updated(grade=RED), LATER)
    expected = opened(LATER, grade=RED, risk_version=2)
    assert decision == TaskDecision(TaskChange.ESCALATED, expected)


@pytest.mark.parametrize(("before", "after"), [(ORANGE, ORANGE), (RED, RED), (RED, ORANGE)])
def test_a_closed_task_stays_closed_while_its_risk_is_no_more_urgent(before: RiskGrade, after: RiskGrade) -> None:
    decision = decide(closed_by_a_person(grade=before), risk_updated(grade=after))
    assert decision == TaskDecision(TaskChange.UPDATED, closed_by_a_person(grade=after, risk_version=2))


def test_an_escalated_task_nobody_took_up_closes_itself_when_its_cause_is_gone() -> None:
    escalated = decide(closed_by_a_person(), risk_updated(grade=RED)).after
    assert decide(escalated, risk_cleared(grade=RED)).change is TaskChange.CLOSED


def test_a_task_that_closed_itself_opens_again_if_its_cause_is_said_to_hold() -> None:
    closed = decide(opened(), risk_cleared(2)).after
    decision = decide(closed, risk_updated(3), SOON)
    assert decision == TaskDecision(TaskChange.OPENED, opened(SOON, risk_version=3))


GRADES = st.sampled_from(RiskGrade)


@st.composite
def histories(draw: st.DrawFn) -> list[RiskState]:
    """One episode as monitoring tells it: raised, updated some times, perhaps cleared."""
    grades = draw(st.lists(GRADES, min_size=1, max_size=6))
    first, *others = grades
    events: list[RiskState] = [risk_raised(grade=first)]
    events += [risk_updated(number, grade=grade) for number, grade in enumerate(others, start=2)]
    if draw(st.booleans()):
        events.append(risk_cleared(len(events) + 1, grade=grades[-1]))
    return events


def outcome(events: Sequence[RiskState]) -> tuple[TaskStatus, RiskGrade, RiskStatus, int]:
    def step(task: TaskState | None, event: RiskState) -> TaskState | None:
        decision = next_state(task, event, SOON)
        return task if decision is None else decision.after

    task = reduce(step, events, None)
    assert task is not None
    return task.status, task.grade, task.risk_status, task.risk_version


@given(data=st.data(), history=histories())
def test_any_order_and_repetition_of_events_ends_where_their_own_order_ends(
    data: st.DataObject, history: list[RiskState]
) -> None:
    repeats = data.draw(st.lists(st.sampled_from(history), max_size=6))
    delivered = data.draw(st.permutations([*history, *repeats]))
    assert outcome(delivered) == outcome(history)


REQUESTED, AGREED, REFUSED = MeasureStatus.REQUESTED, MeasureStatus.ACCEPTED, MeasureStatus.REFUSED
COMPLETED, CANCELLED = MeasureStatus.COMPLETED, MeasureStatus.CANCELLED
LEADS_TO = {
    REQUESTED: {AGREED, REFUSED, COMPLETED, CANCELLED},
    AGREED: {REFUSED, COMPLETED, CANCELLED},
    REFUSED: {COMPLETED},
    COMPLETED: set(),
    CANCELLED: {COMPLETED},
}


@pytest.mark.parametrize("status", MeasureStatus)
@pytest.mark.parametrize("answer", MeasureStatus)
def test_an_answer_changes_a_measure_or_comes_too_late(status: MeasureStatus, answer: MeasureStatus) -> None:
    assert next_measure_status(status, answer) == (answer if answer in LEADS_TO[status] else None)


def answered(answers: Sequence[MeasureStatus]) -> MeasureStatus:
    return reduce(lambda status, answer: next_measure_status(status, answer) or status, answers, REQUESTED)


ANSWERS = st.lists(st.sampled_from([AGREED, REFUSED, COMPLETED, CANCELLED]), max_size=12)


@given(answers=ANSWERS, place=st.integers(0, 12))
def test_help_that_reached_the_household_is_the_end_in_any_order_and_repetition(
    answers: list[MeasureStatus], place: int
) -> None:
    answers.insert(place, COMPLETED)
    assert answered(answers) is COMPLETED


@given(answers=ANSWERS)
def test_the_same_answers_once_more_change_nothing(answers: list[MeasureStatus]) -> None:
    end = answered(answers)
    repeated = [answer for answer in answers for _ in range(2)]
    assert answered(repeated) is end
    assert next_measure_status(end, end) is None


def test_an_answer_is_due_so_many_working_days_after_the_request() -> None:
    five = ParameterValue("key", 5, "workdays", "here", ValueStatus.ASSUMED, "here@1")
    assert answer_deadline(date(2026, 9, 30), five, CALENDAR) == Deadline(date(2026, 10, 13), provisional=False)
    assert answer_deadline(date(2026, 9, 30), None, CALENDAR) is None


WAGE, SALE = IncomeBranch.WAGE, IncomeBranch.OPERATING


def named(name: str) -> UUID:
    return derived_id("credit", name)


def test_the_effect_leaves_out_what_was_corrected_in_its_own_house() -> None:
    lines = [
        CreditLine("employment", named("a"), WAGE, 100_00, None),
        CreditLine("employment", named("b"), WAGE, 90_00, named("a")),
        CreditLine("employment", named("c"), WAGE, 80_00, named("b")),
        CreditLine("consumption", named("a"), SALE, 7, None),
    ]
    effect = effect_of(lines, 2)
    assert (effect.total, effect.per_head) == (80_07, 40_04)
    assert effect.by_branch == {**dict.fromkeys(IncomeBranch, 0), WAGE: 80_00, SALE: 7}


@pytest.mark.parametrize("members", [None, 0])
def test_without_heads_there_is_no_effect_per_head(members: int | None) -> None:
    assert effect_of([CreditLine("employment", named("a"), WAGE, 100, None)], members).per_head is None


@given(amounts=st.lists(st.tuples(st.sampled_from(IncomeBranch), st.integers(1, 10**9)), max_size=8))
def test_the_branches_add_up_to_the_total(amounts: list[tuple[IncomeBranch, int]]) -> None:
    lines = [CreditLine("assets", named(str(at)), branch, fen, None) for at, (branch, fen) in enumerate(amounts)]
    effect = effect_of(lines, 3)
    assert effect.total == sum(effect.by_branch.values()) == sum(fen for _, fen in amounts)
