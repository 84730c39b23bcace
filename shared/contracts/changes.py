"""An event as the change feed 变更流 tells it to clients: without routing, and without what is withheld."""

import json
from typing import Any, Final, NamedTuple
from uuid import UUID

from pydantic_core import from_json, to_json

from shared.contracts.catalogue import CATALOGUE
from shared.contracts.envelope import EncodedEvent

WITHHELD: Final = frozenset({"born_on"})
"""Fields of payloads that houses may know and clients may not without `monitoring:pii`."""


class Change(NamedTuple):
    """One item of a feed, with what decides who sees it."""

    event_id: UUID
    type: str
    region_code: str
    buyer_code: str | None
    """The buyer 采购单位 it concerns, in lower case; none where it concerns none."""
    item: str
    """What a client reads, as JSON."""


def change_of(event: EncodedEvent) -> Change:
    """The item that tells of an event."""
    said = event.headers
    data = event.value.decode()
    entry = CATALOGUE.get(said["ce_type"])
    buyer = from_json(event.value)["buyer_code"].lower() if entry is not None and entry.key == "order_id" else None
    if any(f'"{name}"' in data for name in WITHHELD):
        data = to_json(_told(from_json(event.value))).decode()
    item = (
        f'{{"id":"{event.event_id}","type":"{said["ce_type"]}","time":"{said["ce_time"]}",'
        f'"subject":{json.dumps(said["ce_subject"])},"region_code":"{said["ce_region"]}","data":{data}}}'
    )
    return Change(event.event_id, said["ce_type"], said["ce_region"], buyer, item)


def _told(part: Any) -> Any:
    """A part of a payload without the fields that are withheld, however deep."""
    if isinstance(part, dict):
        return {name: _told(value) for name, value in part.items() if name not in WITHHELD}
    return [_told(each) for each in part] if isinstance(part, list) else part
