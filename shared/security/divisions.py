"""Whether a caller may have all of a region gone through."""

from shared.errors import Invalid
from shared.regions import CODE_LENGTH, region_prefix, regions
from shared.security.actor import Actor
from shared.words.said import says


def demand_division(actor: Actor, region_code: str) -> str:
    """The division in full that a caller asks to have gone through.

    Raises RegionNotAllowed where it lies outside the caller's own, and Invalid where there is no such division.
    """
    prefix = region_prefix(region_code)
    actor.demand_region(prefix)
    if regions().find(prefix) is None and regions().nearest_local(prefix) is None:
        raise Invalid.at("/region_code", says("no-such-region"))
    return prefix.ljust(CODE_LENGTH, "0")
