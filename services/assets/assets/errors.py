"""Situations of assets that callers are told about."""

from shared.errors import Invalid, NotFound


class AssetNotFound(NotFound):
    """No asset by that code within the caller's region."""

    code = "asset-not-found"


class AssetInvalid(Invalid):
    """The asset is readable but cannot be true, or the shares of a right do not make the whole."""

    code = "asset-invalid"
