"""What work costs, whoever does it: processor time of this process and of a server, and what is written to the disk."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_NANOSECONDS: Final = 1e9
Meter = Callable[[], float]


def of_this_process() -> float:
    """Seconds of processor time, all threads."""
    return time.process_time()


def written_here() -> float:
    """Bytes this process has had written to the disk."""
    lines = dict(line.split(": ") for line in Path("/proc/self/io").read_text().splitlines())
    return float(lines["write_bytes"])


@dataclass(frozen=True, slots=True)
class BesideServer:
    """Processor time of this process and of the processes that a server has started and that still run."""

    server: int
    """The process id of the server."""

    def __call__(self) -> float:
        """Seconds until now."""
        spent = sum(_nanoseconds(process) for process in _children(self.server)) / _NANOSECONDS
        return of_this_process() + spent


def _children(process: int) -> Iterator[int]:
    return map(int, Path(f"/proc/{process}/task/{process}/children").read_text().split())


def _nanoseconds(process: int) -> int:
    try:
        return int(Path(f"/proc/{process}/schedstat").read_text().split()[0])
    except (FileNotFoundError, ProcessLookupError):
        return 0
