"""Every event there is: who owns it, who reads it, how it is keyed. The bus is data."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from shared.contracts import assets, assistance, consumption, employment
from shared.contracts.monitoring import (
    CaseOpened,
    CaseOverdue,
    CaseRefused,
    ClueAnswered,
    EliminationApproved,
    EliminationRolledBack,
    EmergencyConfirmed,
    HouseholdAdmitted,
    HouseholdChanged,
    HouseholdEnded,
    HouseholdMovedAway,
    HouseholdRegistered,
    IncidentClosed,
    IncidentOpened,
    PolicyValueApproved,
    ProtectionsChanged,
    RiskCleared,
    RiskRaised,
    RiskUpdated,
)
from shared.contracts.payload import Payload

HOUSES = ("monitoring", "assistance", "employment", "consumption", "assets")
HELPING = ("employment", "consumption", "assets")
"""The houses that give the help assistance asks for."""
_EXAMPLES: Final = Path(__file__).parent / "examples"


@dataclass(frozen=True, slots=True)
class CatalogueEntry:
    """One published event type."""

    model: type[Payload]
    owner: str
    readers: tuple[str, ...]
    key: str
    """Name of the payload field that keys the record: events of one key stay in order."""
    data_class: Literal["internal", "sensitive"]
    """`sensitive` events tell something about the need of one household and stay on the internal bus;
    clients read of them in the change feed, where they may."""
    since: str = "0.1.0"
    """The release that published it first."""
    retention_days: int = 30
    """How long the bus keeps it, unless an installation says otherwise."""
    open_to_buyers: bool = False
    """Whether clients of every buyer 采购单位 are told of it, wherever it happens: what is for sale, and what is
    called for. It names no household, no request, no share and no other buyer."""

    @property
    def example(self) -> Payload:
        """A true event of this type, written by hand in `examples/`; all of them tell of one household."""
        return self.model.model_validate_json((_EXAMPLES / f"{self.type}.json").read_bytes())

    @property
    def type(self) -> str:
        """The event type, `<house>.<fact>.v<major>`."""
        return self.model.event_type

    @property
    def topic(self) -> str:
        """One topic per house, so that facts of one household of one house stay in order."""
        return topic_of(self.owner)


def topic_of(house: str) -> str:
    """The topic a house publishes to."""
    return f"{house}.events"


def _entry(
    model: type[Payload],
    readers: tuple[str, ...],
    data_class: Literal["internal", "sensitive"],
    key: str = "household_code",
    *,
    open_to_buyers: bool = False,
) -> CatalogueEntry:
    owner = model.event_type.split(".", 1)[0]
    return CatalogueEntry(model, owner, readers, key, data_class, open_to_buyers=open_to_buyers)


CATALOGUE: dict[str, CatalogueEntry] = {
    entry.type: entry
    for entry in (
        _entry(HouseholdRegistered, ("assistance", *HELPING), "internal"),
        _entry(HouseholdChanged, ("assistance", *HELPING), "internal"),
        _entry(HouseholdEnded, ("assistance", *HELPING), "internal"),
        _entry(HouseholdMovedAway, (), "internal"),
        _entry(RiskRaised, ("assistance",), "sensitive"),
        _entry(RiskUpdated, ("assistance",), "sensitive"),
        _entry(RiskCleared, ("assistance",), "sensitive"),
        _entry(ProtectionsChanged, (), "sensitive"),
        _entry(ClueAnswered, (), "sensitive", key="clue_id"),
        _entry(CaseOpened, (), "sensitive"),
        _entry(CaseOverdue, (), "sensitive"),
        _entry(EmergencyConfirmed, (), "sensitive"),
        _entry(CaseRefused, (), "sensitive"),
        _entry(HouseholdAdmitted, (), "sensitive"),
        _entry(EliminationApproved, (), "sensitive"),
        _entry(EliminationRolledBack, (), "sensitive"),
        _entry(PolicyValueApproved, (), "internal", key="value_id"),
        _entry(IncidentOpened, (), "internal", key="incident_id"),
        _entry(IncidentClosed, (), "internal", key="incident_id"),
        _entry(assistance.TaskOpened, (), "sensitive"),
        _entry(assistance.TaskClosed, ("monitoring",), "sensitive"),
        _entry(assistance.TaskReopened, ("monitoring",), "sensitive"),
        _entry(assistance.MeasureRequested, HELPING, "sensitive"),
        _entry(assistance.MeasureOverdue, (), "sensitive"),
        _entry(assistance.MeasureCompleted, ("monitoring",), "sensitive"),
        _entry(assistance.MeasureCancelled, HELPING, "sensitive"),
        _entry(assistance.TransferCredited, ("monitoring",), "sensitive"),
        _entry(assistance.TransferWithdrawn, ("monitoring",), "sensitive"),
        _entry(assistance.HouseholdMovedAway, (), "internal"),
        _entry(employment.PlacementStarted, ("monitoring",), "sensitive"),
        _entry(employment.PlacementEnded, ("monitoring",), "sensitive"),
        _entry(employment.MeasureAccepted, ("assistance",), "sensitive"),
        _entry(employment.MeasureRefused, ("assistance",), "sensitive"),
        _entry(employment.MeasureCompleted, ("assistance", "monitoring"), "sensitive"),
        _entry(employment.WageCredited, ("monitoring", "assistance"), "sensitive"),
        _entry(employment.WageWithdrawn, ("monitoring", "assistance"), "sensitive"),
        _entry(employment.HouseholdMovedAway, (), "internal"),
        *(
            _entry(model, (), "internal", key="order_id")
            for model in (
                consumption.OrderPlaced,
                consumption.OrderConfirmed,
                consumption.OrderCancelled,
                consumption.DeliveryShipped,
                consumption.DeliveryReceived,
                consumption.OrderSettled,
                consumption.OrderRestated,
                consumption.OrderDisputed,
                consumption.OrderClosed,
                consumption.AdjustmentProposed,
                consumption.AdjustmentAnswered,
                consumption.ReturnRequested,
                consumption.ReturnAnswered,
            )
        ),
        _entry(consumption.ProductChanged, (), "internal", key="product_code", open_to_buyers=True),
        _entry(consumption.RecognitionGranted, (), "internal", key="product_code", open_to_buyers=True),
        _entry(consumption.RecognitionEnded, (), "internal", key="product_code", open_to_buyers=True),
        _entry(consumption.MeasureAccepted, ("assistance",), "sensitive"),
        _entry(consumption.MeasureRefused, ("assistance",), "sensitive"),
        _entry(consumption.MeasureCompleted, ("assistance", "monitoring"), "sensitive"),
        _entry(consumption.SaleCredited, ("monitoring", "assistance"), "sensitive"),
        _entry(consumption.SaleWithdrawn, ("monitoring", "assistance"), "sensitive"),
        _entry(consumption.HouseholdMovedAway, (), "internal"),
        _entry(consumption.SlowSaleRaised, (), "internal", key="alert_id"),
        _entry(consumption.SlowSaleClosed, (), "internal", key="alert_id"),
        _entry(consumption.PurchaseCalled, (), "internal", key="alert_id", open_to_buyers=True),
        _entry(consumption.SlowSaleExposed, ("monitoring",), "sensitive"),
        _entry(consumption.SlowSaleRelieved, ("monitoring",), "sensitive"),
        _entry(assets.MeasureAccepted, ("assistance",), "sensitive"),
        _entry(assets.MeasureRefused, ("assistance",), "sensitive"),
        _entry(assets.MeasureCompleted, ("assistance", "monitoring"), "sensitive"),
        _entry(assets.ShareCredited, ("monitoring", "assistance"), "sensitive"),
        _entry(assets.ShareWithdrawn, ("monitoring", "assistance"), "sensitive"),
        _entry(assets.HouseholdMovedAway, (), "internal"),
    )
}


def topics_read_by(house: str) -> tuple[str, ...]:
    """The topics a house subscribes to, each once, sorted."""
    return tuple(sorted({entry.topic for entry in CATALOGUE.values() if house in entry.readers}))
