"""One fact of every type of circumstance, each of which a rule, if there is one for it, raises a risk for."""

from collections.abc import Mapping
from typing import Any, Final

from tests.builders import fact

_OF_A_CHILD, _OF_THE_HEAD = {"member_no": 3}, {"member_no": 1}

CIRCUMSTANCES: Final[Mapping[str, Mapping[str, Any]]] = {
    one["type"]: one
    for one in (
        fact("schooling", "c-1", {"event": "dropped_out", "stage": "junior", "reason": "work"}, **_OF_A_CHILD),
        fact("dwelling", "c-2", {"grade": "D", "only_home": True, "checked_by": "县住建局"}),
        fact("water", "c-3", {"litres_per_day": "19.5", "quality": "bad", "cut_since": "2026-11-02"}),
        fact("insurance", "c-4", {"scheme": "basic_medical", "year": 2026, "status": "uninsured"}, **_OF_THE_HEAD),
        fact("work", "c-5", {"status": "jobless", "willing": True, "place_code": "441900"}, **_OF_THE_HEAD),
        fact("disability", "c-6", {"kind": "physical", "grade": 2}, **_OF_THE_HEAD),
        fact("care", "c-7", {"level": "unable"}, **_OF_THE_HEAD),
        fact("chronic", "c-8", {"disease": "diabetes", "contract": "none"}, **_OF_THE_HEAD),
        fact("disaster", "c-9", {"sub_kind": "flood", "loss": "3000.00", "house_damaged": True}),
        fact("accident", "c-10", {"kind": "traffic", "effect": "injury", "main_earner": True}, **_OF_THE_HEAD),
        fact("production", "c-11", {"kind": "crop", "outcome": "unsold", "loss": "800.00"}),
        fact("relief", "c-12", {"scheme": "dibao", "status": "ended"}),
        fact("loan", "c-13", {"kind": "student", "balance": "8000.00", "due_on": "2028-07-01", "overdue": False}),
        fact("means", "c-14", {"arable_mu": "3.5", "forest_mu": "0", "road_km": "1.25", "tools": ["农用三轮车"]}),
        fact("member_change", "c-15", {"change": "born"}),
    )
}
"""By type. The people are those of `tests.builders.household`."""
