"""Policy values 政策参数值 that somebody proposes for a region."""

from collections.abc import Sequence

from services.monitoring.models.policy import PolicyValue
from services.monitoring.policy.commands.overlaps import demand_no_overlap
from services.monitoring.policy.errors import PolicyValueInvalid
from services.monitoring.policy.rules import days_finding
from services.monitoring.policy.schemas import PolicyValueIn, PolicyValueOut
from services.monitoring.policy.store import STEPS, demand_key, lock_values, value_finding, with_histories
from services.monitoring.risks.rules.parameters import RuleParameters
from shared.codes.monitoring import PolicyValueAction, PolicyValueStatus
from shared.db.unit_of_work import UnitOfWork
from shared.findings import Finding
from shared.ids import new_id
from shared.policy.added import AddedValue, with_values
from shared.policy.loader import NATIONAL, PolicyBook
from shared.procedures.rows import Taken
from shared.regions import LEVEL_DIGITS, RegionLevel, region_prefix, regions
from shared.words.said import says


def propose_value(uow: UnitOfWork, body: PolicyValueIn) -> PolicyValueOut:
    """Keep a value until a second person approves it. Nothing is decided by it before that.

    Raises:
        RegionNotAllowed: the region lies outside the caller's.
        PolicyKeyUnknown: no pack knows the parameter.
        PolicyValueInvalid: it has another form, or days that cannot be.
        ValueOverlaps: an approved value begins within its days.
    """
    region = region_prefix(body.region_code)
    uow.actor.demand_region(region)
    demand_key(uow.policy, body.key)
    finding = region_finding(region) or days_finding(body.valid_from, body.valid_to, uow.today())
    finding = finding or value_finding(uow.policy, body.key, body.value, "/value")
    if finding is not None:
        raise PolicyValueInvalid.of([finding])
    added = AddedValue(region, body.key, body.value, body.valid_from, body.valid_to, body.reference, body.status)
    demand_usable(uow.policy, [added])
    demand_no_overlap(added, lock_values(uow, region, body.key))
    return _keep(uow, added)


def region_finding(region: str) -> Finding | None:
    """What is wrong with the prefix of a region: no division, or no village of a known township."""
    is_village = len(region) == LEVEL_DIGITS[RegionLevel.VILLAGE]
    known = regions().nearest_local(region) if is_village else regions().find(region)
    return None if region == NATIONAL or known is not None else Finding("/region_code", says("no-such-division"))


def demand_usable(book: PolicyBook, added: Sequence[AddedValue], pointer: str = "/value") -> None:
    """Raise PolicyValueInvalid for values that the rules could not be asked with on the day they begin."""
    first = added[0]
    try:
        with_values(book, added).in_form(RuleParameters.from_view, first.region, first.valid_from)
    except ValueError as error:
        raise PolicyValueInvalid.at(pointer, says("value-not-usable")) from error


def _keep(uow: UnitOfWork, added: AddedValue) -> PolicyValueOut:
    now = uow.stamp()
    value = PolicyValue(
        id=new_id(),
        region_code=added.region,
        key=added.key,
        value=added.value,
        valid_from=added.valid_from,
        valid_to=added.valid_to,
        value_status=added.status,
        reference=added.reference,
        status=PolicyValueStatus.PROPOSED,
        proposed_by=uow.actor.id,
        proposed_at=now,
        approved_by=None,
        approved_at=None,
        updated_at=now,
        version=1,
    )
    uow.session.add(value)
    uow.session.flush()  # flush: the list of values is asked below
    proposed, action = PolicyValueStatus.PROPOSED, PolicyValueAction.PROPOSE
    STEPS.write(uow, [Taken(value.id, 1, now, action, proposed, uow.actor.id, side="monitoring:write")])
    told = {"key": added.key, "region": added.region}
    kept = value.model_dump(mode="json", include={"region_code", "key", "value", "valid_from", "valid_to", "reference"})
    uow.record("policy-value.propose", value.id, told, after=kept)
    return PolicyValueOut.of(with_histories(uow, [value.model_dump()])[0])
