"""The catalogue of events: what is published, to whom, in which shape, and what a reader makes of it."""

import datetime as dt
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from deploy.reference import ROOT, out_of_date, pages, schema_of, write
from services.houses import HOUSES as DEFINITIONS
from shared.context import new_context
from shared.contracts.catalogue import CATALOGUE, HOUSES, CatalogueEntry, topics_read_by
from shared.contracts.changes import change_of
from shared.contracts.envelope import (
    EncodedEvent,
    UnreadableEvent,
    decode,
    encode,
    has_unknown_codes,
    is_meant_for,
)
from shared.contracts.payload import Payload
from tests.builders import NOW, REGION

PAST_TENSE = re.compile(
    r"(?:[a-z]+-)*(?:[a-z]+ed|paid|sold|sent|begun|withdrawn|overdue|found|lost|met|moved-away|rolled-back)"
)
PERSONAL = {
    "address",
    "bank",
    "birth_date",
    "code",
    "diagnosis",
    "disability",
    "disease",
    "email",
    "health",
    "icd",
    "id_number",
    "illness",
    "mobile",
    "name",
    "note",
    "phone",
    "remark",
    "text",
}
"""Names, or last words of names, of fields that would tell who somebody is or what somebody suffers from."""
NOT_PERSONAL = {
    "household_code",
    "region_code",
    "buyer_code",
    "place_code",
    "product_code",
    "producer_code",
    "commodity_code",
}

PAGES = pages()
entries = pytest.mark.parametrize("entry", CATALOGUE.values(), ids=lambda entry: entry.type)


def published(entry: CatalogueEntry) -> EncodedEvent:
    return encode(entry.example, region=REGION, time=NOW, context=new_context("chain-1"))


def raised() -> EncodedEvent:
    return published(CATALOGUE["monitoring.risk-raised.v1"])


def field_names(schema: Any) -> Iterator[str]:
    """Every property of a JSON Schema, however deep."""
    if isinstance(schema, dict):
        yield from schema.get("properties", {})
        for part in schema.values():
            yield from field_names(part)
    elif isinstance(schema, list):
        for part in schema:
            yield from field_names(part)


def looks_personal(field: str) -> bool:
    return field not in NOT_PERSONAL and any(field == word or field.endswith(f"_{word}") for word in PERSONAL)


@entries
def test_a_type_is_house_fact_in_the_past_tense_and_version(entry: CatalogueEntry) -> None:
    house, fact, version = entry.type.split(".")
    assert house == entry.owner
    assert PAST_TENSE.fullmatch(fact)
    assert re.fullmatch(r"v[1-9][0-9]*", version)


def test_every_payload_class_is_published_under_a_type_of_its_own() -> None:
    classes = list(_published_classes(Payload))
    assert len({entry.model for entry in CATALOGUE.values()}) == len(CATALOGUE)
    assert {model.event_type for model in classes} == set(CATALOGUE)
    assert len(classes) == len(CATALOGUE)


@entries
def test_owner_and_readers_are_houses(entry: CatalogueEntry) -> None:
    assert entry.owner in HOUSES
    assert set(entry.readers) <= set(HOUSES) - {entry.owner}
    assert len(set(entry.readers)) == len(entry.readers)


@pytest.mark.parametrize("definition", DEFINITIONS, ids=lambda definition: definition.name)
def test_a_house_reacts_to_exactly_what_the_catalogue_says_it_reads(definition: Any) -> None:
    assert set(definition.handlers) == {entry.type for entry in CATALOGUE.values() if definition.name in entry.readers}


def test_the_catalogue_and_the_process_name_the_same_houses() -> None:
    assert {definition.name for definition in DEFINITIONS} == set(HOUSES)


def test_a_house_subscribes_to_the_topics_of_its_events_only() -> None:
    helping = ("assets.events", "consumption.events", "employment.events")
    assert topics_read_by("assistance") == (*helping, "monitoring.events")
    assert topics_read_by("monitoring") == tuple(sorted((*helping, "assistance.events")))
    assert topics_read_by("employment") == ("assistance.events", "monitoring.events")


@entries
def test_no_field_could_be_personal(entry: CatalogueEntry) -> None:
    assert not [field for field in field_names(schema_of(entry.model)) if looks_personal(field)]


@entries
def test_a_client_reads_the_whole_payload_but_no_birthday(entry: CatalogueEntry) -> None:
    event = published(entry)
    item = json.loads(change_of(event).item)
    assert list(item) == ["id", "type", "time", "subject", "region_code", "data"]
    assert (item["id"], item["type"], item["subject"]) == (str(event.event_id), entry.type, event.key)
    told, payload = set(names_in(item)), set(names_in(json.loads(event.value)))
    assert payload - told <= {"born_on"}
    assert not [name for name in told if looks_personal(name) or name.startswith(("born", "birthday"))]


def names_in(part: Any) -> Iterator[str]:
    """The names of every member of a JSON document, however deep."""
    if isinstance(part, dict):
        yield from part
    for each in part.values() if isinstance(part, dict) else part if isinstance(part, list) else ():
        yield from names_in(each)


@pytest.mark.parametrize("field", ["name", "head_name", "id_number", "contact_phone", "illness_code", "note"])
def test_what_is_personal_would_be_noticed(field: str) -> None:
    assert looks_personal(field)


@entries
def test_every_field_says_what_it_means(entry: CatalogueEntry) -> None:
    schema = schema_of(entry.model)
    definitions = schema.get("$defs", {})
    for kind in (schema, *definitions.values()):
        for name, field in kind.get("properties", {}).items():
            named = field.get("items", field).get("$ref", "").rpartition("/")[2]
            assert field.get("description") or definitions.get(named, {}).get("description"), name


@entries
def test_an_event_is_read_back_as_it_was_published(entry: CatalogueEntry) -> None:
    example = entry.example
    context = new_context("chain-1")
    encoded = encode(example, region=REGION, time=NOW, context=context)
    event = decode(encoded.headers, encoded.value)
    assert event.data == example
    assert type(event.data) is entry.model
    assert (event.id, event.type, event.time, event.region) == (encoded.event_id, entry.type, NOW, REGION)
    assert event.context == context


@entries
def test_the_record_says_who_it_is_from_and_about_whom(entry: CatalogueEntry) -> None:
    encoded = published(entry)
    assert encoded.topic == f"{entry.owner}.events"
    subject = str(getattr(entry.example, entry.key))
    assert encoded.key == encoded.headers["ce_partitionkey"] == encoded.headers["ce_subject"] == subject
    assert encoded.headers["ce_source"] == f"/services/{entry.owner}"
    assert encoded.headers["ce_specversion"] == "1.0"
    assert encoded.headers["ce_dataclassification"] == entry.data_class
    assert encoded.headers["content-type"] == "application/json"
    assert dt.datetime.fromisoformat(encoded.headers["ce_time"]) == NOW


@entries
def test_the_value_on_the_wire_has_the_fields_of_the_schema(entry: CatalogueEntry) -> None:
    schema = schema_of(entry.model)
    assert set(json.loads(published(entry).value)) == set(schema["properties"]) == set(schema["required"])


@entries
def test_a_payload_cannot_be_changed(entry: CatalogueEntry) -> None:
    example = entry.example
    with pytest.raises(ValidationError, match="frozen"):
        example.household_code = "DJ-0002"  # type: ignore[attr-defined]


@entries
def test_a_reader_ignores_fields_it_does_not_know(entry: CatalogueEntry) -> None:
    encoded = published(entry)
    grown = json.dumps({**json.loads(encoded.value), "added_later": {"deep": [1]}}).encode()
    assert decode(encoded.headers, grown).data == entry.example


def test_an_effect_continues_the_chain_of_its_cause() -> None:
    encoded = raised()
    event = decode(encoded.headers, encoded.value)
    caused = event.caused()
    assert caused.correlation_id == "chain-1"
    assert caused.causation_id == str(encoded.event_id)
    assert caused.traceparent.split("-")[1] == event.context.traceparent.split("-")[1]


@pytest.mark.parametrize(
    "attribute", ["ce_specversion", "ce_id", "ce_type", "ce_time", "ce_region", "ce_correlationid", "ce_traceparent"]
)
def test_a_record_without_a_needed_attribute_is_unreadable(attribute: str) -> None:
    encoded = raised()
    headers = {name: value for name, value in encoded.headers.items() if name != attribute}
    with pytest.raises(UnreadableEvent):
        decode(headers, encoded.value)


@pytest.mark.parametrize(
    ("attribute", "value"),
    [
        ("ce_specversion", "0.3"),
        ("ce_type", "monitoring.risk-imagined.v1"),
        ("ce_type", "monitoring.risk-raised.v2"),
        ("ce_id", "not-a-uuid"),
        ("ce_time", "yesterday"),
    ],
)
def test_a_record_with_a_wrong_attribute_is_unreadable(attribute: str, value: str) -> None:
    encoded = raised()
    with pytest.raises(UnreadableEvent):
        decode({**encoded.headers, attribute: value}, encoded.value)


def test_a_code_that_is_not_in_its_list_stays_text_and_is_told_as_unknown() -> None:
    later = _with(kind="bad_luck")
    assert decode(raised().headers, later).data.kind == "bad_luck"
    assert has_unknown_codes(raised().headers, later)
    assert not has_unknown_codes(raised().headers, raised().value)
    assert not has_unknown_codes(raised().headers, _with(kind="bad_luck", episode=0)), "there is more wrong with it"


@entries
def test_the_record_names_its_readers(entry: CatalogueEntry) -> None:
    headers = published(entry).headers
    assert headers["ce_readers"].split() == list(entry.readers)
    assert [house for house in HOUSES if is_meant_for(house, headers)] == [h for h in HOUSES if h in entry.readers]
    unnamed = {name: value for name, value in headers.items() if name != "ce_readers"}
    assert [house for house in HOUSES if is_meant_for(house, unnamed)] == [h for h in HOUSES if h in entry.readers]


def _with(**changes: Any) -> bytes:
    return json.dumps({**json.loads(raised().value), **changes}).encode()


@pytest.mark.parametrize(
    "value",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b"[]",
        b"null",
        b"{}",
        _with(risk_id="not-a-uuid"),
        _with(kind=7),
        _with(kind="x" * 100),
        _with(status="cleared"),
        _with(episode=0),
        _with(decided_on="2026-02-30"),
    ],
)
def test_a_value_that_is_not_the_payload_of_its_type_is_unreadable(value: bytes) -> None:
    with pytest.raises(UnreadableEvent, match=r"^monitoring\.risk-raised\.v1"):
        decode(raised().headers, value)


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_the_generated_reference_is_up_to_date(page: Path) -> None:
    assert (ROOT / page).read_text(encoding="utf-8") == PAGES[page], "run `make docs`"


def test_the_generated_reference_holds_no_file_of_a_former_event() -> None:
    assert out_of_date() == []


def test_a_reference_out_of_date_is_noticed_and_brought_up_to_date(tmp_path: Path) -> None:
    write(tmp_path)
    assert out_of_date(tmp_path) == []
    changed, former = Path("docs/metrics.md"), Path("docs/events/monitoring.risk-imagined.v1.schema.json")
    (tmp_path / changed).write_text("# Metrics\n", encoding="utf-8")
    (tmp_path / former).write_text("{}\n", encoding="utf-8")
    assert out_of_date(tmp_path) == [former, changed]
    write(tmp_path)
    assert out_of_date(tmp_path) == []
    assert not (tmp_path / former).exists()


def _published_classes(base: type[Payload]) -> Iterator[type[Payload]]:
    for model in base.__subclasses__():
        if "event_type" in vars(model):
            yield model
        yield from _published_classes(model)
