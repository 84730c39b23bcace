"""Protections are kept: found anew when something is said, when a household changes, and when time changes them."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final

import sqlalchemy as sa

from services.monitoring.evidence.rules import NOTHING
from services.monitoring.ledger.rules.dossiers import HouseholdDossier
from services.monitoring.ledger.store import load_dossiers, lock_free_households
from services.monitoring.protections.rules import is_spoken_of
from services.monitoring.protections.store import (
    PROTECTIONS,
    Found,
    KeptStanding,
    KeptStandings,
    day_to_find,
    find_standings,
    load_kept,
    write_kept,
)
from shared.codes.circumstances import Protection, ProtectionStatus
from shared.context import Context
from shared.contracts.monitoring import ProtectionsChanged
from shared.db.unit_of_work import UnitOfWork

BATCH: Final = 2000
"""Rows that are looked at together because time may have changed them."""
_CERTAIN: Final = frozenset({ProtectionStatus.MET, ProtectionStatus.UNMET})
_SELECT_DUE = (
    sa.select(PROTECTIONS.c.household_code)
    .where(PROTECTIONS.c.valid_until <= sa.bindparam("on", type_=sa.Date()))
    .order_by(PROTECTIONS.c.valid_until, PROTECTIONS.c.household_code)
    .limit(BATCH)
)


def renew_protections(
    uow: UnitOfWork, dossiers: Sequence[HouseholdDossier], contexts: Mapping[str, Context] = NOTHING
) -> None:
    """Find anew where these households stand, keep what changed, and publish it; their rows are locked.

    A household of which nothing that counts was ever said keeps nothing. Never for a day before the one on which it was
    found last: where the clock of this process is behind that of another one, the later day stands. ``contexts`` name
    by household the chain of what led to it, where that is not the chain of the command.
    """
    spoken_of = [one for one in dossiers if is_spoken_of(one)]
    if not spoken_of:
        return
    kept = load_kept(uow, [one.code for one in spoken_of])
    days = [(one, day_to_find(uow.today(), kept.get(one.code, NOTHING))) for one in spoken_of]
    found = find_standings(uow, days)
    rows: list[tuple[str, Protection, KeptStanding]] = []
    for dossier, day in days:
        of_household, before = found[dossier.code], kept.get(dossier.code, NOTHING)
        if before or of_household.is_said:
            rows += _changed_rows(uow, dossier, day, of_household, before)
            if _is_news(dossier, of_household, before):
                event = _event(dossier, of_household)
                uow.emit(event, region=dossier.region_code, context=contexts.get(dossier.code))
    write_kept(uow, rows)


def _changed_rows(
    uow: UnitOfWork, dossier: HouseholdDossier, day: date, found: Found, before: KeptStandings
) -> list[tuple[str, Protection, KeptStanding]]:
    rows = []
    for protection, now in found.standings.items():
        known = before.get(protection)
        stays = known is not None and known.says(dossier.region_code, now)
        if known is not None and stays and known.valid_until == now.until:
            continue
        moment = known.updated_at if known is not None and stays else uow.stamp()
        rows.append((dossier.code, protection, KeptStanding.of(dossier.region_code, now, day, moment)))
    return rows


def _is_news(dossier: HouseholdDossier, found: Found, before: KeptStandings) -> bool:
    """Whether a status changed, or the household moved. Before anything was said, nothing was certain."""
    if not before:
        return any(now.status in _CERTAIN for now in found.standings.values())
    return any(
        (known.status, known.region_code) != (found.standings[protection].status, dossier.region_code)
        for protection, known in before.items()
    )


def _event(dossier: HouseholdDossier, found: Found) -> ProtectionsChanged:
    statuses = {protection.value: now.status for protection, now in found.standings.items()}
    return ProtectionsChanged(household_code=dossier.code, region_code=dossier.region_code, **statuses)


def renew_protections_of(uow: UnitOfWork, codes: Sequence[str]) -> Sequence[str]:
    """Find anew where those of these households stand that nobody else holds; returns them. Nobody is waited for."""
    free = lock_free_households(uow, codes)
    renew_protections(uow, list(load_dossiers(uow, free, lock=True).values()))
    return free


def renew_due_protections(uow: UnitOfWork) -> bool:
    """Find anew where households stand whose protections time may have changed: a birthday, a new year, a cut of water.

    Does a bounded part and tells whether more is waiting.
    """
    due = uow.connection.scalars(_SELECT_DUE, {"on": uow.today()}).all()
    renewed = renew_protections_of(uow, sorted(set(due)))
    return len(due) == BATCH and bool(renewed)
