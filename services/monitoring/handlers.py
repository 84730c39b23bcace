"""How monitoring reacts to the other houses."""

from collections.abc import Callable, Mapping, Sequence
from itertools import groupby
from typing import Any, Final

from services.monitoring.cases.commands.follow import record_measures
from services.monitoring.clues.commands.follow import follow_tasks
from services.monitoring.facts.commands.credits import record_credits, withdraw_credits
from services.monitoring.ledger.store import lock_households
from services.monitoring.patrols.commands.record import count_visits
from services.monitoring.placements.commands import follow_placements
from services.monitoring.slow_sales.commands import follow_slow_sales
from shared.bus.consumer import Handlers
from shared.contracts import assets, assistance, consumption, employment
from shared.contracts.assets import ShareCredited, ShareWithdrawn
from shared.contracts.assistance import TaskClosed, TaskReopened, TransferCredited, TransferWithdrawn
from shared.contracts.consumption import SaleCredited, SaleWithdrawn, SlowSaleExposed, SlowSaleRelieved
from shared.contracts.employment import PlacementEnded, PlacementStarted, WageCredited, WageWithdrawn
from shared.contracts.envelope import Event
from shared.db.unit_of_work import UnitOfWork


def _judged(uow: UnitOfWork, events: Sequence[Event[Any]]) -> None:
    """A task was closed: its verdict is shown on the risk and answers clues, and its visit counts."""
    follow_tasks(uow, events)
    count_visits(uow, events)


_REACTIONS: Final[Mapping[str, Callable[[UnitOfWork, Sequence[Event[Any]]], None]]] = {
    TaskClosed.event_type: _judged,
    TaskReopened.event_type: follow_tasks,
    WageCredited.event_type: record_credits,
    SaleCredited.event_type: record_credits,
    ShareCredited.event_type: record_credits,
    TransferCredited.event_type: record_credits,
    WageWithdrawn.event_type: withdraw_credits,
    SaleWithdrawn.event_type: withdraw_credits,
    ShareWithdrawn.event_type: withdraw_credits,
    TransferWithdrawn.event_type: withdraw_credits,
    assistance.MeasureCompleted.event_type: record_measures,
    employment.MeasureCompleted.event_type: record_measures,
    consumption.MeasureCompleted.event_type: record_measures,
    assets.MeasureCompleted.event_type: record_measures,
    PlacementStarted.event_type: follow_placements,
    PlacementEnded.event_type: follow_placements,
    SlowSaleExposed.event_type: follow_slow_sales,
    SlowSaleRelieved.event_type: follow_slow_sales,
}


def react(uow: UnitOfWork, events: Sequence[Event[Any]]) -> None:
    """Do what follows from events, in their order.

    The households of all of them are locked first, in code order: what follows from one event must not hold rows that
    a request waits for while the next event waits for a household of that request.
    """
    lock_households(uow, sorted({event.data.household_code for event in events}))
    for reaction, group in groupby(events, key=lambda event: _REACTIONS[event.type]):
        reaction(uow, list(group))


HANDLERS: Handlers = dict.fromkeys(_REACTIONS, react)
