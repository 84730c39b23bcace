"""Which products answer a demand: the choice alone."""

import datetime as dt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.consumption.demands.rules import Needs, Offer, Wanted, propose, sold_of
from shared.codes.consumption import OfferReason

DUE = dt.date(2026, 11, 20)


def offer(code: str = "A", **changes: Any) -> Offer:
    plain: dict[str, Any] = {
        "region_code": "520626001001",
        "price": 1000,
        "available": 50_000,
        "minimum": None,
        "step": None,
        "grade": "特级",
        "cold_chain": False,
        "recognised": False,
        "from_base": False,
        "in_season": True,
        "fresh_until": None,
        "barred": False,
        "has_request": False,
    }
    return Offer(product_code=code, **plain | changes)


def wanted(quantity: int = 60_000, max_price: int | None = None, **needs: Any) -> Wanted:
    return Wanted(quantity, max_price, DUE, Needs(**needs))


def test_who_waits_for_a_buyer_comes_first_then_the_cheaper_then_by_code() -> None:
    offers = [offer("C"), offer("B"), offer("A", price=1200), offer("D", price=2000, has_request=True)]
    found = propose(wanted(130_000), offers)
    assert [(line.offer.product_code, line.quantity) for line in found.lines] == [
        ("D", 50_000),
        ("B", 50_000),
        ("C", 30_000),
    ]
    assert [line.why for line in found.lines[:2]] == [(OfferReason.OPEN_REQUEST,), (OfferReason.CHEAPEST,)]
    assert [(one.offer.product_code, one.why) for one in found.left_out] == [("A", (OfferReason.NOT_NEEDED,))]
    assert found.short == 0


@pytest.mark.parametrize(
    ("changes", "asked", "why"),
    [
        ({"grade": "一级"}, {"grade": "特级"}, OfferReason.NEEDS_NOT_MET),
        ({}, {"cold_chain": True}, OfferReason.NEEDS_NOT_MET),
        ({}, {"recognised": True}, OfferReason.NEEDS_NOT_MET),
        ({}, {"base": True}, OfferReason.NEEDS_NOT_MET),
        ({"in_season": False}, {}, OfferReason.OUT_OF_SEASON),
        ({"fresh_until": DUE - dt.timedelta(days=1)}, {}, OfferReason.NOT_FRESH),
        ({"barred": True}, {}, OfferReason.BARRED),
        ({"price": 1001}, {"max_price": 1000}, OfferReason.TOO_EXPENSIVE),
        ({"available": 4_999, "minimum": 5_000}, {}, OfferReason.NOTHING_LEFT),
    ],
)
def test_each_thing_that_speaks_against_a_product_is_named(
    changes: dict[str, Any], asked: dict[str, Any], why: OfferReason
) -> None:
    found = propose(wanted(**asked), [offer(**changes)])
    assert (found.lines, found.short) == ((), 60_000)
    assert [one.why for one in found.left_out] == [(why,)]


def test_what_is_fresh_on_the_day_of_delivery_is_proposed() -> None:
    assert propose(wanted(), [offer(fresh_until=DUE)]).lines


quantities = st.integers(0, 100_000)


@given(
    wants=st.integers(1, 200_000),
    offered=st.lists(
        st.builds(
            offer,
            code=st.uuids().map(str),
            available=quantities,
            minimum=st.none() | st.integers(1, 30_000),
            step=st.none() | st.integers(1, 9_000),
            price=st.integers(1, 5),
            has_request=st.booleans(),
            barred=st.booleans(),
        ),
        max_size=8,
    ),
)
def test_a_proposal_orders_what_is_sold_and_never_more_than_is_wanted(wants: int, offered: list[Offer]) -> None:
    found = propose(wanted(wants), offered)
    assert sum(line.quantity for line in found.lines) + found.short == wants
    for line in found.lines:
        assert not line.offer.barred
        assert 0 < line.quantity <= line.offer.available
        assert line.quantity >= (line.offer.minimum or 1)
        assert line.quantity % (line.offer.step or 1) == 0
    told = [line.offer.product_code for line in found.lines] + [one.offer.product_code for one in found.left_out]
    assert sorted(told) == sorted(one.product_code for one in offered)
    assert found == propose(wanted(wants), offered[::-1]), "the order of the offers does not matter"
    assert all(sold_of(line.offer, line.quantity) == line.quantity for line in found.lines)
