"""The names of diagnoses leave the payloads of facts and are sealed."""

import sqlalchemy as sa
from alembic import context, op

from shared.db.sealing_migrations import REWRITTEN, ToSeal, open_columns, seal_columns

revision = "0025"
down_revision = "0022"

_TEXTS = ToSeal("fact_text", {"fact_id": sa.Uuid()}, ["text"])
_MOVE = {
    "sqlite": "INSERT INTO fact_text (fact_id, text) SELECT id, json_extract(payload, '$.name') FROM fact"
    " WHERE type = 'illness' AND json_extract(payload, '$.name') IS NOT NULL",
    "postgresql": "INSERT INTO fact_text (fact_id, text) SELECT id, payload ->> 'name' FROM fact"
    " WHERE type = 'illness' AND payload ->> 'name' IS NOT NULL",
}
_LEAVE_OUT = {
    "sqlite": "UPDATE fact SET payload = json_remove(payload, '$.name') WHERE type = 'illness'",
    "postgresql": "UPDATE fact SET payload = (payload::jsonb - 'name')::json WHERE type = 'illness'",
}
_MOVE_BACK = {
    "sqlite": "UPDATE fact SET payload = json_set(payload, '$.name', said.text) FROM fact_text AS said"
    " WHERE said.fact_id = fact.id",
    "postgresql": "UPDATE fact SET payload = (payload::jsonb || jsonb_build_object('name', said.text))::json"
    " FROM fact_text AS said WHERE said.fact_id = fact.id",
}


def upgrade() -> None:
    op.create_table(
        "fact_text",
        sa.Column("fact_id", sa.Uuid(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["fact_id"], ["fact.id"], name="fk_fact_text_fact_id_fact"),
        sa.PrimaryKeyConstraint("fact_id", name="pk_fact_text"),
    )
    connection = op.get_bind()
    moved = connection.exec_driver_sql(_MOVE[connection.dialect.name]).rowcount
    connection.exec_driver_sql(_LEAVE_OUT[connection.dialect.name])
    seal_columns(_TEXTS)
    if moved:
        context.config.attributes.setdefault(REWRITTEN, []).append("fact")


def downgrade() -> None:
    open_columns(_TEXTS)
    connection = op.get_bind()
    connection.exec_driver_sql(_MOVE_BACK[connection.dialect.name])
    op.drop_table("fact_text")
