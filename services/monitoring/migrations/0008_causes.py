"""Risks know their causes, and which version of their task they heard of last.

What is behind the risks that are open now is known and no cause: the verdicts there are were given over it.
"""

from collections import defaultdict

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

_WINDOWED = {"income_drop.quarter", "income_drop.year", "below_line"}
_RESTING_ON_FACTS = ("new_illness.cost", "rigid_expense")


def upgrade() -> None:
    op.add_column("risk", sa.Column("causes", sa.JSON(), nullable=False, server_default="{}"))
    op.add_column("risk", sa.Column("task_version", sa.Integer(), nullable=False, server_default="0"))
    _remember_what_is_known()


def downgrade() -> None:
    op.drop_column("risk", "task_version")
    op.drop_column("risk", "causes")


def _remember_what_is_known() -> None:
    risk = sa.table(
        "risk",
        sa.column("id", sa.Uuid()),
        sa.column("household_code", sa.String()),
        sa.column("kind", sa.String()),
        sa.column("status", sa.String()),
        sa.column("keys", sa.JSON()),
        sa.column("causes", sa.JSON()),
    )
    connection = op.get_bind()
    facts, anchors = _facts(connection), _anchors(connection)
    for row in connection.execute(sa.select(risk).where(risk.c.status == "open")).mappings().all():
        code, keys = row["household_code"], row["keys"]
        names = [f"{key}:{anchors[code]}" if key in _WINDOWED else key for key in keys]
        reasons = {key for key in keys if key.startswith(_RESTING_ON_FACTS)}
        reasons |= {"new_illness.serious"} if row["kind"] == "new_illness" else set()
        names += [f"{reason}:{fact_id}" for reason in sorted(reasons) for fact_id in facts[code]]
        connection.execute(sa.update(risk).where(risk.c.id == row["id"]).values(causes=dict.fromkeys(names)))


def _facts(connection: sa.Connection) -> defaultdict[str, list[str]]:
    fact = sa.table(
        "fact", sa.column("id", sa.Uuid()), sa.column("household_code", sa.String()), sa.column("type", sa.String())
    )
    found: defaultdict[str, list[str]] = defaultdict(list)
    for row in connection.execute(sa.select(fact).where(fact.c.type.in_(["expense", "illness"]))):
        found[row.household_code].append(str(row.id))
    return found


def _anchors(connection: sa.Connection) -> dict[str, int]:
    window = sa.table("household_window", sa.column("household_code", sa.String()), sa.column("anchor", sa.Integer()))
    return {row.household_code: row.anchor for row in connection.execute(sa.select(window))}
