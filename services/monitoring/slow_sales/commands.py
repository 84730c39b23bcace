"""What a slow sale means for a household that lives from what does not sell."""

from collections.abc import Iterator, Sequence

from services.monitoring.evidence.slow_sale import SLOW_SALE, SLOW_SALES
from services.monitoring.ledger.errors import HouseholdNotFound
from services.monitoring.ledger.store import load_dossiers, write_windows
from services.monitoring.risks.commands.judge import judge_households
from services.monitoring.risks.rules.triggers import Trigger
from services.monitoring.slow_sales.store import write_slow_sales
from shared.contracts.consumption import SlowSaleExposed, SlowSaleExposure
from shared.contracts.envelope import Event
from shared.db.unit_of_work import UnitOfWork
from shared.words.said import says


def follow_slow_sales(uow: UnitOfWork, events: Sequence[Event[SlowSaleExposure]]) -> None:
    """Keep what each household is exposed to, and judge it after every event that changes that.

    Events of one household are followed one after the other, so that they count alike together and apart.
    """
    for turn in _turns(events):
        _follow(uow, turn)


def _turns(events: Sequence[Event[SlowSaleExposure]]) -> Iterator[Sequence[Event[SlowSaleExposure]]]:
    """The events in turns that hold each household at most once, in order."""
    waiting = list(events)
    while waiting:
        turn: dict[str, Event[SlowSaleExposure]] = {}
        later = [event for event in waiting if turn.setdefault(event.data.household_code, event) is not event]
        yield list(turn.values())
        waiting = later


def _follow(uow: UnitOfWork, events: Sequence[Event[SlowSaleExposure]]) -> None:
    dossiers = load_dossiers(uow, sorted(event.data.household_code for event in events), lock=True)
    unknown = next((event for event in events if event.data.household_code not in dossiers), None)
    if unknown is not None:
        raise HouseholdNotFound(says("no-such-household", household=unknown.data.household_code))
    write_slow_sales(uow, [event.data for event in events])
    for event in events:
        dossier = dossiers[event.data.household_code]
        dossier.evidence |= {SLOW_SALES.name}
        dossier.window_changed = True
        dossier.latest_day = event.data.on
        _record(uow, event)
    triggers = {event.data.household_code: [Trigger(SLOW_SALE.clue_type, event.caused())] for event in events}
    judge_households(uow, list(dossiers.values()), uow.today(), triggers)
    write_windows(uow, list(dossiers.values()))


def _record(uow: UnitOfWork, event: Event[SlowSaleExposure]) -> None:
    said, context = event.data, event.caused()
    action = "slow-sale.exposed" if isinstance(said, SlowSaleExposed) else "slow-sale.relieved"
    after = {"alert_id": str(said.alert_id), "commodity_code": said.commodity_code, "on": said.on.isoformat()}
    uow.audit(action, said.household_code, after=after, actor="consumption", context=context)
    uow.log_after_commit(action, context=context, household=said.household_code)
