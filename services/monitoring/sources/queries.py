"""Which sources are silent, and what is counted of them for the metrics of the house."""

from collections.abc import Mapping

from services.monitoring.sources.store import load_last_moments
from shared import metrics
from shared.db.unit_of_work import Reading


def silent_sources(reading: Reading) -> Mapping[str, int]:
    """Whole days without a fact of each source that is expected to speak; 0 while it is not overdue."""
    expected = reading.resources.source_silence_days
    if not expected:
        return {}
    last = load_last_moments(reading)
    days = {source: (reading.now() - last[source]).days for source in expected if source in last}
    return {source: days.get(source, 0) * (days.get(source, 0) >= allowed) for source, allowed in expected.items()}


def silence_counts(reading: Reading) -> metrics.Counts:
    """Sources that are silent for longer than they may."""
    silent = silent_sources(reading)
    return {metrics.SOURCE_SILENT_DAYS: {("monitoring", source): days for source, days in silent.items()}}
