"""Numbers of rows that were passed over: given to transactions that had not committed, or never will."""

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any, Final, NamedTuple

import sqlalchemy as sa

LATE: Final = dt.timedelta(minutes=10)
"""A transaction writes its audit just before it commits, and PostgreSQL ends one that does nothing: so long after its
number was passed over, no row comes under it any more."""
_MOST: Final = 500


class Gap(NamedTuple):
    """Numbers in a row, both ends included, and when they were passed over, in seconds since 1970."""

    first: int
    last: int
    since: int


def open_gaps(known: Iterable[Sequence[int]], now: dt.datetime) -> list[Gap]:
    """The gaps into which a row may still come."""
    oldest = (now - LATE).timestamp()
    return [gap for gap in (Gap(*each) for each in known) if gap.since > oldest][-_MOST:]


def gaps_between(reached: int, rows: Iterable[sa.Row[Any]]) -> Iterator[Gap]:
    """What is passed over by sealing these rows, in the order of their numbers, from the highest sealed so far."""
    for row in rows:
        if row.seq > reached + 1:
            yield Gap(reached + 1, row.seq - 1, int(row.at.timestamp()))
        reached = max(reached, row.seq)


def without(gaps: Iterable[Gap], taken: Collection[int]) -> Iterator[Gap]:
    """What is left of gaps once rows have come under some of their numbers."""
    for gap in gaps:
        first = gap.first
        for seq in sorted(number for number in taken if gap.first <= number <= gap.last):
            if seq > first:
                yield Gap(first, seq - 1, gap.since)
            first = seq + 1
        if first <= gap.last:
            yield Gap(first, gap.last, gap.since)
