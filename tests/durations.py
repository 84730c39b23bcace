"""Which part of the suite took how long, told at the end of a run."""

from collections import defaultdict
from pathlib import PurePosixPath

import pytest

_NESTED = "houses"


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
