"""What is counted for the metrics of the house."""

from services.monitoring.sources.commands import silent_sources, undecided_households
from shared import metrics
from shared.db.unit_of_work import Reading

_HOUSE = "monitoring"


def counts(reading: Reading) -> metrics.Counts:
    """Households that wait for a policy value, and sources that are silent for longer than they may."""
    return {
        metrics.UNDECIDED_HOUSEHOLDS: {
            (_HOUSE, key, county): number for (key, county), number in undecided_households(reading).items()
        },
        metrics.SOURCE_SILENT_DAYS: {(_HOUSE, source): days for source, days in silent_sources(reading).items()},
    }
