"""Under which sources a caller may report."""

from collections.abc import Mapping
from typing import Final

from shared.contracts.catalogue import HOUSES
from shared.errors import Invalid
from shared.security.actor import Actor
from shared.words.said import says

HOUSE_SOURCES: Final = frozenset(HOUSES)
"""Sources that are houses of this system: what they say comes over the bus, and by no other door."""


def demand_sources(actor: Actor, refused: type[Invalid], named: Mapping[str, str]) -> None:
    """Refuse what the caller may not say: nobody speaks for a house, and a client for its own sources alone.

    ``named`` holds the sources by the JSON pointer of their field. Raises ``refused`` for a house, and SourceNotYours.
    """
    for pointer, source in named.items():
        if source in HOUSE_SOURCES:
            raise refused.at(pointer, says("source-is-a-house", source=source))
        actor.demand_source(source)
