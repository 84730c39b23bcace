"""Run monitoring alone: `python -m services.monitoring serve|worker|all|migrate|screen|audit-ledger`."""

from services.monitoring.app import MONITORING
from shared.runtime import house_main

if __name__ == "__main__":
    house_main(MONITORING)
