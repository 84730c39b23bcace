"""The households linked to a producer 联农带农."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from services.consumption.models import ProducerLink
from shared.db.base import table_of
from shared.db.unit_of_work import Reading

_LINKS = table_of(ProducerLink)


def load_links(reading: Reading, producer_code: str) -> Sequence[sa.Row[Any]]:
    """The rows of a producer's links."""
    return reading.connection.execute(sa.select(_LINKS).where(_LINKS.c.producer_code == producer_code)).all()
