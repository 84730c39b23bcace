"""Which changes a client may see: by where they happened, or by the buyer they concern."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from shared.contracts.changes import Change
from shared.db.unit_of_work import Reading
from shared.db.within import lies_in
from shared.lists.filters import Columns


@dataclass(frozen=True, slots=True)
class Sight:
    """What a client sees of a feed. A change is asked one by one while clients wait, and by SQL when they catch up."""

    regions: tuple[str, ...] = ()
    """Beginnings of division codes; the empty one is everywhere."""
    buyers: frozenset[str] = frozenset()
    """Codes of the buyers 采购单位 the client orders for, in lower case."""
    types: frozenset[str] | None = None
    """The types asked for; None for all."""

    def shows(self, change: Change) -> bool:
        """Whether the client sees a change."""
        wanted = self.types is None or change.type in self.types
        return wanted and (change.buyer_code in self.buyers or change.region_code.startswith(self.regions))

    def condition(self, columns: Columns) -> sa.ColumnElement[bool]:
        """The same as a condition on rows."""
        seen = sa.or_(
            columns["buyer_code"].in_(sorted(self.buyers)),
            *(lies_in(columns["region_code"], prefix) for prefix in self.regions),
        )
        return seen if self.types is None else seen & columns["type"].in_(sorted(self.types))


Seeing = Callable[[Reading, frozenset[str] | None], Sight]
"""Answers what the caller sees of the types it asks for."""


def of_the_regions(reading: Reading, types: frozenset[str] | None) -> Sight:
    """All that happens in the caller's regions."""
    return Sight(reading.actor.regions, types=types)


def items_in(changes: Sequence[Change], sight: Sight) -> list[str]:
    """What a client sees of these changes."""
    return [change.item for change in changes if sight.shows(change)]
