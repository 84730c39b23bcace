"""Change of the members 人口变动 of a household."""

from typing import ClassVar, Final, Literal

from services.monitoring.evidence.circumstances import CircumstanceFact, Circumstances, circumstances_of
from services.monitoring.evidence.kept import Kept
from services.monitoring.evidence.schemas import Statement
from services.monitoring.evidence.types import EvidenceType
from shared.codes.circumstances import MemberChange

MEMBER_CHANGE_KNOWN: Final = circumstances_of("member_change")
"""人口变动: what counts of them."""


class MemberChangePayload(Statement):
    """Who came or went. It alters no register: whoever keeps the register is told by a finding."""

    change: MemberChange


class MemberChangeFact(CircumstanceFact):
    """An event 上报: 人口变动."""

    of: ClassVar[Kept[Circumstances]] = MEMBER_CHANGE_KNOWN
    type: Literal["member_change"]
    payload: MemberChangePayload


MEMBER_CHANGE: Final = EvidenceType(
    "member_change",
    fact=MemberChangeFact,
    kept=(MEMBER_CHANGE_KNOWN,),
)
