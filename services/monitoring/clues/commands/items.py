"""Clues and verdicts at the door of their commands."""

import datetime as dt
from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from services.monitoring.clues.schemas import ClueIn, VerdictIn
from services.monitoring.clues.store import clue_id_of
from shared.codes.assistance import TaskVerdict
from shared.codes.monitoring import ClueReason
from shared.context import Context
from shared.findings import Finding
from shared.security.actor import Actor


class ClueToRecord(NamedTuple):
    """A clue at the door, with who brings it and in which chain."""

    clue: ClueIn
    actor: Actor
    context: Context


class ClueTaken(NamedTuple):
    """A clue that was taken, and what should be looked at."""

    clue_id: UUID
    warnings: Sequence[Finding] = ()


class VerdictToGive(NamedTuple):
    """What a check of a clue found."""

    clue_id: UUID
    verdict: TaskVerdict
    reason: ClueReason | None = None
    on: dt.date | None = None
    """The day of the check; None: today."""
    note: str | None = None


def verdict_of(said: VerdictIn) -> VerdictToGive:
    """A verdict as its command takes it."""
    clue_id = said.clue_id or clue_id_of(said.source or "", said.source_ref or "")
    return VerdictToGive(clue_id, said.verdict, said.reason, said.on, said.note)
