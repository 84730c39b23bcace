"""The books of a partner: what it owes by its own reckoning, from nothing but what it knows itself."""

from services.partner.plan import Purchase

_PER_UNIT = 1000


def owed_for(purchase: Purchase) -> int:
    """What is owed for a purchase once all of it is done, in fen."""
    first, *others = purchase.deliveries
    price = purchase.price if purchase.agreed_price is None else purchase.agreed_price
    kept = [first - purchase.rejected - purchase.returned, *others]
    return sum(value_of(price, quantity) for quantity in kept)


def value_of(price: int, quantity: int) -> int:
    """Price times quantity, half up to the fen."""
    return (2 * price * quantity + _PER_UNIT) // (2 * _PER_UNIT)


def written(thousandths: int) -> str:
    """A quantity as the interface writes it."""
    return f"{thousandths // _PER_UNIT}.{thousandths % _PER_UNIT:03d}"
