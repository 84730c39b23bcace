"""Persons behind the numbers of members, former members, households that ended, codes in one spelling."""

from itertools import islice
from typing import Any

import sqlalchemy as sa
from alembic import op

from shared.db.system_migrations import add_spelling_index, drop_spelling_index
from shared.ids import derived_id

revision = "0006"
down_revision = "0005"

_NOBODY = "'00000000000000000000000000000000'"
_BATCH = 5_000
_ENDS = ("died", "moved", "merged", "other")


def upgrade() -> None:
    _end_households()
    op.create_table(
        "code_prefix",
        sa.Column("prefix", sa.String(64), nullable=False),
        sa.Column("county", sa.String(6), nullable=False),
        sa.PrimaryKeyConstraint("prefix", "county", name=op.f("pk_code_prefix")),
    )
    op.create_table(
        "former_member",
        sa.Column("household_code", sa.String(64), nullable=False),
        sa.Column("member_no", sa.Integer(), nullable=False),
        sa.Column("left_version", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column(
            "sex", sa.Enum("M", "F", name="sex", native_enum=False, create_constraint=True, length=32), nullable=False
        ),
        sa.Column("birth_date", sa.Date(), nullable=False),
        sa.Column("id_number", sa.String(18), nullable=True),
        sa.Column("left_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["household_code"], ["household.code"], name=op.f("fk_former_member_household_code_household")
        ),
        sa.PrimaryKeyConstraint("household_code", "member_no", "left_version", name=op.f("pk_former_member")),
    )
    op.create_index(op.f("ix_member_id_number"), "member", ["id_number"])
    for table in ("fact", "illness"):
        op.add_column(table, sa.Column("person_id", sa.Uuid(), nullable=True))
    op.add_column("member", sa.Column("person_id", sa.Uuid(), nullable=False, server_default=sa.text(_NOBODY)))
    _name_persons()
    for table in ("fact", "illness", "member"):
        op.execute(
            sa.text(
                f"UPDATE {table} SET person_id = (SELECT p.person_id FROM person_named p WHERE "  # noqa: S608
                f"p.household_code = {table}.household_code AND p.member_no = {table}.member_no) "
                f"WHERE {table}.member_no IS NOT NULL"
            )
        )
    if op.get_bind().dialect.name == "postgresql":
        op.alter_column("member", "person_id", server_default=None)
    op.create_index(op.f("ix_member_person_id"), "member", ["person_id"], unique=True)
    op.drop_column("illness", "member_no")
    _copy_medical("person_id", sa.Uuid(), "COALESCE(p.person_id, CAST(" + _NOBODY + " AS {uuid}))", "member_no")
    op.drop_table("person_named")


def downgrade() -> None:
    op.add_column("illness", sa.Column("member_no", sa.Integer(), nullable=True))
    _person_table()
    op.execute(
        sa.text(
            "INSERT INTO person_named (household_code, member_no, person_id) "
            "SELECT MIN(household_code), MIN(member_no), person_id FROM fact WHERE person_id IS NOT NULL "
            "GROUP BY person_id"
        )
    )
    op.execute(
        sa.text(
            "UPDATE illness SET member_no = (SELECT p.member_no FROM person_named p "
            "WHERE p.person_id = illness.person_id)"
        )
    )
    _copy_medical("member_no", sa.Integer(), "COALESCE(p.member_no, 0)", "person_id")
    op.drop_table("person_named")
    op.drop_index(op.f("ix_member_person_id"), "member")
    for table in ("member", "illness", "fact"):
        op.drop_column(table, "person_id")
    op.drop_index(op.f("ix_member_id_number"), "member")
    op.drop_table("former_member")
    op.drop_table("code_prefix")
    drop_spelling_index("household")
    op.execute(sa.text("ALTER TABLE household DROP COLUMN end_reason"))
    for name in ("end_note", "ended_on", "renewed_on", "renewed_version"):
        op.drop_column("household", name)


def _end_households() -> None:
    for column in (
        sa.Column("renewed_version", sa.Integer(), nullable=True),
        sa.Column("renewed_on", sa.Date(), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("end_note", sa.String(2000), nullable=True),
    ):
        op.add_column("household", column)
    reasons = ", ".join(f"'{reason}'" for reason in _ENDS)
    op.execute(
        sa.text(
            "ALTER TABLE household ADD COLUMN end_reason VARCHAR(32) "
            f"CONSTRAINT ck_household_householdendreason CHECK (end_reason IN ({reasons}))"
        )
    )
    add_spelling_index("household")


def _person_table() -> sa.Table:
    return op.create_table(
        "person_named",
        sa.Column("household_code", sa.String(64), nullable=False),
        sa.Column("member_no", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("household_code", "member_no", name="pk_person_named"),
    )


def _name_persons() -> None:
    """Give whoever holds a number an identity, and one to those who held a number that nobody holds today."""
    table, bind = _person_table(), op.get_bind()
    asked = " UNION ".join(
        f"SELECT household_code, member_no FROM {name} WHERE member_no > 0"  # noqa: S608
        for name in ("member", "fact", "illness", "medical_month")
    )
    numbers = iter(bind.execute(sa.text(asked)).all())
    while batch := list(islice(numbers, _BATCH)):
        bind.execute(
            sa.insert(table),
            [
                {"household_code": code, "member_no": number, "person_id": derived_id("person", code, number, 0)}
                for code, number in batch
            ],
        )


def _copy_medical(key: str, kind: sa.types.TypeEngine[Any], value: str, joined: str) -> None:
    """Make the table anew with another key, and bring its rows along."""
    uuid = "uuid" if op.get_bind().dialect.name == "postgresql" else "CHAR(32)"
    op.execute(
        sa.text(
            f"CREATE TABLE medical_copied AS SELECT m.household_code, {value.format(uuid=uuid)} AS holder, m.month, "  # noqa: S608
            "SUM(m.self_paid) AS self_paid FROM medical_month m LEFT JOIN person_named p "
            f"ON p.household_code = m.household_code AND p.{joined} = m.{joined} GROUP BY 1, 2, 3"
        )
    )
    op.drop_table("medical_month")
    op.create_table(
        "medical_month",
        sa.Column("household_code", sa.String(64), nullable=False),
        sa.Column(key, kind, nullable=False),
        sa.Column("month", sa.Integer(), nullable=False),
        sa.Column("self_paid", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["household_code"], ["household.code"], name=op.f("fk_medical_month_household_code_household")
        ),
        sa.PrimaryKeyConstraint("household_code", key, "month", name=op.f("pk_medical_month")),
    )
    op.execute(
        sa.text(
            f"INSERT INTO medical_month (household_code, {key}, month, self_paid) "  # noqa: S608
            "SELECT household_code, holder, month, self_paid FROM medical_copied"
        )
    )
    op.drop_table("medical_copied")
