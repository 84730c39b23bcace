"""What an operator can ask of monitoring: verb → command."""

from services.monitoring.proofs.commands import prove_whole_ledger
from services.monitoring.screenings.commands import screen_all

OPERATIONS = {
    "screen": screen_all,
    "audit-ledger": prove_whole_ledger,
}
