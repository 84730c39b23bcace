"""What a topic says of its files: columns as data."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property
from typing import Final

from shared.codes.code import Code
from shared.words.language import Language


class Form(Enum):
    """How a value stands in a cell."""

    TEXT = "text"
    """文本."""
    IDENTIFIER = "identifier"
    """号码: digits that are text, as of identity numbers and bank cards. A number has lost its last ones."""
    CODE = "code"
    """代码: a value of a code list, as its code or its label."""
    DAY = "day"
    """日期."""
    MONTH = "month"
    """月份."""
    MOMENT = "moment"
    """时刻."""
    YUAN = "yuan"
    """金额 (元)."""
    DECIMAL = "decimal"
    """A number with decimals that is text in a body: a share, a quantity."""
    WHOLE = "whole"
    """整数."""
    FLAG = "flag"
    """是否."""


EACH: Final = "*"
"""Stands in the place of a column for the rows of one thing: `members/*/name` is a field of each member."""


@dataclass(frozen=True)
class Column:
    """A column 列: where its value stands in a body, and what people read above it."""

    place: str
    """The way to the field, `payload/amount`."""
    zh: str
    en: str
    form: Form = Form.TEXT
    codes: type[Code] | None = None
    """The list that a code comes from."""
    needed: bool = False
    """必填: whether a file without the column is refused."""
    width: int = 14
    """In characters."""
    example: str = ""
    note: str = ""
    """What the person who fills it in has to know, in Chinese."""
    masked: bool = False
    """脱敏: whether some callers see it hidden."""
    words: Sequence[tuple[str, Sequence[str]]] = ()
    """What another system calls the codes of the list: of each the words that are read, of which the first is
    written."""

    def heading(self, language: Language) -> str:
        """What stands above the column."""
        return self.zh if language is Language.ZH else self.en

    @property
    def field(self) -> str:
        """The name of the field."""
        return next(part for part in reversed(self.parts) if part != EACH)

    @cached_property
    def holds_several(self) -> bool:
        """Whether a cell holds the values of a list: the place ends with `EACH`."""
        return self.parts[-1] == EACH

    @cached_property
    def parts(self) -> Sequence[str]:
        """The way to the field, step by step."""
        return tuple(self.place.split("/"))

    @cached_property
    def each(self) -> bool:
        """Whether the column is of a list."""
        return EACH in self.parts

    def code_list(self) -> type[Code]:
        """The list that a column of codes names."""
        assert self.codes is not None, f"{self.place} is a code and names no list"
        return self.codes


NUMBER: Final = Column("row", "原行号", "Row in the file", width=10)
"""Beside a row that came back: where it stood."""
REASON: Final = Column("reason", "退回原因", "Why it came back", width=60)
"""Beside a row that came back: what is wrong with it. A file with these two can be sent again as it is."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A kind of file 表: its columns in order."""

    kind: str
    zh: str
    en: str
    columns: Sequence[Column]
    group: Sequence[str] = ()
    """The columns whose equal values make one thing of several rows, as of a household's members."""
    fixed: Mapping[str, object] = field(default_factory=dict)
    """What stands in every body beside the columns, by place: the type of a fact."""
    listed: "Sheet | None" = None
    """The list of the same things. Its other columns may stand in a file and are not read, so that a list that was
    exported can be edited and sent."""
    beside: frozenset[str] = frozenset()
    """Plain headings of another system that stand in its files and are not read."""

    def title(self, language: Language) -> str:
        """What the file is called."""
        return self.zh if language is Language.ZH else self.en

    def column_of(self, pointer: str) -> Column | None:
        """The column that a JSON pointer into a body of this sheet leads to, or into which it leads."""
        parts = [EACH if part.isdecimal() else part for part in pointer.strip("/").split("/")]
        return next((column for column in self.columns if _leads(column.parts, parts)), None)

    def by_name(self) -> dict[str, Column]:
        """Each column by everything that a file may call it: its headings, its place, and the name of its field.

        Where two fields have one name, it is the one's whose place it is.
        """
        by_field = {plain_heading(column.field): column for column in self.columns}
        return by_field | dict(self._named())

    def passes_over(self, heading: str) -> bool:
        """Whether a plain heading is of what is shown beside the columns: in a list, or beside rows that came back."""
        return heading in _BESIDE | self.beside or (self.listed is not None and heading in self.listed.by_name())

    def _named(self) -> Iterator[tuple[str, Column]]:
        for column in self.columns:
            yield from ((plain_heading(name), column) for name in (column.zh, column.en, column.place))


def plain_heading(name: str) -> str:
    """A heading as headings are compared: without blanks, marks of needed columns and case."""
    return "".join(name.split()).strip("*＊").casefold()


_BESIDE: Final = frozenset(plain_heading(name) for column in (NUMBER, REASON) for name in (column.zh, column.en))


def _leads(column: Sequence[str], pointer: Sequence[str]) -> bool:
    shorter = min(len(column), len(pointer))
    return shorter > 0 and list(column[:shorter]) == list(pointer[:shorter])
