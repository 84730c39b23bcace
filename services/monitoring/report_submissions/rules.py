"""Which reports monitoring has, how often each is made, and where the policy says when. Pure."""

from collections.abc import Mapping
from typing import Final

from shared.codes.monitoring import ReportKind
from shared.reporting.rhythms import Rhythm, terms_under

RHYTHMS: Final[Mapping[ReportKind, Rhythm]] = {
    ReportKind.WEEKLY_PROGRESS: Rhythm.WEEKLY,
    ReportKind.MONTHLY_MONITORING: Rhythm.MONTHLY,
    ReportKind.QUARTERLY_WORK: Rhythm.QUARTERLY,
    ReportKind.ANNUAL: Rhythm.YEARLY,
    ReportKind.AD_HOC: Rhythm.AD_HOC,
}
"""Reports that are submitted; the screening is held."""
TERMS: Final = terms_under("monitoring.reports")
SWEEP: Final = "monitoring.sweep"
"""集中排查次数: how often a year a region is screened."""
