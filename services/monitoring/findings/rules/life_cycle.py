"""What becomes of a finding when its household is checked again. Pure."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, NamedTuple
from uuid import UUID

from shared.codes.monitoring import FindingAction, FindingStatus
from shared.words.said import Said, says


@dataclass(frozen=True, slots=True)
class Standing:
    """What is kept of a finding, as far as a check changes it."""

    status: FindingStatus
    region_code: str
    person_id: UUID | None
    inputs: Mapping[str, Any]
    found_on: dt.date
    cleared_on: dt.date | None = None
    exempt_until: dt.date | None = None


class Change(NamedTuple):
    """What a check changes of a finding: how it stands then, and the step, where it is one."""

    standing: Standing
    action: FindingAction | None = None
    note: Said | None = None


def follow(kept: Standing, found: Standing | None, today: dt.date) -> Change | None:
    """What becomes of a finding that is kept; ``found`` is how it was found now, None where it was not."""
    if found is None:
        return _not_found(kept, today)
    fresh = replace(kept, region_code=found.region_code, person_id=found.person_id, inputs=found.inputs)
    is_as_before = (kept.person_id, kept.inputs) == (found.person_id, found.inputs)
    if kept.status is FindingStatus.CLEARED:
        opened = replace(fresh, status=FindingStatus.OPEN, found_on=today, cleared_on=None)
        return Change(opened, FindingAction.REOPEN)
    if kept.status is FindingStatus.EXEMPTED and (why := _why_lapsed(kept, today, is_as_before=is_as_before)):
        return Change(replace(fresh, status=FindingStatus.OPEN, exempt_until=None), FindingAction.LAPSE, why)
    return None if fresh == kept else Change(fresh)


def moved(kept: Standing, region_code: str) -> Change | None:
    """What becomes of a finding that is not looked at, of a household in this region."""
    return None if kept.region_code == region_code else Change(replace(kept, region_code=region_code))


def _not_found(kept: Standing, today: dt.date) -> Change | None:
    if kept.status is FindingStatus.CLEARED:
        return None
    cleared = replace(kept, status=FindingStatus.CLEARED, cleared_on=today, exempt_until=None)
    return Change(cleared, FindingAction.CLEAR)


def _why_lapsed(kept: Standing, today: dt.date, *, is_as_before: bool) -> Said | None:
    if not is_as_before:
        return says("finding-inputs-changed")
    if kept.exempt_until is not None and kept.exempt_until < today:
        return says("finding-exemption-over", until=kept.exempt_until)
    return None
