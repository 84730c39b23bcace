"""Plans from a file: a row a line, the rows of an asset and year together.

A plan stands or falls as a whole: one line that is refused refuses all of them, because they make the total together.
"""

from collections.abc import Mapping
from typing import Any, Final

from services.assets.distributions.commands.propose import propose_once
from services.assets.distributions.schemas import DistributionIn
from services.assets.distributions.sheets import DISTRIBUTION_LINES
from shared.codes.operations import RowStatus
from shared.db.unit_of_work import UnitOfWork
from shared.imports.kinds import ImportKind, Sender, Taken
from shared.imports.rows import ONE_BY_ONE, each


def _read(_: Sender, document: Mapping[str, Any]) -> DistributionIn:
    return DistributionIn.model_validate(document)


def _propose(uow: UnitOfWork, plan: DistributionIn) -> Taken:
    return Taken(RowStatus.DUPLICATE if propose_once(uow, plan) is None else RowStatus.ACCEPTED)


IMPORT_DISTRIBUTION_LINES: Final = ImportKind(
    DISTRIBUTION_LINES,
    ("assets:write",),
    read=_read,
    take=each(_propose),
    rows_at_once=ONE_BY_ONE,
    has_source=False,
)
