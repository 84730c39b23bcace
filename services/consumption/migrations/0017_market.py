"""Who buys, what is for sale, and the registers around both; producers are linked to producers."""

import sqlalchemy as sa
from alembic import op

from shared.db.base import UtcDateTime
from shared.db.system_migrations import add_spelling_index

revision = "0017"
down_revision = "0016"

_STATES = (
    "applied",
    "reviewed",
    "endorsed",
    "decided",
    "published",
    "recognised",
    "refused",
    "revoked",
    "expired",
)
_GOES_ON = sa.text("status NOT IN ('refused', 'revoked', 'expired')")
_PLACES = ("growing_base", "outlet", "channel", "fair", "listing", "agreement")
_NEW = ("quota", "cooperative_link", "commodity", *_PLACES, "recognition")


def upgrade() -> None:
    _widen_buyer()
    _create_quota()
    _widen_links()
    _create_commodity()
    _widen_product()
    _create_places()
    _create_listing()
    _create_agreement()
    _create_recognition()


def downgrade() -> None:
    for table in reversed(_NEW):
        op.drop_table(table)
    op.drop_index("ix_product_commodity_code_code", "product")
    _drop_columns("product", *(column.name for column in _product_columns()))
    _drop_columns("producer_link", *(column.name for column in _link_columns()))
    op.drop_index("ix_buyer_unit_code", "buyer")
    _drop_columns("buyer", "kind", "city_code", "unit_code", "uscc")
    op.add_column("buyer", sa.Column("client_id", sa.String(64), nullable=True))
    op.execute(
        "UPDATE buyer SET client_id ="
        " (SELECT min(client_id) FROM buyer_client WHERE buyer_client.buyer_code = buyer.code)"
    )
    op.create_index("ix_buyer_client_id", "buyer", ["client_id"])
    op.drop_table("buyer_client")


def _drop_columns(table: str, *columns: str) -> None:
    for column in columns:
        op.drop_column(table, column)


def _widen_buyer() -> None:
    op.create_table(
        "buyer_client",
        sa.Column("buyer_code", sa.String(64), nullable=False),
        sa.Column("client_id", sa.String(64), nullable=False),
        sa.ForeignKeyConstraint(["buyer_code"], ["buyer.code"], name=op.f("fk_buyer_client_buyer_code_buyer")),
        sa.PrimaryKeyConstraint("buyer_code", "client_id", name=op.f("pk_buyer_client")),
    )
    op.create_index("ix_buyer_client_client_id", "buyer_client", ["client_id"])
    op.execute(
        "INSERT INTO buyer_client (buyer_code, client_id) SELECT code, client_id FROM buyer WHERE client_id IS NOT NULL"
    )
    op.drop_index("ix_buyer_client_id", "buyer")
    op.drop_column("buyer", "client_id")
    op.add_column("buyer", sa.Column("kind", sa.String(32), nullable=True))
    op.add_column("buyer", sa.Column("city_code", sa.String(12), nullable=True))
    op.add_column("buyer", sa.Column("unit_code", sa.String(64), nullable=True))
    op.add_column("buyer", sa.Column("uscc", sa.String(18), nullable=True))
    op.create_index("ix_buyer_unit_code", "buyer", ["unit_code"])


def _create_quota() -> None:
    op.create_table(
        "quota",
        sa.Column("code", sa.String(72), nullable=False),
        sa.Column("buyer_code", sa.String(64), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("canteen", sa.String(32), nullable=False),
        sa.Column("canteen_total", sa.BigInteger(), nullable=True),
        sa.Column("ratio_said", sa.Integer(), nullable=True),
        sa.Column("ratio", sa.Integer(), nullable=False),
        sa.Column("ratio_rule", sa.JSON(), nullable=False),
        *_kept(),
        sa.ForeignKeyConstraint(["buyer_code"], ["buyer.code"], name=op.f("fk_quota_buyer_code_buyer")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_quota")),
    )
    op.create_index("ix_quota_buyer_code", "quota", ["buyer_code"])
    op.create_index("ix_quota_year", "quota", ["year"])
    add_spelling_index("quota")


def _widen_links() -> None:
    for column in _link_columns():
        op.add_column("producer_link", column)
    op.create_table(
        "cooperative_link",
        sa.Column("producer_code", sa.String(64), nullable=False),
        sa.Column("cooperative_code", sa.String(64), nullable=False),
        sa.Column("share", sa.Integer(), nullable=False),
        *_link_columns(),
        sa.ForeignKeyConstraint(
            ["producer_code"], ["producer.code"], name=op.f("fk_cooperative_link_producer_code_producer")
        ),
        sa.ForeignKeyConstraint(
            ["cooperative_code"], ["producer.code"], name=op.f("fk_cooperative_link_cooperative_code_producer")
        ),
        sa.PrimaryKeyConstraint("producer_code", "cooperative_code", name=op.f("pk_cooperative_link")),
    )
    op.create_index("ix_cooperative_link_cooperative_code", "cooperative_link", ["cooperative_code"])


def _create_commodity() -> None:
    op.create_table(
        "commodity",
        sa.Column("code", sa.String(64), nullable=False),
        sa.Column("name", sa.String(128), nullable=False),
        sa.Column("unit", sa.String(16), nullable=False),
        sa.Column("shelf_life_days", sa.Integer(), nullable=True),
        sa.Column("kept_in", sa.String(12), nullable=False),
        *_kept(),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_commodity")),
    )
    add_spelling_index("commodity")
    op.create_index("ix_commodity_updated_at_code", "commodity", ["updated_at", "code"])


def _widen_product() -> None:
    for column in _product_columns():
        op.add_column("product", column)
    op.create_index("ix_product_commodity_code_code", "product", ["commodity_code", "code"])


def _create_places() -> None:
    _create_register(
        "growing_base",
        sa.Column("name", sa.String(128), nullable=False),
        sa.Column("producer_code", sa.String(64), nullable=True),
        sa.Column("certificate_no", sa.String(64), nullable=False),
        sa.Column("certified_on", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=False),
    )
    op.create_index("ix_growing_base_valid_to", "growing_base", ["valid_to"])
    _create_register(
        "outlet",
        sa.Column("name", sa.String(128), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("place_code", sa.String(12), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=True),
    )
    _create_register(
        "channel",
        sa.Column("name", sa.String(128), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
    )
    _create_register(
        "fair",
        sa.Column("name", sa.String(128), nullable=False),
        sa.Column("place_code", sa.String(12), nullable=False),
        sa.Column("held_from", sa.Date(), nullable=False),
        sa.Column("held_to", sa.Date(), nullable=False),
        sa.Column("producers", sa.Integer(), nullable=False),
        sa.Column("sales", sa.BigInteger(), nullable=False),
    )


def _create_listing() -> None:
    _create_register(
        "listing",
        sa.Column("subject", sa.String(32), nullable=False),
        sa.Column("subject_code", sa.String(64), nullable=False),
        sa.Column("colour", sa.String(32), nullable=False),
        sa.Column("reason", sa.String(2000), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("appealed_on", sa.Date(), nullable=True),
        sa.Column("appeal", sa.String(2000), nullable=True),
        sa.Column("appeal_outcome", sa.String(32), nullable=True),
    )
    op.create_index("ix_listing_subject_subject_code", "listing", ["subject", "subject_code"])


def _create_agreement() -> None:
    _create_register(
        "agreement",
        sa.Column("buyer_code", sa.String(64), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("way", sa.String(32), nullable=False),
        sa.Column("pledged", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["buyer_code"], ["buyer.code"], name=op.f("fk_agreement_buyer_code_buyer")),
    )
    op.create_index("ix_agreement_buyer_code", "agreement", ["buyer_code"])
    op.create_index("ix_agreement_year_region_code", "agreement", ["year", "region_code"])


def _create_recognition() -> None:
    op.create_table(
        "recognition",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("product_code", sa.String(64), nullable=False),
        sa.Column("producer_code", sa.String(64), nullable=False),
        sa.Column("region_code", sa.String(12), nullable=False),
        sa.Column("evidence", sa.String(2000), nullable=False),
        sa.Column(
            "status",
            sa.Enum(*_STATES, name="recognitionstatus", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("stepped_on", sa.Date(), nullable=False),
        sa.Column("publicity_ends_on", sa.Date(), nullable=True),
        sa.Column("publicity_rule", sa.JSON(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("validity_rule", sa.JSON(), nullable=True),
        sa.Column("correlation_id", sa.String(64), nullable=False),
        sa.Column("applied_at", UtcDateTime(), nullable=False),
        *_kept(),
        sa.ForeignKeyConstraint(["product_code"], ["product.code"], name=op.f("fk_recognition_product_code_product")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recognition")),
    )
    op.create_index(
        "ix_recognition_goes_on",
        "recognition",
        ["product_code"],
        unique=True,
        sqlite_where=_GOES_ON,
        postgresql_where=_GOES_ON,
    )
    for columns in (("applied_at", "id"), ("updated_at", "id"), ("region_code", "status"), ("status", "valid_to")):
        op.create_index(f"ix_recognition_{'_'.join(columns)}", "recognition", list(columns))


def _create_register(table: str, *columns: sa.schema.SchemaItem) -> None:
    """A register that lies in regions."""
    op.create_table(
        table,
        sa.Column("code", sa.String(64), nullable=False),
        sa.Column("region_code", sa.String(12), nullable=False),
        *columns,
        *_kept(),
        sa.PrimaryKeyConstraint("code", name=op.f(f"pk_{table}")),
    )
    add_spelling_index(table)
    op.create_index(f"ix_{table}_region_code_code", table, ["region_code", "code"])
    op.create_index(f"ix_{table}_updated_at_code", table, ["updated_at", "code"])


def _kept() -> tuple[sa.Column[object], ...]:
    """What every register and procedure keeps."""
    return (
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
    )


def _link_columns() -> tuple[sa.Column[object], ...]:
    return (
        sa.Column("form", sa.String(32), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
    )


def _product_columns() -> tuple[sa.Column[object], ...]:
    return (
        sa.Column("commodity_code", sa.String(64), nullable=True),
        sa.Column("unit_code", sa.String(3), nullable=True),
        sa.Column("grade", sa.String(32), nullable=True),
        sa.Column("season_from", sa.String(5), nullable=True),
        sa.Column("season_to", sa.String(5), nullable=True),
        sa.Column("shelf_life_days", sa.Integer(), nullable=True),
        sa.Column("cold_chain", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("base_code", sa.String(64), nullable=True),
    )
