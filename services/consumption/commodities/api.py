"""Routes of commodities."""

from services.consumption.commodities import queries
from services.consumption.commodities.commands import put_commodity
from services.consumption.commodities.errors import CommodityNotFound
from services.consumption.commodities.schemas import CommodityCode, CommodityIn, CommodityOut
from shared.registers.door import Door, register_router

router = register_router(
    Door(
        segment="commodities",
        name="commodity",
        zh="大宗品类",
        says=("Register a commodity, or make it what the body says", "Commodities, by code", "A commodity"),
        code=CommodityCode,
        body=CommodityIn,
        shown=CommodityOut,
        asked=queries.CommodityList,
        put=put_commodity,
        find=queries.commodity,
        page=queries.commodities,
        read=("consumption:read",),
        write=("consumption:approve",),
        not_found=CommodityNotFound,
        errors=(),
    )
)
