"""Rows of producers: their names, and the households and cooperatives linked to them 联农带农."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Any

import sqlalchemy as sa

from services.consumption.models import CooperativeLink, Producer, ProducerLink
from services.consumption.producers.rules import CooperativeShare, HouseholdShare, Shares
from services.consumption.producers.schemas import LinkOut, ProducerOut
from shared.db.base import table_of
from shared.db.sealed import SealedTable
from shared.db.sets import is_one_of
from shared.db.unit_of_work import Reading

LINKS, COOPERATIVE_LINKS = table_of(ProducerLink), table_of(CooperativeLink)
_PRODUCERS = SealedTable(table_of(Producer))


def load_links(reading: Reading, producer_code: str) -> list[LinkOut]:
    """The links of a producer: those to households by household and branch, then those to cooperatives by code."""
    households = reading.connection.execute(sa.select(LINKS).where(LINKS.c.producer_code == producer_code))
    mine = COOPERATIVE_LINKS.c.producer_code == producer_code
    cooperatives = reading.connection.execute(sa.select(COOPERATIVE_LINKS).where(mine))
    return sorted([*map(LinkOut.of, households), *map(LinkOut.of_cooperative, cooperatives)], key=LinkOut.place)


def holding_on(links: sa.Table, on: dt.date | sa.BindParameter[dt.date]) -> sa.ColumnElement[bool]:
    """Whether a link holds on a day."""
    return (links.c.valid_from.is_(None) | (links.c.valid_from <= on)) & (
        links.c.valid_to.is_(None) | (links.c.valid_to >= on)
    )


_ON = sa.bindparam("on", type_=sa.Date())
_LINKED = sa.select(COOPERATIVE_LINKS.c.cooperative_code).where(
    is_one_of(COOPERATIVE_LINKS.c.producer_code, "codes"), holding_on(COOPERATIVE_LINKS, _ON)
)
_SELECT_SHARES = sa.union_all(
    sa.select(
        LINKS.c.producer_code,
        LINKS.c.household_code,
        LINKS.c.branch,
        sa.cast(sa.null(), sa.String()).label("cooperative_code"),
        LINKS.c.share,
    ).where(
        is_one_of(LINKS.c.producer_code, "codes") | LINKS.c.producer_code.in_(_LINKED),
        holding_on(LINKS, _ON),
    ),
    sa.select(
        COOPERATIVE_LINKS.c.producer_code,
        sa.null(),
        sa.null(),
        COOPERATIVE_LINKS.c.cooperative_code,
        COOPERATIVE_LINKS.c.share,
    ).where(is_one_of(COOPERATIVE_LINKS.c.producer_code, "codes"), holding_on(COOPERATIVE_LINKS, _ON)),
).order_by("producer_code", "household_code", "branch", "cooperative_code")
"""The links of some producers on a day, and of the cooperatives that those give to, by one statement for all."""


def shares_on(reading: Reading, producer_codes: Collection[str], on: dt.date) -> dict[str, Shares]:
    """Whose the sales of each of these producers are on a day; one without links is there with no shares.

    A firm's part for a cooperative is shared out by the links that the cooperative has on that day.
    """
    households: dict[str, list[HouseholdShare]] = defaultdict(list)
    cooperatives: dict[str, list[sa.Row[Any]]] = defaultdict(list)
    for row in reading.connection.execute(_SELECT_SHARES, {"codes": list(producer_codes), "on": on}):
        if row.cooperative_code is None:
            households[row.producer_code].append(HouseholdShare(row.household_code, row.branch, row.share))
        else:
            cooperatives[row.producer_code].append(row)
    return {
        code: Shares(
            tuple(households[code]),
            tuple(
                CooperativeShare(link.cooperative_code, link.share, tuple(households[link.cooperative_code]))
                for link in cooperatives[code]
            ),
        )
        for code in producer_codes
    }


def show_producer(reading: Reading, row: Any, links: Sequence[LinkOut]) -> ProducerOut:
    """A producer from its row, with its links."""
    name = _PRODUCERS.text(reading, "name", row)
    assert name is not None, "the column is filled in every row"
    return ProducerOut.of(row, name, links)
