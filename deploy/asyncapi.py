"""The catalogue of events as an AsyncAPI 3.0 document: the bus between the houses, and the webhooks of clients."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from shared import VERSION
from shared.contracts.catalogue import CATALOGUE, HOUSES, CatalogueEntry, topic_of
from shared.hooks.trials import trial_type
from shared.http.changes import ChangeOut

Document = dict[str, Any]
_DAY_MILLISECONDS: Final = 24 * 60 * 60 * 1000
_BINDING: Final = "0.5.0"
_HTTP_BINDING: Final = "0.3.0"
HEADERS: Final[Mapping[str, str]] = {
    "ce_specversion": "Of CloudEvents",
    "ce_id": "Kept on every resend: what was seen under it is passed over",
    "ce_source": "The house that publishes",
    "ce_type": "The event type",
    "ce_subject": "What it is about; the key of the record",
    "ce_time": "When it happened, UTC",
    "ce_partitionkey": "The key of the record",
    "ce_region": "Division code 区划代码 where it happened",
    "ce_readers": "The houses that read it",
    "ce_dataclassification": "`internal`, or `sensitive` where it tells something about the need of one household",
    "ce_correlationid": "The chain it belongs to",
    "ce_causationid": "The event that led to it",
    "ce_traceparent": "The step of a trace that led to it",
    "content-type": "Of the value",
}
"""The headers of a record, and what each says."""
WEBHOOK_HEADERS: Final[Mapping[str, str]] = {
    "content-type": "Of the body",
    "webhook-id": "Id of the change, the same on every attempt: what was seen under it is passed over",
    "webhook-timestamp": "When it was sent, in seconds since 1970",
    "webhook-signature": "`v1,` and base64 of the HMAC-SHA256 of `id.timestamp.body`, one for each valid secret",
}
"""The headers of a message to a webhook, as Standard Webhooks has them."""
_CHANGE: Final = "change"
_KAFKA: Final = {"$ref": "#/servers/kafka"}
_RECEIVER: Final = {"$ref": "#/servers/receiver"}


def asyncapi_document() -> Document:
    """The document."""
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "ShouXian 守线: events between the houses, and webhooks",
            "version": VERSION,
            "description": "CloudEvents 1.0 in Kafka binary mode, one topic for each house; records of one key stay in "
            "order. Readers pass over fields and take codes that they do not know. Clients outside read the same, "
            "without birthdays, at `GET /{house}/v1/changes`, or are sent it to a url of theirs, signed as "
            "Standard Webhooks: `PUT /{house}/v1/webhooks/{code}`.",
        },
        "defaultContentType": "application/json",
        "servers": {
            "kafka": {
                "host": "{brokers}",
                "protocol": "kafka",
                "description": "The internal bus, where it is Apache Kafka",
                "variables": {"brokers": {"default": "localhost:9092", "description": "`SHOUXIAN_KAFKA_BOOTSTRAP`"}},
            },
            "receiver": {
                "host": "{receiver}",
                "protocol": "https",
                "description": "Where a client wants to be told: the url of its webhook",
                "variables": {"receiver": {"default": "partner.example"}},
            },
        },
        "channels": {
            **{house: _channel(house) for house in HOUSES},
            **{_webhooks(house): _webhook_channel(house) for house in HOUSES},
        },
        "operations": {**dict(_publishing()), **dict(_reading()), **dict(_telling())},
        "components": {
            "schemas": _schemas(),
            "messages": {
                **{entry.type: _message(entry) for entry in CATALOGUE.values()},
                **{_webhooks(house): _webhook_message(house) for house in HOUSES},
            },
        },
    }


def _channel(house: str) -> Document:
    published = [entry for entry in CATALOGUE.values() if entry.owner == house]
    kept = max(entry.retention_days for entry in published) * _DAY_MILLISECONDS
    topic = topic_of(house)
    return {
        "address": topic,
        "servers": [_KAFKA],
        "title": f"What {house} publishes",
        "messages": {entry.type: {"$ref": f"#/components/messages/{entry.type}"} for entry in published},
        "bindings": {
            "kafka": {
                "topic": topic,
                "topicConfiguration": {"cleanup.policy": ["delete"], "retention.ms": kept},
                "bindingVersion": _BINDING,
            }
        },
    }


def _webhooks(house: str) -> str:
    return f"{house}-webhooks"


def _webhook_channel(house: str) -> Document:
    return {
        "address": None,
        "servers": [_RECEIVER],
        "title": f"What {house} tells clients",
        "description": "A POST to the url of the webhook; 2xx within 10 seconds is delivered",
        "messages": {_CHANGE: {"$ref": f"#/components/messages/{_webhooks(house)}"}},
    }


def _telling() -> Iterator[tuple[str, Document]]:
    for house in HOUSES:
        name = _webhooks(house)
        yield (
            f"{house}-tells",
            {
                "action": "send",
                "channel": {"$ref": f"#/channels/{name}"},
                "summary": f"{house} tells a client what it may see, in order for each subject, at least once",
                "messages": [{"$ref": f"#/channels/{name}/messages/{_CHANGE}"}],
                "bindings": {"http": {"method": "POST", "bindingVersion": _HTTP_BINDING}},
            },
        )


def _publishing() -> Iterator[tuple[str, Document]]:
    for house in HOUSES:
        published = (entry for entry in CATALOGUE.values() if entry.owner == house)
        yield f"{house}-publishes", _operation("send", house, f"{house} tells what happened", published)


def _reading() -> Iterator[tuple[str, Document]]:
    for reader in HOUSES:
        for house in HOUSES:
            read = [entry for entry in CATALOGUE.values() if entry.owner == house and reader in entry.readers]
            if read:
                operation = _operation("receive", house, f"{reader} reacts to {house}", read)
                yield f"{reader}-reads-{house}", operation


def _operation(action: str, house: str, summary: str, entries: Iterable[CatalogueEntry]) -> Document:
    return {
        "action": action,
        "channel": {"$ref": f"#/channels/{house}"},
        "summary": summary,
        "messages": [{"$ref": f"#/channels/{house}/messages/{entry.type}"} for entry in entries],
    }


def _message(entry: CatalogueEntry) -> Document:
    return {
        "name": entry.type,
        "title": entry.model.__name__,
        "summary": " ".join((entry.model.__doc__ or "").split()),
        "contentType": "application/json",
        "headers": {
            "type": "object",
            "properties": {
                name: {"type": "string", "description": meaning} | ({"const": entry.type} if name == "ce_type" else {})
                for name, meaning in HEADERS.items()
            },
        },
        "payload": {"$ref": f"#/components/schemas/{entry.type}"},
        "correlationId": {"location": "$message.header#/ce_correlationid"},
        "bindings": {
            "kafka": {
                "key": {"type": "string", "description": f"`{entry.key}` of the payload"},
                "bindingVersion": _BINDING,
            }
        },
        "examples": [{"payload": entry.example.model_dump(mode="json")}],
        "x-readers": list(entry.readers),
        "x-data-class": entry.data_class,
        "x-since": entry.since,
    }


def _webhook_message(house: str) -> Document:
    types = [entry.type for entry in CATALOGUE.values() if entry.owner == house]
    change = ChangeOut.model_json_schema(ref_template="#/components/schemas/{model}")
    change["properties"]["type"] |= {"enum": [*types, trial_type(house)]}
    return {
        "name": _webhooks(house),
        "title": ChangeOut.__name__,
        "summary": "An item of the change feed, byte for byte; `data` is the payload of the event, without birthdays",
        "contentType": "application/json",
        "headers": {
            "type": "object",
            "properties": {
                name: {"type": "string", "description": meaning} for name, meaning in WEBHOOK_HEADERS.items()
            },
            "required": [*WEBHOOK_HEADERS],
        },
        "payload": change,
    }


def _schemas() -> Document:
    """The payloads by event type, and what they are made of by its name."""
    schemas: Document = {}
    for entry in CATALOGUE.values():
        payload = entry.model.model_json_schema(mode="serialization", ref_template="#/components/schemas/{model}")
        for name, schema in payload.pop("$defs", {}).items():
            assert schemas.setdefault(name, schema) == schema, f"two schemas are called {name}"
        schemas[entry.type] = payload
    return dict(sorted(schemas.items()))
