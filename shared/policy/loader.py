"""Policy packs (政策参数包): reading them from their folders, and looking values up by region and decision date.

A pack is a folder with `pack.yaml` and one YAML file per group of parameters; docs/policy-packs.md tells how to write
one. Reading is strict, because a slip in a pack is a slip in every decision: whatever is unknown, doubled,
overlapping, unsourced or inexact is refused with the file and the key.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, Final, Self, TypeVar

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from shared.codes.policy import ValueStatus
from shared.policy.parameters import ParameterValue, PolicyView
from shared.regions import region_prefix, scope_chain
from shared.strict_yaml import checked, read_yaml

PACKS: Final = Path(__file__).parent / "packs"
NATIONAL: Final = "00"
"""The region of the national pack."""
NO_UNIT: Final = "none"
"""The unit of names, codes and flags; under any other one numeric text is a number."""

_DEVELOPMENT: Final = "development"
_CALENDAR: Final = "calendar.yaml"
_MANIFEST: Final = "pack.yaml"
_CACHED_VIEWS: Final = 8192
_match_decimal = re.compile(r"-?[0-9]+(\.[0-9]+)?").fullmatch


class PolicyPackError(ValueError):
    """A pack that cannot be used; the message names the file and the key."""


_Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


_EntryT = TypeVar("_EntryT", bound=_Entry)
FormT = TypeVar("FormT")


class _ManifestEntry(_Entry):
    id: _Text
    region: str | None = None
    title: _Text
    version: _Text
    source: _Text


class _ValueEntry(_Entry):
    valid_from: date = Field(alias="from")
    valid_to: date | None = Field(alias="to")
    value: Any
    reference: _Text
    status: Annotated[ValueStatus, Field(strict=False)]


class _ParameterEntry(_Entry):
    key: Annotated[str, StringConstraints(pattern=r"^[a-z]+(\.[a-z][a-z_]*)+$")]
    unit: _Text
    concept: _Text
    description: _Text
    values: Annotated[list[_ValueEntry], Field(min_length=1)]


class _CalendarEntry(_Entry):
    day: date
    is_workday: bool
    reference: _Text


@dataclass(frozen=True, slots=True)
class DatedValue:
    """A value and the days on which it holds, both ends included."""

    valid_from: date
    valid_to: date | None
    """None: until a pack says otherwise."""
    value: ParameterValue

    @property
    def binds(self) -> bool:
        """Whether it holds on its days: what is only announced does not."""
        return self.value.status is not ValueStatus.ANNOUNCED

    def holds_on(self, day: date) -> bool:
        """Tell whether `day` lies within."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of one pack with all its dated values, the earliest first, announced ones included."""

    key: str
    unit: str
    concept: str
    """The Chinese term."""
    description: str
    values: tuple[DatedValue, ...]

    def dated_on(self, day: date) -> DatedValue | None:
        """Return the value that holds on `day`, with its days, or none; announced values never hold."""
        return next((dated for dated in self.values if dated.binds and dated.holds_on(day)), None)

    def on(self, day: date) -> ParameterValue | None:
        """Return the value that holds on `day`, or none."""
        dated = self.dated_on(day)
        return None if dated is None else dated.value


@dataclass(frozen=True, slots=True)
class Pack:
    """One pack as read from its folder."""

    id: str
    region: str | None
    """The prefix of the region, `00` for the nation; none for the development pack, which belongs to no region."""
    title: str
    version: str
    source: str
    parameters: Mapping[str, Parameter]

    @property
    def label(self) -> str:
        """The pack and its version, as verdicts cite them."""
        return f"{self.id}@{self.version}"

    def on(self, day: date) -> dict[str, ParameterValue]:
        """Return the values of this pack alone that hold on `day`."""
        found = ((key, parameter.on(day)) for key, parameter in self.parameters.items())
        return {key: value for key, value in found if value is not None}


class PolicyBook:
    """One generation of all packs. A look-up asks the narrowest region first, then the wider ones, then the nation.

    A book never changes. A value that is added, or one of a simulation, makes another book, which is put in the place
    of this one or used beside it. Whatever is made of the values is kept in their book, and nowhere else.

    The development pack, where it is enabled, is asked last: it fills gaps and never overrides a published value.
    A value holds only on its own days; no other year's value ever stands in for a missing one.
    """

    def __init__(self, packs: Sequence[Pack], workday_overrides: Mapping[date, bool]) -> None:
        self.packs: Final = tuple(packs)
        self._workday_overrides = dict(workday_overrides)
        self._regional = {pack.region: pack for pack in packs if pack.region is not None}
        self._development = next((pack for pack in packs if pack.region is None), None)
        self._view = lru_cache(maxsize=_CACHED_VIEWS)(self._build_view)
        self._formed = lru_cache(maxsize=_CACHED_VIEWS)(self._form)

    @classmethod
    def load(cls, directory: Path = PACKS, development: bool = False) -> Self:
        """Read the packs below `directory`, the development pack only if `development`.

        Raises PolicyPackError for a pack that cannot be used.
        """
        folders = [folder for folder in sorted(directory.iterdir()) if folder.is_dir() and folder.name[0] not in "._"]
        packs = [_read_pack(folder) for folder in folders if development or folder.name != _DEVELOPMENT]
        _check_together(directory, packs)
        national = next(pack for pack in packs if pack.region == NATIONAL)
        return cls(packs, _read_calendar(directory / national.id / _CALENDAR))

    def at(self, region_code: str, on: date) -> PolicyView:
        """Return what holds in the region on the decision date; raises ValueError for a malformed code."""
        for scope in scope_chain(region_code):
            if scope in self._regional:
                return self._view(scope, on)
        return self._view(NATIONAL, on)

    def in_form(self, form: Callable[[PolicyView], FormT], region_code: str, on: date) -> FormT:
        """Return what `form` makes of the values of a region and day. It is made once, and for this book alone.

        Another book, with a value more or one of a simulation, makes its own, whatever its packs are called.
        Raises ValueError for a malformed code, and what `form` raises.
        """
        form_of_view: FormT = self._formed(form, self.at(region_code, on).region, on)
        return form_of_view

    def terms(self, region_code: str, on: date) -> dict[str, tuple[Parameter, DatedValue]]:
        """Return what holds in the region on the day, by key, with the parameter and the days of each value."""
        found: dict[str, tuple[Parameter, DatedValue]] = {}
        for pack in self._asked(self.at(region_code, on).region):
            for key, parameter in pack.parameters.items():
                dated = parameter.dated_on(on)
                if dated is not None:
                    found.setdefault(key, (parameter, dated))
        return found

    def find_parameter(self, key: str) -> Parameter | None:
        """Return a parameter as some pack describes it, or none where no pack knows the key."""
        return next((pack.parameters[key] for pack in self.packs if key in pack.parameters), None)

    def scopes_of(self, key: str) -> tuple[str, ...]:
        """Return the regions within the nation whose packs speak of this parameter, the narrowest first."""
        speak = (region for region, pack in self._regional.items() if region != NATIONAL and key in pack.parameters)
        return tuple(sorted(speak, key=lambda region: (-len(region), region)))

    def workday_overrides(self) -> dict[date, bool]:
        """Return the days of the national pack that are worked, or free, whatever other calendars say."""
        return dict(self._workday_overrides)

    def _build_view(self, region: str, on: date) -> PolicyView:
        values: dict[str, ParameterValue] = {}
        for pack in self._asked(region):
            values = pack.on(on) | values
        label = self._regional[region].label + (f"+{_DEVELOPMENT}" if self._development else "")
        return PolicyView(region, on, label, MappingProxyType(values))

    def _form(self, form: Callable[[PolicyView], Any], region: str, on: date) -> Any:
        return form(self._view(region, on))

    def _asked(self, region: str) -> Iterator[Pack]:
        scopes = (NATIONAL,) if region == NATIONAL else (*scope_chain(region), NATIONAL)
        yield from (self._regional[scope] for scope in scopes if scope in self._regional)
        if self._development is not None:
            yield self._development


def _check_together(directory: Path, packs: Sequence[Pack]) -> None:
    regions: dict[str | None, str] = {}
    units: dict[str, tuple[str, str]] = {}
    for pack in packs:
        if (other := regions.setdefault(pack.region, pack.id)) != pack.id:
            raise PolicyPackError(f"{directory / pack.id / _MANIFEST}: region: {other} is the pack of this region")
        for key, parameter in pack.parameters.items():
            unit, first = units.setdefault(key, (parameter.unit, pack.id))
            if unit != parameter.unit:
                raise PolicyPackError(f"{directory / pack.id}: {key}: unit {parameter.unit!r}, but {unit!r} in {first}")
    if NATIONAL not in regions:
        raise PolicyPackError(f"{directory}: there is no national pack (region {NATIONAL!r})")


def _read_pack(folder: Path) -> Pack:
    manifest = _read_manifest(folder)
    parameters: dict[str, Parameter] = {}
    for file in sorted(folder.glob("*.yaml")):
        if file.name in {_MANIFEST, _CALENDAR}:
            continue
        for parameter in _read_parameters(file, f"{manifest.id}@{manifest.version}"):
            if parameter.key in parameters:
                raise PolicyPackError(f"{file}: {parameter.key}: stands twice in this pack")
            parameters[parameter.key] = parameter
    return Pack(
        manifest.id,
        manifest.region,
        manifest.title,
        manifest.version,
        manifest.source,
        MappingProxyType(parameters),
    )


def _read_manifest(folder: Path) -> _ManifestEntry:
    file = folder / _MANIFEST
    if not file.is_file():
        raise PolicyPackError(f"{file}: is missing")
    manifest = _checked(_ManifestEntry, _read_yaml(file), f"{file}")
    if manifest.id != folder.name:
        raise PolicyPackError(f"{file}: id: is {manifest.id!r}, but the folder is {folder.name!r}")
    if (manifest.region is None) != (manifest.id == _DEVELOPMENT):
        raise PolicyPackError(f"{file}: region: every pack but {_DEVELOPMENT!r} has one, that one has none")
    if manifest.region is not None and not _is_prefix(manifest.region):
        raise PolicyPackError(f"{file}: region: {manifest.region!r} is no prefix of a region code")
    if (folder / _CALENDAR).exists() and manifest.region != NATIONAL:
        raise PolicyPackError(f"{folder / _CALENDAR}: only the national pack has a calendar")
    return manifest


def _is_prefix(region: str) -> bool:
    try:
        return region_prefix(region) == region
    except ValueError:
        return False


def _read_parameters(file: Path, label: str) -> Iterator[Parameter]:
    for document in _read_list(file):
        named = isinstance(document, dict) and document.get("key")
        where = f"{file}: {named or 'a parameter without key'}"
        entry = _checked(_ParameterEntry, document, where)
        values = sorted((_dated(entry, row, label, where) for row in entry.values), key=lambda dated: dated.valid_from)
        _check_dates(values, where)
        yield Parameter(entry.key, entry.unit, entry.concept, entry.description, tuple(values))


def _dated(entry: _ParameterEntry, row: _ValueEntry, label: str, where: str) -> DatedValue:
    value = frozen(row.value, numeric=entry.unit != NO_UNIT, where=where)
    parameter_value = ParameterValue(entry.key, value, entry.unit, row.reference, row.status, label)
    return DatedValue(row.valid_from, row.valid_to, parameter_value)


def _check_dates(values: Sequence[DatedValue], where: str) -> None:
    last_day: date | None = None
    for dated in values:
        if dated.valid_to is not None and dated.valid_to < dated.valid_from:
            raise PolicyPackError(f"{where}: ends on {dated.valid_to}, before it begins on {dated.valid_from}")
        if not dated.binds:
            continue
        if last_day is not None and dated.valid_from <= last_day:
            raise PolicyPackError(f"{where}: the value from {dated.valid_from} overlaps the one before it")
        last_day = dated.valid_to or date.max


def frozen(value: Any, *, numeric: bool, where: str) -> Any:
    """Return the value with decimals exact and nothing that can be changed."""
    match value:
        case bool() | int():
            return value
        case str():
            return Decimal(value) if numeric and _match_decimal(value) else value
        case list():
            return tuple(frozen(part, numeric=numeric, where=where) for part in value)
        case dict() if all(isinstance(name, str) for name in value):
            return MappingProxyType({name: frozen(part, numeric=numeric, where=where) for name, part in value.items()})
        case float():
            raise PolicyPackError(f'{where}: {value} is not exact; write it as quoted text, for example "0.30"')
    raise PolicyPackError(f"{where}: {value!r} is no value; use text, whole numbers, flags, lists and named parts")


def _read_calendar(file: Path) -> dict[date, bool]:
    overrides: dict[date, bool] = {}
    for document in _read_list(file) if file.exists() else ():
        entry = _checked(_CalendarEntry, document, f"{file}")
        if entry.day in overrides:
            raise PolicyPackError(f"{file}: {entry.day}: stands twice")
        overrides[entry.day] = entry.is_workday
    return overrides


def _checked(model: type[_EntryT], document: Any, where: str) -> _EntryT:
    return checked(model, document, where, PolicyPackError)


def _read_yaml(file: Path) -> Any:
    return read_yaml(file, PolicyPackError)


def _read_list(file: Path) -> Iterable[Any]:
    document = _read_yaml(file)
    if not isinstance(document, list):
        raise PolicyPackError(f"{file}: is no list")
    return document
