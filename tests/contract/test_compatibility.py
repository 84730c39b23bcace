"""A release adds to what the one before published, and takes nothing away."""

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from deploy.compatibility import broken_promises, keep, schemas_of_last_release, schemas_of_today
from shared.contracts.catalogue import CATALOGUE, CatalogueEntry
from shared.contracts.consumption import OrderConfirmed, OrderSettled
from shared.contracts.help import IncomeCredit, IncomeWithdrawal
from shared.settings import Settings

RAISED, REGISTERED = "monitoring.risk-raised.v1", "monitoring.household-registered.v1"
entries = pytest.mark.parametrize("entry", CATALOGUE.values(), ids=lambda entry: entry.type)
Schemas = dict[str, dict[str, Any]]


def test_readers_and_writers_of_the_last_release_go_on() -> None:
    assert broken_promises(schemas_of_last_release(), schemas_of_today()) == []


def _without(*path: str) -> Callable[[Schemas], None]:
    def change(schemas: Schemas) -> None:
        part: Any = schemas
        for step in path[:-1]:
            part = part[step]
        part.remove(path[-1]) if isinstance(part, list) else part.pop(path[-1])

    return change


def _with(value: Any, *path: str) -> Callable[[Schemas], None]:
    def change(schemas: Schemas) -> None:
        part: Any = schemas
        for step in path[:-1]:
            part = part[step]
        if path[-1] == "+":
            part.append(value)
        else:
            part[path[-1]] = value

    return change


@pytest.mark.parametrize(
    ("change", "broken"),
    [
        (_without(RAISED), [f"{RAISED} is gone"]),
        (_without(RAISED, "properties", "pack"), [f"{RAISED}: pack is gone"]),
        (
            _without(REGISTERED, "$defs", "HouseholdMember", "properties", "student"),
            [f"{REGISTERED}: members.student is gone"],
        ),
        (
            _without(RAISED, "$defs", "RiskKind", "enum", "job_loss"),
            [f"{RAISED}: kind has lost job_loss"],
        ),
        (
            _with({"type": "integer"}, RAISED, "properties", "pack"),
            [f"{RAISED}: pack was string and is integer"],
        ),
        (
            _with({"type": "string", "maxLength": 8}, RAISED, "properties", "pack"),
            [f"{RAISED}: pack was string and is string maxLength 8"],
        ),
        (_with("clue", RAISED, "required", "+"), [f"{RAISED}: clue may not be missing any more"]),
        (_with({"type": "string"}, RAISED, "properties", "added"), []),
        (_with("flood", RAISED, "$defs", "RiskKind", "enum", "+"), []),
        (_with({"properties": {}}, "monitoring.flood-reported.v1"), []),
    ],
)
def test_what_is_taken_away_is_named_and_what_is_added_is_not(
    change: Callable[[Schemas], None], broken: list[str]
) -> None:
    after = copy.deepcopy(schemas_of_today())
    change(after)
    assert broken_promises(schemas_of_today(), after) == broken


def test_a_new_field_that_every_event_must_have_is_named() -> None:
    after = copy.deepcopy(schemas_of_today())
    after[RAISED]["properties"]["added"] = {"type": "string"}
    after[RAISED]["required"].append("added")
    [broken] = broken_promises(schemas_of_today(), after)
    assert broken.startswith(f"{RAISED}: added is new")


def test_a_release_keeps_its_schemas_and_forgets_those_before(tmp_path: Path) -> None:
    (tmp_path / "monitoring.forgotten.v1.schema.json").write_text("{}")
    keep(tmp_path)
    assert schemas_of_last_release(tmp_path) == json.loads(json.dumps(schemas_of_today()))


@entries
def test_the_example_of_an_event_fills_in_every_field(entry: CatalogueEntry) -> None:
    fields = {field.alias or name for name, field in entry.model.model_fields.items()}
    assert set(json.loads(entry.example.model_dump_json())) == fields


@entries
def test_an_event_is_kept_as_long_as_the_bus_keeps_it(entry: CatalogueEntry) -> None:
    assert entry.retention_days == Settings.model_fields["bus_retention_days"].default


def test_the_examples_tell_one_true_story() -> None:
    """The money adds up, what is withdrawn was credited, and what is answered was asked for or could have been."""
    examples = {entry.type: entry.example for entry in CATALOGUE.values()}
    settled, confirmed = examples["consumption.order-settled.v1"], examples["consumption.order-confirmed.v1"]
    assert isinstance(settled, OrderSettled)
    assert isinstance(confirmed, OrderConfirmed)
    assert settled.total == settled.to_households + settled.to_producers
    assert (settled.order_id, settled.lines) == (confirmed.order_id, confirmed.lines)
    told = {one.credit_id: one for one in examples.values() if isinstance(one, IncomeCredit)}
    for withdrawal in (one for one in examples.values() if isinstance(one, IncomeWithdrawal)):
        credit = told[withdrawal.credit_id]
        assert (credit.branch, credit.month) == (withdrawal.branch, withdrawal.month)
        assert credit.credited_on <= withdrawal.withdrawn_on
    assert {getattr(one, "household_code", "DJ-0001") for one in examples.values()} == {"DJ-0001"}
