"""Code lists that may grow are guarded by no CHECK: a code of a later release stays as it came."""

from shared.db.check_migrations import CodeCheck, add_code_checks, drop_code_checks

revision = "0008"
down_revision = "0007"

_CHECKS = (
    CodeCheck("measure", "kind", "measurekind", ("job", "purchase", "asset_share", "transfer")),
    CodeCheck("measure", "reason", "refusalreason", ("no_offer", "not_eligible", "declined", "other")),
    CodeCheck("task", "grade", "riskgrade", ("orange", "red")),
    CodeCheck("task", "kind", "riskkind", ("below_line", "income_drop", "rigid_expense", "new_illness", "job_loss")),
    CodeCheck("task", "verdict", "taskverdict", ("confirmed", "no_risk")),
    CodeCheck(
        "withdrawal",
        "reason",
        "withdrawalreason",
        ("wrong_household", "wrong_person", "wrong_amount", "duplicate", "other"),
    ),
)


def upgrade() -> None:
    drop_code_checks(_CHECKS)


def downgrade() -> None:
    add_code_checks(_CHECKS)
