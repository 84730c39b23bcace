"""Fill the database of a stopped system with a prefecture that nobody lives in; only in development.

`make population HOUSEHOLDS=100000 DATA=var TODAY=2026-11-16 SEED=1`. The last line is JSON.
"""

import argparse
import json
import sys
import time
from pathlib import Path

from services.houses import HOUSES
from services.population.filling import populate
from services.population.prefecture import LARGEST, Prefecture
from shared.clock import SystemClock
from shared.logs import configure_logs
from shared.runtime import calm_garbage_collector, run_to_end
from shared.settings import read_settings

_INTERRUPTED = 130


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m services.population", description=__doc__)
    parser.add_argument("--households", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--data", type=Path, default=None, help="folder of databases, bus log and key ring")
    chosen = parser.parse_args()
    if not 0 < chosen.households <= LARGEST:
        parser.error(f"--households is from 1 to {LARGEST}")
    settings = read_settings(data=chosen.data)
    if not settings.development:
        sys.stderr.write("refusing to start: it needs SHOUXIAN_ENV=development: the households are invented\n")
        return 2
    configure_logs("warning", role="population")
    prefecture = Prefecture(chosen.households, SystemClock(settings.today).today(), chosen.seed)
    settings.data.mkdir(parents=True, exist_ok=True)
    calm_garbage_collector()
    began = time.monotonic()
    try:
        there = run_to_end(populate(HOUSES, settings, prefecture, lambda laid: _tell(laid, chosen.households)))
    except KeyboardInterrupt:
        sys.stderr.write("interrupted: what was laid stays; the same command goes on from there\n")
        return _INTERRUPTED
    sys.stdout.write(json.dumps({**there._asdict(), "seconds": round(time.monotonic() - began, 1)}) + "\n")
    return 0


def _tell(laid: int, of: int) -> None:
    sys.stderr.write(f"{laid} of {of} households\n")


if __name__ == "__main__":
    sys.exit(main())
