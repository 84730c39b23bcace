"""Situations about commodities."""

from shared.errors import NotFound


class CommodityNotFound(NotFound):
    """No commodity by that code."""

    code = "commodity-not-found"
    pointer = "/commodity_code"
