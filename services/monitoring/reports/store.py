"""Where households were found to stand in 三保障 and water, by status alone."""

from collections.abc import Collection, Mapping

from services.monitoring.protections.store import load_kept
from shared.codes.circumstances import Protection, ProtectionStatus
from shared.db.unit_of_work import Reading


def load_statuses(reading: Reading, codes: Collection[str]) -> Mapping[str, Mapping[Protection, ProtectionStatus]]:
    """The status of each protection of these households; nothing of those of which nothing was ever said."""
    kept = load_kept(reading, codes)
    return {code: {one: standing.status for one, standing in found.items()} for code, found in kept.items()}
