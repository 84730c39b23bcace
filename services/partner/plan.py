"""What a partner buys in a month, made up from a seed: the same seed is the same month."""

from collections.abc import Iterator
from random import Random
from typing import Final, NamedTuple

PRODUCTS: Final = {"PARTNER-TEA": 12_000, "PARTNER-RICE": 833}
"""What is bought, with the price of a kilogram in fen."""
_A_DAY: Final = (1, 3)
_KILOGRAM: Final = 1000
_OFTEN: Final = 0.3


class Purchase(NamedTuple):
    """An order, and what becomes of it. Quantities are thousandths of a kilogram, prices fen."""

    number: str
    product_code: str
    price: int
    is_pre: bool
    deliveries: tuple[int, ...]
    """What each delivery brings."""
    rejected: int
    """What of the first is refused at the door."""
    agreed_price: int | None
    """The price that both sides agree on afterwards, where there is one."""
    returned: int
    """What of the first goes back."""

    @property
    def quantity(self) -> int:
        """What is ordered."""
        return sum(self.deliveries)


def days_of(seed: int, days: int) -> Iterator[list[Purchase]]:
    """The purchases of each day."""
    chance = Random(seed)  # noqa: S311  it makes up a month, no secret
    for day in range(1, days + 1):
        yield [_purchase(chance, f"M{seed}-{day:02d}-{turn}") for turn in range(1, chance.randint(*_A_DAY) + 1)]


def _purchase(chance: Random, number: str) -> Purchase:
    product_code = chance.choice(sorted(PRODUCTS))
    price = PRODUCTS[product_code]
    deliveries = tuple(chance.randint(2, 40) * _KILOGRAM // 2 for _ in range(chance.choice((1, 1, 2))))
    some = deliveries[0] // 4
    return Purchase(
        number,
        product_code,
        price,
        is_pre=chance.random() < _OFTEN,
        deliveries=deliveries,
        rejected=some if chance.random() < _OFTEN else 0,
        agreed_price=price * 9 // 10 if chance.random() < _OFTEN else None,
        returned=some if chance.random() < _OFTEN else 0,
    )
