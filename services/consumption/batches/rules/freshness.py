"""How long a batch stays fresh, and what its inspections say. Pure decisions."""

import datetime as dt
from collections.abc import Sequence

from shared.codes.consumption import InspectionResult


def fresh_until(harvested_on: dt.date, shelf_life_days: int | None) -> dt.date | None:
    """The last day on which it is shipped; None for what keeps."""
    return None if shelf_life_days is None else harvested_on + dt.timedelta(days=shelf_life_days)


def is_held(results: Sequence[InspectionResult]) -> bool:
    """Whether the batch is kept back: the last of its inspections is the one that counts."""
    return bool(results) and results[-1] is InspectionResult.FAIL
