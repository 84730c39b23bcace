"""The columns of a file as another system has them."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

from shared.errors import Invalid
from shared.findings import WrongValue
from shared.mappings.reading import MappedTable, MappingRefused, SystemMapping, shipped
from shared.sheets.columns import EACH, Column, Sheet, plain_heading
from shared.sheets.values import codes_by_word, label_of, read_cell
from shared.words.language import Language
from shared.words.said import says

POINTER: Final = "/mapping"


def mapped(house: str, sheet: Sheet, name: str | None) -> Sheet:
    """The columns of a file as the system of this mapping has them; without a name as they are.

    Raises Invalid where there is no such mapping, or it has no table for this kind of file.
    """
    if name is None:
        return sheet
    found = shipped().get(name)
    table = None if found is None else found.table_of(house, sheet.kind)
    if table is None:
        names = mappings_of(house, sheet.kind)
        raise Invalid.at(POINTER, says("no-such-mapping", mappings=names) if names else says("no-mapping-of-the-file"))
    return foreign_sheet(sheet, table)


def refuse_mapping(name: str | None) -> None:
    """Refuse a mapping for what is no file. Raises Invalid."""
    if name is not None:
        raise Invalid.at(POINTER, says("mapping-of-a-file"))


def mappings_of(house: str, kind: str) -> list[str]:
    """The names of the mappings that have a table for a kind of file."""
    return [name for name, mapping in shipped().items() if mapping.table_of(house, kind)]


def demand_usable(
    mappings: Iterable[SystemMapping], house: str, taken: Iterable[Sheet], shown: Iterable[Sheet]
) -> None:
    """Refuse a mapping that no file of a house can have. ``taken`` are the sheets of files in, ``shown`` of files out.

    Raises MappingRefused for a kind that the house has not, an unknown column, a word for no code, or a table that
    lacks what a file in needs.
    """
    of_kind: dict[str, list[tuple[Sheet, bool]]] = {}
    for sheets, is_taken in ((taken, True), (shown, False)):
        for sheet in sheets:
            of_kind.setdefault(sheet.kind, []).append((sheet, is_taken))
    for mapping in mappings:
        for table in mapping.tables:
            if table.house == house:
                _demand_table(mapping, table, of_kind)


def _demand_table(mapping: SystemMapping, table: MappedTable, of_kind: dict[str, list[tuple[Sheet, bool]]]) -> None:
    for kind in table.kinds:
        where = f"{mapping.name}: {table.house} {kind}"
        if kind not in of_kind:
            raise MappingRefused(f"{where}: the house has no such file")
        for sheet, is_taken in of_kind[kind]:
            for wrong in _wrong(sheet, table, is_taken=is_taken):
                raise MappingRefused(f"{where}: {wrong}")


def _wrong(sheet: Sheet, table: MappedTable, *, is_taken: bool) -> Iterator[str]:
    by_place = {column.place: column for column in sheet.columns}
    for place in (*table.columns, *table.words, *table.given):
        if place not in by_place:
            yield f"{place}: there is no such column"
    for place, words in table.words.items():
        yield from (f"{place}: {said}" for said in _wrong_words(by_place[place], table, words))
    for place, value in table.given.items():
        if EACH in by_place[place].parts or place in table.columns:
            yield f"{place}: what holds for all rows is one value that has no column"
        yield from _wrong_value(_foreign(by_place[place], place, table), value)
    if is_taken:
        there = {*table.columns, *table.given}
        needed = {column.place for column in sheet.columns if column.needed} | {*sheet.group}
        yield from (f"{place}: a file cannot be taken without it" for place in sorted(needed - there))


def _wrong_words(column: Column, table: MappedTable, words: dict[str, list[str]]) -> Iterator[str]:
    """What is wrong with the words of a column: every code has to be read as it is written."""
    if column.codes is None:
        yield "only a column of codes has words"
        return
    unknown = sorted({*words} - {code.value for code in column.codes})
    if unknown:
        yield f"{unknown[0]!r} is no code of its list"
        return
    said = [word.casefold() for several in words.values() for word in several]
    yield from (f"{word!r} means two codes" for word in said if said.count(word) > 1)
    foreign = _foreign(column, column.place, table)
    for code in column.codes:
        if codes_by_word(foreign)[label_of(foreign, code, Language.ZH).casefold()] is not code:
            yield f"{code.value!r} is written as another code"


def _wrong_value(column: Column, value: str) -> Iterator[str]:
    try:
        read_cell(column, value)
    except WrongValue as wrong:
        yield f"{column.place}: {wrong.said.text}"


def foreign_sheet(sheet: Sheet, table: MappedTable) -> Sheet:
    """A sheet as a table of another system: its columns in its order under its headings, and nothing else."""
    by_place = {column.place: column for column in sheet.columns}
    return replace(
        sheet,
        zh=table.sheet,
        en=table.sheet,
        columns=tuple(_foreign(by_place[place], heading, table) for place, heading in table.columns.items()),
        fixed={**sheet.fixed, **_given(by_place, table)},
        listed=None,
        beside=frozenset(map(plain_heading, table.beside)),
    )


def _given(by_place: Mapping[str, Column], table: MappedTable) -> dict[str, Any]:
    return {place: read_cell(_foreign(by_place[place], place, table), said) for place, said in table.given.items()}


def _foreign(column: Column, heading: str, table: MappedTable) -> Column:
    words = tuple((code, tuple(several)) for code, several in table.words.get(column.place, {}).items())
    return replace(column, zh=heading, en=heading, words=words)
