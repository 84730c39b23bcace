"""What `make run` costs: all five houses in one process, from its command until it is ready, and its memory then."""

import os
import re
import signal
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import httpx

from deploy.local import log_tail, stop_process
from deploy.local.ports import LOOPBACK, free_port
from tests.load import aims
from tests.load.county import TODAY
from tests.load.figures import Figure

_ROOT = Path(__file__).parents[2]
_READY_SECONDS = 60.0


def whole_process(folder: Path, rounds: int) -> list[Figure]:
    """Time to ready and resident memory, where an earlier start has laid out the data and compiled the code."""
    folder.mkdir()
    data = folder / "data"
    start(folder, data, 0.0, "--demo")
    seconds, resident = zip(*(start(folder, data, 0.0, "--demo") for _ in range(rounds)), strict=True)
    return [
        Figure(
            "d",
            "`make run`, all five houses, warm: from the command to ready",
            "ms",
            [value * 1000 for value in seconds],
            aim=aims.READY,
        ),
        Figure(
            "d",
            "`make run`, all five houses: resident memory when ready",
            "MB",
            resident,
            aim=aims.RESIDENT,
        ),
    ]


def start(folder: Path, data: Path, weighed_after: float, *more: str) -> tuple[float, float]:
    """Start the process, wait until every house is ready, end it; the seconds that took, and its memory.

    ``folder`` is where compiled code and the log lie; the memory is that of so many seconds after it was ready.
    """
    port, log = free_port(), folder / "log"
    words = [sys.executable, "-m", "services", "--port", str(port), "--data", str(data), *more]
    inherited = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    said = {"SHOUXIAN_ENV": "development", "SHOUXIAN_TODAY": TODAY.isoformat()}
    with log.open("ab") as output, closing(httpx.Client(trust_env=False)) as client:
        started = time.monotonic()
        process = subprocess.Popen(
            words,
            cwd=_ROOT,
            env={**inherited, **said, "PYTHONPYCACHEPREFIX": str(folder / "bytecode")},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
        )
        try:
            while not _is_ready(client, port):
                if process.poll() is not None or time.monotonic() - started > _READY_SECONDS:
                    raise RuntimeError(f"the houses did not start: {log_tail(log)}")
                time.sleep(0.01)
            ready = time.monotonic() - started
            time.sleep(weighed_after)
            return ready, _resident_megabytes(process.pid)
        finally:
            stop_process(process, signal.SIGTERM, 15.0)


def _is_ready(client: httpx.Client, port: int) -> bool:
    try:
        return client.get(f"http://{LOOPBACK}:{port}/readyz").is_success
    except httpx.TransportError:
        return False


def _resident_megabytes(pid: int) -> float:
    found = re.search(r"^VmRSS:\s+(\d+) kB$", Path(f"/proc/{pid}/status").read_text(), re.MULTILINE)
    assert found is not None
    return int(found[1]) * 1024 / 1e6
