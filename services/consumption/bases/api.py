"""Routes of bases."""

from services.consumption.bases import queries
from services.consumption.bases.commands import put_base
from services.consumption.bases.errors import BaseInvalid, BaseNotFound
from services.consumption.bases.schemas import BaseCode, BaseIn, BaseOut
from shared.registers.door import Door, register_router

router = register_router(
    Door(
        segment="bases",
        name="base",
        zh="菜篮子基地",
        says=(
            "Register a base with its certificate, or make it what the body says",
            "Bases of your region, by code",
            "A base with its certificate",
        ),
        code=BaseCode,
        body=BaseIn,
        shown=BaseOut,
        asked=queries.BaseList,
        put=put_base,
        find=queries.base,
        page=queries.bases,
        read=("consumption:write", "consumption:approve"),
        write=("consumption:write",),
        not_found=BaseNotFound,
        errors=(BaseInvalid,),
    )
)
