"""Whoever acts: a client with scopes inside one region, or the system itself."""

from dataclasses import dataclass

from shared.errors import Forbidden
from shared.regions import region_prefix


class ScopeMissing(Forbidden):
    """The token does not carry the scope this route needs."""

    code, title = "scope-missing", "The token lacks a scope"


class RegionNotAllowed(Forbidden):
    """The region named lies outside the caller's own."""

    code, title = "region-not-allowed", "Outside the caller's region"


@dataclass(frozen=True, slots=True)
class Actor:
    """A caller. ``region`` is a division-code prefix: "52" is a province, "520626" a county; "" is everywhere."""

    id: str
    scopes: frozenset[str]
    region: str

    def may(self, scope: str) -> bool:
        """Whether the scope was granted."""
        return scope in self.scopes

    def demand(self, scope: str) -> None:
        """Raise ScopeMissing unless the scope was granted."""
        if scope not in self.scopes:
            raise ScopeMissing(f"this needs the scope {scope}", scope=scope)

    def sees(self, region_code: str) -> bool:
        """Whether a record of this region lies within the caller's own."""
        return region_code.startswith(self.region)

    def demand_region(self, region_code: str) -> None:
        """Raise RegionNotAllowed unless the region lies within the caller's own."""
        if not self.sees(region_code):
            raise RegionNotAllowed(f"region {region_code} lies outside {self.region}", region=self.region)

    def search_prefix(self, region_code: str | None) -> str:
        """Where to search: in the region asked for, if it lies within the caller's own, or in all of that."""
        if region_code is None:
            return self.region
        prefix = region_prefix(region_code)
        self.demand_region(prefix)
        return prefix


SYSTEM = Actor(id="system", scopes=frozenset(), region="")
"""The machine itself: event handlers and jobs. It proposes; what it does is audited under this name."""
