"""The rules of assets: rights by date, plans that add up, and a procedure that pays once."""

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import pairwise
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.assets.assets.rules import Grant, Span, change_rights, rights_findings
from services.assets.distributions.procedure import TRANSITIONS
from services.assets.distributions.rules import (
    Line,
    credit_id,
    plan_findings,
)
from shared.codes.assets import AssetRight, DistributionAction, DistributionReason, DistributionStatus
from shared.procedures.days import is_over, last_day, why_not_on
from shared.shares import WHOLE
from tests.rules.builders import leads_to

OWNER, OPERATOR = AssetRight.OWNER, AssetRight.OPERATOR
DRAFT, VOTED, PUBLISHED = DistributionStatus.DRAFT, DistributionStatus.VOTED, DistributionStatus.PUBLISHED
APPROVED, FILED, PAID = DistributionStatus.APPROVED, DistributionStatus.FILED, DistributionStatus.PAID
TODAY = date(2026, 11, 16)
ORDER = [DRAFT, VOTED, PUBLISHED, APPROVED, FILED, PAID]
STEPS = {
    DRAFT: {DistributionAction.VOTE: VOTED},
    VOTED: {DistributionAction.PUBLISH: PUBLISHED},
    PUBLISHED: {DistributionAction.OBJECT: DRAFT, DistributionAction.APPROVE: APPROVED},
    APPROVED: {DistributionAction.FILE: FILED},
    FILED: {DistributionAction.PAY: PAID},
    PAID: {},
}


@pytest.mark.parametrize("status", DistributionStatus)
@pytest.mark.parametrize("action", DistributionAction)
def test_an_action_leads_to_its_step_or_nowhere(status: DistributionStatus, action: DistributionAction) -> None:
    assert leads_to(TRANSITIONS, status, action) == STEPS[status].get(action)


@pytest.mark.parametrize("status", DistributionStatus)
def test_what_is_said_to_be_allowed_is_what_works(status: DistributionStatus) -> None:
    assert set(TRANSITIONS.allowed(status)) == set(STEPS[status])


def walked(actions: Sequence[DistributionAction]) -> list[tuple[DistributionAction, DistributionStatus]]:
    """The steps that are taken when these are asked for, with where each leads."""
    taken, status = [], DRAFT
    for action in actions:
        after = leads_to(TRANSITIONS, status, action)
        if after is not None:
            status = after
            taken.append((action, status))
    return taken


LIKELY = st.lists(st.sampled_from(DistributionAction), max_size=60)
IN_ORDER = st.just(
    [
        DistributionAction.VOTE,
        DistributionAction.PUBLISH,
        DistributionAction.APPROVE,
        DistributionAction.FILE,
        DistributionAction.PAY,
    ]
)


@given(before=LIKELY, course=IN_ORDER, after=LIKELY)
def test_no_sequence_of_actions_pays_twice_or_skips_a_step(
    before: list[DistributionAction], course: list[DistributionAction], after: list[DistributionAction]
) -> None:
    steps = walked([*before, *course, *after, *course])
    stood = [DRAFT, *(status for _, status in steps)]
    for earlier, later in pairwise(stood):
        assert later is DRAFT or ORDER.index(later) == ORDER.index(earlier) + 1
    assert stood.count(PAID) <= 1
    assert PAID not in stood[:-1]


@given(before=LIKELY)
def test_whatever_was_asked_before_the_course_can_be_run_to_its_end(before: list[DistributionAction]) -> None:
    status = ([DRAFT] + [status for _, status in walked(before)])[-1]
    while status is not PAID:
        [onward] = [after for after in STEPS[status].values() if after is not DRAFT]
        status = onward


@pytest.mark.parametrize(
    ("on", "previous", "wrong"),
    [
        (TODAY, None, False),
        (TODAY, TODAY, False),
        (date(2020, 1, 1), None, False),
        (TODAY - timedelta(days=1), TODAY, True),
        (TODAY + timedelta(days=1), None, True),
        (TODAY + timedelta(days=1), TODAY, True),
    ],
)
def test_a_step_is_taken_no_later_than_today_and_no_earlier_than_the_one_before(
    on: date, previous: date | None, wrong: bool
) -> None:
    assert (why_not_on(on, previous, TODAY) is not None) is wrong


def test_the_day_of_publishing_does_not_count_and_the_last_day_has_to_pass() -> None:
    ends_on = last_day(date(2026, 11, 10), 5, calendar=None)
    assert ends_on == date(2026, 11, 15)
    assert [day for day in range(10, 18) if is_over(ends_on, date(2026, 11, day))] == [16, 17]
    assert not is_over(None, TODAY)


def grants(**shares: int) -> list[Grant]:
    return [Grant(OWNER, holder, share) for holder, share in shares.items()]


@pytest.mark.parametrize(
    ("rights", "pointers"),
    [
        (grants(village=WHOLE), []),
        (grants(village=6667, firm=3333), []),
        ([*grants(village=WHOLE), Grant(OPERATOR, "firm", WHOLE)], []),
        (grants(village=9999), ["/rights"]),
        (grants(village=6667, firm=3334), ["/rights"]),
        ([*grants(village=WHOLE), Grant(OPERATOR, "firm", 1)], ["/rights"]),
        ([Grant(OPERATOR, "firm", WHOLE)], ["/rights"]),
        ([*grants(village=5000), *grants(village=5000)], ["/rights/1/holder"]),
        ([Grant(OPERATOR, "firm", 5000)], ["/rights", "/rights"]),
    ],
)
def test_rights_have_an_owner_each_holder_once_and_are_whole(rights: list[Grant], pointers: list[str]) -> None:
    assert [finding.pointer for finding in rights_findings(rights)] == pointers


def test_a_right_that_is_not_whole_is_named_with_what_it_makes() -> None:
    [finding] = rights_findings([*grants(village=WHOLE), Grant(OPERATOR, "firm", 9500)])
    assert finding.detail == "the shares of operator make 0.9500 and not 1.0000"


@st.composite
def splits(draw: st.DrawFn) -> list[Grant]:
    """The owners and perhaps the operators of an asset, whole."""
    found: list[Grant] = []
    for kind in (OWNER, OPERATOR)[: draw(st.integers(1, 2))]:
        cuts = sorted(draw(st.sets(st.integers(1, WHOLE - 1), max_size=3)))
        shares = [end - begin for begin, end in zip([0, *cuts], [*cuts, WHOLE], strict=True)]
        holders = draw(st.permutations("ABCD"))
        found += [Grant(kind, holder, share) for holder, share in zip(holders, shares, strict=False)]
    return found


CHANGES = st.lists(st.tuples(st.integers(0, 4), splits()), min_size=1, max_size=8)
"""Rights put one after the other, each so many days after the one before."""


def on_day(history: Sequence[Span], day: date) -> set[Grant]:
    return {span.grant for span in history if span.holds_on(day)}


@given(rights=splits())
def test_whole_rights_are_found_whole(rights: list[Grant]) -> None:
    assert rights_findings(rights) == []


@given(changes=CHANGES)
def test_the_rights_of_a_day_are_those_that_were_put_last_on_it_or_before(
    changes: list[tuple[int, list[Grant]]],
) -> None:
    history: list[Span] = []
    put: dict[date, set[Grant]] = {}
    today = TODAY
    for days, wanted in changes:
        today += timedelta(days=days)
        history = change_rights(history, wanted, today)
        assert change_rights(history, wanted, today) == history
        put[today] = set(wanted)
    for offset in range(-1, (today - TODAY).days + 3):
        day = TODAY + timedelta(days=offset)
        expected = [rights for put_on, rights in put.items() if put_on <= day]
        assert on_day(history, day) == (expected[-1] if expected else set())


@given(changes=CHANGES)
def test_what_did_not_change_goes_on_and_nothing_holds_twice(changes: list[tuple[int, list[Grant]]]) -> None:
    history: list[Span] = []
    today = TODAY
    for days, wanted in changes:
        today += timedelta(days=days)
        history = change_rights(history, wanted, today)
    assert all(span.valid_to is None or span.valid_from <= span.valid_to for span in history)
    for index, span in enumerate(history):
        for other in history[index + 1 :]:
            if span.grant == other.grant:
                assert span.valid_to is not None
                assert other.valid_from > span.valid_to + timedelta(days=1)


def test_of_two_changes_on_one_day_only_the_last_leaves_a_trace() -> None:
    first = change_rights([], grants(village=WHOLE), TODAY)
    tomorrow = TODAY + timedelta(days=1)
    slip = change_rights(first, grants(firm=WHOLE), tomorrow)
    assert [span.valid_to for span in slip] == [TODAY, None]
    assert change_rights(slip, grants(village=WHOLE), tomorrow) == first


def lines(*amounts: int) -> list[Line]:
    return [Line(f"H{number}", DistributionReason.SHARE, amount) for number, amount in enumerate(amounts)]


@given(amounts=st.lists(st.integers(1, 10**12), min_size=1, max_size=20), more=st.integers(-5, 5))
def test_a_plan_adds_up_to_the_fen_or_is_refused(amounts: list[int], more: int) -> None:
    found = plan_findings("2026", sum(amounts) + more, lines(*amounts), TODAY)
    assert [finding.pointer for finding in found] == ["/total"] * (more != 0)


@pytest.mark.parametrize(("period", "wrong"), [("2026", False), ("1999", False), ("2027", True)])
def test_a_plan_is_for_a_year_that_has_begun(period: str, wrong: bool) -> None:
    assert [finding.pointer for finding in plan_findings(period, 5, lines(5), TODAY)] == ["/period"] * wrong


def test_a_household_has_one_line_for_a_reason_and_may_have_another_for_another() -> None:
    twice = [*lines(5), Line("H0", DistributionReason.POST, 5)]
    assert plan_findings("2026", 10, twice, TODAY) == []
    doubled = [*twice, Line("H0", DistributionReason.SHARE, 5)]
    assert [finding.pointer for finding in plan_findings("2026", 15, doubled, TODAY)] == ["/lines/2"]


def test_a_line_is_one_credit_however_often_it_is_told() -> None:
    one, other = UUID(int=1), UUID(int=2)
    ids = [credit_id(distribution, number) for distribution in (one, other) for number in (1, 2)]
    assert ids == [credit_id(distribution, number) for distribution in (one, other) for number in (1, 2)]
    assert len(set(ids)) == 4
