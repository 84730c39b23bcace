"""What an operator can ask of monitoring: verb → command."""

from services.monitoring.recomputes.commands import prove_whole_ledger
from services.monitoring.screenings.commands.screen import screen_all

OPERATIONS = {
    "screen": screen_all,
    "audit-ledger": prove_whole_ledger,
}
