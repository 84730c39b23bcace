"""Tables of the members of households, present and former. Names and identity numbers are sealed."""

import datetime as dt
from uuid import UUID

from sqlmodel import Field

from services.monitoring.models.base import Base
from shared.codes.monitoring import Health, Labour, Relation, Sex
from shared.db.base import INDEX_LENGTH, EncryptedText, OpenCode, closed_code


class Member(Base, table=True):
    """Member 家庭成员: the person who holds a number of the household today."""

    household_code: str = Field(primary_key=True, foreign_key="household.code", max_length=64)
    member_no: int = Field(primary_key=True)
    person_id: UUID = Field(index=True, unique=True)
    """The person behind the number. What is said of a member is kept under it, so that it passes on to nobody."""
    name: str = Field(sa_type=EncryptedText)
    relation: Relation = Field(sa_type=OpenCode(Relation))
    sex: Sex = Field(sa_type=closed_code(Sex))
    birth_date: dt.date
    id_number: str | None = Field(sa_type=EncryptedText(index="id_number_index"))
    id_number_index: str | None = Field(max_length=INDEX_LENGTH, index=True)
    """What finds those of one identity number."""
    labour: Labour = Field(sa_type=OpenCode(Labour))
    health: Health = Field(sa_type=OpenCode(Health))
    student: bool


class FormerMember(Base, table=True):
    """Former member 原家庭成员: who held a number until they died, left, changed it or somebody else was given it.

    What was said of the person stays said, and what comes in late about it counts for the household. Holds no name:
    what tells whether somebody comes back is enough.
    """

    __tablename__ = "former_member"

    household_code: str = Field(primary_key=True, foreign_key="household.code", max_length=64)
    member_no: int = Field(primary_key=True)
    left_version: int = Field(primary_key=True)
    """The version of the household from which the person no longer holds the number."""
    person_id: UUID
    sex: Sex = Field(sa_type=closed_code(Sex))
    birth_date: dt.date
    id_number: str | None = Field(sa_type=EncryptedText(index="id_number_index"))
    id_number_index: str | None = Field(max_length=INDEX_LENGTH, index=True)
    """What finds those of one identity number."""
    left_on: dt.date
    """The business date of the change."""
