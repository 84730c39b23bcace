"""Rows of protections: where households were found to stand, and where they stand by what is known of them."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from functools import cache
from typing import Any, Final, NamedTuple

import sqlalchemy as sa

from services.monitoring.evidence.circumstances import PEOPLE
from services.monitoring.evidence.kept import AsOf, Kept
from services.monitoring.ledger.rules.dossiers import HouseholdDossier
from services.monitoring.models.protections import HouseholdProtection
from services.monitoring.protections.rules import ENDED, RESTS_ON, Seen, Standing, standings
from services.monitoring.risks.store.verdicts import rule_parameters
from shared.codes.circumstances import Protection, ProtectionStatus
from shared.db.base import table_of
from shared.db.rows import OnConflict, insert_into, read_tuples, upsert_tuples
from shared.db.sets import is_one_of
from shared.db.unit_of_work import Reading, UnitOfWork
from shared.months import MAX_MONTH, MIN_MONTH

PROTECTIONS: Final = table_of(HouseholdProtection)
_EVER: Final = AsOf(MIN_MONTH, MAX_MONTH, dt.date.max)
"""What was observed on any day: rules tell what is still to come."""


class KeptStanding(NamedTuple):
    """Where a household was found to stand in one matter, as its row has it."""

    region_code: str
    status: ProtectionStatus
    checked_on: dt.date | None
    fact_ids: list[str]
    valid_until: dt.date | None
    decided_on: dt.date
    updated_at: dt.datetime

    def says(self, region_code: str, found: Standing) -> bool:
        """Whether whoever reads the row reads this."""
        said = (self.region_code, self.status, self.checked_on, self.fact_ids)
        return said == (region_code, found.status, found.checked_on, found.fact_ids)

    @classmethod
    def of(cls, region_code: str, found: Standing, day: dt.date, updated_at: dt.datetime) -> "KeptStanding":
        """What is kept of where a household in a region was found to stand on a day."""
        return cls(region_code, found.status, found.checked_on, found.fact_ids, found.until, day, updated_at)

    def is_due(self, day: dt.date) -> bool:
        """Whether time may have changed it by a day."""
        return self.valid_until is not None and self.valid_until <= day


KeptStandings = Mapping[Protection, KeptStanding]
_KEY: Final = ("household_code", "code")
_COLUMNS: Final = (*_KEY, *KeptStanding._fields)
_SELECT_KEPT = sa.select(*(PROTECTIONS.c[name] for name in _COLUMNS)).where(
    is_one_of(PROTECTIONS.c.household_code, "codes")
)


def load_kept(reading: Reading, codes: Collection[str]) -> Mapping[str, KeptStandings]:
    """Where these households were found to stand; nothing of those of which nothing was ever said."""
    found: defaultdict[str, dict[Protection, KeptStanding]] = defaultdict(dict)
    for code, protection, *kept in read_tuples(reading.connection, _SELECT_KEPT, {"codes": list(codes)}):
        found[code][protection] = KeptStanding(*kept)
    return found


def write_kept(uow: UnitOfWork, rows: Sequence[tuple[str, Protection, KeptStanding]]) -> None:
    """Keep where households stand, in the place of what was kept before."""
    flat = [(code, protection, *kept) for code, protection, kept in rows]
    upsert_tuples(uow.connection, _upsert(uow.connection.dialect.name), _COLUMNS, flat)


@cache
def _upsert(dialect: str) -> OnConflict:
    statement = insert_into(PROTECTIONS, dialect)
    new = {name: statement.excluded[name] for name in KeptStanding._fields}
    return statement.on_conflict_do_update(index_elements=list(_KEY), set_=new)


def day_to_find(today: dt.date, kept: KeptStandings) -> dt.date:
    """The day on which to find anew where a household stands: no earlier one than that on which it was found last."""
    return max([today, *(one.decided_on for one in kept.values())])


class Found(NamedTuple):
    """Where a household stands by what is known of it."""

    standings: Mapping[Protection, Standing]
    is_said: bool
    """Whether anything that counts was said in any matter."""


def find_standings(reading: Reading, days: Sequence[tuple[HouseholdDossier, dt.date]]) -> dict[str, Found]:
    """Where each of these households stands on its day."""
    seen = _load_seen(reading, [dossier for dossier, _ in days])
    return {dossier.code: _found(reading, dossier, day, seen[dossier.code]) for dossier, day in days}


def _found(reading: Reading, dossier: HouseholdDossier, day: dt.date, seen: Seen) -> Found:
    is_said = any(kept.seen_in(seen) for kept in RESTS_ON)
    if dossier.ended_on is not None and dossier.ended_on <= day:
        return Found(ENDED, is_said)
    return Found(standings(seen, rule_parameters(reading.policy, dossier.region_code, day)), is_said)


def _load_seen(reading: Reading, dossiers: Sequence[HouseholdDossier]) -> Mapping[str, Seen]:
    found: defaultdict[str, dict[str, Any]] = defaultdict(dict)
    looked_at: Sequence[Kept[Any]] = (*RESTS_ON, PEOPLE)
    for kept in looked_at:
        codes = [one.code for one in dossiers if kept is PEOPLE or kept.name in one.evidence]
        if codes:
            for code, seen in kept.load(reading, codes, _EVER).items():
                found[code][kept.name] = seen
    return found
