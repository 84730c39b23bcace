"""All five houses in one process on one port: the way a newcomer, or a single county, runs ShouXian."""

import argparse
from pathlib import Path

from services.assets.app import ASSETS
from services.assistance.app import ASSISTANCE
from services.consumption.app import CONSUMPTION
from services.employment.app import EMPLOYMENT
from services.monitoring.app import MONITORING
from shared.logs import configure_logs
from shared.runtime import migrate_all, read_settings, run_to_end, serve

HOUSES = (MONITORING, ASSISTANCE, EMPLOYMENT, CONSUMPTION, ASSETS)


async def run(port: int | None, data: Path | None) -> None:
    """Migrate, then serve until told to stop."""
    settings = read_settings(port=port, data=data)
    configure_logs(settings.log_level)
    await migrate_all(HOUSES, settings)
    await serve(HOUSES, settings, role="all")


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m services", description=__doc__)
    parser.add_argument("--port", type=int, default=None)
    parser.add_argument("--data", type=Path, default=None)
    chosen = parser.parse_args()
    run_to_end(run(chosen.port, chosen.data))


if __name__ == "__main__":
    main()
