"""Facts that rules read as they were said are found by household; education cost and income by leaf are kept."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"

_SUMS = ("wage", "operating", "property_", "transfer", "operating_cost")
_MONTH = "CAST(SUBSTR({month}, 1, 4) AS INTEGER) * 12 + CAST(SUBSTR({month}, 6, 2) AS INTEGER) - 1"
_BORNE = "CAST(ROUND(SUM(CAST({amount} AS {number}) - CAST({reimbursed} AS {number})) * 100) AS BIGINT)"
_SAID = {
    "sqlite": ("json_extract(fact.payload, '$.{}')", "REAL", "'00000000000000000000000000000000'"),
    "postgresql": ("(fact.payload ->> '{}')", "NUMERIC", "'00000000-0000-0000-0000-000000000000'::uuid"),
}


def _education(dialect: str) -> str:
    """What members bore of their education, by month, from the facts that count."""
    field, number, nobody = _SAID[dialect]
    month = _MONTH.format(month=field.format("month"))
    borne = _BORNE.format(amount=field.format("amount"), reimbursed=field.format("reimbursed"), number=number)
    return (
        "INSERT INTO education_month (household_code, person_id, month, self_paid) "  # noqa: S608  names
        f"SELECT fact.household_code, COALESCE(fact.person_id, {nobody}), {month}, {borne} FROM fact "
        f"WHERE fact.type = 'expense' AND {field.format('kind')} = 'education' "
        "AND NOT EXISTS (SELECT 1 FROM fact AS later WHERE later.supersedes_id = fact.id) "
        f"GROUP BY fact.household_code, COALESCE(fact.person_id, {nobody}), {month}"
    )


_NAMED = (
    "UPDATE household_window SET evidence = TRIM(evidence || ' education_month') "
    "WHERE household_code IN (SELECT household_code FROM education_month)"
)


def upgrade() -> None:
    op.create_table(
        "circumstance",
        sa.Column("fact_id", sa.Uuid(), nullable=False),
        sa.Column("household_code", sa.String(64), nullable=False),
        sa.Column("type", sa.String(32), nullable=False),
        sa.ForeignKeyConstraint(["fact_id"], ["fact.id"], name="fk_circumstance_fact_id_fact"),
        sa.ForeignKeyConstraint(
            ["household_code"], ["household.code"], name="fk_circumstance_household_code_household"
        ),
        sa.PrimaryKeyConstraint("fact_id", name="pk_circumstance"),
    )
    op.create_index("ix_circumstance_household_code", "circumstance", ["household_code"])
    op.create_table(
        "education_month",
        sa.Column("household_code", sa.String(64), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("month", sa.Integer(), nullable=False),
        sa.Column("self_paid", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["household_code"], ["household.code"], name="fk_education_month_household_code_household"
        ),
        sa.PrimaryKeyConstraint("household_code", "person_id", "month", name="pk_education_month"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "income_leaf",
        sa.Column("fact_id", sa.Uuid(), nullable=False),
        sa.Column("household_code", sa.String(64), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("month", sa.Integer(), nullable=False),
        sa.Column("leaf", sa.String(32), nullable=False),
        sa.Column("source", sa.String(64), nullable=False),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in _SUMS),
        sa.Column("income_facts", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["fact_id"], ["fact.id"], name="fk_income_leaf_fact_id_fact"),
        sa.ForeignKeyConstraint(["household_code"], ["household.code"], name="fk_income_leaf_household_code_household"),
        sa.PrimaryKeyConstraint("fact_id", name="pk_income_leaf"),
    )
    op.create_index("ix_income_leaf_household_code_month", "income_leaf", ["household_code", "month"])
    connection = op.get_bind()
    connection.exec_driver_sql(_education(connection.dialect.name))
    connection.exec_driver_sql(_NAMED)


def downgrade() -> None:
    op.execute("UPDATE household_window SET evidence = TRIM(REPLACE(evidence, 'education_month', ''))")
    op.drop_table("education_month")
    op.drop_table("income_leaf")
    op.drop_table("circumstance")
