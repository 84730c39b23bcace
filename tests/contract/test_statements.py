"""Statements that houses keep: what locks rows locks them in one order, so that writers never wait for each other."""

import importlib
import pkgutil
from collections.abc import Iterator

import pytest
import sqlalchemy as sa

import services
from shared.contracts.catalogue import HOUSES

LOCKING = {
    "services.assistance.measures.store._SELECT_TASKS_FOR_UPDATE",
    "services.assistance.tasks.commands.follow_risks._SELECT_TASKS_FOR_UPDATE",
    "services.assistance.tasks.store._SELECT_TASKS_OF_HOUSEHOLDS_FOR_UPDATE",
    "services.monitoring.ledger.store._SELECT_DOSSIERS_FOR_UPDATE",
}
"""What has to lock: without it two at once undo each other, and only now and then."""
ORDERED = {
    "services.assistance.measures.store._SELECT_MEASURES",
    "services.assistance.measures.store._SELECT_MEASURES_OF_TASKS",
    "services.monitoring.evidence.store._SELECT_SINGLE_FACTS",
    "services.monitoring.risks.store.latest._SELECT_LATEST_RISKS",
    "services.monitoring.evidence.illness._SELECT_DIAGNOSES",
    "services.monitoring.ledger.store._SELECT_DOSSIERS",
}
"""What has to be in order: the latest episode wins, the oldest comes first."""


def kept() -> Iterator[tuple[str, sa.Select[tuple[object, ...]]]]:
    for house in HOUSES:
        for found in pkgutil.walk_packages([f"{services.__path__[0]}/{house}"], f"services.{house}."):
            if "__main__" in found.name or "migrations" in found.name:
                continue
            module = importlib.import_module(found.name)
            yield from (
                (f"{found.name}.{name}", value) for name, value in vars(module).items() if isinstance(value, sa.Select)
            )


STATEMENTS = dict(kept())


def test_there_are_statements_to_look_at() -> None:
    assert STATEMENTS.keys() >= LOCKING | ORDERED


@pytest.mark.parametrize("name", sorted(LOCKING))
def test_what_has_to_lock_locks(name: str) -> None:
    assert STATEMENTS[name]._for_update_arg is not None


@pytest.mark.parametrize("name", sorted(STATEMENTS))
def test_whatever_locks_rows_locks_them_in_one_order(name: str) -> None:
    statement = STATEMENTS[name]
    assert statement._for_update_arg is None or statement._order_by_clauses


@pytest.mark.parametrize("name", sorted(ORDERED))
def test_what_has_to_be_in_order_is(name: str) -> None:
    assert STATEMENTS[name]._order_by_clauses
