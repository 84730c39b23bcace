"""Who holds which right on which day. Pure."""

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from shared.codes.assets import AssetRight
from shared.findings import Finding
from shared.shares import WHOLE, format_share
from shared.words.said import says


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


def rights_findings(grants: Sequence[Grant]) -> list[Finding]:
    """What keeps these from being the rights in an asset 确权: an owner, each holder once, each right whole."""
    found = []
    seen: set[tuple[AssetRight, str]] = set()
    for index, grant in enumerate(grants):
        if (grant.right, grant.holder) in seen:
            found.append(Finding(f"/rights/{index}/holder", says("right-held-twice", right=grant.right)))
        seen.add((grant.right, grant.holder))
    sums = Counter[AssetRight]()
    for grant in grants:
        sums[grant.right] += grant.share
    if AssetRight.OWNER not in sums:
        found.append(Finding("/rights", says("right-without-holder", right=AssetRight.OWNER)))
    found += [
        Finding("/rights", says("right-not-whole", right=right, total=format_share(total), whole=format_share(WHOLE)))
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
