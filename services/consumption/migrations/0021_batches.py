"""Batches of products, with their inspections and the households they came from."""

import sqlalchemy as sa
from alembic import op

from shared.db.base import UtcDateTime
from shared.db.system_migrations import add_spelling_index

revision = "0021"
down_revision = "0019"


def upgrade() -> None:
    op.create_table(
        "batch",
        sa.Column("code", sa.String(64), nullable=False),
        sa.Column("product_code", sa.String(64), nullable=False),
        sa.Column("harvested_on", sa.Date(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("shipped", sa.BigInteger(), nullable=False),
        sa.Column("base_code", sa.String(64), nullable=True),
        sa.Column("trace_code", sa.String(32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["product_code"], ["product.code"], name="fk_batch_product_code_product"),
        sa.PrimaryKeyConstraint("code", name="pk_batch"),
        sa.UniqueConstraint("trace_code", name="uq_batch_trace_code"),
    )
    op.create_index("ix_batch_product_code_code", "batch", ["product_code", "code"])
    add_spelling_index("batch")
    op.create_table(
        "batch_inspection",
        sa.Column("batch_code", sa.String(64), nullable=False),
        sa.Column("inspection_no", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(64), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("result", sa.String(32), nullable=False),
        sa.ForeignKeyConstraint(["batch_code"], ["batch.code"], name="fk_batch_inspection_batch_code_batch"),
        sa.PrimaryKeyConstraint("batch_code", "inspection_no", name="pk_batch_inspection"),
    )
    op.create_table(
        "batch_contribution",
        sa.Column("batch_code", sa.String(64), nullable=False),
        sa.Column("household_code", sa.String(64), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["batch_code"], ["batch.code"], name="fk_batch_contribution_batch_code_batch"),
        sa.PrimaryKeyConstraint("batch_code", "household_code", name="pk_batch_contribution"),
    )


def downgrade() -> None:
    op.drop_table("batch_contribution")
    op.drop_table("batch_inspection")
    op.drop_table("batch")
