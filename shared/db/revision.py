"""Which revision a database is at and which one this release was made for. Apart, nothing is consumed or relayed."""

from collections.abc import Collection
from functools import cache
from pathlib import Path

import sqlalchemy as sa
from alembic.script import ScriptDirectory

from shared.db.migrate import script_config
from shared.db.unit_of_work import Reading

_VERSIONS = sa.table("alembic_version", sa.column("version_num"))


class ReleaseDiffers(Exception):
    """The database is at another revision than this release; the message names both."""


@cache
def release_revision(migrations: Path) -> frozenset[str]:
    """The newest revision of these migrations: what the tables of this release look like.

    It is read once: a process is one release.
    """
    return frozenset(ScriptDirectory.from_config(script_config(migrations)).get_heads())


def database_revision(reading: Reading) -> frozenset[str]:
    """The revision a database was last brought to; empty where it was never migrated."""
    if not sa.inspect(reading.connection).has_table(_VERSIONS.name):
        return frozenset()
    return frozenset(reading.connection.scalars(sa.select(_VERSIONS.c.version_num)))


class Schema:
    """Whether a database and a release belong together. Until somebody has looked, they do not.

    Without a release to compare with, as in a tool that works on tables of its own, they always do.
    """

    def __init__(self, release: frozenset[str] | None = None) -> None:
        self._release = release
        self._database: frozenset[str] = frozenset()
        self._fits = release is None

    def look(self, reading: Reading) -> None:
        """Compare."""
        if self._release is None:
            return
        self._database = database_revision(reading)
        self._fits = self._database == self._release

    @property
    def difference(self) -> str | None:
        """What differs, naming both revisions; None where nothing does."""
        if self._fits:
            return None
        return f"the database is at revision {_named(self._database)}, this release needs {_named(self._release or ())}"

    def demand(self) -> None:
        """Raise ReleaseDiffers where they do not belong together any more."""
        if not self._fits:
            raise ReleaseDiffers(self.difference)


def _named(revisions: Collection[str]) -> str:
    return ", ".join(sorted(revisions)) or "none"
