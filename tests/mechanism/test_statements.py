"""The look at every statement sees what it should, and takes nothing else for it."""

import pytest

from tests.statements import faults, held_by

ONE_TASK = "SELECT task.id, task.status FROM task WHERE task.id = $1::UUID FOR UPDATE"
TASKS = "SELECT task.id \nFROM task \nWHERE (task.id = ANY ($1::UUID[]))"
STEP = "UPDATE task SET status=$1::VARCHAR, version=$2::INTEGER WHERE task.id = $3::UUID"


@pytest.mark.parametrize(
    ("statement", "held", "wrong"),
    [
        (ONE_TASK, set(), []),
        (f"{TASKS} ORDER BY task.id FOR UPDATE", set(), []),
        (f"{TASKS} FOR UPDATE", set(), ["locks rows in no order"]),
        (f"{TASKS} FOR UPDATE OF task SKIP LOCKED", set(), ["locks rows in no order"]),
        ("SELECT task.id FROM task WHERE task.household_code = $1 FOR UPDATE", set(), ["locks rows in no order"]),
        ("SELECT task.id FROM task WHERE task.due_on < $1 LIMIT $2", set(), ["takes the first rows of no order"]),
        ("SELECT task.id FROM task WHERE task.due_on < $1 ORDER BY task.id LIMIT $2", set(), []),
        ("SELECT task.id FROM task WHERE task.due_on < $1 LIMIT 1", set(), []),
        (STEP, {"task"}, []),
        (STEP, set(), ["changes a row with a version that it does not hold"]),
        (f"{STEP} AND task.version = $4", set(), []),
        ("UPDATE outbox SET topic=$1", set(), []),
    ],
)
def test_a_statement_is_judged_by_what_two_at_once_would_do(statement: str, held: set[str], wrong: list[str]) -> None:
    assert list(faults(statement, held)) == wrong


def test_what_a_transaction_holds_is_what_it_locked_or_made() -> None:
    assert held_by(ONE_TASK) == {"task"}
    both = "SELECT 1 FROM household JOIN household_window ON true FOR UPDATE OF household, household_window"
    assert held_by(both) == {"household", "household_window"}
    assert held_by("INSERT INTO task (id) VALUES ($1)") == {"task"}
    assert held_by("COPY task (id) FROM STDIN") == {"task"}
    assert held_by("SELECT task.id FROM task") == set()


def test_whether_there_is_a_row_may_be_asked_without_an_order() -> None:
    one = "SELECT task.id FROM task WHERE task.due_on < $1 LIMIT $2::INTEGER"
    assert list(faults(one, set(), ("2026-11-16", 1))) == []
    assert list(faults(one, set(), ("2026-11-16", 20))) == ["takes the first rows of no order"]
