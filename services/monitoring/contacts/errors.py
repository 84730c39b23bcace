"""Situations of contacts."""

from shared.errors import Invalid, NotFound


class ContactNotFound(NotFound):
    """No contact by that code within the caller's region."""

    code = "contact-not-found"


class ContactInvalid(Invalid):
    """The contact is readable but cannot look after these households."""

    code = "contact-invalid"
