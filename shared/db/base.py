"""The base of a house's tables and the column types every house uses."""

import datetime as dt

import sqlalchemy as sa
from sqlmodel import SQLModel

from shared.codes.code import CODE_LENGTH, Code

INDEX_LENGTH = 64
"""What the blind index of a sealed text takes at most."""
NAMING_CONVENTION = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class JsonText(str):
    """A value that is JSON already: a JSON column keeps it as it is written."""

    __slots__ = ()


class UtcDateTime(sa.types.TypeDecorator[dt.datetime]):
    """An aware UTC timestamp on every database; a naive one is refused."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: dt.datetime | None, dialect: sa.Dialect) -> dt.datetime | None:
        """Store UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a timestamp without a time zone cannot be stored")
        return value.astimezone(dt.UTC)

    def process_result_value(self, value: dt.datetime | None, dialect: sa.Dialect) -> dt.datetime | None:
        """Give back UTC, also where the database keeps no zone."""
        if value is None or value.tzinfo is not None:
            return value
        return value.replace(tzinfo=dt.UTC)


class Sealed(str):
    """A text as it is kept: sealed by the vault."""

    __slots__ = ()


class EncryptedText(sa.types.TypeDecorator[str]):
    """A column for personal data 个人信息: what is not sealed is refused. Seal and open rows with `sealed.SealedTable`.

    ``index`` names the column beside it that holds the blind index, where the text is searched for.
    """

    impl = sa.Text
    cache_ok = True

    def __init__(self, index: str | None = None) -> None:
        super().__init__()
        self.index = index

    def process_bind_param(self, value: str | None, dialect: sa.Dialect) -> str | None:
        """Store what was sealed."""
        if value is not None and not isinstance(value, Sealed):
            raise TypeError("a text that is not sealed cannot be stored here")
        return value

    def process_result_value(self, value: str | None, dialect: sa.Dialect) -> Sealed | None:
        """Give back the sealed text."""
        return None if value is None else Sealed(value)


def house_metadata(name: str) -> sa.MetaData:
    """The metadata of one house's tables: every house has its own, so that houses in one process never collide."""
    return sa.MetaData(naming_convention=NAMING_CONVENTION, info={"house": name})


class OpenCode(sa.types.TypeDecorator[Code]):
    """A column for a code list that may grow: it holds any code, and one of a later release stays as it came."""

    impl = sa.String
    cache_ok = True

    def __init__(self, code_list: type[Code]) -> None:
        super().__init__(CODE_LENGTH)
        self.code_list = code_list

    def process_bind_param(self, value: Code | None, dialect: sa.Dialect) -> str | None:
        """Store the code."""
        return None if value is None else str(value)

    def process_result_value(self, value: str | None, dialect: sa.Dialect) -> Code | None:
        """Give back the value of the list."""
        return None if value is None else self.code_list.read(value)


def closed_code(values: type[Code]) -> sa.Enum:
    """A column for a code list that the code knows whole, such as the states of a procedure; a CHECK guards it."""
    return sa.Enum(
        values,
        native_enum=False,
        create_constraint=True,
        length=CODE_LENGTH,
        values_callable=lambda enum: [e.value for e in enum],
    )


def table_of(model: type[SQLModel]) -> sa.Table:
    """The table behind a model, for set-based statements."""
    return model.metadata.tables[str(model.__tablename__)]
