"""Stock that is given back."""

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa

from services.consumption.models import Product
from shared.db.base import table_of
from shared.db.rows import execute_rows
from shared.db.unit_of_work import UnitOfWork

_PRODUCTS = table_of(Product)
_UPDATE_GIVEN_BACK = (
    sa.update(_PRODUCTS)
    .where(_PRODUCTS.c.code == sa.bindparam("of_product"), _PRODUCTS.c.unit == sa.bindparam("in_unit"))
    .values(available=_PRODUCTS.c.available + sa.bindparam("back"))
)


def give_back(uow: UnitOfWork, quantities: Iterable[tuple[Any, int]]) -> None:
    """Make so much of each line available again, in the order of the products in which orders take it.

    A product that is counted in another unit by now gets nothing back: its stock was counted anew.
    """
    rows = [
        {"of_product": line.product_code, "in_unit": line.unit, "back": quantity}
        for line, quantity in sorted(quantities, key=lambda each: each[0].product_code)
        if quantity
    ]
    execute_rows(uow.connection, _UPDATE_GIVEN_BACK, rows)
