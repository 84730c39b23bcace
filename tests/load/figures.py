"""What was measured, beside its limit and its aim, as one table."""

import datetime as dt
import os
import platform
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from statistics import median

from deploy.local.kafka import resolve_jars


@dataclass(frozen=True, slots=True)
class Aim:
    """How a ratio should come out: at least, or at most."""

    bound: float
    at_least: bool = True
    unit: str = "%"
    """`%` of the limit, `×` the limit, or the unit of the figure where there is no limit."""

    def reached(self, ratio: float, *, half: bool = False) -> bool:
        """Whether the aim, or half of it, is reached."""
        slack = 2.0 if half else 1.0
        return ratio >= self.bound / slack if self.at_least else ratio <= self.bound * slack

    def __str__(self) -> str:
        bound = f"{self.bound * 100:.0f} %" if self.unit == "%" else f"{self.bound:g} {self.unit}"
        return f"{'≥' if self.at_least else '≤'} {bound}"


@dataclass(slots=True)
class Rounds:
    """Measurements by name, one a round."""

    values: dict[str, list[float]] = field(default_factory=dict)

    def add(self, name: str, value: float) -> None:
        """Keep one measurement."""
        self.values.setdefault(name, []).append(value)

    def add_round(self, place: int, values: Mapping[str, float]) -> None:
        """Keep the measurements of a round; round 0 only warms up."""
        if place > 0:
            for name, value in values.items():
                self.add(name, value)

    def __getitem__(self, name: str) -> Sequence[float]:
        return self.values[name]


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table: medians over interleaved rounds of both sides."""

    section: str
    path: str
    unit: str
    measured: Sequence[float]
    limit: Sequence[float] = ()
    limit_path: str = ""
    """What the limit is; without one, what else is known of the figure."""
    aim: Aim | None = None
    ratio_unit: str = ""
    """How the ratio is written where there is no aim; empty where it is not."""

    @property
    def ratio(self) -> float:
        """Ours over the limit, or ours alone where there is none."""
        return median(self.measured) / median(self.limit) if self.limit else median(self.measured)

    def cells(self) -> list[str]:
        """The cells of its line."""
        ratio = self.ratio
        aim, reached, half, unit = "", "", "", self.ratio_unit
        if self.aim is not None:
            aim, unit = str(self.aim), self.aim.unit
            reached, half = _yes(self.aim.reached(ratio)), _yes(self.aim.reached(ratio, half=True))
        written = _in_unit(ratio, unit) if unit else ""
        limit = f"{self._absolute(self.limit)} {self.limit_path}" if self.limit else self.limit_path
        return [self.section, self.path, aim, written, reached, half, self._absolute(self.measured), limit]

    def _absolute(self, rounds: Sequence[float]) -> str:
        low, middle, high = min(rounds), median(rounds), max(rounds)
        if self.unit in ("ms", "KB", "s"):
            return f"{middle:.1f} [{low:.1f}–{high:.1f}] {self.unit}"
        return f"{middle:,.0f} [{low:,.0f}–{high:,.0f}] {self.unit}"


_TITLES = ("", "what", "aim", "measured", "aim met", "half met", "ours", "limit")


def table(figures: Sequence[Figure]) -> str:
    """The figures as a Markdown table."""
    lines = [list(_TITLES), ["---"] * len(_TITLES), *[figure.cells() for figure in figures]]
    widths = [max(len(line[place]) for line in lines) for place in range(len(_TITLES))]
    return "\n".join("| " + " | ".join(map(str.ljust, line, widths)) + " |" for line in lines)


def _in_unit(ratio: float, unit: str) -> str:
    match unit:
        case "%":
            return f"{ratio * 100:.0f} %"
        case "×":
            return f"{ratio:.2f} ×" if ratio < 10 else f"{ratio:.1f} ×"
    return f"{ratio:.0f} {unit}"


def _yes(is_so: bool) -> str:
    return "yes" if is_so else "no"


def machine(postgres: str | None) -> list[tuple[str, str]]:
    """What the figures were measured on."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    libraries = ", ".join(f"{name} {version(name)}" for name in ("fastapi", "uvicorn", "pydantic", "sqlalchemy"))
    drivers = ", ".join(f"{name} {version(name)}" for name in ("asyncpg", "aiosqlite", "aiokafka"))
    return [
        ("date", dt.datetime.now(dt.UTC).date().isoformat()),
        ("cores", str(len(os.sched_getaffinity(0)))),
        ("CPU", _cpu()),
        ("memory", f"{memory:.0f} GiB"),
        ("Python", platform.python_version()),
        ("PostgreSQL", postgres or "not used"),
        ("Apache Kafka", _kafka()),
        ("SQLite", sqlite3.sqlite_version),
        ("libraries", f"{libraries}, {drivers}"),
    ]


def _kafka() -> str:
    jar = next(resolve_jars().glob("kafka-clients-*.jar"), None)
    return jar.stem.rpartition("-")[2] if jar else "not used"


def _cpu() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())
