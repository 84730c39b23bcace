"""Screenings as they are asked for and answered."""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any, Self
from uuid import UUID

from pydantic import BaseModel, Field, StrictBool

from shared.codes.monitoring import RiskGrade, RiskKind
from shared.http.fields import Body, DecisionDay
from shared.regions import RegionFilter


class ScreeningIn(Body):
    """The screening of a region that is asked for."""

    region_code: RegionFilter
    as_of: DecisionDay | None = Field(None, description="Today where it is left out; another day with `dry_run` alone")
    dry_run: StrictBool = Field(False, description="Only try: nothing but the result is kept")


class DifferenceOut(BaseModel):
    """What changed since the last screening of the same region."""

    previous: UUID | None = Field(description="That screening, dry runs apart; null for the first one")
    newly: int = Field(description="Households at risk that were not then; all of them for the first one")
    no_longer: int = Field(description="Households that were at risk then and are not now, or left the region")


class ScreeningOut(BaseModel):
    """A screening 集中排查 and what came of it; counts grow while it goes on."""

    screening_id: UUID = Field(description="Also the id of its job")
    region_code: str | None = Field(description="Null where it is of all the households there are")
    as_of: dt.date
    dry_run: bool
    began_at: dt.datetime
    ended_at: dt.datetime | None = Field(
        description="Null while it goes on, and for good where its job failed or was cancelled"
    )
    updated_at: dt.datetime
    households: int = Field(description="Households looked at")
    judged: int = Field(description="Households that every rule was asked about, one by one or at a glance")
    raised: int = Field(description="Risks that opened; that would open, in a dry run")
    updated: int
    cleared: int
    households_at_risk: int = Field(description="Households with an open risk behind it")
    difference: DifferenceOut

    @classmethod
    def of(cls, row: Mapping[Any, Any], **more: Any) -> Self:
        """The screening of a row."""
        difference = {"previous": row["previous_id"], "newly": row["newly"], "no_longer": row["no_longer"]}
        return cls.model_validate({**row, "screening_id": row["id"], "difference": difference, **more})


class KindOut(BaseModel):
    """Risks of one kind and grade."""

    kind: RiskKind
    grade: RiskGrade = Field(description="Of a risk that cleared, the grade it had")
    open: int = Field(description="Open behind the screening")
    raised: int
    cleared: int


class RegionOut(BaseModel):
    """The households of one county or township."""

    region_code: str
    households: int
    households_at_risk: int


class ScreeningResult(ScreeningOut):
    """A screening with its counts by kind and by region."""

    by_kind: list[KindOut]
    by_region: list[RegionOut] = Field(description="Counties and townships; a county counts those of its townships")


class ScreenedHousehold(BaseModel):
    """A household at risk behind a screening, or the one before it."""

    household_code: str
    region_code: str = Field(description="Where it lives now")
    grade: RiskGrade = Field(description="The graver one of its risks then")
    kinds: list[RiskKind] = Field(description="The kinds of risk that were open then")

    @classmethod
    def of(cls, rows: Iterable[Any]) -> list[Self]:
        """The households of rows."""
        return [cls.model_validate({**row._asdict(), "kinds": row.kinds.split()}) for row in rows]
