"""What can be asked about producers."""

import sqlalchemy as sa

from services.consumption.models import Producer
from services.consumption.producers.errors import ProducerNotFound
from services.consumption.producers.schemas import ProducerOut
from services.consumption.producers.store import load_links, show_producer
from shared.db.base import table_of
from shared.db.unit_of_work import Reading
from shared.words.said import says

_PRODUCERS = table_of(Producer)


def producer(reading: Reading, code: str) -> ProducerOut:
    """A producer with the households it is linked to."""
    row = reading.connection.execute(sa.select(_PRODUCERS).where(_PRODUCERS.c.code == code)).one_or_none()
    if row is None or not reading.actor.sees(row.region_code):
        raise ProducerNotFound(says("none-of-that-code", thing="producer", code=code, region=reading.actor.place))
    return show_producer(reading, row, load_links(reading, code))
