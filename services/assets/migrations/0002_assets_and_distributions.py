"""Assets with their rights, distributions, and the books of known households and measure requests."""

import sqlalchemy as sa
from alembic import op

from shared.db.base import UtcDateTime
from shared.helping.migrations import (
    create_known_household_v1,
    create_measure_request_v1,
    drop_known_household_v1,
    drop_measure_request_v1,
)

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    create_known_household_v1()
    create_measure_request_v1()
    op.create_table(
        "asset",
        sa.Column("code", sa.String(64), nullable=False),
        sa.Column("name", sa.String(128), nullable=False),
        sa.Column(
            "asset_class",
            sa.Enum(
                "operating",
                "public",
                "household",
                name="assetclass",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("region_code", sa.String(12), nullable=False),
        sa.Column("original_value", sa.BigInteger(), nullable=False),
        sa.Column("acquired_on", sa.Date(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_asset")),
    )
    op.create_index("ix_asset_region_code", "asset", ["region_code"])
    op.create_table(
        "asset_right",
        sa.Column("asset_code", sa.String(64), nullable=False),
        sa.Column(
            "right",
            sa.Enum(
                "owner",
                "operator",
                "beneficiary",
                "disposer",
                "supervisor",
                name="assetright",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("holder", sa.String(128), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("share", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["asset_code"], ["asset.code"], name=op.f("fk_asset_right_asset_code_asset")),
        sa.PrimaryKeyConstraint("asset_code", "right", "holder", "valid_from", name=op.f("pk_asset_right")),
    )
    op.create_table(
        "distribution",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("asset_code", sa.String(64), nullable=False),
        sa.Column("region_code", sa.String(12), nullable=False),
        sa.Column("period", sa.String(4), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=True),
        sa.Column(
            "status",
            sa.Enum(
                "draft",
                "voted",
                "published",
                "approved",
                "filed",
                "paid",
                name="distributionstatus",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("stepped_on", sa.Date(), nullable=True),
        sa.Column("publicity_ends_on", sa.Date(), nullable=True),
        sa.Column("publicity_rule", sa.JSON(), nullable=True),
        sa.Column("proposed_at", UtcDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("history", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["asset_code"], ["asset.code"], name=op.f("fk_distribution_asset_code_asset")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_distribution")),
    )
    op.create_index("ix_distribution_asset_code", "distribution", ["asset_code"])
    op.create_index("ix_distribution_proposed_at_id", "distribution", ["proposed_at", "id"])
    op.create_index("ix_distribution_region_code_status", "distribution", ["region_code", "status"])
    op.create_table(
        "distribution_line",
        sa.Column("distribution_id", sa.Uuid(), nullable=False),
        sa.Column("line_no", sa.Integer(), nullable=False),
        sa.Column("household_code", sa.String(64), nullable=False),
        sa.Column("region_code", sa.String(12), nullable=False),
        sa.Column(
            "reason",
            sa.Enum(
                "no_labour",
                "post",
                "share",
                "hardship",
                name="distributionreason",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["distribution_id"],
            ["distribution.id"],
            name=op.f("fk_distribution_line_distribution_id_distribution"),
        ),
        sa.PrimaryKeyConstraint("distribution_id", "line_no", name=op.f("pk_distribution_line")),
        sa.UniqueConstraint(
            "distribution_id",
            "household_code",
            "reason",
            name=op.f("uq_distribution_line_distribution_id_household_code_reason"),
        ),
    )


def downgrade() -> None:
    for table in ("distribution_line", "distribution", "asset_right", "asset"):
        op.drop_table(table)
    drop_measure_request_v1()
    drop_known_household_v1()
