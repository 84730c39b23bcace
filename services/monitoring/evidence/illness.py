"""Illness 疾病 of a member: a diagnosis that a source reports."""

import unicodedata
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from functools import lru_cache
from typing import Annotated, Any, Final, Literal
from uuid import UUID

import sqlalchemy as sa
from pydantic import AfterValidator, Field, StrictBool

from services.monitoring.evidence.kept import AsOf, Kept, Posting, Then
from services.monitoring.evidence.rules import NO_MEMBER, FactEvidence
from services.monitoring.evidence.schemas import ReportedFact, Statement
from services.monitoring.evidence.types import EvidenceType, SingleFacts, always
from services.monitoring.models.evidence import Illness
from services.monitoring.models.facts import Fact
from services.monitoring.models.persons import Member
from shared.codes.monitoring import RiskKind
from shared.db.base import table_of
from shared.db.sets import is_one_of
from shared.db.unit_of_work import Reading
from shared.http.fields import Identifier, Text

DiagnosisCode = Annotated[
    Identifier,
    AfterValidator(str.upper),
    Field(max_length=32, examples=["C34.9"], description="ICD-10 code; kept in capitals"),
]
"""A diagnosis code 疾病编码: one spelling, in capitals."""


class IllnessPayload(Statement):
    """Diagnosis 疾病诊断 of a member."""

    code: DiagnosisCode
    name: Text = Field(max_length=128)
    serious: StrictBool = Field(description="The source calls it a serious illness")
    main_earner: StrictBool = Field(False, description="The member is a main earner of the household")


class IllnessFact(ReportedFact):
    """An illness fact."""

    type: Literal["illness"]
    payload: IllnessPayload

    def posting(self, person_id: UUID | None) -> Posting:
        """A diagnosis of the person; of nobody by name where it names no member."""
        said = self.payload
        diagnosis = {
            "person_id": person_id,
            "code": said.code,
            "serious": said.serious,
            "main_earner": said.main_earner,
            "observed_on": self.observed_on,
        }
        return Posting(rows={DIAGNOSES: diagnosis})


@lru_cache(maxsize=2**12)
def normalise_code(code: str) -> str:
    """Return a diagnosis code 疾病编码 (ICD-10) as capitals and digits only: `c34.9`, also full-width, is `C349`."""
    plain = code if code.isascii() else unicodedata.normalize("NFKC", code)
    return "".join(filter(str.isalnum, plain.upper()))


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """One illness fact that counts 疾病诊断."""

    member_no: int | None
    code: str
    """As the source wrote it."""

    serious: bool
    """The source itself calls it a serious illness 大病."""

    main_earner: bool
    """The source names the member a main earner 主要劳动力 of the household."""

    observed_on: date


_ILLNESSES, _MEMBERS, _FACTS = table_of(Illness), table_of(Member), table_of(Fact)
_SELECT_DIAGNOSES = (
    sa.select(
        _ILLNESSES.c.household_code,
        _MEMBERS.c.member_no,
        *(_ILLNESSES.c[item.name] for item in fields(Diagnosis) if item.name != "member_no"),
    )
    .outerjoin(_MEMBERS, _MEMBERS.c.person_id == _ILLNESSES.c.person_id)
    .where(is_one_of(_ILLNESSES.c.household_code, "codes"))
    .where(_ILLNESSES.c.person_id.is_(None) | _MEMBERS.c.member_no.is_not(None))
    .order_by(_ILLNESSES.c.observed_on, _ILLNESSES.c.fact_id)
)


def _load_diagnoses(reading: Reading, codes: Sequence[str], as_of: AsOf) -> Mapping[str, tuple[Diagnosis, ...]]:
    """The diagnoses known on the day, of members who still belong to the household, in the order of observation."""
    found: defaultdict[str, tuple[Diagnosis, ...]] = defaultdict(tuple)
    for code, *said in reading.connection.execute(_SELECT_DIAGNOSES, {"codes": list(codes)}):
        diagnosis = Diagnosis(*said)
        if diagnosis.observed_on <= as_of.on:
            found[code] += (diagnosis,)
    return found


def _look_back(_reading: Reading, then: Then) -> tuple[Diagnosis, ...]:
    """The diagnoses that were known on a past day, of those who lived in the household."""
    known = [
        (row["observed_on"], fact_id, row)
        for fact_id, row in then.rows.items()
        if row["observed_on"] <= then.as_of.on and (row["person_id"] is None or row["person_id"] in then.people)
    ]
    found = []
    for observed_on, _, row in sorted(known, key=lambda one: one[:2]):
        person = then.people.get(row["person_id"])
        number = None if person is None else person.member_no
        found.append(Diagnosis(number, row["code"], row["serious"], row["main_earner"], observed_on))
    return tuple(found)


DIAGNOSES: Final[Kept[tuple[Diagnosis, ...]]] = Kept(
    _ILLNESSES, nothing=(), load=_load_diagnoses, look_back=_look_back, key=("fact_id",)
)


def _weigh(row: Any, fact_ids: tuple[str, ...]) -> FactEvidence:
    payload = row.payload
    diagnosis = Diagnosis(None, payload["code"], payload["serious"], payload["main_earner"], row.observed_on)
    return FactEvidence(fact_ids, NO_MEMBER, seen={DIAGNOSES.name: (diagnosis,)})


ILLNESS: Final = EvidenceType(
    "illness",
    fact=IllnessFact,
    speaks_for=frozenset({RiskKind.NEW_ILLNESS}),
    kept=(DIAGNOSES,),
    single=SingleFacts((_FACTS.c.type == "illness") & _FACTS.c.member_no.is_(None), _weigh),
    sealed="name",
    tells_of_health=always,
    shown_of_health=frozenset({"serious"}),
)
"""Only diagnoses of members not named are looked at one by one: two of them may be two people."""
