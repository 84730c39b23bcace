"""Codes are compared without case: one register holds no two codes that differ in that alone."""

import sqlalchemy as sa

from shared.db.unit_of_work import UnitOfWork
from shared.errors import Conflict
from shared.words.said import says


class CodeInOtherSpelling(Conflict):
    """The register has this code already, in other upper and lower case."""

    code = "code-in-other-spelling"


def spelling_index(table: str) -> sa.Index:
    """The unique index over the codes of a register, for the arguments of its table; see `add_spelling_index`."""
    return sa.Index(f"ix_{table}_code_spelling", sa.text("lower(code)"), unique=True)


def refuse_other_spelling(uow: UnitOfWork, column: sa.ColumnElement[str], code: str) -> None:
    """Raise CodeInOtherSpelling where the register holds this code in other upper and lower case.

    A unique index over `lower(code)` makes it hold for two callers at once; see `spelling_index`.
    """
    known = uow.connection.scalar(sa.select(column).where(sa.func.lower(column) == code.lower(), column != code))
    if known is not None:
        raise CodeInOtherSpelling(says("code-in-other-case"))
