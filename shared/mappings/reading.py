"""Reading mappings from their files. What is unknown, doubled or without a source is refused with file and place."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from shared.sheets.columns import plain_heading
from shared.strict_yaml import checked, read_yaml

FILES: Final = Path(__file__).parent / "files"
_LONGEST_TITLE: Final = 31
"""Characters that Excel takes for the name of a sheet."""


class MappingRefused(ValueError):
    """A mapping that cannot be used; the message names the file and the place in it."""


def _one_or_several(said: Any) -> Any:
    return [said] if isinstance(said, str) else said


_Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
_Words = Annotated[list[_Text], BeforeValidator(_one_or_several), Field(min_length=1)]


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class MappedTable(_Entry):
    """A table of the other system 对照表, and the kinds of files of a house that it is."""

    house: _Text
    kinds: Annotated[list[_Text], Field(min_length=1)]
    """Of files that are taken, of lists, and of reports."""
    sheet: Annotated[str, StringConstraints(min_length=1, max_length=_LONGEST_TITLE, pattern=r"^[^\[\]:*?/\\]+$")]
    """What it is called there."""
    columns: Annotated[dict[_Text, _Text], Field(min_length=1)]
    """Its headings by the place of our column, in its order."""
    words: dict[_Text, dict[_Text, _Words]] = {}
    """By the place of a column of codes what it calls them: the first word is written, all are read."""
    given: dict[_Text, _Text] = {}
    """What holds for all its rows and has no column there, by the place of ours."""
    beside: list[_Text] = []
    """Headings there for which there is nothing here; they are not read."""


class SystemMapping(_Entry):
    """Mapping 字段对照: the tables of one other system, as they are from a day on."""

    name: Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=64)]
    title: _Text
    valid_from: dt.date = Field(alias="from")
    """Since when the other system has these tables. Another form of them is another mapping: files of before stay
    readable."""
    status: Literal["in_force", "assumed"]
    """`assumed`: no document of the other system's columns was seen."""
    reference: _Text
    tables: Annotated[list[MappedTable], Field(min_length=1)]

    def table_of(self, house: str, kind: str) -> MappedTable | None:
        """The table for a kind of file of a house; none where the other system has no such."""
        return next((table for table in self.tables if table.house == house and kind in table.kinds), None)


def read_mapping(file: Path) -> SystemMapping:
    """The mapping of a file. Raises MappingRefused."""
    mapping = checked(SystemMapping, read_yaml(file, MappingRefused), f"{file}", MappingRefused)
    if mapping.name != file.stem:
        raise MappingRefused(f"{file}: name: is {mapping.name!r}, but the file is {file.stem!r}")
    for what, twice in _twice(mapping):
        raise MappingRefused(f"{file}: {what}: {twice!r} stands twice")
    return mapping


def read_mappings(folder: Path) -> Mapping[str, SystemMapping]:
    """The mappings of a folder by name. Raises MappingRefused."""
    return {file.stem: read_mapping(file) for file in sorted(folder.glob("*.yaml"))}


@cache
def shipped() -> Mapping[str, SystemMapping]:
    """The mappings of this release by name. Raises MappingRefused."""
    return read_mappings(FILES)


def _twice(mapping: SystemMapping) -> Iterator[tuple[str, object]]:
    """What stands twice where it may stand once: a table for a kind of file, a heading of a table."""
    kinds = [(table.house, kind) for table in mapping.tables for kind in table.kinds]
    yield from (("kinds", " ".join(kind)) for kind in _repeated(kinds))
    for table in mapping.tables:
        headings = [plain_heading(heading) for heading in (*table.columns.values(), *table.beside)]
        yield from ((table.sheet, heading) for heading in _repeated(headings))


def _repeated(values: Sequence[Any]) -> list[Any]:
    return [value for place, value in enumerate(values) if value in values[:place]]
