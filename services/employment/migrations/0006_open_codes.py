"""Code lists that may grow are guarded by no CHECK: a code of a later release stays as it came."""

from shared.db.check_migrations import CodeCheck, add_code_checks, drop_code_checks

revision = "0006"
down_revision = "0005"

_CHECKS = (
    CodeCheck("measure_request", "kind", "measurekind", ("job", "purchase", "asset_share", "transfer")),
    CodeCheck("measure_request", "reason", "refusalreason", ("no_offer", "not_eligible", "declined", "other")),
    CodeCheck(
        "placement",
        "end_reason",
        "placementendreason",
        ("finished", "dismissed", "illness", "family", "left_household", "other"),
    ),
    CodeCheck("vacancy", "kind", "vacancykind", ("market", "workshop", "public_post")),
    CodeCheck(
        "wage_withdrawal",
        "reason",
        "withdrawalreason",
        ("wrong_household", "wrong_person", "wrong_amount", "duplicate", "other"),
    ),
    CodeCheck("worker", "labour", "labour", ("ordinary", "skilled", "weak", "lost", "none")),
)


def upgrade() -> None:
    drop_code_checks(_CHECKS)


def downgrade() -> None:
    add_code_checks(_CHECKS)
