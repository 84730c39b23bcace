"""How well the grid sees: patrols, villages in focus, and findings that are put right."""

from collections.abc import Mapping

import sqlalchemy as sa

from services.monitoring.indicators.store.scope import Scope, how_many
from services.monitoring.models.findings import FindingRow
from services.monitoring.patrols.store import to_be_seen
from services.monitoring.priority.store import is_in_focus, villages_on
from shared.codes.monitoring import FindingStatus, MonitoringIndicator
from shared.db.base import table_of
from shared.indicators import Counted
from shared.months import month_of

_FINDINGS = table_of(FindingRow)


def seen(scope: Scope) -> Mapping[MonitoringIndicator, Counted]:
    """How many lifted and monitored households were seen often enough in the month of the last day."""
    rows = to_be_seen(scope.reading, month_of(scope.last)).subquery()
    counted = sa.select(sa.func.count(), how_many(rows.c.visits >= rows.c.needed)).where(
        scope.lies_in(rows.c.region_code)
    )
    households, seen_enough = scope.sums(counted)
    return {MonitoringIndicator.PATROL_RATE: Counted(seen_enough, households)}


def villages(scope: Scope) -> Mapping[MonitoringIndicator, Counted]:
    """The share of monitored people, and how many villages are in focus."""
    found = villages_on(scope.reading, scope.last)
    asked = (
        sa.func.sum(found.c.people),
        sa.func.sum(found.c.monitored_people),
        sa.func.count(),
        how_many(is_in_focus(found)),
    )
    people, monitored, number, in_focus = scope.sums(sa.select(*asked).where(scope.lies_in(found.c.region_code)))
    return {
        MonitoringIndicator.MONITORED_SHARE: Counted(monitored, people),
        MonitoringIndicator.FOCUS_VILLAGES: Counted(in_focus, number),
    }


def findings(scope: Scope) -> Mapping[MonitoringIndicator, Counted]:
    """How many findings 疑点 are open on the last day, and which part of all that were found is cleared by then."""
    cleared = _FINDINGS.c.cleared_on <= scope.last
    is_open = sa.func.coalesce(_FINDINGS.c.cleared_on > scope.last, sa.true())
    counted = sa.select(sa.func.count(), how_many(cleared), how_many(is_open)).where(
        scope.lived_in(_FINDINGS.c.household_code, _FINDINGS.c.region_code),
        _FINDINGS.c.found_on <= scope.last,
        (_FINDINGS.c.status != FindingStatus.EXEMPTED) | (_FINDINGS.c.exempted_on > scope.last),
    )
    found, gone, still_open = scope.sums(counted)
    return {
        MonitoringIndicator.FINDINGS_OPEN: Counted(still_open),
        MonitoringIndicator.FINDINGS_CLEARED_RATE: Counted(gone, found),
    }
