"""The generated reference: documents and pages of what is served, published and measured, read from the code.

`python -m deploy.reference` writes the pages below `docs/` and beside each procedure; with `--check` it only tells
which are out of date.
"""

import argparse
import datetime as dt
import json
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from prometheus_client.metrics import MetricWrapperBase

from deploy.asyncapi import asyncapi_document
from deploy.files_page import files_page
from deploy.findings_page import findings_page
from deploy.rulebook import rule_book
from services.assets.distributions import procedure as distributions
from services.assistance.tasks import procedure as tasks
from services.consumption.orders import procedure as orders
from services.consumption.recognitions import procedure as recognitions
from services.consumption.slow_sales import procedure as slow_sales
from services.employment.placements import procedure as placements
from services.houses import HOUSES
from services.monitoring.cases import procedure as cases
from services.monitoring.clues import procedure as clues
from services.monitoring.data_requests import procedure as data_requests
from services.monitoring.findings import procedure as findings
from shared import metrics
from shared.context import Context
from shared.contracts.catalogue import CATALOGUE, CatalogueEntry
from shared.contracts.envelope import encode
from shared.contracts.payload import Payload
from shared.http.described import described_front, described_house
from shared.http.one_document import one_document
from shared.http.openapi import operations
from shared.http.problems import MEDIA_TYPE
from shared.policy.loader import PolicyBook
from shared.procedures.drawing import page as procedure_page
from shared.procedures.steps import Procedure
from shared.tracing import Step

ROOT = Path(__file__).parent.parent
EVENTS, SCHEMAS = Path("docs/events.md"), Path("docs/events")
METRICS = Path("docs/metrics.md")
ENDPOINTS = Path("docs/endpoints.md")
FILES = Path("docs/files.md")
FINDINGS = Path("docs/findings.md")
OPENAPI, ASYNCAPI = Path("docs/openapi.json"), Path("docs/asyncapi.json")
PROCEDURES: Mapping[Path, Sequence[Procedure[Any, Any]]] = {
    Path("services/assistance/tasks"): [tasks.TRANSITIONS],
    Path("services/employment/placements"): [placements.TRANSITIONS],
    Path("services/consumption/orders"): [orders.TRANSITIONS],
    Path("services/assets/distributions"): [distributions.TRANSITIONS],
    Path("services/monitoring/data_requests"): [data_requests.TRANSITIONS],
    Path("services/monitoring/findings"): [findings.TRANSITIONS],
    Path("services/monitoring/clues"): [clues.TRANSITIONS],
    Path("services/monitoring/cases"): list(cases.PROCEDURES.values()),
    Path("services/consumption/recognitions"): [recognitions.TRANSITIONS],
    Path("services/consumption/slow_sales"): [slow_sales.TRANSITIONS],
}
"""What is taken step by step, by the folder of its topic."""

_HEAD = "<!-- Written by `make docs`; change the code it describes instead. -->\n"
_EVENTS_INTRODUCTION = """\
CloudEvents 1.0 in Kafka binary mode: attributes are headers with `ce_` before their name, the value is the payload as
JSON. One topic for each house; records of one key stay in order. Readers ignore fields they do not know, and take a
code that they do not know as it comes; a field is never removed or given another type within a version. `sensitive`
events tell something about the need of one household and stay on the internal bus. What a house published is read by
clients, without birthdays, at `GET /<house>/v1/changes`: see [changes](changes.md). What is open to buyers is told to
clients of every buyer, wherever it happens."""
_METRICS_INTRODUCTION = """\
Served at `/metrics` in the text format of Prometheus. Labels are bounded: never a household, a person or a text."""
_ENDPOINTS_INTRODUCTION = """\
Problems are documents of the type `urn:problem:<house>:<code>` (RFC 9457). These can come from every route of a house
and are left out below: {}."""
_SUCCESSES = ("200", "201", "204")
_EXAMPLE_TIME = dt.datetime(2026, 11, 16, 2, 30, tzinfo=dt.UTC)
_EXAMPLE_ID = "019a8b1c-2f60-7c3e-9d41-5b7e0a6c1f28"
_EXAMPLE_CONTEXT = Context(
    correlation_id="019a8b1c-2f5d-7a10-8c2b-3e4f5a6b7c8d",
    step=Step("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"),
    causation_id="019a8b1c-2f5e-7b21-9f00-1a2b3c4d5e6f",
)


def pages() -> dict[Path, str]:
    """Every generated file, by its place in the repository."""
    found = {EVENTS: events_page(), METRICS: metrics_page(), ENDPOINTS: endpoints_page()}
    found[FILES] = _joined([_HEAD, *files_page()])
    found[FINDINGS] = _joined([_HEAD, *findings_page()])
    found |= {OPENAPI: _as_json(openapi_document()), ASYNCAPI: _as_json(asyncapi_document())}
    found |= {place / "README.md": procedure_page(*procedures) for place, procedures in PROCEDURES.items()}
    found |= {place: _joined([_HEAD, page]) for place, page in rule_book(PolicyBook.load()).items()}
    found |= {SCHEMAS / f"{entry.type}.schema.json": _as_json(schema_of(entry.model)) for entry in CATALOGUE.values()}
    return found


def schema_of(model: type[Payload]) -> dict[str, Any]:
    """JSON Schema of an event's payload as it is published."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **model.model_json_schema(mode="serialization")}


def openapi_document() -> dict[str, Any]:
    """Everything that all houses and the process serve, as one document."""
    return one_document(_front().openapi(), {house.name: described_house(house).openapi() for house in HOUSES})


def events_page() -> str:
    """The catalogue as a page."""
    rows = [
        (f"[`{entry.type}`](#{_anchor(entry.type)})", entry.owner, _listed(entry.readers), entry.data_class)
        for entry in CATALOGUE.values()
    ]
    parts = [
        _HEAD,
        "# Events",
        _EVENTS_INTRODUCTION,
        _table(("Event", "Owner", "Readers", "Data class"), rows),
        *(_event_section(entry) for entry in CATALOGUE.values()),
        "## Attributes",
        "The headers of one record, here of a risk that was raised:",
        _headers_example(CATALOGUE["monitoring.risk-raised.v1"]),
    ]
    return _joined(parts)


def metrics_page() -> str:
    """Every metric as a page."""
    rows = [
        (f"`{name}`", kind, _listed(f"`{label}`" for label in labels), meaning)
        for name, kind, labels, meaning in sorted(_metrics())
    ]
    return _joined(
        [
            _HEAD,
            "# Metrics",
            _METRICS_INTRODUCTION,
            _table(("Metric", "Kind", "Labels", "Meaning"), rows),
        ]
    )


def endpoints_page() -> str:
    """Every route with who may call it and what it answers."""
    documents = [(house.title, described_house(house).openapi()) for house in HOUSES]
    shared_by_all = _common_problems(document for _, document in documents)
    parts = [
        _HEAD,
        "# Endpoints",
        _ENDPOINTS_INTRODUCTION.format(_listed(shared_by_all)),
        "## The process",
        _endpoint_table(_front().openapi(), frozenset(shared_by_all)),
    ]
    for title, document in documents:
        parts += [f"## {title}", _endpoint_table(document, frozenset(shared_by_all))]
    return _joined(parts)


def out_of_date(root: Path = ROOT) -> list[Path]:
    """Generated files that are missing, differ from the code, or describe an event that no longer exists."""
    expected = pages()
    differing = [path for path, text in expected.items() if _read(root / path) != text]
    return sorted(differing + _stale(root, expected))


def write(root: Path = ROOT) -> None:
    """Bring every generated file up to date."""
    expected = pages()
    for path in _stale(root, expected):
        (root / path).unlink()
    for path, text in expected.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")


def _stale(root: Path, expected: Mapping[Path, str]) -> list[Path]:
    there = {path.relative_to(root) for path in (root / SCHEMAS).glob("*.json")}
    return sorted(there - expected.keys())


def _read(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.exists() else None


def _event_section(entry: CatalogueEntry) -> str:
    schema = schema_of(entry.model)
    rows = list(_field_rows(schema["properties"], schema.get("$defs", {})))
    told = f"{entry.data_class}; open to buyers" if entry.open_to_buyers else entry.data_class
    facts = (
        f"Owner {entry.owner}; readers: {_listed(entry.readers)}; topic `{entry.topic}`; key `{entry.key}`; "
        f"{told}; since {entry.since}; kept {entry.retention_days} days; "
        f"[schema]({SCHEMAS.name}/{entry.type}.schema.json)."
    )
    example = json.dumps(json.loads(entry.example.model_dump_json()), ensure_ascii=False)
    return "\n\n".join(
        (
            f"## {entry.type}",
            schema["description"],
            facts,
            _table(("Field", "Type", "Meaning"), rows).rstrip(),
            f"```json\n{example}\n```",
        )
    )


def _field_rows(
    fields: Mapping[str, Any], definitions: Mapping[str, Any], before: str = ""
) -> Iterator[tuple[str, ...]]:
    for name, field in fields.items():
        kind = _resolved(field, definitions)
        mark, inner = ("[]", kind["items"]) if "items" in kind else ("", kind.get("anyOf", [{}])[0])
        inner = _resolved(inner, definitions)
        meaning = field.get("description") or kind.get("description") or inner.get("description", "")
        yield f"`{before}{name}`", _type_text(kind, definitions), _one_line(meaning)
        if "properties" in inner:
            yield from _field_rows(inner["properties"], definitions, f"{before}{name}{mark}.")


def _type_text(schema: Mapping[str, Any], definitions: Mapping[str, Any]) -> str:
    schema = _resolved(schema, definitions)
    if "anyOf" in schema:
        return " or ".join(_type_text(option, definitions) for option in schema["anyOf"])
    if "const" in schema:
        return f"`{schema['const']}`"
    if "enum" in schema:
        return ", ".join(f"`{value}`" for value in schema["enum"])
    kind = schema.get("type", "any value")
    if kind == "array":
        return f"list of {_type_text(schema['items'], definitions)}"
    return str(schema.get("format", kind))


def _resolved(schema: Mapping[str, Any], definitions: Mapping[str, Any]) -> Mapping[str, Any]:
    found: Mapping[str, Any] = definitions[schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema
    return found


def _headers_example(entry: CatalogueEntry) -> str:
    encoded = encode(entry.example, region="520626001001", time=_EXAMPLE_TIME, context=_EXAMPLE_CONTEXT)
    headers = dict(encoded.headers) | {"ce_id": _EXAMPLE_ID}
    lines = [f"{name}: {value}" for name, value in headers.items()]
    return "\n".join(["```", *lines, "", encoded.value.decode(), "```"])


def _metrics() -> Iterator[tuple[str, str, tuple[str, ...], str]]:
    for metric in vars(metrics).values():
        if isinstance(metric, MetricWrapperBase):
            described = next(iter(metric.describe()))
            name = f"{described.name}_total" if described.type == "counter" else described.name
            yield name, described.type, tuple(metric._labelnames), described.documentation  # noqa: SLF001  no other way


def _front() -> FastAPI:
    return described_front(gives_tokens=True, keeps_clients=True, pages=False)


def _common_problems(documents: Iterable[dict[str, Any]]) -> list[str]:
    found = [set(_problems(operation)) for document in documents for _, _, operation in operations(document)]
    return sorted(set.intersection(*found))


def _problems(operation: Mapping[str, Any]) -> list[str]:
    """The problems of an operation as `status code`."""
    return [
        f"{status} `{code}`"
        for status, answer in operation["responses"].items()
        for code in answer.get("content", {}).get(MEDIA_TYPE, {}).get("examples", {})
    ]


def _endpoint_table(document: dict[str, Any], left_out: frozenset[str]) -> str:
    rows = [
        (
            f"`{method.upper()} {path}`",
            operation["summary"],
            _listed(f"`{scope}`" for need in operation.get("security", []) for scope in need["oauth2"]),
            _listed(status for status in operation["responses"] if status in _SUCCESSES),
            _listed(problem for problem in _problems(operation) if problem not in left_out),
        )
        for path, method, operation in operations(document)
    ]
    return _table(("Route", "What it does", "Scope", "Success", "Problems"), rows)


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def _listed(values: Iterable[str]) -> str:
    return ", ".join(values) or "none"


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _anchor(event_type: str) -> str:
    return event_type.replace(".", "")


def _as_json(document: Mapping[str, Any]) -> str:
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def _joined(parts: Sequence[str]) -> str:
    return "\n\n".join(part.rstrip("\n") for part in parts) + "\n"


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m deploy.reference", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 when a page is out of date")
    if not parser.parse_args(arguments).check:
        write()
        return 0
    differing = out_of_date()
    for path in differing:
        sys.stderr.write(f"out of date: {path}; run `make docs`\n")
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main())
