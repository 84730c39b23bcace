"""Situations about channels."""

from shared.errors import Invalid, NotFound


class ChannelNotFound(NotFound):
    """No channel by that code within the caller's region."""

    code = "channel-not-found"
    pointer = "/channel_code"


class ChannelInvalid(Invalid):
    """The channel is readable but cannot be so."""

    code = "channel-invalid"
