"""Judging households anew where other values hold than those they were judged by 按政策重判.

A value begins or ends on a day, is approved, or comes with a release: no fact tells of it. Every narrowest region that
has values of its own is looked at, and whoever lives there is screened once its values for the rules are other ones.
"""

import hashlib
import json
from collections.abc import Sequence

from sqlmodel import col, select

from services.monitoring.models.households import Household
from services.monitoring.models.policy import PolicyRoll
from services.monitoring.policy.store import lies_within
from services.monitoring.protections.commands import renew_protections_of
from services.monitoring.risks.rules.parameters import RULE_KEYS
from services.monitoring.screenings.commands.judge import BATCH, Screen, screen_at_once
from services.monitoring.screenings.store import SELECT_STANDING
from shared.codes.monitoring import ClueType
from shared.db.base import table_of
from shared.db.unit_of_work import UnitOfWork
from shared.policy.loader import NATIONAL
from shared.policy.parameters import PolicyView
from shared.regions import scope_chain

_HOUSEHOLDS = table_of(Household)


def roll_policies(uow: UnitOfWork) -> bool:
    """Screen the next households of a region whose values are other ones; tells whether more is waiting.

    The households are gone through in the order of their codes, and once more while somebody held some of them. What
    changes meanwhile begins the region anew.
    """
    regions = sorted({pack.region for pack in uow.policy.packs if pack.region is not None})
    locked = select(PolicyRoll).order_by(col(PolicyRoll.region)).with_for_update()
    rolls = {roll.region: roll for roll in uow.session.exec(locked).all()}
    for region in regions:
        digest = _digest(uow.policy.at(region, uow.today()))
        roll = rolls.get(region)
        if roll is None:
            before = next((rolls[wider].judged_by for wider in _around(region) if wider in rolls), None)
            roll = rolls[region] = _begin(uow, region, before or _digest(uow.resources.policy.at(region, uow.today())))
        if roll.judged_by != digest:
            _judge_part(uow, roll, digest, [other for other in regions if _lies_in(other, region)])
            return True
    return False


def _begin(uow: UnitOfWork, region: str, judged_by: str) -> PolicyRoll:
    """Note a region that was never looked at: judged by the values of the region around it, or else by the packs."""
    roll = PolicyRoll(region=region, judged_by=judged_by, judging_by=None, after="", left_out=False)
    uow.session.add(roll)
    return roll


def _judge_part(uow: UnitOfWork, roll: PolicyRoll, digest: str, narrower: Sequence[str]) -> None:
    if roll.judging_by != digest:
        roll.judging_by, roll.after, roll.left_out = digest, "", False
    region = _HOUSEHOLDS.c.region_code
    theirs = SELECT_STANDING.where(lies_within(region, roll.region), *(~lies_within(region, one) for one in narrower))
    following = theirs.where(_HOUSEHOLDS.c.code > roll.after).order_by(_HOUSEHOLDS.c.code).limit(BATCH)
    places = uow.connection.execute(following).all()
    left_out = screen_at_once(uow, [(code, place) for code, place in places], Screen(uow.today(), by=ClueType.ROLL))
    renewed = renew_protections_of(uow, [code for code, _ in places])
    roll.left_out = bool(left_out) or len(renewed) < len(places) or roll.left_out
    if len(places) == BATCH:
        roll.after = places[-1][0]
        return
    if not roll.left_out:
        uow.log_after_commit("policy.rolled", region=roll.region)
        roll.judged_by, roll.judging_by = digest, None
    roll.after, roll.left_out = "", False


def _digest(view: PolicyView) -> str:
    values = {key: found.as_document()["value"] for key in RULE_KEYS if (found := view.find(key)) is not None}
    return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()


def _around(region: str) -> Sequence[str]:
    """The regions around one, the narrowest first."""
    return () if region == NATIONAL else (*scope_chain(region)[1:], NATIONAL)


def _lies_in(other: str, region: str) -> bool:
    return other not in (region, NATIONAL) and (region == NATIONAL or other.startswith(region))
