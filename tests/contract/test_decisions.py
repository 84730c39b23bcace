"""Every decision record is in the index and says what a decision record has to say."""

import re
from pathlib import Path

import pytest

DECISIONS = Path(__file__).parents[2] / "docs" / "decisions"
PAGES = sorted(path.name for path in DECISIONS.glob("[0-9]*.md"))
PARTS = ["Context", "Decision", "Consequences", "Alternatives", "Revisit when", "Enforced by"]
ONE_PAGE = 60


def test_the_index_names_every_decision_in_order() -> None:
    index = (DECISIONS / "README.md").read_text(encoding="utf-8")
    assert re.findall(r"\]\((\d{4}-[a-z0-9-]+\.md)\)", index) == PAGES
    for page in PAGES:
        number, title = (DECISIONS / page).read_text(encoding="utf-8").splitlines()[0].removeprefix("# ").split(" ", 1)
        assert page.startswith(f"{number}-")
        assert f"[{number}]({page}) | {title} |" in index


@pytest.mark.parametrize("page", PAGES)
def test_a_decision_has_every_part_on_one_page(page: str) -> None:
    text = (DECISIONS / page).read_text(encoding="utf-8")
    assert re.findall(r"^\*\*(.+?)\.?\*\*", text, re.MULTILINE) == PARTS
    assert len(text.splitlines()) <= ONE_PAGE
