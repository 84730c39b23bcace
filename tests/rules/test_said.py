"""What an income fact says, as it is kept, is what its model writes."""

from hypothesis import given
from hypothesis import strategies as st

from services.monitoring.evidence.table import read_fact
from shared.codes.monitoring import IncomeBranch
from shared.money import MAX_FEN, format_yuan
from shared.months import MAX_MONTH, MIN_MONTH, format_month

_AMOUNTS = st.integers(0, MAX_FEN).map(format_yuan)


@given(st.sampled_from(IncomeBranch), st.integers(MIN_MONTH, MAX_MONTH).map(format_month), _AMOUNTS, _AMOUNTS)
def test_income_is_written_as_its_model_writes_it(branch: IncomeBranch, month: str, amount: str, cost: str) -> None:
    payload = {"branch": branch.value, "month": month, "amount": amount}
    if branch is IncomeBranch.OPERATING:
        payload["operating_cost"] = cost
    named = {"source": "office", "source_ref": "1", "household_code": "DJ-1", "observed_on": "2026-11-03"}
    fact = read_fact(named | {"type": "income", "payload": payload})
    assert fact.said() == fact.payload.model_dump_json(exclude_none=True)
