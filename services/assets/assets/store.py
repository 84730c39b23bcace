"""Assets 帮扶项目资产 in the database, with the rights in them."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from services.assets.assets.rules import Grant, Span, sorted_spans
from services.assets.models import Right
from shared.db.base import table_of
from shared.db.unit_of_work import Reading

_RIGHTS = table_of(Right)


def load_rights(reading: Reading, code: str) -> list[Span]:
    """Every right that ever held in an asset, the oldest first."""
    rows = reading.connection.execute(sa.select(_RIGHTS).where(_RIGHTS.c.asset_code == code))
    spans = [Span(Grant(row.right, row.holder, row.share), row.valid_from, row.valid_to) for row in rows]
    return sorted_spans(spans)


def with_rights(asset: Mapping[Any, Any], history: Sequence[Span], as_of: dt.date) -> Mapping[str, Any]:
    """The row of an asset with the rights of a day, and the history of all."""
    rights = sorted((span for span in history if span.holds_on(as_of)), key=lambda span: span.grant)
    return {**asset, "as_of": as_of, "rights": _rows_of(rights), "history": _rows_of(history)}


def _rows_of(spans: Sequence[Span]) -> list[dict[str, Any]]:
    return [{**span.grant._asdict(), "valid_from": span.valid_from, "valid_to": span.valid_to} for span in spans]
