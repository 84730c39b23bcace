"""Who holds which right on which day, whether a plan adds up, and what may be done with it. Pure decisions."""

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import date, timedelta
from typing import Final, NamedTuple
from uuid import UUID

from shared.contracts.codes import AssetRight, DistributionAction, DistributionReason, DistributionStatus
from shared.ids import derived_id
from shared.money import format_yuan
from shared.shares import WHOLE, format_share
from shared.transitions import Procedure, Step

PUBLICITY_DAYS: Final = "assets.publicity_days"
"""收益分配方案公示天数: natural days a plan hangs out before the township decides."""

_VILLAGE, _ABOVE = ("assets:write",), ("assets:approve",)
TRANSITIONS: Final = Procedure(
    "a distribution",
    {
        (DistributionStatus.DRAFT, DistributionAction.VOTE): Step(DistributionStatus.VOTED, _VILLAGE),
        (DistributionStatus.VOTED, DistributionAction.PUBLISH): Step(DistributionStatus.PUBLISHED, _VILLAGE),
        (DistributionStatus.PUBLISHED, DistributionAction.OBJECT): Step(DistributionStatus.DRAFT, _VILLAGE),
        (DistributionStatus.PUBLISHED, DistributionAction.APPROVE): Step(DistributionStatus.APPROVED, _ABOVE),
        (DistributionStatus.APPROVED, DistributionAction.FILE): Step(DistributionStatus.FILED, _ABOVE),
        (DistributionStatus.FILED, DistributionAction.PAY): Step(DistributionStatus.PAID, _VILLAGE),
    },
)
"""村集体提方案、民主决策、公示、乡镇审批、县级备案、发放: no step can be skipped, and none comes after the payment.

What township and county decide has a scope of its own: the village cannot.
"""


class Finding(NamedTuple):
    """What is wrong with one field."""

    pointer: str
    detail: str


class Grant(NamedTuple):
    """A share of one right in the hands of one holder, in ten-thousandths."""

    right: AssetRight
    holder: str
    share: int


class Span(NamedTuple):
    """A grant and the days on which it held or holds, both ends included."""

    grant: Grant
    valid_from: date
    valid_to: date | None
    """None: until it is changed."""

    def holds_on(self, day: date) -> bool:
        """Tell whether `day` lies within."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


class Line(NamedTuple):
    """What a plan gives to one household for one reason."""

    household_code: str
    reason: DistributionReason
    amount: int


def rights_findings(grants: Sequence[Grant]) -> list[Finding]:
    """What keeps these from being the rights in an asset 确权: an owner, each holder once, each right whole."""
    found = []
    seen: set[tuple[AssetRight, str]] = set()
    for index, grant in enumerate(grants):
        if (grant.right, grant.holder) in seen:
            found.append(Finding(f"/rights/{index}/holder", f"holds the right {grant.right} twice"))
        seen.add((grant.right, grant.holder))
    sums = Counter[AssetRight]()
    for grant in grants:
        sums[grant.right] += grant.share
    if AssetRight.OWNER not in sums:
        found.append(Finding("/rights", f"nobody is named as {AssetRight.OWNER}"))
    found += [
        Finding("/rights", f"the shares of {right} make {format_share(total)} and not {format_share(WHOLE)}")
        for right, total in sums.items()
        if total != WHOLE
    ]
    return found


def change_rights(history: Collection[Span], wanted: Collection[Grant], today: date) -> list[Span]:
    """The history of rights once these are `wanted` from `today` on, the oldest first.

    What goes on unchanged is left as it is; what is gone ended yesterday. Of several changes on one day only the last
    leaves a trace.
    """
    yesterday = today - timedelta(days=1)
    earlier = [
        span._replace(valid_to=None) if span.valid_to is not None and span.valid_to >= yesterday else span
        for span in history
        if span.valid_from < today
    ]
    going_on = {span.grant for span in earlier if span.valid_to is None}
    kept = [
        span if span.valid_to is not None or span.grant in wanted else span._replace(valid_to=yesterday)
        for span in earlier
    ]
    return sorted_spans([*kept, *(Span(grant, today, None) for grant in wanted if grant not in going_on)])


def sorted_spans(spans: Collection[Span]) -> list[Span]:
    """Spans in the order they began; those of one day by right and holder."""
    return sorted(spans, key=lambda span: (span.valid_from, span.grant))


def plan_findings(period: str, total: int, lines: Sequence[Line], today: date) -> list[Finding]:
    """What keeps these lines from being a plan 收益分配方案 for the total and the year."""
    found = []
    if int(period) > today.year:
        found.append(Finding("/period", "lies in the future"))
    seen: set[tuple[str, DistributionReason]] = set()
    for index, line in enumerate(lines):
        if (line.household_code, line.reason) in seen:
            found.append(Finding(f"/lines/{index}", f"the household has a line for {line.reason} before"))
        seen.add((line.household_code, line.reason))
    given = sum(line.amount for line in lines)
    if given != total:
        found.append(Finding("/total", f"the lines make {format_yuan(given)} and not {format_yuan(total)}"))
    return found


def day_findings(on: date, previous: date | None, today: date) -> list[Finding]:
    """What keeps a step from having been taken on that day; `previous` is the day of the step before it."""
    if on > today:
        return [Finding("/on", "lies in the future")]
    if previous is not None and on < previous:
        return [Finding("/on", f"lies before the step of {previous}")]
    return []


def publicity_end(published_on: date, days: int) -> date:
    """The last day of publicity 公示期满日. The day of publishing does not count (民法典 第二百零一条)."""
    return published_on + timedelta(days=days)


def is_publicity_over(ends_on: date | None, on: date) -> bool:
    """Whether a plan hung out for all its days before this one."""
    return ends_on is not None and on > ends_on


def credit_id(distribution_id: UUID, line_no: int) -> UUID:
    """The credit that a paid line becomes: the same however often it is told."""
    return derived_id("credit", str(distribution_id), line_no)


def withdrawal_id(distribution_id: UUID, line_no: int) -> UUID:
    """The withdrawal of a paid line: there is one at most."""
    return derived_id("withdrawal", str(distribution_id), line_no)
