"""What is found before a product is recognised. Pure: findings help to decide, people do."""

from typing import Final, NamedTuple

from shared.codes.consumption import RecognitionCriterion
from shared.money import format_yuan
from shared.policy.parameters import ParameterValue

MIN_VALUE: Final = "consumption.recognition_min_value"
"""重点产品货值下限, in yuan."""
YEARS: Final = "consumption.recognition_years"
"""重点产品认定有效期: years for which a recognition holds."""
_FEN_PER_YUAN: Final = 100


class Found(NamedTuple):
    """What was found of one criterion 认定条件."""

    criterion: RecognitionCriterion
    holds: bool
    found: str
    needed: str
    rule: ParameterValue | None = None
    """The parameter that says how much is enough, where one does."""


def goods_value(settled: int, rule: ParameterValue) -> Found:
    """Whether goods of enough value 货值 were sold; ``settled`` is in fen."""
    needed = int(rule.value * _FEN_PER_YUAN)
    return Found(RecognitionCriterion.GOODS_VALUE, settled >= needed, format_yuan(settled), format_yuan(needed), rule)


def traceable(batches: int) -> Found:
    """Whether there is a batch that can be traced 溯源, and that failed no inspection last."""
    return Found(RecognitionCriterion.TRACEABLE_BATCH, batches > 0, str(batches), "1")


def links(households: int) -> Found:
    """Whether any household gets a part of what is paid 联农带农."""
    return Found(RecognitionCriterion.LINKS, households > 0, str(households), "1")
