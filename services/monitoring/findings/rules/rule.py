"""What a rule of findings is."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from services.monitoring.evidence.rules import NOTHING
from services.monitoring.findings.rules.seen import HEALTH, IDENTITY, Seen, SeenMember
from shared.codes.monitoring import FindingGroup, FindingSeverity
from shared.words.said import Said

Inputs = Mapping[str, Any]
Numbers = Mapping[str, Any]
"""The values of the policy by key."""
OF_PERSONS = frozenset({HEALTH, IDENTITY, "illness", "disability", "care", "chronic"})
"""What tells of somebody's health or identity: only whoever may see persons is shown more than the rule."""


class Found(NamedTuple):
    """A rule met a household."""

    member_no: int | None
    """None where it is about the household."""
    inputs: Inputs
    """What it rests on, as JSON. An age is none of it: an exemption would end with a birthday."""


Check = Callable[[Seen, Numbers], Iterator[Found]]
Answer = Inputs | bool | None
"""Whether something is found: with what it rests on, with nothing beside, or not at all."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule of findings 疑点规则: a check of what is known of one household."""

    code: str
    group: FindingGroup
    severity: FindingSeverity
    said: Said
    """What is odd, of whomever."""
    source: str | None
    """The rules of the source by their numbers; None where none there says it."""
    reads: frozenset[str]
    """What the check looks at: inputs of `seen`, and types of evidence."""
    check: Check
    parameters: tuple[str, ...] = ()
    """Where the policy lacks one of them, the rule says nothing."""
    figures: Said | None = None
    """What is said of the inputs behind the sentence."""

    @property
    def tells_of_persons(self) -> bool:
        """Whether a finding tells of somebody's health or identity."""
        return not self.reads.isdisjoint(OF_PERSONS)


def of_members(applies: Callable[[Seen, SeenMember, Numbers], Answer]) -> Check:
    """A check of each member by itself."""

    def check(seen: Seen, numbers: Numbers) -> Iterator[Found]:
        for one in seen.members:
            answer = applies(seen, one, numbers)
            if answer:
                yield Found(one.member_no, _inputs(answer))

    return check


def of_household(applies: Callable[[Seen, Numbers], Answer]) -> Check:
    """A check of the household as a whole."""

    def check(seen: Seen, numbers: Numbers) -> Iterator[Found]:
        answer = applies(seen, numbers)
        if answer:
            yield Found(None, _inputs(answer))

    return check


def _inputs(answer: Inputs | bool) -> Inputs:
    return NOTHING if isinstance(answer, bool) else answer
