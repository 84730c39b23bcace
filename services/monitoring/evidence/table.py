"""The types of evidence. A new one is a file beside this one, and a row of `EVIDENCE`."""

from collections.abc import Mapping
from typing import Annotated, Any, Final, Union

from pydantic import Field, GetCoreSchemaHandler, GetPydanticSchema, TypeAdapter
from pydantic_core import CoreSchema

from services.monitoring.evidence.accident import ACCIDENT
from services.monitoring.evidence.care import CARE
from services.monitoring.evidence.chronic import CHRONIC
from services.monitoring.evidence.disability import DISABILITY
from services.monitoring.evidence.disaster import DISASTER
from services.monitoring.evidence.dwelling import DWELLING
from services.monitoring.evidence.expense import EXPENSE
from services.monitoring.evidence.illness import ILLNESS
from services.monitoring.evidence.income import INCOME
from services.monitoring.evidence.insurance import INSURANCE
from services.monitoring.evidence.job_loss import JOB_LOSS
from services.monitoring.evidence.kept import Kept
from services.monitoring.evidence.loan import LOAN
from services.monitoring.evidence.means import MEANS
from services.monitoring.evidence.member_change import MEMBER_CHANGE
from services.monitoring.evidence.production import PRODUCTION
from services.monitoring.evidence.relief import RELIEF
from services.monitoring.evidence.report import REPORT
from services.monitoring.evidence.schemas import ReportedFact
from services.monitoring.evidence.schooling import SCHOOLING
from services.monitoring.evidence.slow_sale import SLOW_SALE
from services.monitoring.evidence.types import EvidenceType
from services.monitoring.evidence.water import WATER
from services.monitoring.evidence.withdrawal import WITHDRAWAL
from services.monitoring.evidence.work import WORK
from shared.codes.monitoring import RiskKind

EVIDENCE: Final[Mapping[str, EvidenceType]] = {
    one.name: one
    for one in (
        INCOME,
        EXPENSE,
        ILLNESS,
        WITHDRAWAL,
        JOB_LOSS,
        SLOW_SALE,
        SCHOOLING,
        DWELLING,
        WATER,
        INSURANCE,
        WORK,
        DISABILITY,
        CARE,
        CHRONIC,
        DISASTER,
        ACCIDENT,
        PRODUCTION,
        RELIEF,
        LOAN,
        MEANS,
        MEMBER_CHANGE,
        REPORT,
    )
}


def reported_types() -> list[str]:
    """The types of the facts that sources report."""
    return [name for name, one in EVIDENCE.items() if one.fact is not None]


def _one_of_the_types(_: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
    facts = tuple(one.fact for one in EVIDENCE.values() if one.fact is not None)
    one_of = Field(discriminator="type", title="FactIn")
    return handler.generate_schema(Annotated[Union[facts], one_of])  # noqa: UP007  known at run time


FactIn = Annotated[ReportedFact, GetPydanticSchema(_one_of_the_types)]
"""A fact of any type, told apart by `type`."""
FACT: TypeAdapter[ReportedFact] = TypeAdapter(FactIn)


def read_fact(document: Any) -> ReportedFact:
    """The fact that a document says. The one way to a fact, whoever brings it; raises ValidationError."""
    return FACT.validate_python(document)


def withdraws(name: str) -> bool:
    """Whether what is called so takes back another fact and says nothing of its own."""
    return name in EVIDENCE and EVIDENCE[name].withdraws


def speaks_for(clue: str, kind: RiskKind) -> bool:
    """Whether clues of this type explain a kind of risk before all others."""
    return any(one.clue_type == clue and kind in one.speaks_for for one in EVIDENCE.values())


def rests_on_facts(kind: RiskKind) -> bool:
    """Whether one fact can be a cause of this kind of risk beside others of the same reason."""
    return any(one.single is not None and kind in one.speaks_for for one in EVIDENCE.values())


def all_kept() -> list[Kept[Any]]:
    """Everything that is kept of evidence."""
    return [kept for one in EVIDENCE.values() for kept in one.kept]


def tables_of_health() -> frozenset[str]:
    """The tables of evidence whose rows tell who is ill, or of what, or what that cost."""
    return frozenset(kept.name for one in EVIDENCE.values() if one.may_tell_of_health for kept in one.kept)
