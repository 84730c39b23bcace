"""CloudEvents 1.0 in Kafka binary mode: attributes in `ce_` headers, the value is pure data."""

import datetime as dt
from collections.abc import Mapping
from typing import Any, Generic, NamedTuple, TypeVar, cast
from uuid import UUID

from shared.context import Context, new_traceparent
from shared.contracts.catalogue import CATALOGUE
from shared.contracts.payload import Payload
from shared.ids import new_id

PayloadT_co = TypeVar("PayloadT_co", bound=Payload, covariant=True)


class UnreadableEvent(ValueError):
    """The record is not an event of the catalogue: it can never be applied as it is."""


class Event(NamedTuple, Generic[PayloadT_co]):
    """One published fact with its place in a chain of causes."""

    id: UUID
    data: PayloadT_co
    time: dt.datetime
    region: str
    context: Context

    @property
    def type(self) -> str:
        """The event type of the catalogue."""
        return self.data.event_type

    @property
    def house(self) -> str:
        """The house that published it."""
        return CATALOGUE[self.type].owner

    def caused(self) -> Context:
        """The context of whatever this event leads to."""
        return Context(self.context.correlation_id, new_traceparent(self.context.traceparent), str(self.id))


class EncodedEvent(NamedTuple):
    """An event as it stands in the outbox and on the wire."""

    event_id: UUID
    topic: str
    key: str
    headers: Mapping[str, str]
    value: bytes


def encode(data: Payload, *, region: str, time: dt.datetime, context: Context) -> EncodedEvent:
    """Wrap a payload as an event of its house. The id is made here and kept on every resend."""
    entry = CATALOGUE[data.event_type]
    key = str(getattr(data, entry.key))
    event_id = new_id()
    headers = {
        "ce_specversion": "1.0",
        "ce_id": str(event_id),
        "ce_source": f"/services/{entry.owner}",
        "ce_type": entry.type,
        "ce_subject": key,
        "ce_time": time.isoformat().replace("+00:00", "Z"),
        "ce_partitionkey": key,
        "ce_region": region,
        "ce_dataclassification": entry.data_class,
        "ce_correlationid": context.correlation_id,
        "ce_traceparent": context.traceparent,
        "content-type": "application/json",
    }
    if context.causation_id is not None:
        headers["ce_causationid"] = context.causation_id
    return EncodedEvent(event_id, entry.topic, key, headers, data.model_dump_json().encode())


def event_type_of(headers: Mapping[str, str]) -> str | None:
    """The type a record claims, without reading its value."""
    return headers.get("ce_type")


def decode(headers: Mapping[str, str], value: bytes) -> Event[Any]:
    """Read a record back as an event.

    Raises:
        UnreadableEvent: an attribute is missing or wrong, the type is unknown, or the value is not its payload.
    """
    try:
        entry = CATALOGUE[headers["ce_type"]]
        if headers.get("ce_specversion") != "1.0":
            raise UnreadableEvent("the record is not a CloudEvents 1.0 event")
        return Event(
            id=UUID(headers["ce_id"]),
            data=cast("Any", entry.model.model_validate_json(value)),
            time=dt.datetime.fromisoformat(headers["ce_time"]),
            region=headers["ce_region"],
            context=Context(headers["ce_correlationid"], headers["ce_traceparent"], headers.get("ce_causationid")),
        )
    except KeyError as missing:
        raise UnreadableEvent(f"the attribute or event type {missing} is not known") from missing
    except ValueError as wrong:
        raise UnreadableEvent(f"{headers['ce_type']}: {wrong}") from wrong
