"""Keeping channels."""

from typing import Final

from services.consumption.channels.errors import ChannelInvalid, ChannelNotFound
from services.consumption.channels.schemas import ChannelIn, ChannelOut
from services.consumption.models import Channel
from shared.db.unit_of_work import UnitOfWork
from shared.registers.commands import Put, put
from shared.registers.entries import owned_by_region
from shared.registers.plain import demand_place, plain_register
from shared.versions import ExpectedVersion


def put_channel(
    uow: UnitOfWork, code: str, body: ChannelIn, expected: ExpectedVersion | None = None
) -> Put[ChannelOut]:
    """Register a channel, or make it what ``body`` says. The same again changes nothing."""
    return put(uow, _REGISTER, code, body, expected)


def _check(uow: UnitOfWork, body: ChannelIn) -> None:
    demand_place(uow, ChannelInvalid, body.region_code)


_REGISTER: Final = plain_register(
    Channel,
    "channel",
    ChannelOut.of,
    guard=owned_by_region("channel", ChannelNotFound),
    check=_check,
)
