"""Approved values of one parameter and region: the later ends the earlier, and none begins within another."""

from collections.abc import Iterable

from services.monitoring.models.policy import PolicyValue
from services.monitoring.policy.errors import ValueOverlaps
from services.monitoring.policy.rules import begins_within
from shared.codes.monitoring import PolicyValueStatus
from shared.policy.added import AddedValue
from shared.words.said import says


def demand_no_overlap(added: AddedValue, others: Iterable[PolicyValue]) -> None:
    """Raise ValueOverlaps where an approved one of the others begins within the days of a value."""
    for other in others:
        approved = other.status is PolicyValueStatus.APPROVED
        if approved and begins_within(added.valid_from, added.valid_to, other.valid_from):
            said = says("value-begins-within", key=added.key, first=other.valid_from)
            raise ValueOverlaps(said, value_id=str(other.id))
