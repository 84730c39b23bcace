"""The households a house knows of from the bus: that they exist, where, and how many live there. No names."""

from collections.abc import Collection, Mapping, Sequence
from functools import cache
from typing import NamedTuple

import sqlalchemy as sa

from shared.contracts.envelope import Event
from shared.contracts.monitoring import HouseholdState
from shared.db.rows import execute_rows, insert_into
from shared.db.sets import is_one_of
from shared.db.unit_of_work import Reading, UnitOfWork
from shared.errors import NotFound


class HouseholdUnknown(NotFound):
    """No household by that code within the caller's region has reached this house; it may be on its way."""

    code, title = "household-unknown", "No such household here"
    retry_after = 1


class KnownHousehold(NamedTuple):
    """A household 农户 as the houses beside monitoring know it."""

    code: str
    region_code: str
    members: int


class KnownHouseholds:
    """The table of known households of one house, kept by its events."""

    def __init__(self, metadata: sa.MetaData) -> None:
        self.table = sa.Table(
            "known_household",
            metadata,
            sa.Column("code", sa.String(64), primary_key=True),
            sa.Column("region_code", sa.String(12), nullable=False),
            sa.Column("members", sa.Integer(), nullable=False),
            sa.Column("version", sa.Integer(), nullable=False),
        )
        self._found = sa.select(self.table.c.code, self.table.c.region_code, self.table.c.members).where(
            is_one_of(self.table.c.code, "codes")
        )

    def remember(self, uow: UnitOfWork, events: Sequence[Event[HouseholdState]]) -> None:
        """Keep the newest state of each household; an older one never wins."""
        newest = {
            event.data.household_code: event.data for event in sorted(events, key=lambda event: event.data.version)
        }
        rows = [
            {"code": code, "region_code": state.region_code, "members": len(state.members), "version": state.version}
            for code, state in sorted(newest.items())
        ]
        execute_rows(uow.connection, _keeping(self.table, uow.connection.dialect.name), rows)

    def find(self, reading: Reading, codes: Collection[str]) -> Mapping[str, KnownHousehold]:
        """Those of these households that lie within the caller's region."""
        known = self.find_anywhere(reading, codes)
        return {code: household for code, household in known.items() if reading.actor.sees(household.region_code)}

    def find_anywhere(self, reading: Reading, codes: Collection[str]) -> Mapping[str, KnownHousehold]:
        """Those of these households that are known, wherever they live: for what is theirs whoever acts."""
        rows = reading.connection.execute(self._found, {"codes": sorted(codes)})
        return {row.code: KnownHousehold(*row) for row in rows}

    def one(self, reading: Reading, code: str) -> KnownHousehold:
        """This household. Raises HouseholdUnknown where it is unknown or outside the caller's region."""
        found = self.find(reading, [code]).get(code)
        if found is None:
            raise HouseholdUnknown(f"no household {code} in region {reading.actor.place}")
        return found


@cache
def _keeping(table: sa.Table, dialect: str) -> sa.Insert:
    """An insert that changes the row which is there only where it is older."""
    statement = insert_into(table, dialect)
    newer = {name: statement.excluded[name] for name in ("region_code", "members", "version")}
    return statement.on_conflict_do_update(
        index_elements=["code"], set_=newer, where=table.c.version < statement.excluded.version
    )
