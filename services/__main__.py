"""All five houses in one process on one port: the way a newcomer, or a single county, runs ShouXian.

`python -m services status` tells how running houses are; `python -m services clients` keeps the clients of the
built-in issuer, `python -m services keys` the key ring.
"""

import argparse
import socket
import sys
from pathlib import Path

from services import clients, keys, status
from services.assets.app import ASSETS
from services.assistance.app import ASSISTANCE
from services.consumption.app import CONSUMPTION
from services.demo.registration import register_demo_households
from services.demo.welcome import announce
from services.employment.app import EMPLOYMENT
from services.monitoring.app import MONITORING
from shared.logs import configure_logs
from shared.runtime import claim_port, migrate_all, read_settings, refuse_without_issuer, run_to_end, serve
from shared.settings import Settings

HOUSES = (MONITORING, ASSISTANCE, EMPLOYMENT, CONSUMPTION, ASSETS)
_INTERRUPTED = 130


async def run(settings: Settings, listener: socket.socket, *, demo: bool) -> None:
    """Migrate, lay out the demo data if asked to, then serve until told to stop."""
    await migrate_all(HOUSES, settings)
    if demo:
        await register_demo_households(settings)
    await serve(HOUSES, settings, role="all", listener=listener, on_ready=announce if demo else None)


def main() -> None:
    """The command line."""
    if sys.argv[1:2] == ["status"]:
        raise SystemExit(status.main(sys.argv[2:]))
    if sys.argv[1:2] == ["clients"]:
        raise SystemExit(clients.run(sys.argv[2:]))
    if sys.argv[1:2] == ["keys"]:
        raise SystemExit(keys.main(sys.argv[2:]))
    parser = argparse.ArgumentParser(prog="python -m services", description=__doc__)
    parser.add_argument("--port", type=int, default=None)
    parser.add_argument("--data", type=Path, default=None, help="folder of databases, bus log, key and clients")
    parser.add_argument("--demo", action="store_true", help="with demo households; only in development")
    chosen = parser.parse_args()
    settings = read_settings(port=chosen.port, data=chosen.data)
    if chosen.demo and not settings.development:
        sys.stderr.write("refusing to start: --demo needs SHOUXIAN_ENV=development: its households are invented\n")
        raise SystemExit(2)
    refuse_without_issuer(settings)
    configure_logs(settings.log_level, role="all")
    try:
        run_to_end(run(settings, claim_port(settings), demo=chosen.demo))
    except KeyboardInterrupt:
        raise SystemExit(_INTERRUPTED) from None


if __name__ == "__main__":
    main()
