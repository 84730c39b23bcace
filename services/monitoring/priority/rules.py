"""By which parameters households and villages are looked after first."""

from typing import Any, Final

FOCUS_INCOME: Final = "monitoring.focus.income"
"""一对一帮扶收入线: yuan per head and year."""
VILLAGE_SHARE: Final = "monitoring.focus.village_share"
"""重点监测村占比: percent of the people of a village."""
ELDERLY_AGE: Final = "monitoring.focus.elderly_age"
"""失能老年人口年龄: completed years."""
NEW_DIBAO_MONTHS: Final = "monitoring.focus.new_dibao_months"
"""新增低保户认定月数."""
SEVERE_GRADE: Final = "monitoring.findings.severe_grade"
"""重度残疾等级: this one and graver ones."""

_BASIS_POINTS: Final = 100


def in_basis_points(percent: Any) -> int:
    """A share in percent as whole ten-thousandths."""
    return int(percent * _BASIS_POINTS)
