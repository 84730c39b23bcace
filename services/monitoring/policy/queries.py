"""What can be asked of policies. What holds is for everybody to see; values on their way, in the caller's region."""

import datetime as dt
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from services.monitoring.models.policy import PolicyValue
from services.monitoring.policy.errors import PolicyKeyUnknown
from services.monitoring.policy.schemas import ParameterKey, PolicyItem, PolicyOut, PolicyValueOut
from services.monitoring.policy.sheets import POLICY_VALUE_LIST
from services.monitoring.policy.store import load_value, with_histories
from services.monitoring.risks.rules.parameters import RULE_KEYS
from shared.codes.monitoring import PolicyValueStatus
from shared.db.base import table_of
from shared.db.unit_of_work import Reading
from shared.http.fields import UpdatedAfter
from shared.lists.order import newest_by
from shared.lists.page import Page
from shared.lists.query import ListQuery
from shared.policy.loader import DatedValue, Parameter
from shared.regions import RegionFilter, region_prefix
from shared.words.said import says


def policy(reading: Reading, region_code: str, on: dt.date | None, key: str | None) -> PolicyOut:
    """What holds in any region on a day. Raises PolicyKeyUnknown for a key that no pack knows."""
    book, day = reading.policy, on or reading.today()
    if key is not None and book.find_parameter(key) is None:
        raise PolicyKeyUnknown(says("no-such-policy-key", key=key))
    terms, wanted = book.terms(region_code, day), None if key is None else {key}
    return PolicyOut(
        region=region_prefix(region_code),
        on=day,
        pack=book.at(region_code, day).pack,
        items=[_item(*term) for name, term in sorted(terms.items()) if wanted is None or name in wanted],
        missing=[name for name in RULE_KEYS if name not in terms and (wanted is None or name in wanted)],
    )


def _item(parameter: Parameter, dated: DatedValue) -> PolicyItem:
    value = dated.value
    return PolicyItem(
        **value.as_document(),
        unit=value.unit,
        concept=parameter.concept,
        pack=value.pack,
        valid_from=dated.valid_from,
        valid_to=dated.valid_to,
    )


class PolicyValueList(ListQuery):
    """Which values 政策参数值 are asked for, the newest first."""

    order = newest_by("proposed_at")
    sheet = POLICY_VALUE_LIST
    region_code: RegionFilter | None = None
    key: ParameterKey | None = None
    status: PolicyValueStatus | None = None
    updated_after: UpdatedAfter = None


def policy_value(reading: Reading, value_id: UUID) -> PolicyValueOut:
    """A value with the steps taken."""
    return PolicyValueOut.of(with_histories(reading, [load_value(reading, value_id)])[0])


def policy_values(reading: Reading, asked: PolicyValueList) -> Page[PolicyValueOut]:
    """Values with the steps taken."""
    return asked.page(reading, sa.select(table_of(PolicyValue)), lambda found: _shown(reading, found))


def _shown(reading: Reading, rows: Sequence[sa.Row[Any]]) -> list[PolicyValueOut]:
    return [PolicyValueOut.of(row) for row in with_histories(reading, [row._asdict() for row in rows])]
