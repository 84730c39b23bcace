"""A month of a partner city over a bad line: `make partner DAYS=30`, against whatever of both set-ups runs.

Orders are numbered by the seed, so a second run does nothing twice and compares the same books again. What is to be
bought goes on where a run was broken off, as long as answers are kept: 48 hours.
"""

import argparse
import sys
from contextlib import closing
from pathlib import Path
from typing import Final

from services.demo.client import ApiClient, DemoStopped
from services.demo.report import say
from services.partner.line import BadLine
from services.partner.month import Month
from shared.money import format_yuan

_PARTNER: Final = "partner-dongguan"
_MOST_DAYS: Final = 366


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m services.partner", description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("var"), help="data folder of the running system")
    parser.add_argument("--days", type=int, default=30)
    parser.add_argument("--seed", type=int, default=1, help="another seed is another month")
    chosen = parser.parse_args()
    if not 0 < chosen.days <= _MOST_DAYS:
        sys.stderr.write(f"--days is from 1 to {_MOST_DAYS}\n")
        return 2
    try:
        live(chosen.data, chosen.seed, chosen.days)
    except DemoStopped as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


def live(data: Path, seed: int, days: int) -> None:
    """Live a month and say what came of it. Raises DemoStopped where the books differ."""
    with closing(ApiClient.open(data, _PARTNER)) as partner, closing(ApiClient.open(data)) as supply:
        lines = BadLine(partner, seed), BadLine(supply, seed + 1)
        lived = Month(*lines, seed, days).live()
    lost, doubled, again = (sum(getattr(line, name) for line in lines) for name in ("lost", "doubled", "tried_again"))
    owed = format_yuan(lived["owed"])
    say(
        f"{days} days, {lived['orders']} orders: {owed} yuan by my book, the statement and the feed",
        f"answers lost: {lost}, requests doubled: {doubled}, tried again: {again}; nothing was done twice",
    )


if __name__ == "__main__":
    sys.exit(main())
