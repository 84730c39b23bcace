"""Journeys start processes and servers of their own: one after the other, also where the suite runs in parallel."""

from pathlib import Path

import pytest


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Have every journey of this folder run by the same worker: said before the worker names its tests."""
    folder = Path(__file__).parent
    for item in items:
        if folder in item.path.parents:
            item.add_marker(pytest.mark.xdist_group("journeys"))
