"""At a glance: what a rule would answer about a household without an open risk, told from few figures.

Most households give no rule anything to say. Each rule brings its half of that beside its judgement; `quiet` gathers
them. A half is plain arithmetic without `and`, `or` and `not`, so that columns of a table can stand in the place of
numbers: one household at hand and a SELECT over thousands ask the same.
"""

from collections.abc import Callable
from typing import Any, NamedTuple, Protocol

from services.monitoring.evidence.kept import Kept
from services.monitoring.risks.rules.parameters import RuleParameters

Truth = Any
"""A truth, or a condition on columns; `&` and `|` combine either."""
Number = Any
"""A whole number, or a column of them."""


class WindowFigures(Protocol):
    """What is asked of an income window; `WindowSummary` tells what each is."""

    @property
    def net(self) -> Number: ...  # noqa: D102
    @property
    def self_paid(self) -> Number: ...  # noqa: D102
    @property
    def previous_net(self) -> Number: ...  # noqa: D102
    @property
    def quarter_net(self) -> Number: ...  # noqa: D102
    @property
    def previous_quarter_net(self) -> Number: ...  # noqa: D102
    @property
    def known(self) -> Number: ...  # noqa: D102

    def year_is_complete(self) -> Truth: ...  # noqa: D102
    def quarter_is_complete(self) -> Truth: ...  # noqa: D102


class Figures(Protocol):
    """What is asked of a household."""

    @property
    def members(self) -> Number: ...  # noqa: D102
    @property
    def able_workers(self) -> Number: ...  # noqa: D102
    @property
    def is_lifted(self) -> Truth: ...  # noqa: D102
    @property
    def relocated(self) -> Truth: ...  # noqa: D102
    @property
    def dibao(self) -> Truth: ...  # noqa: D102
    @property
    def monitored(self) -> Truth: ...  # noqa: D102
    @property
    def window(self) -> WindowFigures: ...  # noqa: D102

    def may_see(self, kept: Kept[Any]) -> Truth:
        """Whether the rules may see anything of this evidence."""

    def knows(self, kept: Kept[Any]) -> Truth:
        """Whether anything was ever said of these circumstances."""

    def may_be_concerned(self) -> Truth:
        """Whether anything was said of circumstances that may concern the rules."""


Question = Callable[[Figures, RuleParameters], Truth]


class Quiet(NamedTuple):
    """The half of one rule: what it answers about a household without an open risk of its kind."""

    may_speak: Question
    """Whether the rule has to be asked, for it may fire. Never false where it fires."""
    needs: tuple[str, ...] = ()
    """The policy values without which it is undecided about everybody."""
    suffices: Question | None = None
    """Whether what is known suffices for an answer, which then is clear; none where it always does."""


def may_be_concerned(figures: Figures, _: RuleParameters) -> Truth:
    """Whether something was said of circumstances that a rule has to look at."""
    return figures.may_be_concerned()


def shares_known_income(figures: Figures, parameters: RuleParameters) -> Truth:
    """Whether enough months of the window are known, and somebody shares the income."""
    return (figures.window.known >= parameters.min_months) & (figures.members > 0)
