"""Which products answer a demand, and why the others do not. Pure decisions."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from shared.codes.consumption import OfferReason


class Needs(NamedTuple):
    """What the goods have to be; None does not matter."""

    grade: str | None = None
    cold_chain: bool | None = None
    recognised: bool | None = None
    base: bool | None = None
    """Whether they have to come from a 菜篮子 base."""


class Wanted(NamedTuple):
    """A demand, as the choice sees it."""

    quantity: int
    max_price: int | None
    deliver_by: dt.date
    needs: Needs


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A product, as the choice sees it."""

    product_code: str
    region_code: str
    price: int
    available: int
    minimum: int | None
    step: int | None
    grade: str | None
    cold_chain: bool
    recognised: bool
    from_base: bool
    in_season: bool
    """On the day by which it is to be delivered."""
    fresh_until: dt.date | None
    """None for what keeps."""
    barred: bool
    has_request: bool
    """Whether a household behind it waits for a buyer."""


class Chosen(NamedTuple):
    """A line that is proposed."""

    offer: Offer
    quantity: int
    why: tuple[OfferReason, ...]


class LeftOut(NamedTuple):
    """A product that is not proposed."""

    offer: Offer
    why: tuple[OfferReason, ...]


class Proposal(NamedTuple):
    """What is proposed: lines in the order in which they were chosen, and what they leave short."""

    lines: tuple[Chosen, ...]
    short: int
    left_out: tuple[LeftOut, ...]


def propose(wanted: Wanted, offers: Sequence[Offer]) -> Proposal:
    """Choose among these offers 撮合建议: first whose households wait for a buyer, then the cheaper, then by code."""
    refused = {offer.product_code: tuple(_against(wanted, offer)) for offer in offers}
    by_code = sorted(offers, key=lambda offer: offer.product_code)
    fitting = [offer for offer in by_code if not refused[offer.product_code]]
    ranked = sorted(fitting, key=lambda offer: (not offer.has_request, offer.price))
    short, lines = wanted.quantity, []
    for offer in ranked:
        quantity = sold_of(offer, short)
        if quantity:
            lines.append(Chosen(offer, quantity, _because(offer)))
            short -= quantity
    chosen = {line.offer.product_code for line in lines}
    left_out = [
        LeftOut(offer, refused[offer.product_code] or (OfferReason.NOT_NEEDED,))
        for offer in by_code
        if offer.product_code not in chosen
    ]
    return Proposal(tuple(lines), short, tuple(left_out))


def sold_of(offer: Offer, wanted: int) -> int:
    """How much of it can be ordered for so much: whole steps, at least the minimum, and no more than is wanted."""
    step, most = offer.step or 1, min(wanted, offer.available)
    quantity = most - most % step
    return quantity if quantity >= (offer.minimum or 1) else 0


def _against(wanted: Wanted, offer: Offer) -> Iterator[OfferReason]:
    """What keeps a product from being proposed; all of it."""
    if not _meets(wanted.needs, offer):
        yield OfferReason.NEEDS_NOT_MET
    if not offer.in_season:
        yield OfferReason.OUT_OF_SEASON
    if offer.fresh_until is not None and offer.fresh_until < wanted.deliver_by:
        yield OfferReason.NOT_FRESH
    if offer.barred:
        yield OfferReason.BARRED
    if wanted.max_price is not None and offer.price > wanted.max_price:
        yield OfferReason.TOO_EXPENSIVE
    if not sold_of(offer, offer.available):
        yield OfferReason.NOTHING_LEFT


def _meets(needs: Needs, offer: Offer) -> bool:
    asked = ((needs.grade, offer.grade), (needs.cold_chain, offer.cold_chain))
    further = ((needs.recognised, offer.recognised), (needs.base, offer.from_base))
    return all(need is None or need == has for need, has in (*asked, *further))


def _because(offer: Offer) -> tuple[OfferReason, ...]:
    return (OfferReason.OPEN_REQUEST,) if offer.has_request else (OfferReason.CHEAPEST,)
