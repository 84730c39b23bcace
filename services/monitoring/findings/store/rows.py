"""Rows of findings, and who is to be checked. A finding is changed under the lock of its household."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cache
from typing import Any, Final, NamedTuple
from uuid import UUID

import sqlalchemy as sa

from services.monitoring.findings.rules.life_cycle import Standing
from services.monitoring.models import PROCEDURE_STEP
from services.monitoring.models.findings import FindingDue, FindingRoll, FindingRow
from services.monitoring.models.households import Household
from shared.codes.monitoring import FindingStatus
from shared.db.base import table_of
from shared.db.rows import execute_rows, insert_into, insert_rows
from shared.db.sets import is_one_of
from shared.db.unit_of_work import Reading, UnitOfWork
from shared.ids import derived_id
from shared.procedures.rows import Steps

STEPS: Final = Steps(PROCEDURE_STEP, "finding")
_FINDINGS, _DUE, _HOUSEHOLDS = table_of(FindingRow), table_of(FindingDue), table_of(Household)
_STANDING = tuple(Standing.__dataclass_fields__)
_SELECT_KEPT = sa.select(
    _FINDINGS.c.id,
    _FINDINGS.c.household_code,
    _FINDINGS.c.member_no,
    _FINDINGS.c.rule,
    _FINDINGS.c.version,
    *(_FINDINGS.c[name] for name in _STANDING),
).where(is_one_of(_FINDINGS.c.household_code, "codes"))
_UPDATE = (
    sa.update(_FINDINGS)
    .where(_FINDINGS.c.id == sa.bindparam("of_finding", type_=_FINDINGS.c.id.type))
    .values({name: sa.bindparam(name, type_=_FINDINGS.c[name].type) for name in (*_STANDING, "version", "updated_at")})
)
_UNEXEMPT = (
    sa.update(_FINDINGS)
    .where(is_one_of(_FINDINGS.c.id, "ids"))
    .values(exempt_reason=None, exempt_until=None, exempted_on=None, exempted_by=None)
)
_SELECT_HOMES_OF = sa.select(_FINDINGS.c.household_code).where(is_one_of(_FINDINGS.c.id, "ids")).distinct()
_ONE_ROLL: Final = 1


class Place(NamedTuple):
    """Where a finding stands: each rule finds a household, or a member of it, once."""

    household_code: str
    rule: str
    member_no: int | None

    @property
    def finding_id(self) -> UUID:
        """The id of the finding there."""
        return derived_id("finding", self.household_code, self.rule, self.member_no or 0)


class KeptFinding(NamedTuple):
    """A finding as its row has it."""

    version: int
    standing: Standing


def load_kept(reading: Reading, codes: Collection[str]) -> Mapping[Place, KeptFinding]:
    """All that was ever found of these households."""
    rows = reading.connection.execute(_SELECT_KEPT, {"codes": list(codes)})
    return {
        Place(code, rule, member_no): KeptFinding(version, Standing(*standing))
        for _, code, member_no, rule, version, *standing in rows
    }


def write_found(uow: UnitOfWork, found: Mapping[Place, Standing]) -> None:
    """Add what was found for the first time."""
    rows = []
    for place, standing in found.items():
        moment = uow.stamp()
        rows.append(
            {
                "id": place.finding_id,
                **place._asdict(),
                **{name: getattr(standing, name) for name in _STANDING},
                "exempt_reason": None,
                "exempted_on": None,
                "exempted_by": None,
                "version": 1,
                "found_at": moment,
                "updated_at": moment,
            }
        )
    insert_rows(uow.connection, _FINDINGS, rows)


def write_changed(uow: UnitOfWork, changed: Mapping[Place, KeptFinding]) -> None:
    """Write how these findings stand now, as of their versions."""
    rows = [
        {
            "of_finding": place.finding_id,
            **{name: getattr(one.standing, name) for name in _STANDING},
            "version": one.version,
            "updated_at": uow.stamp(),
        }
        for place, one in changed.items()
    ]
    execute_rows(uow.connection, _UPDATE, rows)
    not_exempted = [
        place.finding_id for place, one in changed.items() if one.standing.status is not FindingStatus.EXEMPTED
    ]
    if not_exempted:
        uow.connection.execute(_UNEXEMPT, {"ids": not_exempted})


def load_homes_of(reading: Reading, ids: Collection[UUID]) -> Sequence[str]:
    """The households of these findings."""
    return reading.connection.scalars(_SELECT_HOMES_OF, {"ids": list(ids)}).all()


def lock_findings(uow: UnitOfWork, ids: Collection[UUID]) -> Mapping[UUID, FindingRow]:
    """These findings, locked; their households are locked before."""
    locking = sa.select(FindingRow).where(is_one_of(_FINDINGS.c.id, "ids")).order_by(_FINDINGS.c.id)
    as_they_are = locking.with_for_update().execution_options(populate_existing=True)
    return {row.id: row for row in uow.session.scalars(as_they_are, {"ids": list(ids)})}


def mark_due(uow: UnitOfWork, codes: Iterable[str]) -> None:
    """Have these households checked soon. The last thing of a command: whoever marks the same is waited for."""
    rows = [{"household_code": code} for code in sorted(set(codes))]
    if rows:
        uow.connection.execute(_insert_due(uow.connection.dialect.name), rows)


@cache
def _insert_due(dialect: str) -> Any:
    return insert_into(_DUE, dialect).on_conflict_do_nothing()


def load_due(reading: Reading, limit: int) -> Sequence[str]:
    """The next households that are to be checked soon."""
    return reading.connection.scalars(
        sa.select(_DUE.c.household_code).order_by(_DUE.c.household_code).limit(limit)
    ).all()


def forget_due(uow: UnitOfWork, codes: Collection[str]) -> None:
    """These were checked."""
    uow.connection.execute(sa.delete(_DUE).where(is_one_of(_DUE.c.household_code, "codes")), {"codes": list(codes)})


def load_night(uow: UnitOfWork) -> FindingRoll:
    """How far the check of this night is; begun where nobody began it yet."""
    today = uow.today()
    found = uow.session.get(FindingRoll, _ONE_ROLL, with_for_update=True)
    if found is None:
        found = FindingRoll(id=_ONE_ROLL, night=today, after="", ended=False)
        uow.session.add(found)
    elif found.night != today:
        found.sqlmodel_update({"night": today, "after": "", "ended": False})
    return found


def load_standing_codes(reading: Reading, after: str, limit: int) -> Sequence[str]:
    """The next households after a code that are not at an end."""
    following = sa.select(_HOUSEHOLDS.c.code).where(_HOUSEHOLDS.c.code > after, _HOUSEHOLDS.c.ended_on.is_(None))
    return reading.connection.scalars(following.order_by(_HOUSEHOLDS.c.code).limit(limit)).all()
