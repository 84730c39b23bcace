"""What every table of assets stands on. Money is fen, shares are ten-thousandths."""

import sqlalchemy as sa
from sqlalchemy.orm import registry
from sqlmodel import SQLModel

from shared.db.base import house_metadata
from shared.db.system_tables import add_system_tables
from shared.procedures.rows import lay_steps

METADATA = house_metadata("assets")
SYSTEM_TABLES = add_system_tables(METADATA)
PROCEDURE_STEP = lay_steps(METADATA)
FEN = sa.BigInteger


class Base(SQLModel, registry=registry(metadata=METADATA)):
    """A table of assets."""

    metadata = METADATA
