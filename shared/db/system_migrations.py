"""The system tables as migrations: frozen steps that each house's first migration calls."""

import sqlalchemy as sa
from alembic import op

from shared.db.base import UtcDateTime

_SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def create_system_tables_v1() -> None:
    """Outbox, inbox, positions, dead letters, idempotency keys and audit as of the first release."""
    op.create_table(
        "outbox",
        sa.Column("seq", _SERIAL, autoincrement=True, nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("topic", sa.String(64), nullable=False),
        sa.Column("key", sa.String(128), nullable=False),
        sa.Column("headers", sa.JSON(), nullable=False),
        sa.Column("value", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_outbox"),
        sa.UniqueConstraint("event_id", name="uq_outbox_event_id"),
    )
    op.create_table(
        "inbox",
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("event_type", sa.String(96), nullable=False),
        sa.Column("applied_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("event_id", name="pk_inbox"),
    )
    op.create_table(
        "bus_position",
        sa.Column("topic", sa.String(64), nullable=False),
        sa.Column("partition", sa.Integer(), nullable=False),
        sa.Column("next_offset", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("topic", "partition", name="pk_bus_position"),
    )
    op.create_table(
        "dead_letter",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.String(64), nullable=False),
        sa.Column("event_type", sa.String(96), nullable=True),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("topic", sa.String(64), nullable=False),
        sa.Column("partition", sa.Integer(), nullable=False),
        sa.Column("offset", sa.BigInteger(), nullable=False),
        sa.Column("key", sa.String(128), nullable=False),
        sa.Column("headers", sa.JSON(), nullable=False),
        sa.Column("value", sa.LargeBinary(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("first_seen_at", UtcDateTime(), nullable=False),
        sa.Column("last_tried_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_dead_letter"),
        sa.UniqueConstraint("event_id", name="uq_dead_letter_event_id"),
    )
    op.create_index("ix_dead_letter_key", "dead_letter", ["key"])
    op.create_table(
        "idempotency",
        sa.Column("client_id", sa.String(64), nullable=False),
        sa.Column("key", sa.String(128), nullable=False),
        sa.Column("request_hash", sa.String(64), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("client_id", "key", name="pk_idempotency"),
    )
    op.create_table(
        "audit",
        sa.Column("seq", _SERIAL, autoincrement=True, nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("actor", sa.String(128), nullable=False),
        sa.Column("action", sa.String(64), nullable=False),
        sa.Column("subject", sa.String(128), nullable=False),
        sa.Column("before", sa.JSON(), nullable=True),
        sa.Column("after", sa.JSON(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("correlation_id", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_audit"),
    )
    op.create_index("ix_audit_subject", "audit", ["subject"])
    op.create_index("ix_audit_correlation_id", "audit", ["correlation_id"])


def add_commit_clock() -> None:
    """The moments of changed rows, in the order of commits: the table with its one row."""
    clock = op.create_table(
        "commit_clock",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("last_given", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_commit_clock"),
    )
    op.execute(clock.insert().values(id=1, last_given=0))


def create_job() -> None:
    """Long work and how far it is."""
    codes = ("queued", "running", "done", "failed", "cancelled")
    status = sa.Enum(*codes, name="jobstatus", native_enum=False, create_constraint=True, length=32)
    op.create_table(
        "job",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("status", status, nullable=False),
        sa.Column("asked", sa.JSON(), nullable=False),
        sa.Column("asked_by", sa.String(128), nullable=False),
        sa.Column("position", sa.JSON(), nullable=True),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=True),
        sa.Column("result", sa.JSON(), nullable=False),
        sa.Column("problem", sa.JSON(), nullable=True),
        sa.Column("correlation_id", sa.String(64), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("started_at", UtcDateTime(), nullable=True),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_job"),
    )
    op.create_index("ix_job_status", "job", ["status"])


def drop_job() -> None:
    """Take the table of `create_job` away again."""
    op.drop_table("job")


def add_audit_chain() -> None:
    """The chain over the audit, empty: rows that are there already are sealed in their order by the house at work."""
    op.create_table(
        "audit_seal",
        sa.Column("place", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("place", name="pk_audit_seal"),
        sa.UniqueConstraint("seq", name="uq_audit_seal_seq"),
    )
    head = op.create_table(
        "audit_head",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("place", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.Column("reached", sa.BigInteger(), nullable=False),
        sa.Column("gaps", sa.JSON(), nullable=False),
        sa.Column("verified_on", sa.Date(), nullable=True),
        sa.Column("faults", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_audit_head"),
    )
    op.execute(head.insert().values(id=1, place=0, hash="0" * 64, reached=0, gaps=sa.text("'[]'"), faults=0))
    op.create_table(
        "audit_signed_head",
        sa.Column("signed_on", sa.Date(), nullable=False),
        sa.Column("place", sa.BigInteger(), nullable=False),
        sa.Column("token", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("signed_on", name="pk_audit_signed_head"),
    )


def drop_audit_chain() -> None:
    """Take the tables of `add_audit_chain` away again."""
    for table in ("audit_signed_head", "audit_head", "audit_seal"):
        op.drop_table(table)


def create_change() -> None:
    """What the change feed tells."""
    op.create_table(
        "change",
        sa.Column("seq", _SERIAL, autoincrement=True, nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("type", sa.String(96), nullable=False),
        sa.Column("region_code", sa.String(12), nullable=False),
        sa.Column("buyer_code", sa.String(64), nullable=True),
        sa.Column("item", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_change"),
        sa.UniqueConstraint("event_id", name="uq_change_event_id"),
    )


def drop_change() -> None:
    """Take the table of `create_change` away again."""
    op.drop_table("change")


def create_imports() -> None:
    """Files that are taken row by row, and the rows that came back."""
    codes = ("accepted", "duplicate", "rejected", "ambiguous")
    status = sa.Enum(*codes, name="rowstatus", native_enum=False, create_constraint=True, length=32)
    op.create_table(
        "import_file",
        sa.Column("job_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("places", sa.JSON(), nullable=False),
        sa.Column("sender", sa.JSON(), nullable=False),
        sa.Column("source", sa.String(64), nullable=True),
        sa.Column("correlation_id", sa.String(64), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("job_id", name="pk_import_file"),
    )
    op.create_table(
        "import_part",
        sa.Column("job_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("job_id", "seq", name="pk_import_part"),
    )
    op.create_table(
        "import_row",
        sa.Column("job_id", sa.Uuid(), nullable=False),
        sa.Column("row", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("status", status, nullable=False),
        sa.Column("cells", sa.Text(), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("job_id", "row", name="pk_import_row"),
    )


def drop_imports() -> None:
    """Take the tables of `create_imports` away again."""
    for table in ("import_row", "import_part", "import_file"):
        op.drop_table(table)


def create_webhooks() -> None:
    """Where clients want to be told of changes, and what is not simply delivered."""
    causes = ("owner", "gone", "exhausted", "shut_out")
    cause = sa.Enum(*causes, name="pausecause", native_enum=False, create_constraint=True, length=32)
    codes = ("waiting", "retrying", "delivered", "exhausted")
    status = sa.Enum(*codes, name="deliverystatus", native_enum=False, create_constraint=True, length=32)
    op.create_table(
        "webhook",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.String(64), nullable=False),
        sa.Column("code", sa.String(64), nullable=False),
        sa.Column("url", sa.String(2000), nullable=False),
        sa.Column("types", sa.JSON(), nullable=False),
        sa.Column("rights", sa.JSON(), nullable=False),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("former_secret", sa.Text(), nullable=True),
        sa.Column("former_until", UtcDateTime(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("paused_because", cause, nullable=True),
        sa.Column("passed", sa.BigInteger(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("next_try_at", UtcDateTime(), nullable=True),
        sa.Column("last_delivered_at", UtcDateTime(), nullable=True),
        sa.Column("last_failed_at", UtcDateTime(), nullable=True),
        sa.Column("last_error", sa.JSON(), nullable=True),
        sa.Column("behind_since", UtcDateTime(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("set_up_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_webhook"),
        sa.UniqueConstraint("client_id", "code", name="uq_webhook_client_id_code"),
    )
    op.create_table(
        "webhook_delivery",
        sa.Column("webhook_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("type", sa.String(96), nullable=False),
        sa.Column("subject", sa.String(128), nullable=False),
        sa.Column("status", status, nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("first_tried_at", UtcDateTime(), nullable=True),
        sa.Column("next_try_at", UtcDateTime(), nullable=True),
        sa.Column("answered", sa.Integer(), nullable=True),
        sa.Column("error", sa.JSON(), nullable=True),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("webhook_id", "seq", name="pk_webhook_delivery"),
    )
    op.create_index("ix_webhook_delivery_changed_at", "webhook_delivery", ["changed_at"])
    unfinished = sa.text("status IN ('waiting', 'retrying')")
    op.create_index(
        "ix_webhook_delivery_unfinished",
        "webhook_delivery",
        ["webhook_id", "seq"],
        sqlite_where=unfinished,
        postgresql_where=unfinished,
    )


def drop_webhooks() -> None:
    """Take the tables of `create_webhooks` away again."""
    for table in ("webhook_delivery", "webhook"):
        op.drop_table(table)


def create_client_counts() -> None:
    """How much clients may still ask for, and what they used."""
    op.create_table(
        "client_allowance",
        sa.Column("client_id", sa.String(64), nullable=False),
        sa.Column("period", sa.String(16), nullable=False),
        sa.Column("window", sa.BigInteger(), nullable=False),
        sa.Column("taken", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("client_id", "period", name="pk_client_allowance"),
    )
    op.create_table(
        "client_usage",
        sa.Column("client_id", sa.String(64), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("route_group", sa.String(64), nullable=False),
        sa.Column("requests", sa.BigInteger(), nullable=False),
        sa.Column("errors", sa.BigInteger(), nullable=False),
        sa.Column("rejected", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("client_id", "day", "route_group", name="pk_client_usage"),
    )


def drop_client_counts() -> None:
    """Take both away."""
    op.drop_table("client_usage")
    op.drop_table("client_allowance")


def add_spelling_index(table: str) -> None:
    """Codes of a register differ in more than upper and lower case: the index of `spelling_index`.

    Take it last: SQLite rebuilds a table whose columns change, and does not rebuild this index.
    """
    op.create_index(f"ix_{table}_code_spelling", table, [sa.text("lower(code)")], unique=True)


def drop_spelling_index(table: str) -> None:
    """Take the index of `add_spelling_index` away again."""
    op.drop_index(f"ix_{table}_code_spelling", table)


def drop_system_tables_v1() -> None:
    """Take the tables of `create_system_tables_v1` away again."""
    for table in ("audit", "idempotency", "dead_letter", "bus_position", "inbox", "outbox"):
        op.drop_table(table)


def mark_positions() -> None:
    """Beside each stored position the log it is of, and the event before it."""
    for column in ("log_id", "event_id"):
        op.add_column("bus_position", sa.Column(column, sa.String(64), nullable=True))


def unmark_positions() -> None:
    """Take the columns of `mark_positions` away again."""
    with op.batch_alter_table("bus_position") as table:
        for column in ("event_id", "log_id"):
            table.drop_column(column)
