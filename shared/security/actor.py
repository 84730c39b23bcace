"""Whoever acts: a client with scopes inside its regions, speaking for its sources and buyers, or the system itself."""

from dataclasses import dataclass
from typing import Final

from shared.errors import Forbidden
from shared.regions import region_prefix
from shared.words.said import Said, says

EVERY: Final = "*"
"""A claim that names this is not limited: every region, every source."""

OPERATE: Final = "ops:admin"
"""The scope to operate the services: dead letters, the audit, everybody's jobs."""
PERSONAL: Final = "monitoring:pii"
"""The scope to see names, identity numbers, birthdays and health, and whose diagnosis an alarm rests on."""
_EVERYWHERE: Final = says("everywhere")


class ScopeMissing(Forbidden):
    """The token does not carry the scope this route needs."""

    code = "scope-missing"


class RegionNotAllowed(Forbidden):
    """The region named lies outside the caller's own."""

    code = "region-not-allowed"
    pointer = "/region_code"


class SourceNotYours(Forbidden):
    """The source named belongs to another client."""

    code = "source-not-yours"
    pointer = "/source"


@dataclass(frozen=True, slots=True)
class Actor:
    """A caller, as its token describes it."""

    id: str
    scopes: frozenset[str]
    regions: tuple[str, ...]
    """Division-code prefixes: "52" is a province, "520626" a county; "" is everywhere."""
    sources: frozenset[str] | None = None
    """Whom the client speaks for when it reports, in lower case; `*` is everybody. None: for itself alone."""
    buyers: frozenset[str] | None = None
    """The buyer codes the client orders under. None: the token names none."""

    @property
    def place(self) -> Said:
        """The caller's regions in words, for the detail of a refusal."""
        return says("places", regions=[region or _EVERYWHERE for region in self.regions])

    def may(self, scope: str) -> bool:
        """Whether the scope was granted."""
        return scope in self.scopes

    def demand(self, *scopes: str) -> None:
        """Raise ScopeMissing unless one of these scopes was granted."""
        if self.scopes.isdisjoint(scopes):
            needed = " or ".join(scopes)
            raise ScopeMissing(says("scope-needed", scope=needed), scope=needed)

    def sees(self, region_code: str) -> bool:
        """Whether a record of this region lies within the caller's own."""
        return region_code.startswith(self.regions)

    def demand_region(self, region_code: str) -> None:
        """Raise RegionNotAllowed unless the region lies within the caller's own."""
        if not self.sees(region_code):
            raise RegionNotAllowed(says("region-outside", region=region_code, place=self.place), region=str(self.place))

    def search_prefixes(self, region_code: str | None) -> tuple[str, ...]:
        """Where to search: in the region asked for, if it lies within the caller's own, or in all of that."""
        if region_code is None:
            return self.regions
        prefix = region_prefix(region_code)
        self.demand_region(prefix)
        return (prefix,)

    def speaks_for(self, source: str) -> bool:
        """Whether the client may report under this source."""
        if self.sources is None:
            return source == self.id.casefold()
        return EVERY in self.sources or source in self.sources

    @property
    def own_sources(self) -> frozenset[str]:
        """The sources that are the client's own: those its token names, or itself; of everybody's none is."""
        return frozenset({self.id.casefold()}) if self.sources is None else self.sources - {EVERY}

    def demand_source(self, source: str) -> None:
        """Raise SourceNotYours unless the client may report under this source."""
        if not self.speaks_for(source):
            raise SourceNotYours(says("not-your-source", client=self.id, source=source), source=source)


SYSTEM = Actor(id="system", scopes=frozenset(), regions=("",), sources=frozenset({EVERY}))
"""The machine itself: event handlers and jobs. It proposes; what it does is audited under this name."""
