"""The tables of producers, and of the households and cooperatives linked to them."""

import datetime as dt

import sqlalchemy as sa
from sqlmodel import Field

from services.consumption.models.base import Base
from shared.codes.consumption import LinkForm, ProducerKind
from shared.codes.monitoring import IncomeBranch
from shared.db.base import EncryptedText, OpenCode, UtcDateTime, closed_code
from shared.db.spelling import spelling_index


class Producer(Base, table=True):
    """Producer 经营主体: a household, cooperative or firm that supplies products."""

    __table_args__ = (spelling_index("producer"), sa.Index("ix_producer_updated_at_code", "updated_at", "code"))

    code: str = Field(primary_key=True, max_length=64)
    name: str = Field(sa_type=EncryptedText)
    """Sealed: a household that sells is named after a person."""
    kind: ProducerKind = Field(sa_type=OpenCode(ProducerKind))
    uscc: str | None = Field(max_length=18)
    """统一社会信用代码, where there is one."""
    region_code: str = Field(max_length=12, index=True)
    """Where it is: whoever is responsible there, or in a wider region, changes it."""
    version: int
    """Grows by one with every change of the producer or of its links."""
    updated_at: dt.datetime = Field(sa_type=UtcDateTime)
    """When it or a link of it was put last, in the order of commits."""


class ProducerLink(Base, table=True):
    """What a household gets of what its producer sells 联农带农: a share of one branch of income."""

    __tablename__ = "producer_link"

    producer_code: str = Field(primary_key=True, foreign_key="producer.code", max_length=64)
    household_code: str = Field(primary_key=True, max_length=64)
    branch: IncomeBranch = Field(primary_key=True, sa_type=closed_code(IncomeBranch))
    share: int
    form: LinkForm | None = Field(sa_type=OpenCode(LinkForm))
    """利益联结方式, where it is said."""
    valid_from: dt.date | None
    """The first day of the link; none: from ever."""
    valid_to: dt.date | None
    """The last day of the link; none: until it is said otherwise."""


class CooperativeLink(Base, table=True):
    """What a cooperative gets of what a firm sells 龙头绑合作社; its own links divide that among households."""

    __tablename__ = "cooperative_link"

    producer_code: str = Field(primary_key=True, foreign_key="producer.code", max_length=64)
    """The firm 龙头企业."""
    cooperative_code: str = Field(primary_key=True, foreign_key="producer.code", max_length=64, index=True)
    share: int
    form: LinkForm | None = Field(sa_type=OpenCode(LinkForm))
    valid_from: dt.date | None
    valid_to: dt.date | None
