"""What is told of many clues together. Pure."""

from collections import Counter
from collections.abc import Sequence


def median_of(counted: Sequence[tuple[int, int]]) -> int | None:
    """The median of numbers, rounded down, each told with how often it occurs; None where there are none."""
    times: Counter[int] = Counter()
    for number, often in counted:
        times[number] += often
    total = times.total()
    return (_at(times, (total - 1) // 2) + _at(times, total // 2)) // 2 if total else None


def _at(times: Counter[int], place: int) -> int:
    """The number that stands at a place, counted from zero, once they are sorted."""
    return sorted(times.elements())[place]
