"""The document of the events is valid AsyncAPI, and says what the catalogue and the records say."""

import datetime as dt
import gzip
import hashlib
import json
from pathlib import Path
from typing import Any, Final

import jsonschema
import pytest
from standardwebhooks import Webhook

from deploy.asyncapi import HEADERS, asyncapi_document
from shared.context import Context
from shared.contracts.catalogue import CATALOGUE, HOUSES, topic_of
from shared.contracts.changes import change_of
from shared.contracts.envelope import encode
from shared.hooks.signing import headers, new_secret
from shared.tracing import Step
from tests.promises import found

SCHEMA: Final = Path(__file__).parent / "asyncapi" / "schema-3.0.0.json.gz"
SHA_256: Final = "abe96881dbfaad495ccbb6bd8d3fb43ca18a13b9d7564849ccb66f39d5e5b20f"
DOCUMENT: Final[dict[str, Any]] = json.loads(json.dumps(asyncapi_document()))
NOW: Final = dt.datetime(2026, 11, 16, 2, 30, tzinfo=dt.UTC)
CAUSED: Final = Context("chain-1", Step("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"), "event-1")


def validator() -> Any:
    text = gzip.decompress(SCHEMA.read_bytes())
    assert hashlib.sha256(text).hexdigest() == SHA_256, "it is the file that its provenance names"
    return jsonschema.Draft7Validator(json.loads(text))


def test_the_document_is_valid_by_the_specification() -> None:
    assert [error.message for error in validator().iter_errors(DOCUMENT)] == []


def test_the_specification_refuses_a_channel_without_its_messages() -> None:
    broken = DOCUMENT | {"channels": {"monitoring": {"address": 5, "messages": []}}}
    assert list(validator().iter_errors(broken))


def test_every_event_is_a_message_of_the_topic_it_is_published_to() -> None:
    addresses = {channel["address"] for channel in DOCUMENT["channels"].values()}
    assert addresses == {None, *(topic_of(house) for house in HOUSES)}, "that of a webhook is its client's"
    for entry in CATALOGUE.values():
        reference = DOCUMENT["channels"][entry.owner]["messages"][entry.type]["$ref"]
        assert found(DOCUMENT, reference)["name"] == entry.type
        for house in HOUSES:
            read = DOCUMENT["operations"].get(f"{house}-reads-{entry.owner}", {"messages": []})["messages"]
            named = {"$ref": f"#/channels/{entry.owner}/messages/{entry.type}"} in read
            assert named == (house in entry.readers), (entry.type, house)


@pytest.mark.parametrize("event_type", CATALOGUE)
def test_a_message_has_the_headers_the_key_and_the_payload_of_a_record(event_type: str) -> None:
    entry = CATALOGUE[event_type]
    message = DOCUMENT["components"]["messages"][event_type]
    record = encode(entry.example, region="520626001001", time=NOW, context=CAUSED)
    assert record.headers.keys() == HEADERS.keys() == message["headers"]["properties"].keys()
    jsonschema.validate(dict(record.headers), message["headers"])
    assert record.key == str(json.loads(record.value)[entry.key])
    assert f"`{entry.key}`" in message["bindings"]["kafka"]["key"]["description"]
    whole = {"$ref": message["payload"]["$ref"], "components": DOCUMENT["components"]}
    jsonschema.Draft202012Validator(whole).validate(json.loads(record.value))
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft202012Validator(whole).validate({entry.key: 5})


@pytest.mark.parametrize("house", HOUSES)
def test_a_webhook_is_told_as_the_document_says(house: str) -> None:
    operation = DOCUMENT["operations"][f"{house}-tells"]
    channel = found(DOCUMENT, operation["channel"]["$ref"])
    assert channel["servers"] == [{"$ref": "#/servers/receiver"}]
    message = found(DOCUMENT, found(DOCUMENT, operation["messages"][0]["$ref"])["$ref"])
    events = [entry for entry in CATALOGUE.values() if entry.owner == house]
    for entry in events:
        record = encode(entry.example, region="520626001001", time=NOW, context=CAUSED)
        change = change_of(record)
        jsonschema.validate(json.loads(change.item), message["payload"])
        said = headers([Webhook(new_secret())], str(change.event_id), NOW, change.item)
        jsonschema.validate({"content-type": "application/json", **said}, message["headers"])
        assert message["headers"]["required"] == ["content-type", *said]
    stranger = json.loads(change.item) | {"type": "nobody.told-anything.v1"}
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(stranger, message["payload"])
