"""The households a house knows of from the bus: that they exist, where, and how many live there. No names."""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

import sqlalchemy as sa

from shared.contracts.envelope import Event
from shared.contracts.help import HouseholdMove
from shared.contracts.monitoring import HouseholdEnded, HouseholdState
from shared.db.rows import execute_tuples, insert_into, read_tuples
from shared.db.sets import is_one_of
from shared.db.unit_of_work import Reading, UnitOfWork
from shared.errors import HouseholdHasEnded, NotFound
from shared.words.said import says


class HouseholdUnknown(NotFound):
    """No household by that code within the caller's region has reached this house; it may be on its way."""

    code = "household-unknown"
    pointer = "/household_code"
    retry_after = 1


class KnownHousehold(NamedTuple):
    """A household 农户 as the houses beside monitoring know it."""

    code: str
    region_code: str
    members: int
    """How many live there; of one that ended, how many did."""
    ended_on: dt.date | None = None
    """The day from which it is no more 注销日期; none where it still is."""


class KnownHouseholds:
    """The table of known households of one house, kept by its events."""

    def __init__(self, metadata: sa.MetaData, moved_away: type[HouseholdMove]) -> None:
        """``moved_away`` is what the house publishes when it hears that a household has left a region."""
        self._moved_away = moved_away
        self.table = sa.Table(
            "known_household",
            metadata,
            sa.Column("code", sa.String(64), primary_key=True),
            sa.Column("region_code", sa.String(12), nullable=False),
            sa.Column("members", sa.Integer(), nullable=False),
            sa.Column("version", sa.Integer(), nullable=False),
            sa.Column("ended_on", sa.Date(), nullable=True),
        )
        known = self.table.c
        self._ended = (
            sa.select(known.code, known.ended_on)
            .where(is_one_of(known.code, "codes"))
            .order_by(known.code)
            .with_for_update(read=True)
        )
        self._before = (
            sa.select(known.code, known.region_code, known.version)
            .where(is_one_of(known.code, "codes"))
            .order_by(known.code)
            .with_for_update()
        )
        self._found = sa.select(known.code, known.region_code, known.members, known.ended_on).where(
            is_one_of(known.code, "codes")
        )

    def remember(self, uow: UnitOfWork, events: Sequence[Event[HouseholdState | HouseholdEnded]]) -> None:
        """Keep the newest state of each household, or that it ended; what is older never wins."""
        newest = {event.data.household_code: event for event in sorted(events, key=lambda event: event.data.version)}
        self._tell_of_moves(uow, newest)
        told = [newest[code].data for code in sorted(newest)]
        dialect = uow.connection.dialect.name
        living = [_row(state, len(state.members), None) for state in told if isinstance(state, HouseholdState)]
        execute_tuples(uow.connection, _keeping(self.table, dialect, "members"), _COLUMNS, living)
        ended = [_row(end, 0, end.ended_on) for end in told if isinstance(end, HouseholdEnded)]
        execute_tuples(uow.connection, _keeping(self.table, dialect), _COLUMNS, ended)

    def _tell_of_moves(self, uow: UnitOfWork, newest: Mapping[str, Event[HouseholdState | HouseholdEnded]]) -> None:
        for code, left, version in uow.connection.execute(self._before, {"codes": sorted(newest)}):
            event = newest[code]
            state = event.data
            if state.version > version and state.region_code != left:
                moved = {"version": state.version, "moved_to": state.region_code}
                gone = self._moved_away(household_code=code, region_code=left, **moved)
                uow.emit(gone, region=left, context=event.caused())

    def hold_ended(self, uow: UnitOfWork, codes: Collection[str]) -> list[str]:
        """Those of these households that are no more; none of them ends until the transaction does."""
        rows = uow.connection.execute(self._ended, {"codes": sorted(codes)})
        return [row.code for row in rows if row.ended_on is not None]

    def demand_living(self, uow: UnitOfWork, codes: Collection[str]) -> None:
        """Raise HouseholdHasEnded where some of these households are no more; none of them ends meanwhile."""
        if ended := self.hold_ended(uow, codes):
            raise HouseholdHasEnded(says("households-have-ended", households=ended), household_codes=ended)

    def find(self, reading: Reading, codes: Collection[str]) -> Mapping[str, KnownHousehold]:
        """Those of these households that lie within the caller's region."""
        known = self.find_anywhere(reading, codes)
        return {code: household for code, household in known.items() if reading.actor.sees(household.region_code)}

    def find_anywhere(self, reading: Reading, codes: Collection[str]) -> Mapping[str, KnownHousehold]:
        """Those of these households that are known, wherever they live: for what is theirs whoever acts."""
        rows = read_tuples(reading.connection, self._found, {"codes": sorted(codes)})
        return {row[0]: KnownHousehold(*row) for row in rows}

    def one(self, reading: Reading, code: str) -> KnownHousehold:
        """This household. Raises HouseholdUnknown where it is unknown or outside the caller's region."""
        found = self.find(reading, [code]).get(code)
        if found is None:
            raise HouseholdUnknown(says("no-household-in-region", household=code, region=reading.actor.place))
        return found


_COLUMNS = ("code", "region_code", "version", "members", "ended_on")


def _row(told: HouseholdState | HouseholdEnded, members: int, ended_on: dt.date | None) -> tuple[Any, ...]:
    return (told.household_code, told.region_code, told.version, members, ended_on)


@cache
def _keeping(table: sa.Table, dialect: str, *more: str) -> sa.Insert:
    """An insert that changes the row which is there only where it is older."""
    statement = insert_into(table, dialect)
    newer = {name: statement.excluded[name] for name in ("region_code", "version", "ended_on", *more)}
    return statement.on_conflict_do_update(
        index_elements=["code"], set_=newer, where=table.c.version < statement.excluded.version
    )
