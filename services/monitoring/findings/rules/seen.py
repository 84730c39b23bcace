"""What the rules of findings see of a household. All they know comes from here, so that they are pure."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple
from uuid import UUID

from services.monitoring.evidence.rules import NO_MEMBER
from shared.codes.monitoring import Health, HouseholdCategory, Labour, Relation, Sex

REGISTER: Final = "register"
"""农户信息: the household and its members as registered, without what is said of their health."""
HEALTH: Final = "health"
"""健康状况 as registered."""
IDENTITY: Final = "identity"
"""公民身份号码 of the members."""
HOMES: Final = "homes"
"""Where else the identity numbers of the members are registered."""
INCOME: Final = "income window"
"""收入核算周期: the sums of the income window."""
RISKS: Final = "risks"
"""The last risk of each kind."""
CONFIRMED: Final = "confirmed amounts"
"""Incomes of a month that look like a slip, and that somebody confirmed."""
DOUBLED: Final = "doubled incomes"
"""Incomes that two sources report alike."""
CHANGES: Final = "member_change"
"""人口变动 that was reported, of whoever is registered."""

State = Mapping[str, Any]
StateKey = tuple[str, int, str]
"""Type, member and matter: `("insurance", 2, "basic_medical")`."""


@dataclass(frozen=True, slots=True)
class SeenMember:
    """A member 家庭成员 as registered."""

    member_no: int
    person_id: UUID
    relation: Relation
    sex: Sex
    birth_date: dt.date
    labour: Labour
    health: Health
    student: bool
    id_number: str | None = None
    """公民身份号码; none as well where no rule asked for it."""


class SeenIncome(NamedTuple):
    """The sums of the income window, in fen."""

    wage: int
    operating: int
    property_: int
    transfer: int
    operating_cost: int
    self_paid: int
    """合规自付支出."""
    known: int
    """Months of the window of which income is known."""

    @property
    def net(self) -> int:
        """家庭纯收入."""
        return self.wage + self.operating + self.property_ + self.transfer - self.operating_cost


class SeenRisk(NamedTuple):
    """The last risk of one kind."""

    is_open: bool
    opened_on: dt.date
    cleared_on: dt.date | None
    visited: bool
    """Whether a task of it ended with a verdict."""


class Doubled(NamedTuple):
    """Income of one leaf and month that several sources report of the same member, or of the household."""

    member_no: int | None
    """None for the household, and for somebody who has left it."""
    leaf: str
    month: str
    sources: tuple[str, ...]
    """The source that counts first."""


class ReportedChange(NamedTuple):
    """A change of the members 人口变动 that a source reports."""

    member_no: int
    """Whom it names among those who are registered; `NO_MEMBER` where it names nobody."""
    change: str
    observed_on: dt.date


class ConfirmedAmount(NamedTuple):
    """An income of one month beyond the plausible that somebody confirmed; fen."""

    member_no: int | None
    month: str
    amount: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A household as the rules of findings see it on a day."""

    code: str
    region_code: str
    category: HouseholdCategory
    dibao: bool
    relocated: bool
    registered_on: dt.date
    joined_on: dt.date | None
    """The day on which somebody was taken in last; None where that is not known."""
    left_on: dt.date | None
    """The day on which somebody left last."""
    on: dt.date
    members: Sequence[SeenMember]
    states: Mapping[StateKey, State] = field(default_factory=dict)
    """The latest payload of each type of evidence, by member and matter."""
    income: SeenIncome | None = None
    """None where the policy does not say how long the window is."""
    risks: Mapping[str, SeenRisk] = field(default_factory=dict)
    diagnosed: frozenset[int] = frozenset()
    """Members of whom a diagnosis counts; `NO_MEMBER` where one names nobody."""
    elsewhere: Mapping[int, Mapping[str, str]] = field(default_factory=dict)
    """By member, the other households where its identity number is registered, with their regions."""
    confirmed: Sequence[ConfirmedAmount] = ()
    doubled: Sequence[Doubled] = ()
    changes: Sequence[ReportedChange] = ()

    def state(self, kind: str, member_no: int = NO_MEMBER, matter: str = "") -> State | None:
        """The latest that was reported of a type, or None where nothing was."""
        return self.states.get((kind, member_no, matter))

    def states_of(self, kind: str) -> Iterator[tuple[int, State]]:
        """All that stands of a type, by member."""
        return ((member, state) for (name, member, _), state in self.states.items() if name == kind)

    def age(self, one: SeenMember) -> int:
        """周岁: the completed years of a member."""
        return years_between(one.birth_date, self.on)

    def is_open(self, kind: str) -> bool:
        """Whether a risk of this kind stands."""
        return kind in self.risks and self.risks[kind].is_open

    @property
    def at_risk(self) -> bool:
        """Whether any risk stands."""
        return any(risk.is_open for risk in self.risks.values())

    def is_granted(self, scheme: str) -> bool:
        """Whether a relief 救助 of this scheme was reported, of the household or of a member, and did not end."""
        return "granted" in self._relief(scheme)

    def has_ended(self, scheme: str) -> bool:
        """Whether a relief 救助 of this scheme ended, and nobody is granted it."""
        return "ended" in self._relief(scheme) and not self.is_granted(scheme)

    def _relief(self, scheme: str) -> Sequence[str]:
        return [state["status"] for _, state in self.states_of("relief") if state["scheme"] == scheme]

    def is_dismissed(self, kind: str) -> bool:
        """Whether the last risk of this kind was visited and is cleared."""
        risk = self.risks.get(kind)
        return risk is not None and not risk.is_open and risk.visited

    @property
    def able(self) -> Sequence[SeenMember]:
        """有劳动能力: the members who can work."""
        return [one for one in self.members if one.labour.is_able]

    @property
    def per_head(self) -> int | None:
        """家庭人均纯收入 of the window in fen, halves cut off; None while a month of it is unknown."""
        if self.income is None or not self.members:
            return None
        return self.income.net // len(self.members)


def years_between(birth_date: dt.date, day: dt.date) -> int:
    """周岁: the years completed by a day; below zero before the birth."""
    return day.year - birth_date.year - ((day.month, day.day) < (birth_date.month, birth_date.day))


def months_between(first: dt.date, last: dt.date) -> int:
    """How many whole months lie between two days."""
    return (last.year - first.year) * 12 + last.month - first.month - (last.day < first.day)
