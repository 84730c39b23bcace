"""Routes of fairs."""

from services.consumption.fairs import queries
from services.consumption.fairs.commands import put_fair
from services.consumption.fairs.errors import FairInvalid, FairNotFound
from services.consumption.fairs.schemas import FairCode, FairIn, FairOut
from shared.registers.door import Door, register_router

router = register_router(
    Door(
        segment="fairs",
        name="fair",
        zh="展销会",
        says=("Register a fair, or make it what the body says", "Fairs of your region, by code", "A fair"),
        code=FairCode,
        body=FairIn,
        shown=FairOut,
        asked=queries.FairList,
        put=put_fair,
        find=queries.fair,
        page=queries.fairs,
        read=("consumption:write", "consumption:approve"),
        write=("consumption:write",),
        not_found=FairNotFound,
        errors=(FairInvalid,),
    )
)
