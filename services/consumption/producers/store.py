"""The households linked to a producer 联农带农."""

import sqlalchemy as sa

from services.consumption.models import ProducerLink
from services.consumption.producers.schemas import LinkOut
from shared.db.base import table_of
from shared.db.unit_of_work import Reading

_LINKS = table_of(ProducerLink)


def load_links(reading: Reading, producer_code: str) -> list[LinkOut]:
    """The links of a producer, by household and branch."""
    rows = reading.connection.execute(sa.select(_LINKS).where(_LINKS.c.producer_code == producer_code))
    return sorted(map(LinkOut.of, rows), key=lambda link: (link.household_code, link.kind))
