"""Secrets of webhooks and signatures with them, as Standard Webhooks writes them."""

import base64
import binascii
import datetime as dt
import secrets
from collections.abc import Sequence
from typing import Final

from standardwebhooks import Webhook

from shared.findings import WrongValue
from shared.words.said import says

ROTATION: Final = dt.timedelta(hours=24)
"""How long the secret before still signs beside the new one."""
_PREFIX: Final = "whsec_"
_FEWEST, _MOST, _OURS = 24, 64, 32
"""Bytes of a secret."""


def new_secret() -> str:
    """A secret that nobody knows."""
    return _PREFIX + base64.b64encode(secrets.token_bytes(_OURS)).decode()


def check_secret(secret: str) -> str:
    """A secret that a client brings. Raises WrongValue."""
    try:
        key = base64.b64decode(secret.removeprefix(_PREFIX), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if not secret.startswith(_PREFIX) or not _FEWEST <= len(key) <= _MOST:
        raise WrongValue(says("webhook-secret-ill-formed", fewest=_FEWEST, most=_MOST))
    return secret


def headers(signing: Sequence[Webhook], message_id: str, at: dt.datetime, body: str) -> dict[str, str]:
    """What a receiver knows a message by: its id, when it was sent, and a signature by each secret that is valid."""
    signatures = " ".join([one.sign(message_id, at, body) for one in signing])
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": signatures,
    }
