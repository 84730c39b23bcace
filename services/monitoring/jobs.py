"""What time causes in monitoring: interval → command; and what is asked for and takes long: kind → work."""

from services.monitoring.proofs.commands import PROOF
from services.monitoring.screenings.commands import SCREENING, record_undecided, roll_windows, screen_due
from services.monitoring.sources.commands import listen
from shared.house import Job

JOBS = {
    "roll-windows": Job(every_seconds=60, command=roll_windows),
    "tell-undecided": Job(every_seconds=600, command=record_undecided),
    "listen": Job(every_seconds=60, command=listen),
    "screen-due": Job(every_seconds=60, command=screen_due),
}
LONG_WORK = {
    "screening": SCREENING,
    "ledger-audit": PROOF,
}
