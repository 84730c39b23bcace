"""What time causes in monitoring."""

from services.monitoring.commands.screening import roll_windows
from shared.house import Job

JOBS = {
    "roll-windows": Job(every_seconds=60, command=roll_windows),
}
