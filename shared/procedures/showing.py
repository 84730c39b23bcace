"""Things that are taken step by step, as answers show them."""

from collections.abc import Mapping, Sequence
from typing import Any

from shared.db.unit_of_work import Reading
from shared.procedures.rows import Steps
from shared.procedures.steps import Caller, Procedure


def with_steps(
    reading: Reading, procedure: Procedure[Any, Any], steps: Steps, rows: Sequence[Mapping[Any, Any]]
) -> list[dict[str, Any]]:
    """Rows with their histories, which one statement finds, and with what the caller may do in their regions."""
    histories = steps.load(reading, [row["id"] for row in rows])
    return [
        {
            **row,
            "history": histories[row["id"]],
            "allowed_actions": procedure.allowed_to(Caller.of(reading.actor, row["region_code"]), row["status"]),
        }
        for row in rows
    ]
