"""What every table of employment stands on. Money is fen, months are ordinals (year × 12 + month − 1)."""

from sqlalchemy.orm import registry
from sqlmodel import SQLModel

from shared.db.base import house_metadata
from shared.db.system_tables import add_system_tables
from shared.procedures.rows import lay_steps

METADATA = house_metadata("employment")
SYSTEM_TABLES = add_system_tables(METADATA)
PROCEDURE_STEP = lay_steps(METADATA)


class Base(SQLModel, registry=registry(metadata=METADATA)):
    """A table of employment."""

    metadata = METADATA
