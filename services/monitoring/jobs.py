"""What time causes in monitoring: interval → command."""

from services.monitoring.screenings.commands import record_undecided, roll_windows, screen_due
from services.monitoring.sources.commands import listen
from shared.house import Job

JOBS = {
    "roll-windows": Job(every_seconds=60, command=roll_windows),
    "tell-undecided": Job(every_seconds=600, command=record_undecided),
    "listen": Job(every_seconds=60, command=listen),
    "screen-due": Job(every_seconds=60, command=screen_due),
}
