"""In whatever order facts arrive, the rules answer the same."""

import itertools
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from services.monitoring.risks.rules.judge import judge
from shared.codes.monitoring import HouseholdCategory
from tests.rules.builders import household, income, policy
from tests.rules.test_quiet import EACH_SAID, OF_THE_HOUSEHOLD

_SOURCES = ("civil-affairs", "village-report", "a-school")


def _matter(said: dict[str, Any]) -> tuple[str, int | None]:
    return said["type"], None if said["type"] in OF_THE_HOUSEHOLD else said["member_no"]


_FACTS = st.lists(
    st.builds(lambda said, source: {**said, "source": source}, st.sampled_from(EACH_SAID), st.sampled_from(_SOURCES)),
    min_size=2,
    max_size=4,
    unique_by=lambda one: (_matter(one), one["observed"], one["source"]),
)
"""One source says one thing of a matter on a day: of two, what was recorded later counts."""


def _answers(said: tuple[dict[str, Any], ...]) -> list[Any]:
    state = household(income("39000.00"), category=HouseholdCategory.LIFTED, able_workers=0, said=said)
    return [(verdict.kind, verdict.outcome, verdict.grade, verdict.keys) for verdict in judge(state, policy(), {})]


@given(facts=_FACTS)
def test_the_order_in_which_facts_arrive_changes_no_answer(facts: list[dict[str, Any]]) -> None:
    first, *others = [_answers(arrived) for arrived in itertools.permutations(facts)]
    assert all(other == first for other in others)
