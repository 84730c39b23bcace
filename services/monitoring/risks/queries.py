"""What is shown to whoever may not see personal data: no answer, and no two together, rebuild what is hidden."""

from collections.abc import Sequence
from typing import Final, TypeVar

from services.monitoring.households.schemas import HouseholdOut, MemberOut
from services.monitoring.risks.schemas import ReasonOut, RiskOut, VerdictOut
from shared.contracts.codes import RiskKind
from shared.identity import mask_id, mask_name
from shared.security.actor import PERSONAL, Actor

OF_HEALTH: Final = frozenset({RiskKind.NEW_ILLNESS})
"""Kinds of risk whose reasons tell who is ill, and of what."""
_HIDDEN: Final = "What was found is shown to whoever may see the health of the members."
ShownT = TypeVar("ShownT", RiskOut, VerdictOut)


def household_for(actor: Actor, shown: HouseholdOut) -> HouseholdOut:
    """The household as this caller may see it."""
    if actor.may(PERSONAL):
        return shown
    return shown.model_copy(update={"members": [_masked(member) for member in shown.members], "end_note": None})


def _masked(member: MemberOut) -> MemberOut:
    hidden = {
        "name": mask_name(member.name),
        "id_number": mask_id(member.id_number) if member.id_number else None,
        "birth_date": None,
        "health": None,
    }
    return member.model_copy(update=hidden)


def reasons_for(actor: Actor, shown: ShownT) -> ShownT:
    """A risk or verdict as this caller may see it: of what is about health the rule and the grade alone."""
    if actor.may(PERSONAL) or shown.kind not in OF_HEALTH:
        return shown
    return shown.model_copy(update={"reasons": _without_health(shown.reasons)})


def _without_health(reasons: Sequence[ReasonOut]) -> list[ReasonOut]:
    """One line for each rule, so that not even the number of diagnoses is told."""
    rules = dict.fromkeys(reason.rule for reason in reasons)
    return [ReasonOut(rule=rule, text=_HIDDEN, inputs={}, parameters=[]) for rule in rules]
