"""Once a day the chain is verified, and its head is signed where nothing is wrong with it."""

import asyncio
from pathlib import Path
from typing import Final

import structlog

from shared.audit.heads import is_signed, sign_head
from shared.audit.sealing import head_of
from shared.audit.verifying import note_verdict, verify
from shared.db.database import Database
from shared.security.audit_keys import audit_public_keys, ensure_audit_key

_REST: Final = 4.0
"""While the house works, a fifth of the time of one processor goes into verifying."""
log = structlog.get_logger()


async def look_after_chain(database: Database, house: str, data: Path) -> bool:
    """Do what is due on this business day, with the keys of a data folder; tells that nothing is left to do."""
    today = database.resources.clock.today()
    head = await database.read(head_of)
    if head.place == 0:
        return False
    faults = head.faults if head.verified_on == today else await _verify(database, house, data)
    if not faults and not await database.read(is_signed, today):
        key = await asyncio.to_thread(ensure_audit_key, data)
        await database.write(sign_head, house, key)
    return False


async def _verify(database: Database, house: str, data: Path) -> int:
    verdict = await verify(database, house, audit_public_keys(data), rest=_REST)
    for fault in verdict.faults:
        log.error("audit.bent", house=house, **fault._asdict())
    await database.write(note_verdict, len(verdict.faults))
    return len(verdict.faults)
