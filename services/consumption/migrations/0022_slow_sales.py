"""Prices and supplies are reported by series; slow sale has alerts, calls and the households exposed to it."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from shared.db.base import UtcDateTime

revision = "0022"
down_revision = "0021"

_STANDS = sa.text("replaced_on IS NULL")
_OF_AN_INCIDENT = sa.text("incident_id IS NOT NULL")
_HOLDS = sa.text("kind = 'judged' AND closed_on IS NULL")


def upgrade() -> None:
    op.create_table(
        "sale_series",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("commodity_code", sa.String(64), nullable=False),
        sa.Column("region_code", sa.String(12), nullable=False),
        sa.Column("judged_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sale_series")),
        sa.UniqueConstraint("region_code", "commodity_code", name=op.f("uq_sale_series_region_code_commodity_code")),
    )
    op.create_index("ix_sale_series_judged_on", "sale_series", ["judged_on"])
    _create_report(
        "price_report",
        sa.Column("market", sa.String(64), nullable=False),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in ("low", "mean", "high")),
    )
    _create_report(
        "supply_report",
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in ("stock", "due", "sold_7d")),
        sa.Column("covered", sa.BigInteger(), nullable=True),
    )
    of_prices = ["series_id", "day", "mean"]
    _index_series("price_report", of_prices)
    _index_series("supply_report", ["series_id", "day"])
    _create_slow_sale()
    _create_slow_sale_call()
    _create_slow_sale_exposure()
    op.create_index(
        "ix_purchase_order_incident_id",
        "purchase_order",
        ["incident_id"],
        sqlite_where=_OF_AN_INCIDENT,
        postgresql_where=_OF_AN_INCIDENT,
    )


def downgrade() -> None:
    op.drop_index("ix_purchase_order_incident_id", "purchase_order")
    for table in ("slow_sale_exposure", "slow_sale_call", "slow_sale", "supply_report", "price_report", "sale_series"):
        op.drop_table(table)


def _code(name: str, *codes: str) -> sa.Enum:
    return sa.Enum(*codes, name=name, native_enum=False, create_constraint=True, length=32)


def _create_report(table: str, *columns: sa.Column[Any]) -> None:
    op.create_table(
        table,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("source", sa.String(64), nullable=False),
        sa.Column("source_ref", sa.String(128), nullable=False),
        sa.Column("series_id", sa.Uuid(), nullable=False),
        sa.Column("commodity_code", sa.String(64), nullable=False),
        sa.Column("region_code", sa.String(12), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("mode", sa.String(32), nullable=False),
        sa.Column("known_on", sa.Date(), nullable=False),
        sa.Column("replaced_on", sa.Date(), nullable=True),
        sa.Column("status", _code("recordstatus", "stands", "superseded", "withdrawn"), nullable=False),
        sa.Column("supersedes_id", sa.Uuid(), nullable=True),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.Column("recorded_by", sa.String(64), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        *columns,
        sa.ForeignKeyConstraint(["series_id"], ["sale_series.id"], name=op.f(f"fk_{table}_series_id_sale_series")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )
    op.create_index(f"ix_{table}_recorded_at_id", table, ["recorded_at", "id"])
    op.create_index(f"ix_{table}_updated_at_id", table, ["updated_at", "id"])


def _index_series(table: str, columns: list[str]) -> None:
    op.create_index(f"ix_{table}_series_day", table, columns, sqlite_where=_STANDS, postgresql_where=_STANDS)


def _create_slow_sale() -> None:
    statuses = ("reported", "checked", "rejected", "open", "responding", "eased", "closed")
    op.create_table(
        "slow_sale",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("series_id", sa.Uuid(), nullable=False),
        sa.Column("kind", _code("slowsalekind", "judged", "reported"), nullable=False),
        sa.Column("commodity_code", sa.String(64), nullable=False),
        sa.Column("region_code", sa.String(12), nullable=False),
        sa.Column("place_code", sa.String(12), nullable=False),
        sa.Column("status", _code("slowsalestatus", *statuses), nullable=False),
        sa.Column("level", _code("slowsalelevel", "notice", "warning"), nullable=False),
        sa.Column("episode", sa.Integer(), nullable=False),
        sa.Column("signals", sa.JSON(), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("pack", sa.String(96), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=True),
        sa.Column("ripe_on", sa.Date(), nullable=True),
        sa.Column("lowest_price", sa.BigInteger(), nullable=True),
        sa.Column("raised_at", UtcDateTime(), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=True),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("response_level", sa.String(32), nullable=True),
        sa.Column("sold", sa.BigInteger(), nullable=True),
        sa.Column("sold_price", sa.BigInteger(), nullable=True),
        sa.Column("served", sa.Integer(), nullable=True),
        sa.Column("loss", sa.BigInteger(), nullable=True),
        sa.Column("after_care", sa.String(2000), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_slow_sale")),
        sa.ForeignKeyConstraint(["series_id"], ["sale_series.id"], name=op.f("fk_slow_sale_series_id_sale_series")),
        sa.UniqueConstraint("series_id", "kind", "episode", name=op.f("uq_slow_sale_series_id_kind_episode")),
    )
    op.create_index(
        "uq_slow_sale_holds",
        "slow_sale",
        ["series_id"],
        unique=True,
        sqlite_where=_HOLDS,
        postgresql_where=_HOLDS,
    )
    op.create_index("ix_slow_sale_raised_at_id", "slow_sale", ["raised_at", "id"])
    op.create_index("ix_slow_sale_updated_at_id", "slow_sale", ["updated_at", "id"])


def _create_slow_sale_call() -> None:
    op.create_table(
        "slow_sale_call",
        sa.Column("slow_sale_id", sa.Uuid(), nullable=False),
        sa.Column("call_no", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("price", sa.BigInteger(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("called_on", sa.Date(), nullable=False),
        sa.Column("called_by", sa.String(64), nullable=False),
        sa.ForeignKeyConstraint(
            ["slow_sale_id"], ["slow_sale.id"], name=op.f("fk_slow_sale_call_slow_sale_id_slow_sale")
        ),
        sa.PrimaryKeyConstraint("slow_sale_id", "call_no", name=op.f("pk_slow_sale_call")),
    )


def _create_slow_sale_exposure() -> None:
    op.create_table(
        "slow_sale_exposure",
        sa.Column("slow_sale_id", sa.Uuid(), nullable=False),
        sa.Column("household_code", sa.String(64), nullable=False),
        sa.Column("exposed_on", sa.Date(), nullable=False),
        sa.Column("relieved_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["slow_sale_id"], ["slow_sale.id"], name=op.f("fk_slow_sale_exposure_slow_sale_id_slow_sale")
        ),
        sa.PrimaryKeyConstraint("slow_sale_id", "household_code", name=op.f("pk_slow_sale_exposure")),
    )
