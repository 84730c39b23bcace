"""CloudEvents 1.0 in Kafka binary mode: attributes in `ce_` headers, the value is pure data."""

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any, Generic, NamedTuple, TypeVar
from uuid import UUID

from pydantic import BaseModel, ValidationError

from shared.codes.code import Code
from shared.context import Context, read_context
from shared.contracts.catalogue import CATALOGUE
from shared.contracts.payload import Payload
from shared.ids import new_id
from shared.tracing import Step

PayloadT_co = TypeVar("PayloadT_co", bound=Payload, covariant=True)


_SPEC_VERSION = "1.0"


class UnreadableEvent(ValueError):
    """The record is not an event of the catalogue: it can never be applied as it is."""


class ForeignRecord(UnreadableEvent):
    """No house wrote the record: its attributes do not fit each other, its payload, or the catalogue."""


class Event(NamedTuple, Generic[PayloadT_co]):
    """One published fact with its place in a chain of causes."""

    id: UUID
    data: PayloadT_co
    time: dt.datetime
    region: str
    context: Context
    step: Step | None = None
    """The span in which it is being handled, where spans are collected."""

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
        step = self.step or Step(parent=self.context.traceparent)
        return Context(self.context.correlation_id, step, str(self.id))


class EncodedEvent(NamedTuple):
    """An event as it stands in the outbox and on the wire."""

    event_id: UUID
    topic: str
    key: str
    headers: Mapping[str, str]
    value: bytes


def source_of(house: str) -> str:
    """How a house names itself in what it publishes."""
    return f"/services/{house}"


def encode(data: Payload, *, region: str, time: dt.datetime, context: Context) -> EncodedEvent:
    """Wrap a payload as an event of its house. The id is made here and kept on every resend."""
    entry = CATALOGUE[data.event_type]
    key = str(getattr(data, entry.key))
    event_id = new_id()
    headers = {
        "ce_specversion": _SPEC_VERSION,
        "ce_id": str(event_id),
        "ce_source": source_of(entry.owner),
        "ce_type": entry.type,
        "ce_subject": key,
        "ce_time": time.isoformat().replace("+00:00", "Z"),
        "ce_partitionkey": key,
        "ce_region": region,
        "ce_readers": " ".join(entry.readers),
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


def is_meant_for(house: str, headers: Mapping[str, str]) -> bool:
    """Whether the record's publisher counts this house among its readers, so that it must not be passed over.

    The publisher may be a release that knows more readers than this one; one that names none goes by the catalogue.
    """
    readers = headers.get("ce_readers")
    if readers is not None:
        return house in readers.split()
    entry = CATALOGUE.get(headers.get("ce_type", ""))
    return entry is None or house in entry.readers


def is_of_house(house: str, key: str, headers: Mapping[str, str]) -> bool:
    """Whether the attributes are those that this house gives a record under this key, whatever type it is of."""
    return (
        headers.get("ce_source") == source_of(house)
        and headers.get("ce_type", "").startswith(f"{house}.")
        and headers.get("ce_specversion") == _SPEC_VERSION
        and headers.get("ce_subject") == key
        and _is_uuid(headers.get("ce_id", ""))
    )


def decode(headers: Mapping[str, str], value: bytes) -> Event[Any]:
    """Read a record back as an event. A code that its list does not have stays text: a later release wrote it.

    Raises:
        ForeignRecord: an attribute is missing, wrong, or not what the owner of the type writes.
        UnreadableEvent: the value is not the payload of its type.
    """
    entry = CATALOGUE.get(headers.get("ce_type", ""))
    if entry is None:
        raise ForeignRecord(f"the event type {headers.get('ce_type')} is not known")
    if headers.get("ce_specversion") != _SPEC_VERSION:
        raise ForeignRecord("the record is not a CloudEvents 1.0 event")
    if headers.get("ce_source") != source_of(entry.owner):
        raise ForeignRecord(f"{entry.type} is published by {entry.owner} alone")
    try:
        event_id, time = UUID(headers["ce_id"]), dt.datetime.fromisoformat(headers["ce_time"])
        region, subject = headers["ce_region"], headers["ce_subject"]
        context = read_context(headers["ce_correlationid"], headers["ce_traceparent"], headers.get("ce_causationid"))
    except KeyError as missing:
        raise ForeignRecord(f"{entry.type}: the attribute {missing} is missing") from missing
    except ValueError as wrong:
        raise ForeignRecord(f"{entry.type}: {wrong}") from wrong
    if time.tzinfo is None:
        raise ForeignRecord(f"{entry.type}: the time has no zone")
    try:
        data = entry.model.model_validate_json(value)
    except ValueError as wrong:
        raise UnreadableEvent(f"{entry.type}: {wrong}") from wrong
    if str(getattr(data, entry.key)) != subject:
        raise ForeignRecord(f"{entry.type}: the subject is not the {entry.key} of the payload")
    return Event(event_id, data, time, region, context)


def has_unknown_codes(headers: Mapping[str, str], value: bytes) -> bool:
    """Whether the payload can be read but says something by a code this release does not know."""
    entry = CATALOGUE.get(headers.get("ce_type", ""))
    try:
        return entry is not None and not all(
            code.is_known for code in _codes_in(entry.model.model_validate_json(value))
        )
    except ValidationError:
        return False


def _codes_in(part: Any) -> Iterator[Code]:
    """Every code that a payload holds, however deep."""
    match part:
        case Code():
            yield part
        case BaseModel():
            yield from _codes_in(tuple(vars(part).values()))
        case tuple():
            for each in part:
                yield from _codes_in(each)


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
