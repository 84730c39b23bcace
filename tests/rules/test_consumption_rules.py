"""The rules of orders: steps, what a line is worth, and the split over the households, to the fen."""

from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.consumption.orders.procedure import TRANSITIONS
from services.consumption.orders.rules import Share, Split, line_value, split
from services.consumption.products.rules import format_quantity, parse_quantity
from shared.codes.consumption import OrderAction, OrderStatus
from shared.codes.monitoring import IncomeBranch
from shared.money import MAX_FEN
from shared.shares import WHOLE
from tests.rules.builders import leads_to

WAY = [OrderStatus.PLACED, OrderStatus.ACCEPTED, OrderStatus.SHIPPED, OrderStatus.RECEIVED, OrderStatus.SETTLED]
STEPS = {
    OrderStatus.PLACED: {OrderAction.ACCEPT: OrderStatus.ACCEPTED, OrderAction.CANCEL: OrderStatus.CANCELLED},
    OrderStatus.ACCEPTED: {OrderAction.SHIP: OrderStatus.SHIPPED, OrderAction.CANCEL: OrderStatus.CANCELLED},
    OrderStatus.SHIPPED: {OrderAction.RECEIVE: OrderStatus.RECEIVED},
    OrderStatus.RECEIVED: {OrderAction.SETTLE: OrderStatus.SETTLED, OrderAction.DISPUTE: OrderStatus.DISPUTED},
    OrderStatus.DISPUTED: {OrderAction.RECEIVE: OrderStatus.RECEIVED},
    OrderStatus.SETTLED: {},
    OrderStatus.CANCELLED: {},
}
values = st.integers(0, MAX_FEN) | st.integers(0, 100)


def of(*parts: int) -> list[Share]:
    """Shares of as many households, in ten-thousandths."""
    return [Share(f"DJ-{number:04d}", IncomeBranch.OPERATING, part) for number, part in enumerate(parts, 1)]


@st.composite
def shares(draw: st.DrawFn) -> list[Share]:
    """Shares that are 1 together or less."""
    cuts = sorted(draw(st.sets(st.integers(1, WHOLE), max_size=12)))
    parts = [after - before for before, after in pairwise([0, *cuts])]
    return draw(st.permutations(of(*parts)))


@pytest.mark.parametrize("status", OrderStatus)
@pytest.mark.parametrize("action", OrderAction)
def test_an_action_leads_to_its_step_or_nowhere(status: OrderStatus, action: OrderAction) -> None:
    assert leads_to(TRANSITIONS, status, action) == STEPS[status].get(action)


@pytest.mark.parametrize("status", OrderStatus)
def test_what_is_said_to_be_allowed_is_what_works(status: OrderStatus) -> None:
    assert set(TRANSITIONS.allowed(status)) == set(STEPS[status])


@given(actions=st.lists(st.sampled_from(OrderAction), max_size=60))
def test_no_sequence_of_actions_pays_twice_or_skips_a_step(actions: list[OrderAction]) -> None:
    walked = [OrderStatus.PLACED]
    settled = 0
    for action in actions:
        status = leads_to(TRANSITIONS, walked[-1], action)
        if status is not None:
            walked.append(status)
            settled += action is OrderAction.SETTLE
    assert settled <= 1
    for before, after in pairwise(WAY):
        assert after not in walked or before in walked[: walked.index(after)]
    if OrderStatus.CANCELLED in walked:
        assert OrderStatus.SHIPPED not in walked


@given(value=values, divided=shares())
def test_a_split_is_the_value_again_and_nobody_is_off_by_a_fen(value: int, divided: list[Share]) -> None:
    parts, rest = split(value, divided)
    assert sum(parts) + rest == value
    kept = WHOLE - sum(share.share for share in divided)
    for amount, share in zip((*parts, rest), (*(share.share for share in divided), kept), strict=True):
        assert amount >= 0
        assert abs(amount - Fraction(value * share, WHOLE)) < 1


@given(value=values, divided=shares())
def test_a_split_does_not_depend_on_the_order_of_the_households(value: int, divided: list[Share]) -> None:
    by_household = {
        share.household_code: part for share, part in zip(divided, split(value, divided).parts, strict=True)
    }
    turned = sorted(divided, key=lambda share: share.household_code)
    assert [by_household[share.household_code] for share in turned] == list(split(value, turned).parts)


@pytest.mark.parametrize(
    ("value", "parts", "expected"),
    [
        (24375, (2500,), Split((6094,), 18281)),  # a half goes to the household, the producer is last
        (100, (3333, 3333, 3334), Split((33, 33, 34), 0)),
        (1, (5000, 5000), Split((1, 0), 0)),  # the first code
        (2, (2500, 2500, 2500), Split((1, 1, 0), 0)),
        (1, (1, 9999), Split((0, 1), 0)),
        (0, (5000,), Split((0,), 0)),
        (999, (), Split((), 999)),
        (999, (WHOLE,), Split((999,), 0)),
    ],
)
def test_left_over_fen_go_to_the_largest_fractions(value: int, parts: tuple[int, ...], expected: Split) -> None:
    assert split(value, of(*parts)) == expected


def test_shares_above_one_are_not_split() -> None:
    with pytest.raises(ValueError, match="more than 1"):
        split(100, of(5000, 5001))


@pytest.mark.parametrize(
    ("price", "quantity", "value"), [(1250, 19500, 24375), (1, 499, 0), (1, 500, 1), (333, 1, 0), (999, 1001, 1000)]
)
def test_a_line_is_worth_its_quantity_rounded_half_up(price: int, quantity: int, value: int) -> None:
    assert line_value(price, quantity) == value


@given(st.integers(0, 10**12 - 1))
def test_a_quantity_is_read_as_it_is_written(thousandths: int) -> None:
    assert parse_quantity(format_quantity(thousandths)) == thousandths


@pytest.mark.parametrize("text", ["", "-1", "+1", "1.0000", "1.", ".5", "1e3", " 1", "1\n", "１", "1000000000"])
def test_a_quantity_is_digits_with_at_most_three_decimals(text: str) -> None:
    with pytest.raises(ValueError, match="quantity"):
        parse_quantity(text)
