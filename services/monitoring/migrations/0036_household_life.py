"""What happens to households: events, who came and went, and who passed from one household to another."""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"


def upgrade() -> None:
    op.add_column("household", sa.Column("is_related", sa.Boolean(), nullable=False, server_default=sa.false()))
    if op.get_bind().dialect.name == "postgresql":
        op.alter_column("household", "is_related", server_default=None)
    op.add_column("household", sa.Column("origin_region_code", sa.String(12), nullable=True))
    op.create_table(
        "household_event",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("source", sa.String(64), nullable=False),
        sa.Column("source_ref", sa.String(128), nullable=False),
        sa.Column("event", sa.String(32), nullable=False),
        sa.Column("household_code", sa.String(64), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("other_code", sa.String(64), nullable=True),
        sa.Column("moved_from", sa.String(12), nullable=True),
        sa.Column("moved_to", sa.String(12), nullable=True),
        sa.Column("reason", sa.String(32), nullable=True),
        sa.Column("content_hash", sa.String(64), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.String(64), nullable=False),
        sa.ForeignKeyConstraint(
            ["household_code"], ["household.code"], name="fk_household_event_household_code_household"
        ),
        sa.ForeignKeyConstraint(["other_code"], ["household.code"], name="fk_household_event_other_code_household"),
        sa.PrimaryKeyConstraint("id", name="pk_household_event"),
    )
    op.create_index(
        "ix_household_event_household_code_recorded_at", "household_event", ["household_code", "recorded_at"]
    )
    has_other = sa.text("other_code IS NOT NULL")
    op.create_index(
        "ix_household_event_other_code",
        "household_event",
        ["other_code"],
        sqlite_where=has_other,
        postgresql_where=has_other,
    )
    op.create_table(
        "member_move",
        sa.Column("household_code", sa.String(64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("member_no", sa.Integer(), nullable=False),
        sa.Column("arrived", sa.Boolean(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=True),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("relation", sa.String(32), nullable=True),
        sa.Column("sex", sa.String(32), nullable=True),
        sa.Column("birth_date", sa.Date(), nullable=True),
        sa.Column("id_number", sa.Text(), nullable=True),
        sa.Column("labour", sa.String(32), nullable=True),
        sa.Column("health", sa.String(32), nullable=True),
        sa.Column("student", sa.Boolean(), nullable=True),
        sa.ForeignKeyConstraint(["household_code"], ["household.code"], name="fk_member_move_household_code_household"),
        sa.ForeignKeyConstraint(["event_id"], ["household_event.id"], name="fk_member_move_event_id_household_event"),
        sa.PrimaryKeyConstraint("household_code", "version", "member_no", "arrived", name="pk_member_move"),
    )
    op.create_index("ix_member_move_event_id", "member_move", ["event_id"])


def downgrade() -> None:
    op.drop_table("member_move")
    op.drop_table("household_event")
    op.drop_column("household", "origin_region_code")
    op.drop_column("household", "is_related")
