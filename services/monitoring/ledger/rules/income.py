"""Months of the income ledger, the income window 收入核算周期 and household net income 家庭纯收入.

The window is the whole months ending with the month before the decision. A month without any income record is
unknown, not zero. Net income is wage + operating − operating cost + property + transfer. The window follows
铜仁市“十四五”巩固拓展脱贫攻坚成果同乡村振兴有效衔接规划 第五章第二节 (“往前推算一年”).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Final

from shared.codes.monitoring import IncomeBranch
from shared.money import divide_half_up
from shared.months import format_month, month_of

MONTHS_IN_YEAR: Final = 12
MONTHS_IN_QUARTER: Final = 3


@dataclass(slots=True)
class IncomeMonth:
    """Sums of one household and month, in fen, over the facts that count (neither superseded nor withdrawn)."""

    wage: int = 0
    operating: int = 0
    property_: int = 0
    transfer: int = 0
    operating_cost: int = 0
    self_paid_compliant: int = 0
    income_facts: int = 0
    """How many income facts count in this month; a recorded zero is a fact."""

    work_cost: int = 0
    """Cost of going to work 务工成本 that the household bears beside its compliant self-paid expense."""

    @property
    def known(self) -> bool:
        """Whether anybody has said anything about the income of this month."""
        return self.income_facts > 0

    @property
    def net(self) -> int:
        """Net income 纯收入 of the month; negative when operating cost exceeds all income."""
        return self.wage + self.operating - self.operating_cost + self.property_ + self.transfer

    def add(self, other: "IncomeMonth") -> None:
        """Add the sums of another one."""
        self.wage += other.wage
        self.operating += other.operating
        self.property_ += other.property_
        self.transfer += other.transfer
        self.operating_cost += other.operating_cost
        self.self_paid_compliant += other.self_paid_compliant
        self.income_facts += other.income_facts
        self.work_cost += other.work_cost

    def take(self, other: "IncomeMonth") -> None:
        """Take the sums of another one away."""
        self.add(IncomeMonth(*(-getattr(other, name) for name in IncomeMonth.__slots__)))


def window_months(as_of: date, length: int) -> tuple[int, int]:
    """Return the first and last month of the income window of a decision on `as_of`.

    The window is `length` whole months and ends with the month before `as_of`: a decision on any day of 2021-06 over
    12 months counts 2020-06 to 2021-05.
    """
    last = month_of(as_of) - 1
    return last - length + 1, last


@lru_cache
def format_span(first: int, last: int) -> str:
    """Return a span of months, both ends included, as `2025-11..2026-10`."""
    return f"{format_month(first)}..{format_month(last)}"


@dataclass(slots=True)
class WindowSummary:
    """Everything the rules ask about the income of one household, so that judging never scans its history.

    A value: a change makes a new one, and nobody changes one after making it, for verdicts refer to it. Not frozen,
    because that costs more to make than the rules cost to run.

    Sums are fen. In a mask, bit 0 is the first month of the window and is set when that month is known. `previous_*`
    describe the same window one year earlier; the quarter is the last three months of the window. An unknown month
    adds nothing to a sum: whoever reads a sum looks at its mask first.
    """

    anchor: int
    """Last month of the window."""

    net: int = 0
    self_paid: int = 0
    """Compliant self-paid expense 合规自付支出 of the window."""

    known_mask: int = 0
    previous_net: int = 0
    previous_mask: int = 0
    quarter_net: int = 0
    previous_quarter_net: int = 0
    length: int = MONTHS_IN_YEAR
    """Months in the window, from a quarter to a year."""

    @property
    def first(self) -> int:
        """First month of the window."""
        return self.anchor - self.length + 1

    @property
    def known(self) -> int:
        """How many months of the window are known."""
        return self.known_mask.bit_count()

    def with_month(self, month: int, added: IncomeMonth) -> "WindowSummary":
        """Return the summary after something was added to a month."""
        after = self.with_income(month, added.net) if added.known else self
        return after.with_self_paid(month, added.self_paid_compliant) if added.self_paid_compliant else after

    def with_income(self, month: int, net_delta: int) -> "WindowSummary":
        """Return the summary after a new income fact of `month`; a month outside both windows changes nothing.

        Equals a new `summarise` for every fact that is added. A fact that leaves the ledger may take the last
        knowledge of its month with it, so a removal needs `summarise`.
        """
        place = month - self.anchor + self.length - 1
        now = 0 <= place < self.length
        earlier = 0 <= place + MONTHS_IN_YEAR < self.length
        if not (now or earlier):
            return self
        quarter = self.length - MONTHS_IN_QUARTER
        return WindowSummary(
            anchor=self.anchor,
            net=self.net + net_delta if now else self.net,
            self_paid=self.self_paid,
            known_mask=self.known_mask | 1 << place if now else self.known_mask,
            previous_net=self.previous_net + net_delta if earlier else self.previous_net,
            previous_mask=self.previous_mask | 1 << place + MONTHS_IN_YEAR if earlier else self.previous_mask,
            quarter_net=self.quarter_net + net_delta if now and place >= quarter else self.quarter_net,
            previous_quarter_net=self.previous_quarter_net + net_delta
            if earlier and place + MONTHS_IN_YEAR >= quarter
            else self.previous_quarter_net,
            length=self.length,
        )

    def with_self_paid(self, month: int, delta: int) -> "WindowSummary":
        """Return the summary after the compliant self-paid expense of `month` changed by `delta`."""
        if not 0 <= self.anchor - month < self.length:
            return self
        return WindowSummary(
            anchor=self.anchor,
            net=self.net,
            self_paid=self.self_paid + delta,
            known_mask=self.known_mask,
            previous_net=self.previous_net,
            previous_mask=self.previous_mask,
            quarter_net=self.quarter_net,
            previous_quarter_net=self.previous_quarter_net,
            length=self.length,
        )

    def missing(self) -> tuple[int, ...]:
        """Months of the window whose income is unknown."""
        return _missing(self.first, self.length, self.known_mask)

    def missing_for_year(self) -> tuple[int, ...]:
        """Unknown months among those the comparison with the year before needs, in order."""
        return _missing(self.first - MONTHS_IN_YEAR, self.length, self.previous_mask) + self.missing()

    def missing_for_quarter(self) -> tuple[int, ...]:
        """Unknown months among those the comparison of the last quarter with the same of the year before needs."""
        first = self.anchor - MONTHS_IN_QUARTER + 1
        shift = self.length - MONTHS_IN_QUARTER
        earlier = _missing(first - MONTHS_IN_YEAR, MONTHS_IN_QUARTER, self.previous_mask >> shift)
        return earlier + _missing(first, MONTHS_IN_QUARTER, self.known_mask >> shift)

    def year_is_complete(self) -> bool:
        """Whether every month of the window and of the same window one year earlier is known."""
        return self.known_mask & self.previous_mask == (1 << self.length) - 1

    def quarter_is_complete(self) -> bool:
        """Whether the last three months and the same months one year earlier are known."""
        return (self.known_mask & self.previous_mask) >> (self.length - MONTHS_IN_QUARTER) == _WHOLE_QUARTER


_WHOLE_QUARTER: Final = (1 << MONTHS_IN_QUARTER) - 1


@lru_cache(maxsize=2**12)
def _missing(first: int, length: int, mask: int) -> tuple[int, ...]:
    return tuple([first + place for place in range(length) if not mask >> place & 1])


def _known_sums(months: Mapping[int, IncomeMonth], first: int, last: int) -> tuple[int, int, int]:
    """Return what is known from `first` to `last`: net income, the mask of months, net income of the last quarter."""
    net = mask = quarter_net = 0
    quarter = last - MONTHS_IN_QUARTER
    for month in range(first, last + 1):
        sums = months.get(month)
        if sums is not None and sums.known:
            month_net = sums.net
            net += month_net
            mask |= 1 << month - first
            if month > quarter:
                quarter_net += month_net
    return net, mask, quarter_net


def summarise(months: Mapping[int, IncomeMonth], anchor: int, length: int = MONTHS_IN_YEAR) -> WindowSummary:
    """Compute the summary of the window ending with `anchor` from the month table of one household.

    `months` may hold any months; those absent are unknown. Raises ValueError for a window shorter than a
    quarter or longer than a year.
    """
    if not MONTHS_IN_QUARTER <= length <= MONTHS_IN_YEAR:
        raise ValueError(f"an income window is {MONTHS_IN_QUARTER} to {MONTHS_IN_YEAR} months long, not {length}")
    first = anchor - length + 1
    net, known_mask, quarter_net = _known_sums(months, first, anchor)
    previous = _known_sums(months, first - MONTHS_IN_YEAR, anchor - MONTHS_IN_YEAR)
    return WindowSummary(
        anchor=anchor,
        net=net,
        self_paid=sum([months[month].self_paid_compliant for month in range(first, anchor + 1) if month in months]),
        known_mask=known_mask,
        previous_net=previous[0],
        previous_mask=previous[1],
        quarter_net=quarter_net,
        previous_quarter_net=previous[2],
        length=length,
    )


@dataclass(frozen=True, slots=True)
class IncomeStatement:
    """The income of one household over a span of months, laid open for a person 家庭收入核算表. Money is fen."""

    first: int
    last: int
    members: int
    branches: Mapping[IncomeBranch, int]
    operating_cost: int
    """生产经营性支出."""

    net: int
    """家庭纯收入."""

    per_head: int | None
    """家庭人均纯收入, halves of a fen rounded up; none for a household without members."""

    compliant_self_paid: int
    """合规自付支出, not part of net income."""

    work_cost: int
    """务工成本, not part of net income."""

    known: int
    missing: tuple[int, ...]

    @property
    def civil_deducted(self) -> int:
        """What 民政 deducts from net income: compliant self-paid expense and the cost of going to work."""
        return self.compliant_self_paid + self.work_cost

    @property
    def civil_net(self) -> int:
        """Net income less that; below zero where more is deducted."""
        return self.net - self.civil_deducted

    @property
    def civil_per_head(self) -> int | None:
        """The same for each member, halves of a fen rounded up; none for a household without members."""
        return divide_half_up(self.civil_net, self.members) if self.members else None


def state_income(months: Mapping[int, IncomeMonth], first: int, last: int, members: int) -> IncomeStatement:
    """Add up the months from `first` to `last`, both included; absent and unknown months count as missing."""
    present = [months[month] for month in range(first, last + 1) if month in months]
    net = sum(month.net for month in present)
    missing = tuple(month for month in range(first, last + 1) if month not in months or not months[month].known)
    return IncomeStatement(
        first=first,
        last=last,
        members=members,
        branches={
            IncomeBranch.WAGE: sum(month.wage for month in present),
            IncomeBranch.OPERATING: sum(month.operating for month in present),
            IncomeBranch.PROPERTY: sum(month.property_ for month in present),
            IncomeBranch.TRANSFER: sum(month.transfer for month in present),
        },
        operating_cost=sum(month.operating_cost for month in present),
        net=net,
        per_head=divide_half_up(net, members) if members else None,
        compliant_self_paid=sum(month.self_paid_compliant for month in present),
        work_cost=sum(month.work_cost for month in present),
        known=last - first + 1 - len(missing),
        missing=missing,
    )
