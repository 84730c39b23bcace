"""What a trace code tells whoever scans it."""

import sqlalchemy as sa

from services.consumption.batches.store import load_parts
from services.consumption.models import Batch, Producer, Product
from services.consumption.trace.errors import TraceCodeNotFound
from services.consumption.trace.schemas import TraceOut
from services.consumption.trace.store import load_steps, paid_to_households
from shared.codes.consumption import ProducerKind
from shared.db.base import table_of
from shared.db.sealed import SealedTable
from shared.db.unit_of_work import Reading
from shared.regions import county_of, regions
from shared.words.said import says

_BATCHES, _PRODUCTS, _PRODUCERS = table_of(Batch), table_of(Product), table_of(Producer)
_SEALED = SealedTable(_PRODUCERS)
_SELECT = (
    sa.select(_BATCHES, _PRODUCTS.c.name.label("product"), _PRODUCTS.c.producer_code)
    .join_from(_BATCHES, _PRODUCTS)
    .where(_BATCHES.c.trace_code == sa.bindparam("trace_code"))
)


def trace(reading: Reading, trace_code: str) -> TraceOut:
    """The batch that has this trace code. Raises TraceCodeNotFound."""
    row = reading.connection.execute(_SELECT, {"trace_code": trace_code}).one_or_none()
    if row is None:
        raise TraceCodeNotFound(says("no-such-trace-code"))
    producer = reading.connection.execute(sa.select(_PRODUCERS).where(_PRODUCERS.c.code == row.producer_code)).one()
    parts = load_parts(reading, [row.code])[row.code]
    return TraceOut(
        product=row.product,
        producer=None if producer.kind is ProducerKind.HOUSEHOLD else _SEALED.text(reading, "name", producer),
        county="".join(regions().path(county_of(producer.region_code))),
        base=row.base_code,
        harvested_on=row.harvested_on,
        inspections=list(parts.inspections),
        steps=load_steps(reading, row),
        households=len(parts.contributions),
        to_households=paid_to_households(reading, row.code),
    )
