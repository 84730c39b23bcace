"""Which changes a client may see: by where they happened, by the buyer they concern, or by what they are."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import sqlalchemy as sa

from shared.contracts.catalogue import CATALOGUE
from shared.contracts.changes import Change
from shared.db.unit_of_work import Reading
from shared.db.within import lies_in
from shared.lists.filters import Columns

OPEN_TO_BUYERS: Final = frozenset(name for name, entry in CATALOGUE.items() if entry.open_to_buyers)
"""Types that clients of every buyer are told of, wherever it happens."""


@dataclass(frozen=True, slots=True)
class Sight:
    """What a client sees of a feed. A change is asked one by one while clients wait, and by SQL when they catch up."""

    regions: tuple[str, ...] = ()
    """Beginnings of division codes; the empty one is everywhere."""
    buyers: frozenset[str] = frozenset()
    """Codes of the buyers 采购单位 the client orders for, in lower case."""
    everywhere: frozenset[str] = frozenset()
    """Types whose changes the client sees wherever they happen."""
    types: frozenset[str] | None = None
    """The types asked for; None for all."""

    def shows(self, change: Change) -> bool:
        """Whether the client sees a change."""
        if self.types is not None and change.type not in self.types:
            return False
        is_open = change.type in self.everywhere
        return is_open or change.buyer_code in self.buyers or change.region_code.startswith(self.regions)

    def condition(self, columns: Columns) -> sa.ColumnElement[bool]:
        """The same as a condition on rows."""
        seen = sa.or_(
            columns["buyer_code"].in_(sorted(self.buyers)),
            columns["type"].in_(sorted(self.everywhere)),
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
