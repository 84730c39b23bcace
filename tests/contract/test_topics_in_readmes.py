"""The README of a house that lists its topics lists all of them, and none that is not there."""

import re
from pathlib import Path

import pytest

SERVICES = Path(__file__).parents[2] / "services"
_ROW = re.compile(r"^\| `([a-z_]+)/`", re.MULTILINE)
_NO_TOPICS = {"migrations", "models"}


def listed(house: str) -> list[str]:
    return _ROW.findall((SERVICES / house / "README.md").read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    "house", [path.parent.name for path in SERVICES.glob("*/README.md") if listed(path.parent.name)]
)
def test_each_topic_has_its_line(house: str) -> None:
    topics = {path.parent.name for path in (SERVICES / house).glob("*/__init__.py")}
    assert sorted(listed(house)) == sorted(topics - _NO_TOPICS)
