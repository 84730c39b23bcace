"""The history of a distribution is rows of the table of steps."""

from shared.procedures.migrations import (
    create_procedure_step_v1,
    drop_procedure_step_v1,
    history_to_steps,
    raise_versions,
    steps_to_history,
)

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    create_procedure_step_v1()
    history_to_steps("distribution", "distribution", sides={})
    raise_versions("distribution", "distribution")


def downgrade() -> None:
    steps_to_history("distribution", "distribution", sides={})
    drop_procedure_step_v1()
