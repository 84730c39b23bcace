"""Code lists that may grow are guarded by no CHECK: a code of a later release stays as it came."""

from shared.db.check_migrations import CodeCheck, add_code_checks, drop_code_checks

revision = "0007"
down_revision = "0006"

_CHECKS = (
    CodeCheck("asset", "asset_class", "assetclass", ("operating", "public", "household")),
    CodeCheck("asset_right", "right", "assetright", ("owner", "operator", "beneficiary", "disposer", "supervisor")),
    CodeCheck("distribution_line", "reason", "distributionreason", ("no_labour", "post", "share", "hardship")),
    CodeCheck(
        "line_withdrawal",
        "reason",
        "withdrawalreason",
        ("wrong_household", "wrong_person", "wrong_amount", "duplicate", "other"),
    ),
    CodeCheck("measure_request", "kind", "measurekind", ("job", "purchase", "asset_share", "transfer")),
    CodeCheck("measure_request", "reason", "refusalreason", ("no_offer", "not_eligible", "declined", "other")),
)


def upgrade() -> None:
    drop_code_checks(_CHECKS)


def downgrade() -> None:
    add_code_checks(_CHECKS)
