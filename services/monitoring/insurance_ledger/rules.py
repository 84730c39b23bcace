"""Where a member stands in a scheme of insurance of a year, by what was said. Pure."""

from collections.abc import Iterable, Mapping

from services.monitoring.evidence.circumstances import Circumstance, SourceOrder, standing
from services.monitoring.evidence.insurance import of_year
from shared.codes.circumstances import InsuranceScheme


def insured_in(
    said: Iterable[Circumstance], scheme: InsuranceScheme, year: int, order: SourceOrder
) -> Mapping[int, Circumstance]:
    """What holds of each member of whom something was said of this scheme and year 参保年度."""
    return standing([one for one in of_year(said, year) if one.said["scheme"] == scheme], order)
