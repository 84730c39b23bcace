"""Rows of producers: their names, and the households linked to them 联农带农."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from services.consumption.models import Producer, ProducerLink
from services.consumption.producers.schemas import LinkOut, ProducerOut
from shared.db.base import table_of
from shared.db.sealed import SealedTable
from shared.db.unit_of_work import Reading

_LINKS = table_of(ProducerLink)
_PRODUCERS = SealedTable(table_of(Producer))


def load_links(reading: Reading, producer_code: str) -> list[LinkOut]:
    """The links of a producer, by household and branch."""
    rows = reading.connection.execute(sa.select(_LINKS).where(_LINKS.c.producer_code == producer_code))
    return sorted(map(LinkOut.of, rows), key=lambda link: (link.household_code, link.kind))


def show_producer(reading: Reading, row: Any, links: Sequence[LinkOut]) -> ProducerOut:
    """A producer from its row, with its links."""
    name = _PRODUCERS.text(reading, "name", row)
    assert name is not None, "the column is filled in every row"
    return ProducerOut.of(row, name, links)
