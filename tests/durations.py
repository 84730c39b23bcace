"""Which parts of the suite take long: they begin first, and a run says at its end how long each took."""

from collections import defaultdict
from pathlib import PurePosixPath

import pytest

_NESTED = "houses"
_LONGEST = "journeys"
"""A journey is few tests of minutes: begun last, one core would be left with it alone."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the part that takes longest; the order within each part stays."""
    items.sort(key=lambda item: _part_of(item.nodeid) != _LONGEST)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Add up set-up, test and tear-down of each part; on several cores the sum is more than the time that passed."""
    seconds: defaultdict[str, float] = defaultdict(float)
    for reports in terminalreporter.stats.values():
        for report in reports:
            if isinstance(report, pytest.TestReport):
                seconds[_part_of(report.nodeid)] += report.duration
    if len(seconds) > 1:
        terminalreporter.section("seconds of each part")
        for part, spent in sorted(seconds.items(), key=lambda part: -part[1]):
            terminalreporter.write_line(f"{spent:8.1f} s  {part}")


def _part_of(nodeid: str) -> str:
    """The folder below `tests/`, one level deeper for the houses: `mechanism`, `houses/monitoring`."""
    folders = PurePosixPath(nodeid.partition("::")[0]).parent.parts[1:]
    return "/".join(folders[: 2 if folders[:1] == (_NESTED,) else 1])
