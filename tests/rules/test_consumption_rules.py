"""The rules of orders: steps, what a line is worth, and the split over the households, to the fen."""

from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.consumption.orders.procedure import TRANSITIONS
from services.consumption.orders.rules import (
    Division,
    Link,
    ProducerShare,
    Share,
    Split,
    divide,
    line_value,
    split,
    standing,
)
from services.consumption.products.rules import format_quantity, parse_quantity
from shared.codes.consumption import OrderAction, OrderDeliveryStatus, OrderStatus
from shared.codes.monitoring import IncomeBranch
from shared.money import MAX_FEN
from shared.shares import WHOLE
from tests.rules.builders import leads_to

S, A = OrderStatus, OrderAction
WAY = [S.PLACED, S.ACCEPTED, S.SHIPPED, S.RECEIVED, S.SETTLED]
UNDER_WAY = [S.PARTLY_SHIPPED, S.SHIPPED, S.RECEIVED, S.SETTLED, S.DISPUTED]
PRICES, RETURNS = [A.ADJUST, A.AGREE, A.DECLINE], [A.RETURN, A.ACCEPT_RETURN, A.REFUSE_RETURN]
STEPS: dict[OrderStatus, dict[OrderAction, OrderStatus]] = {
    S.PRE_ORDERED: {A.CONFIRM: S.PLACED, A.CANCEL: S.CANCELLED},
    S.PLACED: {A.ACCEPT: S.ACCEPTED, A.CANCEL: S.CANCELLED},
    S.ACCEPTED: {A.SHIP: S.SHIPPED, A.CANCEL: S.CANCELLED, **dict.fromkeys(PRICES, S.ACCEPTED)},
    S.PARTLY_SHIPPED: {
        A.SHIP: S.SHIPPED,
        A.FINISH: S.SHIPPED,
        A.RECEIVE: S.PARTLY_SHIPPED,
        A.SETTLE: S.PARTLY_SHIPPED,
        A.DISPUTE: S.DISPUTED,
    },
    S.SHIPPED: {A.RECEIVE: S.RECEIVED, A.SETTLE: S.SHIPPED, A.DISPUTE: S.DISPUTED},
    S.RECEIVED: {A.RECEIVE: S.RECEIVED, A.SETTLE: S.SETTLED, A.DISPUTE: S.DISPUTED},
    S.DISPUTED: {A.RECEIVE: S.RECEIVED},
    S.SETTLED: {A.RECEIVE: S.SETTLED, A.DISPUTE: S.DISPUTED},
    S.CLOSED: {},
    S.CANCELLED: {},
}
for _status in UNDER_WAY:
    STEPS[_status] |= dict.fromkeys([*PRICES, *RETURNS], _status)
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
def test_no_sequence_of_actions_skips_a_step(actions: list[OrderAction]) -> None:
    walked = [OrderStatus.PLACED]
    for action in actions:
        status = leads_to(TRANSITIONS, walked[-1], action)
        if status is not None:
            walked.append(status)
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


def test_two_ways_to_one_household_are_added_and_linked_producers_come_after_households() -> None:
    operating = IncomeBranch.OPERATING
    tree: dict[str, list[Link]] = {
        "F": [ProducerShare("C", 2500), Share("H1", operating, 2500), ProducerShare("D", 2500)],
        "C": [Share("H1", operating, WHOLE)],
    }
    assert split(3, tree["F"]) == Split((1, 1, 1), 0), "fractions of three quarters, and the producer is last"
    assert split(1, tree["F"]) == Split((0, 1, 0), 0), "of equal fractions households come first"
    assert split(2, tree["F"]) == Split((1, 1, 0), 0), "then linked producers by code"
    assert divide(100, "F", tree) == Division({("H1", operating): 50}, {"F": 25, "C": 0, "D": 25})


@given(value=values, firm=shares(), cooperative=shares(), linked=st.integers(1, WHOLE))
def test_a_division_over_two_levels_is_the_value_again(
    value: int, firm: list[Share], cooperative: list[Share], linked: int
) -> None:
    links: list[Link] = [*firm]
    left = WHOLE - sum(share.share for share in firm)
    if left:
        links.append(ProducerShare("C", min(linked, left)))
    divided = divide(value, "F", {"F": links, "C": list(cooperative)})
    assert sum(divided.credits.values()) + sum(divided.kept.values()) == value
    assert min((*divided.credits.values(), *divided.kept.values())) >= 0


@pytest.mark.parametrize(
    ("deliveries", "is_left", "status"),
    [
        (["shipped"], True, S.PARTLY_SHIPPED),
        (["settled"], True, S.PARTLY_SHIPPED),
        (["received", "shipped"], False, S.SHIPPED),
        (["received", "settled"], False, S.RECEIVED),
        (["settled", "settled"], False, S.SETTLED),
    ],
)
def test_an_order_stands_where_its_slowest_delivery_does(
    deliveries: list[str], is_left: bool, status: OrderStatus
) -> None:
    assert standing(map(OrderDeliveryStatus, deliveries), is_left=is_left) is status


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
