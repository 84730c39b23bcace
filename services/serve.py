"""All five houses in one process on one port: the way a newcomer, or a single county, runs ShouXian."""

import argparse
import socket
import sys
from collections.abc import Sequence
from pathlib import Path

from services.demo.registration import register_demo_households
from services.demo.welcome import announce
from services.houses import HOUSES
from shared.logs import configure_logs
from shared.runtime import claim_port, migrate_all, refuse_without_issuer, run_to_end, serve
from shared.settings import Settings, read_settings

_INTERRUPTED = 130


async def run(settings: Settings, listener: socket.socket, *, demo: bool) -> None:
    """Migrate, lay out the demo data if asked to, then serve until told to stop."""
    await migrate_all(HOUSES, settings)
    if demo:
        await register_demo_households(settings)
    await serve(HOUSES, settings, role="all", listener=listener, on_ready=announce if demo else None)


def main(arguments: Sequence[str]) -> int:
    """The command line; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m services", description=__doc__)
    parser.add_argument("--port", type=int, default=None)
    parser.add_argument("--data", type=Path, default=None, help="folder of databases, bus log, key and clients")
    parser.add_argument("--demo", action="store_true", help="with demo households; only in development")
    chosen = parser.parse_args(arguments)
    settings = read_settings(port=chosen.port, data=chosen.data)
    if chosen.demo and not settings.development:
        sys.stderr.write("refusing to start: --demo needs SHOUXIAN_ENV=development: its households are invented\n")
        return 2
    refuse_without_issuer(settings)
    configure_logs(settings.log_level, role="all")
    try:
        run_to_end(run(settings, claim_port(settings), demo=chosen.demo))
    except KeyboardInterrupt:
        return _INTERRUPTED
    return 0
