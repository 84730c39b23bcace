"""Routes of outlets."""

from services.consumption.outlets import queries
from services.consumption.outlets.commands import put_outlet
from services.consumption.outlets.errors import OutletInvalid, OutletNotFound
from services.consumption.outlets.schemas import OutletCode, OutletIn, OutletOut
from shared.registers.door import Door, register_router

router = register_router(
    Door(
        segment="outlets",
        name="outlet",
        zh="专柜专馆专区",
        says=("Register an outlet, or make it what the body says", "Outlets for your region, by code", "An outlet"),
        code=OutletCode,
        body=OutletIn,
        shown=OutletOut,
        asked=queries.OutletList,
        put=put_outlet,
        find=queries.outlet,
        page=queries.outlets,
        read=("consumption:write", "consumption:approve"),
        write=("consumption:write",),
        not_found=OutletNotFound,
        errors=(OutletInvalid,),
    )
)
