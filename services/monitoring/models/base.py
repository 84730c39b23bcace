"""What every table of monitoring stands on. Money is fen, months are ordinals (year × 12 + month − 1)."""

import sqlalchemy as sa
from sqlalchemy.orm import registry
from sqlmodel import SQLModel

from shared.db.base import house_metadata
from shared.db.system_tables import add_system_tables
from shared.procedures.rows import lay_steps

METADATA = house_metadata("monitoring")
SYSTEM_TABLES = add_system_tables(METADATA)
PROCEDURE_STEP = lay_steps(METADATA)
FEN = sa.BigInteger
KEPT_BY_KEY = {"sqlite_with_rowid": False}
"""Rows are found by their key alone: SQLite keeps them there, and reads one page where a row number costs two."""


class Base(SQLModel, registry=registry(metadata=METADATA)):
    """A table of monitoring."""

    metadata = METADATA
