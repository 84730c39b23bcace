"""What is counted of screenings for the metrics of the house."""

from services.monitoring.screenings.store import load_undecided_households
from shared import metrics
from shared.db.unit_of_work import Reading


def undecided_counts(reading: Reading) -> metrics.Counts:
    """Households that wait for a policy value, by its key and by county."""
    waiting = load_undecided_households(reading)
    return {
        metrics.UNDECIDED_HOUSEHOLDS: {("monitoring", key, county): number for (key, county), number in waiting.items()}
    }
