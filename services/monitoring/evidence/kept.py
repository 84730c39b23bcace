"""What is kept of evidence beside the months of the ledger, so that a judgement reads it without its facts."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Generic, NamedTuple, TypeVar

import sqlalchemy as sa

from services.monitoring.evidence.rules import NOTHING
from shared.db.unit_of_work import Reading

Key = tuple[Any, ...]
SeenT = TypeVar("SeenT")


class AsOf(NamedTuple):
    """What a judgement looks at: the months of its window and its day."""

    first: int
    last: int
    on: date


@dataclass(frozen=True, slots=True, eq=False)
class Kept(Generic[SeenT]):
    """A table of evidence, and what the rules see of it.

    With ``amount`` its rows are sums that facts add to. With ``fact_id`` as key each row stands as long as its fact
    counts. Without a key no posting writes it: its rows come from the events of another house.
    """

    table: sa.Table
    nothing: SeenT
    """What the rules see of a household that has no row."""
    load: Callable[[Reading, Sequence[str], AsOf], Mapping[str, SeenT]]
    """What the rules see, by household; asked only for households whose window names the table."""
    key: tuple[str, ...] = ()
    """The columns that tell the rows of one household apart."""
    amount: str | None = None

    @property
    def name(self) -> str:
        """The name under which the window of a household tells that there may be rows."""
        return self.table.name

    def seen_in(self, evidence: Mapping[str, Any]) -> SeenT:
        """What the rules see of it, out of all that they see of a household."""
        seen: SeenT = evidence.get(self.table.name, self.nothing)
        return seen


class Posting(NamedTuple):
    """What a fact enters 记账. Taking the fact back enters the same amounts negative, and its rows go."""

    months: Mapping[int, Mapping[str, int]] = NOTHING
    """By month, what is added to the sums of the income ledger, by column."""
    amounts: Mapping[tuple[Kept[Any], Key], int] = NOTHING
    """By table and key, what is added to its amount, in fen."""
    rows: Mapping[Kept[Any], Mapping[str, Any]] = NOTHING
    """By table, the row that stands as long as the fact counts, without household and fact."""
