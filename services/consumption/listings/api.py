"""Routes of listings."""

from services.consumption.listings import queries
from services.consumption.listings.commands import put_listing
from services.consumption.listings.errors import ListingInvalid, ListingNotFound
from services.consumption.listings.schemas import ListingCode, ListingIn, ListingOut
from shared.registers.door import Door, register_router

router = register_router(
    Door(
        segment="listings",
        name="listing",
        zh="黑白名单",
        says=(
            "List somebody, or make the listing what the body says",
            "Listings of your city and its counties, by code",
            "A listing",
        ),
        code=ListingCode,
        body=ListingIn,
        shown=ListingOut,
        asked=queries.ListingList,
        put=put_listing,
        find=queries.listing,
        page=queries.listings,
        read=("consumption:write", "consumption:approve"),
        write=("consumption:approve",),
        not_found=ListingNotFound,
        errors=(ListingInvalid,),
    )
)
