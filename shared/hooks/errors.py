"""What may be wrong with a webhook."""

from shared.errors import Conflict, DomainError, NotFound


class WebhookNotFound(NotFound):
    """The caller has no webhook of this code."""

    code = "webhook-not-found"


class TooManyWebhooks(Conflict):
    """The client, or the house, has as many webhooks as it may have."""

    code = "too-many-webhooks"


class DeliveryNotFound(NotFound):
    """The webhook was told of no such change, or that is not recorded any more."""

    code = "delivery-not-found"


class ChangeNotKept(DomainError):
    """The feed does not keep the change any more, so that it cannot be sent again."""

    status, code = 410, "change-not-kept"
