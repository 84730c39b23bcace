"""Values that are added to packs: approved by people, or those of a simulation. They make another book."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from types import MappingProxyType
from typing import Any

from shared.codes.policy import ValueStatus
from shared.policy.loader import NO_UNIT, DatedValue, Pack, Parameter, PolicyBook, frozen
from shared.policy.parameters import ParameterValue

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class AddedValue:
    """A value of one parameter for one region, beside those of the packs."""

    region: str
    """The prefix of the region code, `00` for the nation."""
    key: str
    value: Any
    """As JSON has it: text, whole numbers, flags, lists and named parts."""
    valid_from: date
    valid_to: date | None
    """None: until another one is added."""
    reference: str
    status: ValueStatus

    def follows(self, other: DatedValue) -> DatedValue | None:
        """Return what is left of a value that was there before, or none.

        The value before ends on the day before this one begins. One that would begin within the days of this one
        begins after them, where there is a day left.
        """
        if not other.binds or self.status is ValueStatus.ANNOUNCED:
            return other
        if other.valid_from < self.valid_from:
            last = self.valid_from - _DAY
            return other if other.valid_to is not None and other.valid_to <= last else replace(other, valid_to=last)
        if self.valid_to is None:
            return None
        first = max(other.valid_from, self.valid_to + _DAY)
        return None if other.valid_to is not None and other.valid_to < first else replace(other, valid_from=first)


def with_values(book: PolicyBook, added: Iterable[AddedValue]) -> PolicyBook:
    """Return a book in which these values stand in the packs of their regions, added one after the other.

    A pack that was added to says so in its version: `520600_tongren@2026.11+2` has two values more. A region without a
    pack gets one. Raises KeyError for a parameter that no pack knows, PolicyPackError for what is no value.
    """
    packs = {pack.region: pack for pack in book.packs}
    by_region: defaultdict[str, list[AddedValue]] = defaultdict(list)
    for value in added:
        by_region[value.region].append(value)
    for region, values in by_region.items():
        pack = packs.get(region) or Pack(region, region, region, "0", "", MappingProxyType({}))
        packs[region] = _pack_with(book, pack, values)
    return PolicyBook(list(packs.values()), book.workday_overrides())


def _pack_with(book: PolicyBook, pack: Pack, values: Sequence[AddedValue]) -> Pack:
    parameters = dict(pack.parameters)
    for number, value in enumerate(values, 1):
        parameter = parameters.get(value.key) or _without_values(book, value.key)
        parameters[value.key] = _parameter_with(parameter, value, f"{pack.label}+{number}")
    version = f"{pack.version}+{len(values)}"
    return replace(pack, version=version, parameters=MappingProxyType(parameters))


def _without_values(book: PolicyBook, key: str) -> Parameter:
    found = book.find_parameter(key)
    if found is None:
        raise KeyError(key)
    return replace(found, values=())


def _parameter_with(parameter: Parameter, added: AddedValue, label: str) -> Parameter:
    value = frozen(added.value, numeric=parameter.unit != NO_UNIT, where=f"{label}: {added.key}")
    cited = ParameterValue(added.key, value, parameter.unit, added.reference, added.status, label)
    left = [rest for dated in parameter.values if (rest := added.follows(dated)) is not None]
    values = sorted([*left, DatedValue(added.valid_from, added.valid_to, cited)], key=lambda dated: dated.valid_from)
    return replace(parameter, values=tuple(values))
