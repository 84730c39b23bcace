"""The tables of batches: what was harvested together, how it was inspected, and which households it came from."""

import datetime as dt

import sqlalchemy as sa
from sqlmodel import Field

from services.consumption.models.base import Base
from shared.codes.consumption import InspectionResult
from shared.db.base import OpenCode, UtcDateTime
from shared.db.spelling import spelling_index

_LARGE = sa.BigInteger


class Batch(Base, table=True):
    """Batch 批次: so much of a product, harvested on one day."""

    __table_args__ = (spelling_index("batch"), sa.Index("ix_batch_product_code_code", "product_code", "code"))

    code: str = Field(primary_key=True, max_length=64)
    product_code: str = Field(foreign_key="product.code", max_length=64)
    harvested_on: dt.date
    quantity: int = Field(sa_type=_LARGE)
    shipped: int = Field(sa_type=_LARGE)
    """What has left in deliveries; it moves by itself."""
    base_code: str | None = Field(max_length=64)
    """菜篮子基地, where it grew on one."""
    trace_code: str = Field(max_length=32, unique=True)
    """追溯码: drawn at random once; nothing can be told from it."""
    version: int
    """Grows by one with every change of what is registered; shipping makes none."""
    updated_at: dt.datetime = Field(sa_type=UtcDateTime)
    """When it was put last, in the order of commits."""


class BatchInspection(Base, table=True):
    """An inspection 检验 of a batch, such as of residues of pesticides."""

    __tablename__ = "batch_inspection"

    batch_code: str = Field(primary_key=True, foreign_key="batch.code", max_length=64)
    inspection_no: int = Field(primary_key=True)
    """Its place in the order in which they were made."""
    kind: str = Field(max_length=64)
    on: dt.date
    result: InspectionResult = Field(sa_type=OpenCode(InspectionResult))


class BatchContribution(Base, table=True):
    """What a household brought into a batch 农户交货."""

    __tablename__ = "batch_contribution"

    batch_code: str = Field(primary_key=True, foreign_key="batch.code", max_length=64)
    household_code: str = Field(primary_key=True, max_length=64)
    quantity: int = Field(sa_type=_LARGE)
