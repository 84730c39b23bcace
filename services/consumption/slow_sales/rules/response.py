"""How wide the response to a slow sale is 响应等级: by how many households are exposed to it."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from shared.codes.slow_sales import ResponseLevel
from shared.policy.parameters import ParameterValue
from shared.regions import RegionLevel


class Response(NamedTuple):
    """A level of response."""

    level: ResponseLevel
    households: int
    """From how many exposed households on it is the one."""
    acts: RegionLevel
    """Who leads."""


def responses_of(value: ParameterValue) -> Sequence[Response]:
    """The levels of a pack, the narrowest first."""
    levels = (_response(one) for one in value.value)
    return sorted(levels, key=lambda one: one.households)


def response_to(households: int, levels: Sequence[Response]) -> Response:
    """The level for so many households: the widest that they suffice for, else the narrowest."""
    reached = [one for one in levels if one.households <= households]
    return reached[-1] if reached else levels[0]


def _response(said: Mapping[str, Any]) -> Response:
    return Response(ResponseLevel(said["level"]), int(said["households"]), RegionLevel(said["acts"]))
