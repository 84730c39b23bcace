"""What every table of consumption stands on. Money is fen, quantities are thousandths, shares are ten-thousandths."""

import sqlalchemy as sa
from sqlalchemy.orm import registry
from sqlmodel import SQLModel

from shared.db.base import house_metadata
from shared.db.spelling import spelling_index
from shared.db.system_tables import add_system_tables
from shared.procedures.rows import lay_steps

METADATA = house_metadata("consumption")
SYSTEM_TABLES = add_system_tables(METADATA)
PROCEDURE_STEP = lay_steps(METADATA)


class Base(SQLModel, registry=registry(metadata=METADATA)):
    """A table of consumption."""

    metadata = METADATA


def register_indexes(table: str) -> tuple[sa.Index, ...]:
    """The indexes of a register that lies in regions: its codes in one spelling, and both orders of its list."""
    return (
        spelling_index(table),
        sa.Index(f"ix_{table}_region_code_code", "region_code", "code"),
        sa.Index(f"ix_{table}_updated_at_code", "updated_at", "code"),
    )
