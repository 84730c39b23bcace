"""What others wait while somebody sends heads without end: one of 200 MB beside eight of 50 MB, again and again."""

import os
import socket
import statistics
import subprocess
import sys
import threading
import time
from contextlib import closing
from pathlib import Path

import httpx

from deploy.local.ports import LOOPBACK
from tests.load.figures import Aim, Figure, Rounds
from tests.load.stage import Stage

MEGABYTE = 1024 * 1024
HEADS = (200, *[50] * 8)
"""Megabytes of each head that is sent at once."""
_TIMES = 5
_ROOT = Path(__file__).parents[2]
_AIM = Aim(50, at_least=False, unit="ms")


def beside_large_heads(section: str, stage: Stage, rounds: int) -> list[Figure]:
    """How long `/healthz` takes for somebody else meanwhile."""
    measured = Rounds()
    for _ in range(rounds):
        sender = subprocess.Popen([sys.executable, "-m", "tests.load.heads", str(stage.port)], cwd=_ROOT)
        waited: list[float] = []
        with closing(httpx.Client(base_url=f"http://{LOOPBACK}:{stage.port}", trust_env=False)) as client:
            while sender.poll() is None:
                started = time.perf_counter()
                client.get("/healthz").raise_for_status()
                waited.append(1000 * (time.perf_counter() - started))
        if sender.returncode:
            raise RuntimeError("the heads were not sent")
        measured.add("middle", statistics.median(waited))
        measured.add("slowest", max(waited))
    what = "an answer to others beside heads of 200 MB and 8 × 50 MB, {}"
    return [
        Figure(section, what.format("p50"), "ms", measured["middle"]),
        Figure(section, what.format("the slowest"), "ms", measured["slowest"], aim=_AIM),
    ]


def send_until_cut_off(port: int, megabytes: int) -> int:
    """Send a head of so many megabytes; returns how many were taken before the connection was cut off."""
    with socket.create_connection((LOOPBACK, port)) as out:
        out.sendall(b"GET /healthz HTTP/1.1\r\nhost: x\r\nx: ")
        for sent in range(megabytes):
            try:
                out.sendall(b"a" * MEGABYTE)
            except OSError:
                return sent
    return megabytes


def main() -> None:
    """Send them all, some times, as a process that gives way to every other one."""
    os.nice(19)  # what sending costs this machine is not what the server costs others
    for _ in range(_TIMES):
        threads = [threading.Thread(target=send_until_cut_off, args=(int(sys.argv[1]), size)) for size in HEADS]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()


if __name__ == "__main__":
    main()
