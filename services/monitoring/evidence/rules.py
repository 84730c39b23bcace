"""Values that all evidence shares: who is meant where nobody is named, and single facts with their weight."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final, NamedTuple
from uuid import UUID

NO_MEMBER: Final = 0
"""Key for what was reported of the household without naming a member; members are numbered from 1."""

NOBODY: Final = UUID(int=0)
"""Stands for the person where a fact names no member."""

NOTHING: Final[Mapping[Any, Any]] = MappingProxyType({})


class FactEvidence(NamedTuple):
    """A fact that counts, and how much it weighs; money is fen."""

    fact_ids: tuple[str, ...]
    """The fact, then those it corrected, the newest first."""
    member_no: int
    """`NO_MEMBER` where none was named."""
    month: int | None = None
    """The month it counts in, where it counts in one."""
    self_paid_compliant: int = 0
    seen: Mapping[str, Any] = NOTHING
    """What the rules would see of the household if there were nothing but this fact."""
