"""The sentences of each language, by code."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from shared.words.language import Language

FOLDER = Path(__file__).parent


def parts(language: Language) -> list[Path]:
    """The files of a language, one for each house and one for what is shared."""
    return sorted((FOLDER / language).glob("*.po"))


def read_part(path: Path) -> Catalog:
    """One file. Raises babel's PoFileError for what is no catalogue."""
    with path.open("rb") as file:
        return read_po(file, locale=path.parent.name, abort_invalid=True)


@cache
def sentences(language: Language) -> Mapping[str, str]:
    """Every sentence of a language by its code."""
    messages = (message for path in parts(language) for message in read_part(path))
    return {str(message.id): str(message.string) for message in messages if message.id}
