"""Real servers on the loopback interface: PostgreSQL and Apache Kafka, for tests, benches and distributed runs."""

import shutil
import signal
import subprocess
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from types import FrameType

_TAIL_CHARACTERS = 2000


class LocalServerError(RuntimeError):
    """A server did not start or did not answer in time; the message ends with the last lines of its log."""


def bound_to_us(command: Sequence[str | Path], ending: signal.Signals = signal.SIGTERM) -> list[str | Path]:
    """The command of a process that is told to end when this one is gone, however this one ended.

    On a machine without `setpriv` (util-linux) it is the bare command, which stays behind a killed parent.
    """
    program = shutil.which("setpriv")
    return [*([program, "--pdeathsig", ending.name.removeprefix("SIG")] if program else []), *command]


def stop_process(process: subprocess.Popen[bytes], first_signal: signal.Signals, patience: float) -> None:
    """End one process by its own id: ask with ``first_signal``, wait ``patience`` seconds, then kill."""
    if process.poll() is not None:
        return
    process.send_signal(first_signal)
    try:
        process.wait(patience)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def log_tail(path: Path) -> str:
    """Return the end of a log file, or nothing when there is none."""
    try:
        return path.read_text(errors="replace")[-_TAIL_CHARACTERS:].strip()
    except FileNotFoundError:
        return ""


def stop_requested() -> threading.Event:
    """Return an event which Ctrl-C or SIGTERM sets, so that a command line program can stop what it started."""
    event = threading.Event()

    def request_stop(_signal: int, _frame: FrameType | None) -> None:
        event.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, request_stop)
    return event


def wait_while(running: Callable[[], bool], stop: threading.Event) -> None:
    """Return once ``stop`` is set or ``running`` is no longer true."""
    while running() and not stop.wait(0.3):
        pass
