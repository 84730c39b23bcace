"""What is kept of evidence beside the months of the ledger, so that a judgement reads it without its facts."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final, Generic, NamedTuple, TypeVar
from uuid import UUID

import sqlalchemy as sa

from services.monitoring.evidence.rules import NOTHING
from shared.db.unit_of_work import Reading

CONCERN: Final = "!"
"""Stands behind the name of evidence that may concern the rules."""
Key = tuple[Any, ...]
SeenT = TypeVar("SeenT")


class AsOf(NamedTuple):
    """What a judgement looks at: the months of its window and its day."""

    first: int
    last: int
    on: date


class Person(NamedTuple):
    """A member as the rules see it beside what was said of it."""

    member_no: int
    birth_date: date
    able: bool
    """有劳动能力."""
    student: bool

    def age_on(self, day: date) -> int:
        """Completed years 周岁 on a day; the year is completed on the birthday."""
        before = (day.month, day.day) < (self.birth_date.month, self.birth_date.day)
        return day.year - self.birth_date.year - before


class Then(NamedTuple):
    """What counted for a household on a past day, and who lived in it: what is kept now may count elsewhere."""

    rows: Mapping[UUID, Mapping[str, Any]]
    """What the facts entered that counted, by fact."""
    amounts: Mapping[Key, int]
    people: Mapping[UUID, Person]
    as_of: AsOf


@dataclass(frozen=True, slots=True, eq=False)
class Kept(Generic[SeenT]):
    """A table of evidence, and what the rules see of it.

    With ``amount`` its rows are sums that facts add to. With ``fact_id`` as key each row stands as long as its fact
    counts. Without a key no posting writes it: its rows come from the register or the events of another house. Several
    that share a table are told apart by ``kind``.
    """

    table: sa.Table
    nothing: SeenT
    """What the rules see of a household that has no row."""
    load: Callable[[Reading, Sequence[str], AsOf], Mapping[str, SeenT]]
    """What the rules see, by household; asked only for households whose window names the table."""
    look_back: Callable[[Reading, Then], SeenT] | None = None
    """What the rules saw on a past day of what was kept then. None: what is kept tells of every day."""
    key: tuple[str, ...] = ()
    """The columns that tell the rows of one household apart."""
    amount: str | None = None
    kind: str | None = None
    seen_of_concern: bool = False
    """Whether the rules see it only where something of it may concern them."""
    name: str = field(init=False)
    """The name under which the window of a household tells that there may be rows."""
    concern: str = field(init=False)
    """The name under which the window of a household tells that something of it may concern the rules."""

    def __post_init__(self) -> None:
        name = self.kind or self.table.name
        object.__setattr__(self, "name", name)  # frozen: looked up for every household, and so made once
        object.__setattr__(self, "concern", name + CONCERN)

    @property
    def asked_where(self) -> str:
        """The name where there has to be one before it is loaded."""
        return self.concern if self.seen_of_concern else self.name

    def seen_in(self, evidence: Mapping[str, Any]) -> SeenT:
        """What the rules see of it, out of all that they see of a household."""
        seen: SeenT = evidence.get(self.name, self.nothing)
        return seen


class Rival(NamedTuple):
    """What several sources may report 多源重复上报: of one matter only the source that weighs most counts."""

    matter: Key
    source: str


class Posting(NamedTuple):
    """What a fact enters 记账. Taking the fact back enters the same amounts negative, and its rows go."""

    months: Mapping[int, Mapping[str, int]] = NOTHING
    """By month, what is added to the sums of the income ledger, by column."""
    amounts: Mapping[tuple[Kept[Any], Key], int] = NOTHING
    """By table and key, what is added to its amount, in fen."""
    rows: Mapping[Kept[Any], Mapping[str, Any]] = NOTHING
    """By table, the row that stands as long as the fact counts, without household and fact."""
    rival: Rival | None = None
    """Of which matter it is one report; none where all that is said adds up."""
    concerns: bool = False
    """Whether its rows may concern the rules, so that the household is looked at one by one."""
