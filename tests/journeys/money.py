"""What came home, asked of everybody who has to know: who paid, the bus, and the ledger."""

import json
from collections import defaultdict
from collections.abc import Iterable

from shared.codes.assets import DistributionStatus
from shared.codes.monitoring import IncomeBranch
from tests.journeys.set_ups import HOUSES, SetUp

Money = dict[tuple[str, str], int]
"""Fen by household and branch."""


async def paid_out(set_up: SetUp) -> Money:
    """What the books of the helping houses say they paid: wages, settled shares, dividends and disbursements."""
    placements = {row["id"]: row["household_code"] for row in await set_up.rows("employment", "placement")}
    distributions = await set_up.rows("assets", "distribution")
    paid = {row["id"] for row in distributions if row["status"] is DistributionStatus.PAID}
    return _summed(
        [
            *[
                (placements[row["placement_id"]], IncomeBranch.WAGE, row["amount"])
                for row in await set_up.rows("employment", "wage")
            ],
            *[
                (row["household_code"], row["branch"], row["amount"])
                for row in await set_up.rows("consumption", "delivery_credit")
                if row["amount"]
            ],
            *[
                (row["household_code"], IncomeBranch.PROPERTY, row["amount"])
                for row in await set_up.rows("assets", "distribution_line")
                if row["distribution_id"] in paid
            ],
            *[
                (row["household_code"], IncomeBranch.TRANSFER, row["amount"])
                for row in await set_up.rows("assistance", "disbursement")
            ],
        ]
    )


async def credited(set_up: SetUp) -> Money:
    """What the events of the helping houses credit, each credit once however often it lies on the bus."""
    credits_ = {}
    for event in await set_up.events():
        if event.headers["ce_type"].endswith(".income-credited.v1"):
            credit = json.loads(event.value)
            credits_[credit["credit_id"]] = credit["household_code"], credit["branch"], _fen(credit["amount"])
    return _summed(credits_.values())


async def in_the_ledger(set_up: SetUp) -> Money:
    """What monitoring holds as told by a helping house."""
    return _summed(
        (fact["household_code"], fact["payload"]["branch"], _fen(fact["payload"]["amount"]))
        for fact in await set_up.rows("monitoring", "fact")
        if fact["source"] in HOUSES
    )


def _fen(yuan: str) -> int:
    return int(yuan.replace(".", ""))


def _summed(lines: Iterable[tuple[str, str, int]]) -> Money:
    sums: defaultdict[tuple[str, str], int] = defaultdict(int)
    for household, branch, fen in lines:
        sums[household, str(branch)] += fen
    return dict(sums)
