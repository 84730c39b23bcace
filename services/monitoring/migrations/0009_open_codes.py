"""Code lists that may grow are guarded by no CHECK: a code of a later release stays as it came."""

from shared.db.check_migrations import CodeCheck, add_code_checks, drop_code_checks

revision = "0009"
down_revision = "0008"

_CHECKS = (
    CodeCheck("household", "category", "householdcategory", ("ordinary", "lifted")),
    CodeCheck("household", "end_reason", "householdendreason", ("died", "moved", "merged", "other")),
    CodeCheck(
        "job_loss",
        "reason",
        "placementendreason",
        ("finished", "dismissed", "illness", "family", "left_household", "other"),
    ),
    CodeCheck("member", "health", "health", ("healthy", "chronic", "serious", "disabled")),
    CodeCheck("member", "labour", "labour", ("ordinary", "skilled", "weak", "lost", "none")),
    CodeCheck("member", "relation", "relation", ("head", "spouse", "child", "parent", "other")),
    CodeCheck("risk", "grade", "riskgrade", ("orange", "red")),
    CodeCheck("risk", "kind", "riskkind", ("below_line", "income_drop", "rigid_expense", "new_illness", "job_loss")),
    CodeCheck("risk", "verdict", "taskverdict", ("confirmed", "no_risk")),
)


def upgrade() -> None:
    drop_code_checks(_CHECKS)


def downgrade() -> None:
    add_code_checks(_CHECKS)
