"""Routes of channels."""

from services.consumption.channels import queries
from services.consumption.channels.commands import put_channel
from services.consumption.channels.errors import ChannelInvalid, ChannelNotFound
from services.consumption.channels.schemas import ChannelCode, ChannelIn, ChannelOut
from shared.registers.door import Door, register_router

router = register_router(
    Door(
        segment="channels",
        name="channel",
        zh="销售渠道",
        says=(
            "Register a channel of sales, or make it what the body says",
            "Channels of your region, by code",
            "A channel of sales",
        ),
        code=ChannelCode,
        body=ChannelIn,
        shown=ChannelOut,
        asked=queries.ChannelList,
        put=put_channel,
        find=queries.channel,
        page=queries.channels,
        read=("consumption:write", "consumption:approve"),
        write=("consumption:write",),
        not_found=ChannelNotFound,
        errors=(ChannelInvalid,),
    )
)
