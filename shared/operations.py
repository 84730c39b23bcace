"""What an operator can ask of any house at the command line: about its dead letters, its audit and its keys.

Dead letters are listed, tried, replayed and dropped. Each operation prints one JSON line for each dead letter and ends
with 1 when one is still dead. Without ids an operation means all of them; dropping needs ids, because nothing is given
up by accident.
"""

import json
import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import asdict
from typing import Any
from uuid import UUID

from shared.audit.chain import HeadName
from shared.audit.verifying import as_lines, note_verdict, verify
from shared.bus.dead_letters import drop, list_dead_letters, replay
from shared.codes.operations import JobStatus
from shared.house import House, Operation
from shared.jobs.resealing import KEY_ROTATION
from shared.jobs.running import run_to_the_end
from shared.security.actor import Actor
from shared.security.audit_keys import audit_public_keys

OPERATOR = Actor(id="operator", scopes=frozenset(), regions=("",))
"""Whoever works at the machine's own command line; the audit names it."""

DeadLetterOperation = Callable[[House, Sequence[UUID]], Awaitable[int]]


async def list_all(house: House, ids: Sequence[UUID]) -> int:
    """Show dead letters and what is parked behind them, without their values."""
    letters = [letter for letter in await _letters(house) if not ids or letter["id"] in ids]
    print_lines(letters)
    return 1 if letters else 0


async def try_all(house: House, ids: Sequence[UUID]) -> int:
    """Tell what a replay would do; changes nothing."""
    return await _replay(house, ids, dry_run=True)


async def replay_all(house: House, ids: Sequence[UUID]) -> int:
    """Apply dead letters again, in the order they stood on the bus; what is parked follows."""
    return await _replay(house, ids, dry_run=False)


async def drop_some(house: House, ids: Sequence[UUID]) -> int:
    """Give these dead letters up; what is parked behind them goes on."""
    for letter_id in ids:
        await house.database.write(drop, letter_id, house.consumer.apply_record, actor=OPERATOR)
    print_lines([{"id": letter_id, "outcome": "dropped"} for letter_id in ids])
    return 0 if ids else 1


async def _replay(house: House, ids: Sequence[UUID], *, dry_run: bool) -> int:
    wanted = list(ids) or [letter["id"] for letter in await _letters(house) if letter["state"] == "dead"]
    outcomes = await house.database.write(replay, wanted, dry_run, house.consumer.apply_record, actor=OPERATOR)
    print_lines([asdict(outcome) for outcome in outcomes])
    return 1 if any(outcome.error for outcome in outcomes) else 0


async def _letters(house: House) -> list[Mapping[str, Any]]:
    return await house.database.read(list_dead_letters)


async def verify_audit(house: House, told: HeadName | None) -> int:
    """Go along the whole chain of the audit; prints where it ends and each fault, and ends with 1 when there is one."""
    verdict = await verify(house.database, house.name, audit_public_keys(house.settings.data), told)
    await house.database.write(note_verdict, len(verdict.faults), actor=OPERATOR)
    print_lines(as_lines(verdict, house.name))
    return 1 if verdict.faults else 0


async def rotate_keys(house: House) -> int:
    """Seal anew, by the newest key of the ring, what this house keeps sealed."""
    job = await run_to_the_end(house.database, house.long_work, KEY_ROTATION, {}, OPERATOR)
    print_lines([{"job_id": job["id"], "status": job["status"], **job["result"]}])
    return 0 if job["status"] == JobStatus.DONE else 1


def print_lines(lines: Sequence[Mapping[str, Any]]) -> None:
    """Print each of these as one line of JSON."""
    for line in lines:
        sys.stdout.write(json.dumps(dict(line), default=str, ensure_ascii=False) + "\n")


VERIFY_AUDIT = "verify-audit"
HOUSE_OPERATIONS: Mapping[str, Operation] = {"rotate-keys": rotate_keys}
DEAD_LETTER_OPERATIONS: Mapping[str, DeadLetterOperation] = {
    "dead-letters": list_all,
    "try-dead-letters": try_all,
    "replay-dead-letters": replay_all,
    "drop-dead-letters": drop_some,
}
