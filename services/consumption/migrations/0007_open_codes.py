"""Code lists that may grow are guarded by no CHECK: a code of a later release stays as it came."""

from shared.db.check_migrations import CodeCheck, add_code_checks, drop_code_checks

revision = "0007"
down_revision = "0006"

_CHECKS = (
    CodeCheck("measure_request", "kind", "measurekind", ("job", "purchase", "asset_share", "transfer")),
    CodeCheck("measure_request", "reason", "refusalreason", ("no_offer", "not_eligible", "declined", "other")),
    CodeCheck("producer", "kind", "producerkind", ("household", "cooperative", "firm")),
)


def upgrade() -> None:
    drop_code_checks(_CHECKS)


def downgrade() -> None:
    add_code_checks(_CHECKS)
