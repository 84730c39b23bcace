"""Situations about recognitions."""

from shared.errors import Conflict, Invalid, NotFound
from shared.procedures.errors import StepNotYet


class RecognitionNotFound(NotFound):
    """No recognition by that id within the caller's region."""

    code = "recognition-not-found"


class RecognitionGoesOn(Conflict):
    """The product is recognised, or applied for, already; ``recognition_id`` and ``recognition_status`` name it."""

    code = "recognition-goes-on"
    pointer = "/product_code"


class RecognitionPublicityNotOver(StepNotYet):
    """The county recognises after the last day of publicity, which ``publicity_ends_on`` names."""

    code = "recognition-publicity-not-over"


class RecognitionStepInvalid(Invalid):
    """The step is dated in the future, or before the step it follows."""

    code = "recognition-step-invalid"
