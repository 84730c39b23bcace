"""What time causes in monitoring, and what an operator can ask for."""

import json
import sys
from dataclasses import asdict

from services.monitoring.proofs.commands import Difference, audit_ledger
from services.monitoring.screenings.commands import BATCH, roll_windows, screen_after, screen_due
from services.monitoring.sources.commands import listen, tell_undecided
from shared.house import House, Job

JOBS = {
    "roll-windows": Job(every_seconds=60, command=roll_windows),
    "tell-undecided": Job(every_seconds=600, command=tell_undecided),
    "listen": Job(every_seconds=60, command=listen),
    "screen-due": Job(every_seconds=60, command=screen_due),
}
_SHOWN = 100


async def screen(house: House) -> int:
    """Judge every household as of the business date 集中排查; exit code 0."""
    screened, last = 0, ""
    while codes := await house.database.write(screen_after, last):
        screened, last = screened + len(codes), codes[-1]
    _answer("screen", households=screened, as_of=house.database.resources.clock.today())
    return 0


async def audit_whole_ledger(house: House) -> int:
    """Prove all that is kept beside the facts from the facts; exit code 1 when anything differs."""
    audited, last, found = 0, "", list[Difference]()
    while (audit := await house.database.write(audit_ledger, last, BATCH))[0]:
        codes, differences = audit
        audited, last = audited + len(codes), codes[-1]
        found += differences
    shown = [asdict(difference) for difference in found[:_SHOWN]]
    _answer("audit-ledger", households=audited, differing=len(found), differences=shown)
    return 1 if found else 0


def _answer(operation: str, **result: object) -> None:
    sys.stdout.write(json.dumps({"operation": operation, **result}, default=str, ensure_ascii=False) + "\n")


OPERATIONS = {
    "screen": screen,
    "audit-ledger": audit_whole_ledger,
}
