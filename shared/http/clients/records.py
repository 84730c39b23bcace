"""The records that a process may change."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

import structlog

from shared.errors import Unavailable
from shared.house import House
from shared.partners.carrying import Carrier
from shared.words.said import says

T = TypeVar("T")
log = structlog.get_logger()


@dataclass(frozen=True)
class ClientRecords:
    """The records that a process may change: their folder, and the houses that count what clients use."""

    data: Path
    houses: Sequence[House]
    """The first one keeps the audit of the records."""

    @cached_property
    def carrier(self) -> Carrier:
        """What brings their changes into that audit."""
        return Carrier(self.data, self.houses[0].database)

    async def change(self, command: Callable[..., T], *args: Any) -> T:
        """Run a command on the files of the folder, and bring what it changed into the audit. Raises Unavailable."""
        try:
            result = await asyncio.to_thread(command, self.data, *args)
        except OSError as error:
            log.warning("client.not_written", error=f"{type(error).__name__}: {error}")
            raise Unavailable(says("clients-not-written")) from error
        await self.carrier.carry()
        return result
