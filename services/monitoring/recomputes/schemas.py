"""Recomputing as it is asked for."""

from shared.http.fields import Body
from shared.regions import RegionFilter


class RecomputeIn(Body):
    """The region whose ledger is to be computed once more."""

    region_code: RegionFilter
