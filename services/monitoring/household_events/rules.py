"""Who is who after a household split or merged, and where its land is after it moved."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final
from uuid import UUID

from services.monitoring.persons.rules import MemberOfHousehold
from shared.codes.monitoring import Relation

HIGHEST_NUMBER: Final = 99
"""The highest number a member can have."""


def found(leaving: Sequence[MemberOfHousehold], head: int) -> list[MemberOfHousehold]:
    """Those who split off, as members of their own household: how they stand to its head nobody said."""
    return [_with(one, one.member.member_no, is_head=one.member.member_no == head) for one in leaving]


def renumber(
    coming: Sequence[MemberOfHousehold], numbers_before: Mapping[UUID, int], highest: int
) -> list[MemberOfHousehold]:
    """Those who come by a merge: who lived there before gets the old number again, the others the next free ones."""
    renumbered = []
    for one in coming:
        number = numbers_before.get(one.person_id)
        if number is None:
            number = highest = highest + 1
        renumbered.append(_with(one, number, is_head=False))
    return renumbered


def _with(one: MemberOfHousehold, number: int, *, is_head: bool) -> MemberOfHousehold:
    relation = Relation.HEAD if is_head else Relation.OTHER
    return MemberOfHousehold(one.person_id, replace(one.member, member_no=number, relation=relation))


def origin_after(origin: str | None, left: str, to: str, *, keeps: bool) -> str | None:
    """Where the land of a household is after a move, where that is not where it lives; the first one it kept stays."""
    kept = (origin or left) if keeps else None
    return None if kept == to else kept
