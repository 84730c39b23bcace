"""Codes are compared without case: one register holds no two codes that differ in that alone."""

from collections.abc import Collection, Mapping

import sqlalchemy as sa

from shared.db.sets import is_one_of
from shared.db.unit_of_work import Reading, UnitOfWork
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
    refuse_code_spelled_otherwise(known_spellings(uow, column, [code]), code)


def known_spellings(reading: Reading, column: sa.ColumnElement[str], codes: Collection[str]) -> Mapping[str, str]:
    """How the register spells these codes, by the code in lower case; those that it has in any spelling."""
    spelled = sa.select(column).where(is_one_of(sa.func.lower(column, type_=sa.String()), "codes"))
    wanted = sorted({code.lower() for code in codes})
    return {known.lower(): known for known in reading.connection.scalars(spelled, {"codes": wanted})}


def refuse_code_spelled_otherwise(spellings: Mapping[str, str], code: str) -> None:
    """Raise CodeInOtherSpelling where one of these is the code in other upper and lower case."""
    if spellings.get(code.lower(), code) != code:
        raise CodeInOtherSpelling(says("code-in-other-case"))
